import { type Chain, type Family, type Rule, TABLE_HOOKS, type Table, type TableName } from '../netfilter/glossary.ts'
import type { AnyMatch, AnyTarget } from './define.ts'
import { lowerTarget, lowerTest } from './lower.ts'
import type { RuleSpec } from './rule.ts'
import { saveRule } from './save.ts'

/** A rule that still knows how it was written. */
export interface WrittenRule extends Rule {
  readonly spec: RuleSpec
}

/** The tables of one family, in the order of the file; a table that is absent does not exist on the host. */
export interface Ruleset {
  readonly family: Family
  readonly tables: Map<TableName, Table>
  /** Whether a rule or table turns connection tracking (and reassembly) on for this family. */
  readonly needsConntrack: boolean
  /** Whether a rule turns the counting of connections' packets on (`nf_conntrack_acct`), whatever the sysctl says. */
  readonly needsAccounting: boolean
  /** Extensions that rules use and hookline cannot evaluate, by name as written (`-m geoip`, `-j TARPIT`). */
  readonly unknownExtensions: readonly string[]
}

/** An empty table: its built-in chains with policy ACCEPT. */
export function createTable(family: Family, name: TableName): Table {
  const chains = new Map<string, Chain>()
  for (const hook of TABLE_HOOKS[name]) chains.set(hook, createChain(hook, 'ACCEPT'))
  return { family, name, chains }
}

/** An empty chain; `policy` null makes it a user chain. */
export function createChain(name: string, policy: Chain['policy']): Chain {
  return { name, policy, counters: { packets: 0, bytes: 0 }, rules: [] }
}

/** Lowers a written rule; jumps are resolved in `table`. Throws UsageError for a chain that is not there. */
export function createRule(
  spec: RuleSpec,
  table: Table,
  line: number,
  counters = { packets: 0, bytes: 0 },
): WrittenRule {
  const target = lowerTarget(spec, table.name, (name) => table.chains.get(name))
  let text: string | undefined
  return {
    spec,
    test: lowerTest(spec, table.name),
    target,
    counters,
    // Most rules of a long list are never shown.
    get text() {
      text ??= saveRule(spec, table.name).trimStart()
      return text
    },
    line,
    looksLikeChainEnd: isBare(spec) && spec.target?.kind === 'standard',
  }
}

/** A rule without any test at all. */
function isBare(spec: RuleSpec): boolean {
  return (
    spec.matches.length === 0 &&
    [spec.source, spec.destination, spec.protocol, spec.inDevice, spec.outDevice, spec.fragment].every(
      (one) => one === null,
    )
  )
}

/** Whether having this rule turns connection tracking on. */
export function ruleNeedsConntrack(spec: RuleSpec): boolean {
  const uses: { definition: AnyMatch | AnyTarget | null; values: object }[] = [...spec.matches]
  if (spec.target?.kind === 'extension') uses.push(spec.target)
  return uses.some(({ definition, values }) => {
    const needs = definition?.needsConntrack
    return typeof needs === 'function' ? needs(values) : needs === true
  })
}

/** Whether having this rule turns the counting of connections' packets on. Source: Linux connbytes_mt_check(). */
export function ruleNeedsAccounting(spec: RuleSpec): boolean {
  return spec.matches.some(({ definition }) => definition?.needsAccounting === true)
}

/** Extensions of the rule that cannot be evaluated, as written. */
export function unknownExtensionsOf(spec: RuleSpec): string[] {
  const names = spec.matches.filter((one) => one.definition === null).map((one) => `-m ${one.name}`)
  if (spec.target?.kind === 'unknown') names.push(`-j ${spec.target.name}`)
  return names
}
