/** The matrix of options a run prints at its end, and what is missing in it. */
import { matches } from '../../src/matches/index.ts'
import { targets } from '../../src/targets/index.ts'
import type { OptionDefinition } from '../../src/xtables/option.ts'
import type { Coverage, Tried } from './coverage.ts'
import type { Version } from './generate/pools.ts'
import { type Unheld, unheld } from './unheld.ts'

/** One row: an extension, or one of its options. */
export interface Row {
  readonly name: string
  /** The extension's name without its kind. */
  readonly extension: string
  /** What must not be zero. */
  readonly columns: readonly (keyof Tried)[]
}

/** A row for every extension and option of the registry that the version has; both versions where it is undefined. */
export function registryRows(version: Version | undefined): Row[] {
  const rows = new Map<string, Row>()
  for (const { kind, name, families, options } of [...matches, ...targets]) {
    if (version !== undefined && !families.includes(version)) continue
    const sides: readonly (keyof Tried)[] = kind === 'match' ? ['held', 'missed'] : ['held']
    rows.set(`${kind} ${name}`, { name: `${kind} ${name}`, extension: name, columns: sides })
    for (const [option, definition] of Object.entries(options as Record<string, OptionDefinition<unknown>>)) {
      if (version !== undefined && definition.families && !definition.families.includes(version)) continue
      const full = `${kind} ${name} --${option}`
      const columns = kind === 'match' && definition.invertible ? [...sides, 'inverted' as const] : sides
      rows.set(full, { name: full, extension: name, columns })
    }
  }
  return [...rows.values()].sort((a, b) => (a.name < b.name ? -1 : 1))
}

/** Why a column of a row may be zero: the reason of the row, or of its whole extension. */
export function reasonFor(row: string, column: keyof Tried): string | undefined {
  const [kind, name] = row.split(' ')
  const of = (reasons: Unheld | undefined) => reasons?.[column] ?? reasons?.all
  return of(unheld[row]) ?? unheld[`${kind} ${name}`]?.all
}

const words: Readonly<Record<keyof Tried, string>> = {
  held: 'never held',
  missed: 'never failed to hold',
  inverted: 'never with "!"',
}

/** What is zero without a reason, what has a reason and is not, and what is zero with its reason; a line each. */
export function gaps(coverage: Coverage, rows: readonly Row[]) {
  const [missing, excused, stale]: [string[], string[], string[]] = [[], [], []]
  for (const { name, columns } of rows) {
    for (const column of columns) {
      const count = coverage[name]?.[column] ?? 0
      const reason = reasonFor(name, column)
      if (count > 0 && reason !== undefined) stale.push(`${name}: ${count} in spite of "${reason}" (${words[column]})`)
      if (count === 0)
        reason === undefined
          ? missing.push(`${name}: ${words[column]}`)
          : excused.push(`${name}: ${words[column]}: ${reason}`)
    }
  }
  return { missing, excused, stale }
}

/** What the columns count; a line above the matrix. */
export const matrixNote =
  'Held: rules with it that held, per packet. Not held: rules that did not, if it was their only test, or the only one ' +
  'they have beside those of the rule before them, which held. Of targets: how often they were taken.'

/** The matrix, aligned and sorted: rows of the registry, and what else was counted. */
export function matrixText(coverage: Coverage, rows: readonly Row[]): string {
  const known = new Map(rows.map((row) => [row.name, row]))
  const names = [...new Set([...known.keys(), ...Object.keys(coverage)])].sort()
  const cells = names.map((name) => {
    const { held, missed, inverted } = coverage[name] ?? { held: 0, missed: 0, inverted: 0 }
    const isTarget = name.startsWith('target ')
    const canInvert = inverted > 0 || known.get(name)?.columns.includes('inverted')
    return [name, String(held), isTarget ? '-' : String(missed), canInvert ? String(inverted) : '-']
  })
  const lines = [['extension and option', 'held', 'not held', 'with "!"'], ...cells]
  const widths = [0, 1, 2, 3].map((i) => Math.max(...lines.map((line) => line[i]!.length)))
  return lines
    .map((line) => line.map((cell, i) => (i === 0 ? cell.padEnd(widths[0]!) : cell.padStart(widths[i]!))).join('  '))
    .map((line) => `${line}\n`)
    .join('')
}
