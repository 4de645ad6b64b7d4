import { describe, expect, it } from 'vitest'
import { Random } from '../../../src/util/random.ts'
import { analysed } from '../analyse.ts'
import type { Tried } from '../coverage.ts'
import { reasonFor, registryRows } from '../matrix.ts'
import { unheld } from '../unheld.ts'
import type { Version } from './pools.ts'
import { randomRuleset } from './ruleset.ts'

const versions: readonly Version[] = [4, 6]

/** More than enough turns for every form to have had its own. */
const TURNS = 300

/** What rulesets of a version's turns have: rows of the matrix, with ` !` behind those that stood with `!`. */
function drawn(version: Version): ReadonlySet<string> {
  const names = new Set<string>()
  for (let turn = 0; turn < TURNS; turn++) {
    const { tables } = randomRuleset(new Random(`drawn ${version} ${turn}`), version, { all: true, turn })
    for (const rule of tables.flatMap(({ rules }) => rules)) {
      const { uses, target } = analysed(rule, version)
      for (const { name, options } of [...uses, target]) {
        names.add(name)
        for (const option of options) names.add(`${name} ${option.name}${option.inverted ? ' !' : ''}`)
      }
    }
  }
  return names
}

const drawnOf = { 4: drawn(4), 6: drawn(6) }
const isDrawn = (name: string) => versions.some((version) => drawnOf[version].has(name))

describe('what the generator draws', () => {
  it.each(versions)('is every extension and option of IPv%s, but for those with a reason', (version) => {
    const missing = registryRows(version)
      .filter(({ name }) => !drawnOf[version].has(name) && !drawnOf[version].has(`${name} !`))
      .filter(({ name }) => reasonFor(name, 'held') === undefined)
    expect(missing.map(({ name }) => name)).toEqual([])
  })

  it('is every option with `!` where it may have one, but for those with a reason', () => {
    const missing = registryRows(undefined)
      .filter(({ columns, name }) => columns.includes('inverted') && !isDrawn(`${name} !`))
      .filter(({ name }) => reasonFor(name, 'inverted') === undefined)
    expect(missing.map(({ name }) => name)).toEqual([])
  })

  it('is known to the registry', () => {
    const known = new Set(registryRows(undefined).map(({ name }) => name))
    const names = [...drawnOf[4], ...drawnOf[6]].map((name) => name.replace(/ !$/, ''))
    const standard = /^target (ACCEPT|DROP|RETURN|QUEUE|\(.*\))$/
    expect(names.filter((name) => !known.has(name) && !standard.test(name))).toEqual([])
  })
})

it('every reason is about a row of the matrix, and a column that the row has', () => {
  const rows = new Map(registryRows(undefined).map((row) => [row.name, row]))
  const wrong = Object.entries(unheld).filter(([name, reasons]) =>
    Object.keys(reasons).some((column) => column !== 'all' && !rows.get(name)?.columns.includes(column as keyof Tried)),
  )
  expect([...wrong.map(([name]) => name), ...Object.keys(unheld).filter((name) => !rows.has(name))]).toEqual([])
})
