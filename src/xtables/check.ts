import type { Hook } from '../expression/environment.ts'
import type { Chain, Table } from '../netfilter/glossary.ts'
import { UsageError } from '../util/errors.ts'
import type { AnyMatch, AnyTarget } from './define.ts'
import type { GivenValues } from './rule.ts'
import type { WrittenRule } from './ruleset.ts'

/** A rule that the kernel would refuse, with the reason. */
export class RefusedRule extends UsageError {
  /** The line of the rule in its file, 1-based; 0 when the whole table is meant. */
  readonly line: number

  constructor(message: string, line: number) {
    super(message, { ...(line > 0 ? { place: { line, column: 1 } } : {}), exitStatus: 1 })
    this.line = line
  }
}

/**
 * The kernel's own checks when a table is loaded: no loops of chains, and every extension only in the tables
 * and at the hooks that allow it, also through user chains. Throws {@link RefusedRule}.
 *
 * Source: Linux mark_source_chains(), xt_check_match(), xt_check_target().
 */
export function checkTable(table: Table): void {
  const hooksOf = new Map<Chain, Set<Hook>>()
  for (const chain of table.chains.values()) {
    if (chain.policy !== null) mark(chain, chain.name as Hook, hooksOf, table)
  }
  for (const chain of table.chains.values()) {
    const hooks = hooksOf.get(chain) ?? new Set<Hook>()
    for (const rule of chain.rules as WrittenRule[]) checkRule(rule, table, chain, hooks)
  }
}

/** Adds `hook` to every chain reachable from `start`; an explicit stack, since chains may nest deeply. */
function mark(start: Chain, hook: Hook, hooksOf: Map<Chain, Set<Hook>>, table: Table): void {
  const onPath = new Set<Chain>()
  const stack: { chain: Chain; next: number }[] = []
  const enter = (chain: Chain): void => {
    const hooks = hooksOf.get(chain) ?? new Set<Hook>()
    hooksOf.set(chain, hooks.add(hook))
    onPath.add(chain)
    stack.push({ chain, next: 0 })
  }
  enter(start)
  while (stack.length > 0) {
    const top = stack.at(-1) as { chain: Chain; next: number }
    const rule = top.chain.rules[top.next++]
    if (rule === undefined) {
      onPath.delete(top.chain)
      stack.pop()
      continue
    }
    const { target } = rule
    if (target.kind !== 'jump' && target.kind !== 'goto') continue
    if (onPath.has(target.chain)) {
      throw new RefusedRule(`loop: chain ${target.chain.name} of table ${table.name} reaches itself`, rule.line)
    }
    if (!hooksOf.get(target.chain)?.has(hook)) enter(target.chain)
  }
}

function checkRule(rule: WrittenRule, table: Table, chain: Chain, hooks: ReadonlySet<Hook>): void {
  const { spec } = rule
  const uses: { option: string; definition: AnyMatch | AnyTarget | null; values: GivenValues }[] = spec.matches.map(
    (one) => ({ option: `-m ${one.name}`, definition: one.definition, values: one.values }),
  )
  if (spec.target?.kind === 'extension') {
    uses.push({ option: `-j ${spec.target.name}`, definition: spec.target.definition, values: spec.target.values })
  }
  for (const { option, definition, values } of uses) {
    if (definition === null) continue
    if (definition.tables && !definition.tables.includes(table.name)) {
      throw new RefusedRule(
        `${option} is only valid in ${tableList(definition.tables)}, not in table ${table.name}`,
        rule.line,
      )
    }
    const allowed = typeof definition.hooks === 'function' ? definition.hooks(values) : definition.hooks
    const wrong = allowed && [...hooks].find((hook) => !allowed.includes(hook))
    if (wrong !== undefined) {
      const through = wrong === chain.name ? '' : `, from which chain ${chain.name} is reached`
      throw new RefusedRule(`${option} is not valid in ${wrong}${through}`, rule.line)
    }
  }
}

function tableList(tables: readonly string[]): string {
  return tables.length === 1 ? `table ${tables[0]}` : `tables ${tables.join(', ')}`
}
