import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { extensions } from '../src/host/extensions.ts'
import { UsageError } from '../src/util/errors.ts'
import { type Ruleset, restoreRuleset, saveRuleset } from '../src/xtables/index.ts'

const fixtures = new URL('../fixtures/', import.meta.url).pathname
const read = (path: string): string => readFileSync(`${fixtures}${path}`, 'utf8')
const familyOf = { v4: 4, v6: 6 } as const
const families = ['v4', 'v6'] as const

/** Saved text without the two lines that carry a date. */
const undated = (text: string): string => text.replace(/^# (Generated|Completed) .*\n/gm, '')

/** Extensions that hookline does not have are kept as they are written, so these texts come back unchanged too. */
const restore = (text: string, family: 'v4' | 'v6'): Ruleset => restoreRuleset(text, familyOf[family], extensions())

const hosts = readdirSync(fixtures).filter((name) => existsSync(`${fixtures}${name}/rules.v4`))
const corpus = readdirSync(`${fixtures}save`).filter((name) => name.endsWith('.in'))

describe('a captured host is saved byte for byte as it was read', () => {
  for (const host of hosts) {
    for (const family of families) {
      it(`${host}/rules.${family}`, () => {
        const text = read(`${host}/rules.${family}`)
        expect(saveRuleset(restore(text, family), { counters: true })).toBe(undated(text))
      })
    }
  }
})

/** Saved texts that iptables itself cannot read back (`corpus.mjs fixpoints` asks it), and the rule at fault. */
const notReadBack: Readonly<Record<string, string>> = {
  'core.v4': '-i a b',
}

describe('every spelling of a rule is saved as the real iptables saves it', () => {
  for (const file of corpus) {
    const name = file.replace(/\.in$/, '')
    for (const family of families.filter((family) => existsSync(`${fixtures}save/${name}.${family}`))) {
      const given = read(`save/${file}`)
      const saved = undated(read(`save/${name}.${family}`))
      const counters = /^# counters$/m.test(given)

      it(`${name}.${family} from ${file}`, () => {
        expect(saveRuleset(restore(given, family), { counters })).toBe(saved)
      })

      const atFault = notReadBack[`${name}.${family}`]
      if (atFault === undefined) {
        it(`${name}.${family} is a fixpoint`, () => {
          expect(saveRuleset(restore(saved, family), { counters })).toBe(saved)
        })
      } else {
        it(`${name}.${family} cannot be read back, as with iptables: ${atFault}`, () => {
          expect(() => restore(saved, family)).toThrow(UsageError)
        })
      }
    }
  }
})

/** One question of fixtures/errors, as its README describes. */
interface Refusal {
  readonly form: 'restore' | 'command'
  readonly family: 'v4' | 'v6'
  readonly table: string
  readonly chains?: readonly string[]
  readonly line: string
  readonly status: number
  readonly stderr: string
}

/** Refused only because the kernel has no such set or timeout policy; a rules text alone cannot tell. */
const needsKernelObject = /--(match|add|map)-set nosuch|--timeout nosuch/

describe('what the real iptables-restore refuses is refused', () => {
  for (const file of readdirSync(`${fixtures}errors`).filter((name) => name.endsWith('.json'))) {
    it(file, () => {
      const taken: string[] = []
      for (const entry of JSON.parse(read(`errors/${file}`)) as Refusal[]) {
        if (entry.form !== 'restore' || entry.status === 0 || needsKernelObject.test(entry.line)) continue
        const text = [`*${entry.table}`, ...(entry.chains ?? []), entry.line, 'COMMIT', ''].join('\n')
        try {
          const { unknownExtensions } = restoreRuleset(text, familyOf[entry.family], extensions(), { strict: true })
          if (unknownExtensions.length === 0) taken.push(`${entry.family} ${entry.line}`)
        } catch (error) {
          if (!(error instanceof UsageError)) throw error
        }
      }
      expect(taken, 'accepted although iptables refuses').toEqual([])
    })
  }
})
