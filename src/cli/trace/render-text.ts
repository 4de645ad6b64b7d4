import type { Colors } from 'picocolors/types.ts'
import type { RuleRecord, StepRecord } from '../../trace/record.ts'
import type { FinalVerdict } from '../../trace/verdict.ts'
import type { TracedPacket } from './flow.ts'
import { finalLine, type TraceMessages } from './messages.ts'

/** How much of a trace is written: every rule, those that matter, or the last line alone. */
export type Detail = 'all' | 'normal' | 'quiet'

/** In normal detail, a run of missed rules longer than this is cut to its last two. */
const MISSES_SHOWN = 8

/** A packet's trace as text, one line a step, ending with the final verdict. */
export function renderText(traced: TracedPacket, messages: TraceMessages, colors: Colors, detail: Detail): string {
  const final = finalLine({ ...traced, unknown: unknownIn(traced.steps) })
  const ending = `${verdictColor(traced.verdict, colors)(final)}\n`
  if (detail === 'quiet') return ending
  const writer = new TraceWriter(messages, colors, detail === 'all')
  const from = traced.device === null ? messages.local : messages.arrives(traced.device)
  const lines = [colors.bold(messages.packet(traced.number, traced.packet)), `  ${from}`, ...writer.write(traced.steps)]
  if (traced.error !== null) lines.push(`  ${colors.red(messages.sendError(traced.error))}`)
  return `${lines.join('\n')}\n${ending}`
}

/** The extension that kept the verdict unknown, as rules write it: `-m set`, `-j TARPIT`. */
function unknownIn(steps: readonly StepRecord[]): string | null {
  const step = steps.find((one) => one.step === 'unknown')
  return step?.step === 'unknown' ? asWritten(step.extension) : null
}

