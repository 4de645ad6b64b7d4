import { readdirSync, readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { extensions } from '../src/host/extensions.ts'
import type { Family } from '../src/netfilter/glossary.ts'
import { restoreRuleset, saveRuleset } from '../src/xtables/index.ts'

const folder = new URL('../fixtures/save/', import.meta.url)

/** The rules of a saved file, without the comments that carry a date. */
function withoutComments(text: string): string {
  return text
    .split('\n')
    .filter((line) => !line.startsWith('#'))
    .join('\n')
}

function read(name: string): string {
  return readFileSync(new URL(name, folder), 'utf8')
}

for (const [suffix, family] of [
  ['v4', 4],
  ['v6', 6],
] as const satisfies readonly (readonly [string, Family])[]) {
  describe(`texts are saved as ${family === 4 ? 'iptables-save' : 'ip6tables-save'} 1.8.9 saves them`, () => {
    const names = readdirSync(folder)
      .filter((name) => name.endsWith(`.${suffix}`))
      .map((name) => name.slice(0, -3))
    it.each(names)('%s', (name) => {
      const text = read(`${name}.in`)
      const counters = /^# counters/m.test(text)
      const ruleset = restoreRuleset(text, family, extensions(), { file: `${name}.in` })
      expect(ruleset.unknownExtensions).toEqual([])
      expect(saveRuleset(ruleset, { counters })).toBe(withoutComments(read(`${name}.${suffix}`)))
    })
  })
}
