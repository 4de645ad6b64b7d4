/** Making a failing case small, with the kernel as judge: a step is kept when some unexplained difference remains. */
import type { HostFiles } from '../harness/oracle/hostfiles.ts'
import type { OraclePacket } from '../harness/oracle/namespace.ts'
import { compare, type Difference } from './compare.ts'
import { filesFor } from './files.ts'
import { type RuleCase, type RulesetCase, rulesetText, type TableCase } from './generate/rule.ts'
import { askHookline, type CreateBatch } from './hookline.ts'
import { askKernel } from './kernel.ts'

/** A case: rules, packets, and the differences that are left. */
export interface FailingCase {
  readonly ruleset: RulesetCase
  readonly packets: readonly OraclePacket[]
  readonly differences: readonly Difference[]
}

/** Runs a case on both sides and gives its unexplained differences. */
function unexplained(
  createBatch: CreateBatch,
  files: HostFiles,
  ruleset: RulesetCase,
  packets: readonly OraclePacket[],
  withConntrack: boolean,
): Difference[] {
  const kernel = askKernel(ruleset, packets, withConntrack)
  const hookline = askHookline(createBatch, ruleset, filesFor(ruleset, files), packets, kernel)
  return compare(kernel, hookline).filter(({ explainedBy }) => !explainedBy)
}

/** Removes packets, tables, rules, conditions and chains while a difference of the same kind stays; at most `budget` runs. */
export function minimise(createBatch: CreateBatch, files: HostFiles, failing: FailingCase, budget = 400): FailingCase {
  const kinds = new Set(failing.differences.slice(0, 1).map(({ kind }) => kind))
  const withConntrack = kinds.has('conntrack')
  let best = failing
  let left = budget
  const attempt = (ruleset: RulesetCase, packets: readonly OraclePacket[]): boolean => {
    if (left-- <= 0) return false
    const differences = unexplained(createBatch, files, ruleset, packets, withConntrack)
    if (!differences.some(({ kind }) => kinds.has(kind))) return false
    best = { ruleset, packets, differences }
    return true
  }
  const at = failing.differences[0]?.packet ?? -1
  if (at >= 0) attempt(failing.ruleset, failing.packets.slice(0, at + 1))
  shrink(best.packets, (packets) => attempt(best.ruleset, packets))
  const settings = Object.entries(best.ruleset.sysctls ?? {})
  const sets = best.ruleset.sets?.trimEnd().split('\n') ?? []
  shrink(sets, (some) => attempt({ ...best.ruleset, sets: some.map((line) => `${line}\n`).join('') }, best.packets))
  shrink(settings, (some) => attempt({ ...best.ruleset, sysctls: Object.fromEntries(some) }, best.packets))
  for (let before = -1; before !== size(best) && left > 0; ) {
    before = size(best)
    shrink(best.ruleset.tables, (tables) => attempt({ ...best.ruleset, tables }, best.packets))
    best.ruleset.tables.forEach((_, i) => {
      const replace = (change: Partial<TableCase>) =>
        attempt(
          { ...best.ruleset, tables: best.ruleset.tables.map((t, k) => (k === i ? { ...t, ...change } : t)) },
          best.packets,
        )
      const table = () => best.ruleset.tables[i]!
      shrink(table().rules, (rules) => replace({ rules }))
      table().rules.forEach((_rule, k) => {
        const change = (rule: Partial<RuleCase>) =>
          replace({ rules: table().rules.map((one, n) => (n === k ? { ...one, ...rule } : one)) })
        shrink(table().rules[k]!.matches, (matches) => change({ matches }))
        if (table().rules[k]!.target !== '') change({ target: '' })
      })
      for (const chain of table().chains) {
        if (chain.policy === 'DROP')
          replace({
            chains: table().chains.map((one) => (one.name === chain.name ? { ...one, policy: 'ACCEPT' } : one)),
          })
        if (chain.policy === null) replace({ chains: table().chains.filter((one) => one.name !== chain.name) })
      }
    })
    shrink(best.packets, (packets) => attempt(best.ruleset, packets))
  }
  return best
}

function size({ ruleset, packets }: FailingCase): number {
  return packets.length + rulesetText(ruleset).length
}

/** Tries to leave out ever smaller runs of items; `keep` says whether the shorter list still fails. */
function shrink<T>(items: readonly T[], keep: (items: readonly T[]) => boolean): void {
  let now = items
  for (let run = Math.ceil(now.length / 2); run >= 1; run = run === 1 ? 0 : Math.ceil(run / 2)) {
    for (let at = now.length - run; at > -run; at -= run) {
      const shorter = [...now.slice(0, Math.max(0, at)), ...now.slice(Math.max(0, at) + run)]
      if (shorter.length < now.length && keep(shorter)) now = shorter
    }
  }
}