function asWritten(extension: string): string {
  return `${/^[A-Z]/.test(extension) ? '-j' : '-m'} ${extension}`
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
  /** User chains the packet is inside of, innermost last, and whether it came there by a goto. */
  private chains: { readonly name: string; readonly byGoto: boolean }[] = []
  /** The built-in chain of the table being walked. */
  private baseChain = ''
  /** The policy was the last thing written: a verdict would only repeat it. */
  private policyWritten = false
  private inAnswer = false
  /** The latest answer, as it was when the host made it. */
  private answered = ''

  constructor(messages: TraceMessages, colors: Colors, all: boolean) {
    this.messages = messages
    this.colors = colors
    this.all = all
  }

  write(steps: readonly StepRecord[]): string[] {
    const shown = steps.filter((step) => this.all || !step.answer || step.step === 'sent')
    for (const [index, step] of shown.entries()) this.step(step, shown[index + 1])
    this.flushMisses()
    return this.lines
  }

  private line(text: string, depth = 1): void {
    this.flushMisses()
    this.policyWritten = false
    this.lines.push(`${this.indent(depth)}${text}`)
  }

  private indent(depth: number): string {
    return '  '.repeat(depth + (this.inAnswer ? 3 : 0))
  }

  private flushMisses(): void {
    const { misses } = this
    this.misses = []
    const cut = !this.all && misses.length > MISSES_SHOWN ? misses.length - 2 : 0
    if (cut > 0) this.lines.push(`${this.indent(this.depth)}${this.colors.dim(this.messages.omitted(cut))}`)
    this.lines.push(...misses.slice(cut))
  }

  /** How far rules are indented. */
  private get depth(): number {
    return 3 + this.chains.length
  }

  private step(step: StepRecord, next: StepRecord | undefined): void {
    const { messages, colors } = this
    if (this.all) this.noteAnswer(step)
    switch (step.step) {
      case 'hook': {
        this.chains = []
        const isEmpty = next === undefined || ['hook', 'route', 'sent', 'delivered', 'drop'].includes(next.step)
        return this.line(isEmpty ? colors.dim(messages.emptyHook(step.hook)) : colors.bold(step.hook))
      }
      case 'table':
        return this.table(step)
      case 'rule':
        return this.rule(step)
      case 'end':
        return this.end(step)
      case 'verdict':
        if (!this.policyWritten) this.line(colors.bold(messages.verdict(step.verdict)), 3)
        return
      case 'unknown':
        // Said with the rule, or, of a target, here.
        if (/^[A-Z]/.test(step.extension))
          this.line(colors.yellow(messages.unknown(asWritten(step.extension))), this.depth)
        return
      case 'conntrack': {
        const { state, connection, reason } = step
        const text =
          state === 'changed'
            ? messages.connectionChanged(connection ?? '')
            : messages.conntrack(state, connection, reason)
        return this.line(colors.cyan(text), state === 'changed' ? this.depth : 2)
      }
      case 'nat':
        return this.line(colors.cyan(messages.nat(step.side, step.before, step.after)), 2)
      case 'route':
        return this.line(colors.cyan(messages.route(step.decision, step.detail)))
      case 'reply':
        this.answered = step.packet
        return this.line(colors.cyan(messages.reply(step.what, step.packet)), 3)
      case 'drop':
        return this.line(colors.red(messages.drop(step.where, step.reason)))
      case 'log':
        return this.line(colors.dim(messages.log(step.line.trimEnd())), this.depth)
      case 'sent':
        if (step.answer && step.packet.packet === this.answered)
          return this.line(messages.answerSent(step.device), this.inAnswer ? 1 : 3)
        return this.line(messages.sent(step.device, step.packet.packet), step.answer && !this.inAnswer ? 3 : 1)
      case 'delivered':
        return this.line(messages.delivered(step.device, step.packet.packet))
    }
  }

  /** With every step shown, the way of an answer is set apart from the packet's own. */
  private noteAnswer(step: StepRecord): void {
    if ((step.answer === true) === this.inAnswer) return
    if (step.answer) this.line(this.colors.dim(this.messages.answer), 4)
    else this.flushMisses()
    this.inAnswer = step.answer === true
  }

  private table(step: Extract<StepRecord, { step: 'table' }>): void {
    const { messages, colors } = this
    this.chains = []
    this.baseChain = step.chain
    const name = messages.table(step.table, step.chain)
    if (step.rules > 0) return this.line(name, 2)
    this.line(colors.dim(messages.emptyTable(name, step.policy ?? '-')), 2)
    this.policyWritten = true
  }

  private rule(rule: RuleRecord): void {
    this.leaveChainsUpTo(rule.chain)
    const head = `${rule.chain}:${rule.number}  ${rule.text}`
    if (rule.matched === 'no') {
      this.misses.push(`${this.indent(this.depth)}${this.colors.dim(`${head}   ${this.missed(rule)}`)}`)
      return
    }
    this.line(`${head}   ${this.colors.bold(this.outcome(rule))}`, this.depth)
    if (rule.matched === 'yes' && rule.to !== null) this.chains.push({ name: rule.to, byGoto: rule.target === 'goto' })
  }

  /** After RETURN or a goto the next rule belongs to an outer chain. */
  private leaveChainsUpTo(chain: string): void {
    while (this.chains.length > 0 && this.chains.at(-1)?.name !== chain) {
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
    if (rule.matched === 'unknown') {
      const extension = asWritten(rule.failure?.value ?? '')
      return rule.target === null || rule.target === 'LOG' || rule.target === 'NFLOG'
        ? this.messages.harmless(extension)
        : this.messages.unknown(extension)
    }
    if (rule.to === null) return this.messages.matched
    return rule.target === 'goto' ? this.messages.goesTo(rule.to) : this.messages.jumps(rule.to)
  }

  private end(step: Extract<StepRecord, { step: 'end' }>): void {
    if (step.policy !== null) {
      this.flushMisses()
      this.chains = []
      if (this.policyWritten) return
      this.line(this.colors.bold(this.messages.policy(step.policy)), 3)
      this.policyWritten = true
      return
    }
    this.leaveChainsUpTo(step.chain)
    this.line(this.colors.dim(this.messages.returns(step.chain, this.caller())), this.depth)
    this.chains.pop()
  }

  /** The chain that the innermost one returns to: one that was left by a goto is passed over; null for the policy. */
  private caller(): string | null {
    let at = this.chains.length - 1
    while (at >= 0 && this.chains[at]?.byGoto) at--
    if (at < 0) return null
    return this.chains[at - 1]?.name ?? this.baseChain
  }
}
