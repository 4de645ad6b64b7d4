import type { Sets } from '../ipset/index.ts'
import type { UsageError } from '../util/errors.ts'
import type { Ruleset, WrittenRule } from '../xtables/index.ts'
import { noSuchSet, type SetReference, setOfOtherFamily } from '../xtables/set-kind.ts'

const OPTIONS = ['match-set', 'add-set', 'del-set', 'map-set'] as const

/** Throws iptables' text, with file and line, for a rule that names a set which the host does not have, or one of the other family. */
export function checkSets(ruleset: Ruleset | null, sets: Sets, file: string): void {
  if (ruleset === null) return
  for (const table of ruleset.tables.values()) {
    for (const chain of table.chains.values()) {
      for (const rule of chain.rules as unknown as readonly WrittenRule[]) {
        for (const name of setsNamed(rule)) {
          const problem = problemOf(name, sets, ruleset.family)
          if (problem) throw problem.at({ file, line: rule.line, column: 1 })
        }
      }
    }
  }
}

function problemOf(name: string, sets: Sets, family: 4 | 6): UsageError | null {
  const set = sets.get(name)
  if (set === undefined) return noSuchSet(name)
  return set.family === null || set.family === family ? null : setOfOtherFamily(name, set.family)
}

function setsNamed({ spec }: WrittenRule): string[] {
  const { target } = spec
  const uses = [
    ...spec.matches.filter(({ name }) => name === 'set'),
    ...(target?.kind === 'extension' && target.name === 'SET' ? [target] : []),
  ]
  return uses.flatMap(({ values }) =>
    OPTIONS.flatMap((option) => {
      const given = values[option]?.value as SetReference | undefined
      return given === undefined ? [] : [given.name]
    }),
  )
}
