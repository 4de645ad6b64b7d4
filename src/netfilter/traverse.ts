import { VERDICT, type Verdict } from '../expression/action.ts'
import type { Environment, Hook } from '../expression/environment.ts'
import { evaluate } from '../expression/evaluate.ts'
import { OUTCOME, type Outcome, unknownIn } from '../expression/test.ts'
import type { Packet } from '../packet/packet.ts'
import { invariant } from '../util/errors.ts'
import { execute, RETURN, type Step } from './execute.ts'
import { explainFailure } from './failure.ts'
import type { Chain, Counters, Rule, Table } from './glossary.ts'
import type { Tracer } from './trace.ts'

const MATCHED = { 0: 'no', 1: 'yes', 2: 'hotdrop', 3: 'unknown' } as const satisfies Record<Outcome, string>

/**
 * Runs a table's built-in chain for a hook over one packet: the reference engine, rule by rule, with every
 * step told to the tracer. The verdict is accept, drop, queue, stolen or unknown.
 *
 * Rules count before their target acts; RETURN from the built-in chain, or its end, takes the policy; `-g`
 * does not come back to the rule behind it. An extension that cannot be evaluated makes the verdict unknown
 * unless the rule could not have changed anything.
 *
 * Source: Linux ipt_do_table(), ip6t_do_table().
 */
export function traverse(
  table: Table,
  hook: Hook,
  packet: Packet,
  environment: Environment,
  tracer: Tracer | null,
): Verdict {
  const chain = table.chains.get(hook)
  if (chain === undefined) return VERDICT.accept
  if (tracer) tracer({ kind: 'table', table: table.name, hook, chain })
  packet.hotdrop = false
  const step = walk(table, chain, packet, environment, tracer)
  return step === RETURN || step === VERDICT.continue ? applyPolicy(table, chain, packet, tracer) : step
}

function applyPolicy(table: Table, chain: Chain, packet: Packet, tracer: Tracer | null): Verdict {
  invariant(chain.policy !== null, `${table.name}/${chain.name} is a base chain without a policy`)
  const number = chain.rules.length + 1
  const verdict = chain.policy === 'ACCEPT' ? VERDICT.accept : VERDICT.drop
  count(chain.counters, packet)
  if (tracer) {
    tracer({ kind: 'end', table: table.name, chain, number, packet })
    tracer({ kind: 'verdict', table: table.name, chain, number, verdict })
  }
  return verdict
}

/** The whole list of one chain; RETURN and continue both mean: back to the caller. */
function walk(table: Table, chain: Chain, packet: Packet, environment: Environment, tracer: Tracer | null): Step {
  for (let index = 0; index < chain.rules.length; index++) {
    const rule = chain.rules[index] as Rule
    const outcome = evaluate(rule.test, packet, environment)
    if (tracer && (outcome !== OUTCOME.no || !tracer.matchesOnly))
      reportRule(table, chain, index + 1, rule, outcome, packet, environment, tracer)
    if (outcome === OUTCOME.no) continue
    if (outcome === OUTCOME.hotdrop) return decide(table, chain, index + 1, VERDICT.drop, tracer)
    if (outcome === OUTCOME.unknown) {
      if (isHarmless(rule)) continue
      return reportUnknown(table, chain, index + 1, unknownExtension(rule), tracer)
    }
    count(rule.counters, packet)
    const { target } = rule
    if (target.kind === 'none') continue
    if (target.kind === 'actions') {
      const step = execute(target.actions, packet, environment)
      if (step === VERDICT.continue) continue
      if (step === RETURN) return RETURN
      if (step === VERDICT.unknown) return reportUnknown(table, chain, index + 1, unknownExtension(rule), tracer)
      return decide(table, chain, index + 1, step, tracer)
    }
    const step = walk(table, target.chain, packet, environment, tracer)
    if (step !== RETURN && step !== VERDICT.continue) return step
    // A chain entered by goto returns to where this chain would have returned.
    if (target.kind === 'goto') return RETURN
  }
  if (chain.policy === null) {
    count(chain.counters, packet)
    if (tracer) tracer({ kind: 'end', table: table.name, chain, number: chain.rules.length + 1, packet })
  }
  return VERDICT.continue
}

function decide(table: Table, chain: Chain, number: number, verdict: Verdict, tracer: Tracer | null): Verdict {
  if (tracer) tracer({ kind: 'verdict', table: table.name, chain, number, verdict })
  return verdict
}

function reportRule(
  table: Table,
  chain: Chain,
  number: number,
  rule: Rule,
  outcome: Outcome,
  packet: Packet,
  environment: Environment,
  tracer: Tracer,
): void {
  const failure = outcome === OUTCOME.yes ? null : explainFailure(rule.test, packet, environment)
  tracer({ kind: 'rule', table: table.name, chain, number, rule, matched: MATCHED[outcome], failure, packet })
}

function reportUnknown(table: Table, chain: Chain, number: number, extension: string, tracer: Tracer | null): Verdict {
  if (tracer) tracer({ kind: 'unknown', extension, table: table.name, chain, number })
  return decide(table, chain, number, VERDICT.unknown, tracer)
}

/** Whether it makes no difference to the packet if the rule matches: no target, or one that only logs. */
export function isHarmless(rule: Rule): boolean {
  const { target } = rule
  return target.kind === 'none' || (target.kind === 'actions' && target.actions.every((one) => one.kind === 'log'))
}

/** The name of the extension that cannot be evaluated, as the user wrote it. */
function unknownExtension(rule: Rule): string {
  const { target } = rule
  const actions = target.kind === 'actions' ? target.actions : []
  const action = actions.find((one) => one.kind === 'unknown')
  const computed = actions.find((one) => one.kind === 'computed')
  return unknownIn(rule.test) ?? action?.extension ?? computed?.name ?? 'unknown'
}

function count(counters: Counters, packet: Packet): void {
  counters.packets++
  counters.bytes += packet.end - packet.network
}
