import type { TraceEvent, Tracer } from '../netfilter/trace.ts'
import type { Traveller } from './traveller.ts'

/**
 * Collects the steps of a packet in the words of the kernel's TRACE: `table:chain:rule|return|policy:number`.
 *
 * Only rules that matched are steps. A rule without conditions whose target is a built-in verdict is called `policy`
 * in a built-in chain and `return` in a user chain, as the kernel cannot tell it from the chain's end. The steps of
 * answers are not among them.
 *
 * Source: Linux ipt_do_table() trace_packet(), get_chainname_rulenum().
 */
export class PathSteps {
  steps: string[] = []

  /** The tracer to hand to a host. */
  readonly tracer: Tracer = Object.assign((event: TraceEvent): void => this.note(event), { matchesOnly: true })

  private note(event: TraceEvent): void {
    if (event.kind === 'rule') {
      if (event.matched !== 'yes' || !(event.packet as Traveller).isOwn) return
      const { table, chain, number, rule } = event
      const kind = rule.looksLikeChainEnd ? (chain.policy === null ? 'return' : 'policy') : 'rule'
      this.steps.push(`${table}:${chain.name}:${kind}:${number}`)
    } else if (event.kind === 'end') {
      if (!(event.packet as Traveller).isOwn) return
      const { table, chain, number } = event
      this.steps.push(`${table}:${chain.name}:${chain.policy === null ? 'return' : 'policy'}:${number}`)
    }
  }

  /** The steps since the last call. */
  take(): string[] {
    const { steps } = this
    this.steps = []
    return steps
  }
}
