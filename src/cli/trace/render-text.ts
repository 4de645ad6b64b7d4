import type { Colors } from 'picocolors/types.ts'
import type { RuleRecord, StepRecord } from '../../trace/record.ts'
import { decidingStep, type FinalVerdict } from '../../trace/verdict.ts'
import type { TraceMessages } from './messages.ts'

/** How much of a trace is written: every rule, those that matter, or the last line alone. */
export type Detail = 'all' | 'normal' | 'quiet'

/** One packet's trace. */
export interface TracedPacket {
  readonly number: number
  readonly text: string
  /** The device it arrived on; null for a packet of a local process. */
  readonly device: string | null
  readonly steps: readonly StepRecord[]
  readonly verdict: FinalVerdict
  /** Where it went: `to eth1`, `on eth0`; null when nowhere. */
  readonly where: string | null
}

/** In normal detail, a run of missed rules longer than this is cut to its last two. */
const MISSES_SHOWN = 8

/** A packet's trace as text, one line a step, ending with the final verdict. */
export function renderText(traced: TracedPacket, messages: TraceMessages, colors: Colors, detail: Detail): string {
  const decided = decidingStep(traced.steps, traced.verdict)
  const final = messages.final(traced.verdict, traced.where, decided)
  if (detail === 'quiet') return `${final}\n`
  const writer = new TraceWriter(messages, colors, detail === 'all')
  const from = traced.device === null ? messages.local : messages.arrives(traced.device)
  const lines = [colors.bold(messages.packet(traced.number, traced.text)), `  ${from}`, ...writer.write(traced.steps)]
  return `${lines.join('\n')}\n${verdictColor(traced.verdict, colors)(final)}\n`
}

function verdictColor(verdict: FinalVerdict, colors: Colors): (text: string) => string {
  switch (verdict) {
    case 'FORWARDED':
    case 'DELIVERED':
      return colors.green
    case 'DROPPED':
    case 'REJECTED':
      return colors.red
    default:
      return colors.yellow
  }
}

class TraceWriter {
  private readonly messages: TraceMessages
  private readonly colors: Colors
  private readonly all: boolean
  private readonly lines: string[] = []
  /** Missed rules not written yet. */
  private misses: string[] = []
  /** User chains the packet is inside of, innermost last. */
  private chains: string[] = []
  /** Tables without rules whose policy accepted: written in one line. */
  private emptyTable: string | null = null

  constructor(messages: TraceMessages, colors: Colors, all: boolean) {
    this.messages = messages
    this.colors = colors
    this.all = all
  }

  write(steps: readonly StepRecord[]): string[] {
    for (const step of steps) if (this.all || !step.answer || step.step === 'sent') this.step(step)
    this.flushMisses()
    return this.lines
  }

  private line(text: string, depth = 1): void {
    this.flushMisses()
    this.lines.push(`${'  '.repeat(depth)}${text}`)
  }

  private flushMisses(): void {
    const { misses } = this
    this.misses = []
    const cut = !this.all && misses.length > MISSES_SHOWN ? misses.length - 2 : 0
    if (cut > 0) this.lines.push(`${'  '.repeat(3 + this.chains.length)}${this.colors.dim(this.messages.omitted(cut))}`)
    this.lines.push(...misses.slice(cut))
  }

  private step(step: StepRecord): void {
    const { messages, colors } = this
    switch (step.step) {
      case 'hook':
        this.chains = []
        return this.line(colors.bold(step.hook))
      case 'table':
        this.chains = []
        this.emptyTable = step.rules === 0 ? step.table : null
        if (step.rules === 0) {
          return this.line(
            colors.dim(`${messages.table(step.table, step.chain)}: ${messages.emptyTable(step.policy ?? '-')}`),
            2,
          )
        }
        return this.line(messages.table(step.table, step.chain), 2)
      case 'rule':
        return this.rule(step)
      case 'end':
        return this.end(step)
      case 'verdict':
        if (this.emptyTable === step.table && step.verdict === 'ACCEPT') return
        return this.line(colors.bold(messages.verdict(step.verdict)), 3)
      case 'unknown':
        return this.line(colors.yellow(messages.unknown(step.extension)), 3 + this.chains.length)
      case 'conntrack': {
        const details = [step.connection, step.reason].filter((part) => part !== null)
        const text = details.length > 0 ? `${step.state} (${details.join('; ')})` : step.state
        return this.line(colors.cyan(messages.conntrack(text)), 2)
      }
      case 'nat':
        return this.line(colors.cyan(messages.nat(step.side, step.before, step.after)), 2)
      case 'route':
        return this.line(colors.cyan(messages.route(step.decision, step.detail)))
      case 'reply':
        return this.line(colors.cyan(messages.reply(step.what, step.packet)), 2)
      case 'drop':
        return this.line(colors.red(messages.drop(step.where, step.reason)))
      case 'log':
        return this.line(colors.dim(messages.log(step.line)), 3)
      case 'sent':
        return this.line(messages.sent(step.device, step.packet.packet))
      case 'delivered':
        return this.line(messages.delivered(step.device, step.packet.packet))
    }
  }

  private rule(rule: RuleRecord): void {
    this.leaveChainsUpTo(rule.chain)
    const depth = 3 + this.chains.length
    const place = `${rule.chain}:${rule.number}`
    const head = `${place}  ${rule.text}`
    if (rule.matched === 'no') {
      this.misses.push(`${'  '.repeat(depth)}${this.colors.dim(`${head}   ${this.missed(rule)}`)}`)
      return
    }
    this.line(`${head}   ${this.colors.bold(this.outcome(rule))}`, depth)
    if (rule.matched === 'yes' && rule.to !== null) this.chains.push(rule.to)
  }

  /** After RETURN or a goto the next rule belongs to an outer chain. */
  private leaveChainsUpTo(chain: string): void {
    while (this.chains.length > 0 && this.chains.at(-1) !== chain) {
      this.flushMisses()
      this.chains.pop()
    }
  }

  private missed(rule: RuleRecord): string {
    const { failure } = rule
    if (failure === null || (failure.label === '' && failure.value === '')) return this.messages.missedPlain
    if (failure.value === '') return `${this.messages.missedPlain}: ${failure.label}`
    return this.messages.missed(failure.label, failure.field, failure.value)
  }

  private outcome(rule: RuleRecord): string {
    if (rule.matched === 'hotdrop') return this.messages.malformed
    if (rule.matched === 'unknown') return this.messages.unknown(rule.failure?.value ?? '')
    if (rule.to === null) return this.messages.matched
    return rule.target === 'goto' ? this.messages.goesTo(rule.to) : this.messages.jumps(rule.to)
  }

  private end(step: Extract<StepRecord, { step: 'end' }>): void {
    if (step.policy !== null) {
      this.chains = []
      if (this.emptyTable === step.table) return
      return this.line(this.messages.policy(step.policy), 3)
    }
    this.leaveChainsUpTo(step.chain)
    this.line(this.colors.dim(this.messages.returns(step.chain)), 3 + this.chains.length)
    this.chains.pop()
  }
}
