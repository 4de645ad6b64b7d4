/** Which extensions were really tried: rules that held, and rules that were reached and did not hold. */
import { extensionsOf, type RulesetCase } from './generate/rule.ts'
import type { KernelRecord } from './kernel.ts'

/** How often rules with an extension held and did not, over packets. */
interface Tried {
  held: number
  missed: number
}

/** Counters by `match NAME` and `target NAME`. */
export type Coverage = Record<string, Tried>

function note(coverage: Coverage, name: string, outcome: keyof Tried): void {
  coverage[name] ??= { held: 0, missed: 0 }
  coverage[name][outcome]++
}

/**
 * Adds what a record shows. A TRACE has only the rules that held; those of the same chain before one that held, since
 * the chain was entered or last left off, were reached and did not hold.
 */
export function addCoverage(coverage: Coverage, ruleset: RulesetCase, record: KernelRecord): void {
  const rules = new Map<string, ReturnType<typeof extensionsOf>[]>(
    ruleset.tables.flatMap((table) =>
      table.chains.map(
        ({ name }) =>
          [`${table.name}:${name}`, table.rules.filter(({ chain }) => chain === name).map(extensionsOf)] as const,
      ),
    ),
  )
  for (const { path } of record.answers) {
    const reached = new Map<string, number>()
    for (const step of path) {
      const [table = '', chain = '', , number = ''] = step.split(':')
      const key = `${table}:${chain}`
      const at = Number(number)
      const from = at > (reached.get(key) ?? 0) ? (reached.get(key) ?? 0) : 0
      const list = rules.get(key) ?? []
      for (const missed of list.slice(from, at - 1))
        for (const name of missed.matches) note(coverage, `match ${name}`, 'missed')
      const held = list[at - 1]
      for (const name of held?.matches ?? []) note(coverage, `match ${name}`, 'held')
      if (held) note(coverage, `target ${held.target}`, 'held')
      reached.set(key, at)
    }
  }
}

/** Adds the counters of `more` to `coverage`. */
export function mergeCoverage(coverage: Coverage, more: Coverage): void {
  for (const [name, { held, missed }] of Object.entries(more)) {
    coverage[name] ??= { held: 0, missed: 0 }
    const own = coverage[name]
    own.held += held
    own.missed += missed
  }
}
