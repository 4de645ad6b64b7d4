import type { Hook } from '../expression/environment.ts'
import { UsageError } from '../util/errors.ts'
import type { AnyMatch, AnyTarget } from './define.ts'
import type { GivenValues, RuleSpec } from './rule.ts'

/** A rule that the kernel would refuse, with the reason. */
export class RefusedRule extends UsageError {
  /** The line of the rule in its file, 1-based; 0 when it has none. */
  readonly line: number

  constructor(message: string, line: number, errno: UsageError['errno'] = 'EINVAL') {
    super(message, { ...(line > 0 ? { place: { line, column: 1 } } : {}), errno: errno ?? 'EINVAL' })
    this.line = line
  }
}

/** What the checks need of a rule. */
export interface CheckedRule {
  /** The user chain that it jumps or goes to; null for none. */
  readonly jump: string | null
  readonly spec: RuleSpec
  readonly line: number
}

/** What the checks need of a table. */
export interface CheckedTable {
  readonly name: string
  readonly chains: ReadonlyMap<string, CheckedChain>
}

interface CheckedChain {
  readonly name: string
  /** Null for user chains. */
  readonly policy: string | null
  readonly rules: readonly CheckedRule[]
}

/** The hooks from which each chain is reached. */
export type ChainHooks = ReadonlyMap<string, ReadonlySet<Hook>>

/**
 * The kernel's own checks when a table is loaded: no loops of chains, and every extension only in the tables
 * and at the hooks that allow it, also through user chains. Throws {@link RefusedRule}.
 *
 * With `before`, the hooks of a table that was checked already, only rules for which `isNew` and those of chains
 * that are now reached from further hooks are looked at.
 *
 * Source: Linux mark_source_chains(), xt_check_match(), xt_check_target().
 */
export function checkTable(table: CheckedTable, before?: ChainHooks, isNew?: (rule: CheckedRule) => boolean): void {
  const hooksOf = chainHooks(table)
  for (const chain of table.chains.values()) {
    const hooks = hooksOf.get(chain.name) ?? new Set<Hook>()
    const known = before?.get(chain.name)
    const grew = before === undefined || [...hooks].some((hook) => !known?.has(hook))
    for (const rule of chain.rules) {
      if (grew || isNew?.(rule)) checkRule(rule, table, chain, hooks)
    }
  }
}

/** The hooks from which each chain is reached; throws {@link RefusedRule} for a loop. */
export function chainHooks(table: CheckedTable): ChainHooks {
  const hooksOf = new Map<string, Set<Hook>>()
  const jumps = jumpsOf(table)
  for (const chain of table.chains.values()) {
    if (chain.policy !== null) mark(chain.name, chain.name as Hook, hooksOf, jumps, table)
  }
  return hooksOf
}

type Jumps = ReadonlyMap<string, readonly CheckedRule[]>

/** The rules of each chain that lead to another; of several to the same one, the first. */
function jumpsOf(table: CheckedTable): Jumps {
  const jumps = new Map<string, CheckedRule[]>()
  for (const { name, rules } of table.chains.values()) {
    const first = new Map<string, CheckedRule>()
    for (const rule of rules) if (rule.jump !== null && !first.has(rule.jump)) first.set(rule.jump, rule)
    jumps.set(name, [...first.values()])
  }
  return jumps
}

/** Adds `hook` to every chain reachable from `start`; an explicit stack, since chains may nest deeply. */
function mark(start: string, hook: Hook, hooksOf: Map<string, Set<Hook>>, jumps: Jumps, table: CheckedTable): void {
  const onPath = new Set<string>()
  const stack: { chain: string; next: number }[] = []
  const enter = (chain: string): void => {
    const hooks = hooksOf.get(chain) ?? new Set<Hook>()
    hooksOf.set(chain, hooks.add(hook))
    onPath.add(chain)
    stack.push({ chain, next: 0 })
  }
  enter(start)
  while (stack.length > 0) {
    const top = stack.at(-1) as { chain: string; next: number }
    const rule = jumps.get(top.chain)?.[top.next++]
    if (rule === undefined) {
      onPath.delete(top.chain)
      stack.pop()
      continue
    }
    const target = rule.jump as string
    if (onPath.has(target)) {
      throw new RefusedRule(`loop: chain ${target} of table ${table.name} reaches itself`, rule.line, 'ELOOP')
    }
    if (!hooksOf.get(target)?.has(hook)) enter(target)
  }
}

function checkRule(
  { spec, line }: CheckedRule,
  table: CheckedTable,
  chain: CheckedChain,
  hooks: ReadonlySet<Hook>,
): void {
  if (spec.refused !== null) throw new RefusedRule(spec.refused.message, line, spec.refused.errno)
  for (const { name, definition, values } of spec.matches) {
    if (definition !== null) checkUse(`-m ${name}`, definition, values, line, table, chain, hooks)
  }
  const { target } = spec
  if (target?.kind === 'extension') {
    checkUse(`-j ${target.name}`, target.definition, target.values, line, table, chain, hooks)
  }
}

function checkUse(
  option: string,
  definition: AnyMatch | AnyTarget,
  values: GivenValues,
  line: number,
  table: CheckedTable,
  chain: CheckedChain,
  hooks: ReadonlySet<Hook>,
): void {
  if (definition.tables && !definition.tables.some((one) => one === table.name)) {
    throw new RefusedRule(
      `${option} is only valid in ${tableList(definition.tables)}, not in table ${table.name}`,
      line,
    )
  }
  const allowed = typeof definition.hooks === 'function' ? definition.hooks(values) : definition.hooks
  const wrong = allowed && [...hooks].find((hook) => !allowed.includes(hook))
  if (wrong !== undefined) {
    const through = wrong === chain.name ? '' : `, from which chain ${chain.name} is reached`
    throw new RefusedRule(`${option} is not valid in ${wrong}${through}`, line)
  }
}

function tableList(tables: readonly string[]): string {
  return tables.length === 1 ? `table ${tables[0]}` : `tables ${tables.join(', ')}`
}
