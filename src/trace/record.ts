import type { Traveller } from '../host/traveller.ts'
import type { TraceEvent } from '../netfilter/trace.ts'
import type { Connection, Tuple } from '../packet/connection.ts'
import type { Packet } from '../packet/packet.ts'
import { printPacket } from '../packet/print.ts'
import { toHex } from '../util/bytes.ts'
import { formatAddress } from '../wire/address.ts'
import { protocolName } from '../wire/protocols.ts'

/** A packet as it was at one moment: what `-o json` writes for it. */
export interface PacketRecord {
  readonly packet: string
  readonly hex: string
  readonly in: string | null
  readonly out: string | null
  readonly mark: number
  /** The Ethernet header it arrived with, in hexadecimal; absent where it has none. */
  readonly frame?: string
}

/** One step of a packet's way, in plain data: what `-o json` writes and the text renderers read. */
export type StepRecord = StepFacts & {
  /** Set for steps of a packet that the host sends because of the traced one. */
  readonly answer?: true
}

/** The kinds of steps. */
type StepFacts =
  | { readonly step: 'hook'; readonly hook: string; readonly family: 4 | 6; readonly packet: PacketRecord }
  | {
      readonly step: 'table'
      readonly table: string
      readonly chain: string
      readonly rules: number
      readonly policy: string | null
    }
  | RuleRecord
  | {
      readonly step: 'end'
      readonly table: string
      readonly chain: string
      readonly number: number
      readonly policy: string | null
      readonly packet: PacketRecord
    }
  | {
      readonly step: 'verdict'
      readonly table: string
      readonly chain: string
      readonly number: number
      readonly verdict: string
    }
  | {
      readonly step: 'unknown'
      readonly table: string
      readonly chain: string
      readonly number: number
      readonly extension: string
    }
  | {
      readonly step: 'conntrack'
      readonly state: string
      readonly connection: string | null
      readonly reason: string | null
    }
  | { readonly step: 'nat'; readonly side: 'source' | 'destination'; readonly before: string; readonly after: string }
  | { readonly step: 'route'; readonly decision: string; readonly detail: string }
  | { readonly step: 'reply'; readonly what: string; readonly packet: string; readonly hex: string }
  | { readonly step: 'drop'; readonly where: string; readonly reason: string }
  | { readonly step: 'log'; readonly line: string }
  | { readonly step: 'sent' | 'delivered'; readonly device: string; readonly packet: PacketRecord }

/** A rule that was asked. */
export interface RuleRecord {
  readonly step: 'rule'
  readonly table: string
  readonly chain: string
  readonly number: number
  readonly text: string
  readonly line: number
  readonly matched: 'yes' | 'no' | 'hotdrop' | 'unknown'
  readonly failure: { readonly label: string; readonly field: string; readonly value: string } | null
  readonly target: string | null
  /** For jumps and gotos: the chain. */
  readonly to: string | null
  /** Only for rules that matched: the packet then. */
  readonly packet: PacketRecord | null
}

function isOwn(packet: Packet): boolean {
  return (packet as Traveller).isOwn !== false
}

const VERDICT_NAMES: Readonly<Record<number, string>> = {
  0: 'DROP',
  1: 'ACCEPT',
  2: 'STOLEN',
  3: 'QUEUE',
  4: 'REPEAT',
  5: 'UNKNOWN',
}

/** Turns the engine's events into plain data, copying what the engine goes on to change. */
export class TraceRecorder {
  steps: StepRecord[] = []
  readonly assumptions: string[] = []
  /** Whether rules that did not match are kept; without them a long list costs nothing. */
  private readonly keepMisses: boolean

  constructor(options: { keepMisses: boolean }) {
    this.keepMisses = options.keepMisses
  }

  /** Whether the packet in each table that is being walked is an answer, innermost last. */
  private readonly walks: boolean[] = []
  private hookIsAnswer = false

  /** The tracer to hand to the engine. */
  readonly tracer = (event: TraceEvent): void => {
    if (event.kind === 'assumption') {
      if (!this.assumptions.includes(event.text)) this.assumptions.push(event.text)
      return
    }
    const isAnswer = this.belongsToAnswer(event)
    const step = this.recordOf(event)
    if (step === null || (step.step === 'nat' && this.isSeen(step))) return
    this.steps.push(isAnswer ? { ...step, answer: true } : step)
  }

  /** A packet that comes back by `lo` is translated as it was before: nothing changes. */
  private isSeen({ side, before, after }: Extract<StepFacts, { step: 'nat' }>): boolean {
    const isSame = (one: StepRecord): boolean =>
      one.step === 'nat' && one.side === side && one.before === before && one.after === after
    return this.steps.some(isSame)
  }

  /** An answer is sent in the middle of a rule's action: the walk of its packet is inside of the packet's own. */
  private belongsToAnswer(event: TraceEvent): boolean {
    switch (event.kind) {
      case 'hook':
        this.hookIsAnswer = !isOwn(event.packet)
        return this.hookIsAnswer
      case 'table':
        this.walks.push(this.hookIsAnswer)
        return this.hookIsAnswer
      case 'verdict':
        return this.walks.pop() ?? false
      case 'unknown':
        return this.walks.at(-1) ?? false
      case 'reply':
      case 'log':
      case 'assumption':
        return false
      default:
        return !isOwn(event.packet)
    }
  }

  /** The steps so far; the next packet starts with none. */
  take(): StepRecord[] {
    const { steps } = this
    this.steps = []
    return steps
  }

  private recordOf(event: Exclude<TraceEvent, { kind: 'assumption' }>): StepRecord | null {
    switch (event.kind) {
      case 'hook':
        return { step: 'hook', hook: event.hook, family: event.family, packet: recordPacket(event.packet) }
      case 'table': {
        const { chain, table } = event
        return { step: 'table', table, chain: chain.name, rules: chain.rules.length, policy: chain.policy }
      }
      case 'rule':
        return event.matched === 'no' && !this.keepMisses ? null : recordRule(event)
      case 'end': {
        const { table, chain, number } = event
        return {
          step: 'end',
          table,
          chain: chain.name,
          number,
          policy: chain.policy,
          packet: recordPacket(event.packet),
        }
      }
      case 'verdict': {
        const { table, chain, number, verdict } = event
        return { step: 'verdict', table, chain: chain.name, number, verdict: VERDICT_NAMES[verdict] ?? String(verdict) }
      }
      case 'unknown': {
        const { table, chain, number, extension } = event
        return { step: 'unknown', table, chain: chain.name, number, extension }
      }
      case 'conntrack': {
        const connection = event.connection && describeConnection(event.connection)
        return { step: 'conntrack', state: event.state, connection, reason: event.reason }
      }
      case 'nat':
        return { step: 'nat', side: event.side, before: describeTuple(event.before), after: describeTuple(event.after) }
      case 'route':
        return { step: 'route', decision: event.decision, detail: event.detail }
      case 'reply':
        return { step: 'reply', what: event.what, packet: printPacket(event.bytes), hex: toHex(event.bytes) }
      case 'drop':
        return { step: 'drop', where: event.where, reason: event.reason }
      case 'log':
        return { step: 'log', line: event.line }
      case 'sent':
      case 'delivered':
        return { step: event.kind, device: event.device, packet: recordPacket(event.packet) }
    }
  }
}

function recordRule(event: Extract<TraceEvent, { kind: 'rule' }>): RuleRecord {
  const { table, chain, number, rule, matched, failure, packet } = event
  const { target } = rule
  const jumps = target.kind === 'jump' || target.kind === 'goto'
  return {
    step: 'rule',
    table,
    chain: chain.name,
    number,
    text: rule.text,
    line: rule.line,
    matched,
    failure,
    target: target.kind === 'none' ? null : target.kind === 'actions' ? target.name : target.kind,
    to: jumps ? target.chain.name : null,
    packet: matched === 'yes' ? recordPacket(packet) : null,
  }
}

/** The packet as plain data. */
function recordPacket(packet: Packet): PacketRecord {
  const bytes = packet.copyBytes()
  return {
    packet: printPacket(bytes),
    hex: toHex(bytes),
    in: packet.inDevice?.name ?? null,
    out: packet.outDevice?.name ?? null,
    mark: packet.mark,
    ...(packet.frame === null ? {} : { frame: toHex(packet.frame) }),
  }
}

/** `tcp 10.0.0.1:1 > 10.0.0.2:80`. */
function describeTuple(tuple: Tuple): string {
  const hasPorts = tuple.sport !== 0 || tuple.dport !== 0
  const isIcmp = tuple.protocol === 1 || tuple.protocol === 58
  const end = (words: Tuple['source'], port: number): string => {
    const address = formatAddress(tuple.family, words)
    if (!hasPorts || isIcmp) return address
    return tuple.family === 6 ? `[${address}]:${port}` : `${address}:${port}`
  }
  const name = protocolName(tuple.protocol) ?? `proto ${tuple.protocol}`
  const id = isIcmp ? ` id ${tuple.sport}` : ''
  return `${name} ${end(tuple.source, tuple.sport)} > ${end(tuple.destination, tuple.dport)}${id}`
}

function describeConnection(connection: Connection): string {
  const state = connection.protocolState === 'NONE' ? '' : `${connection.protocolState}, `
  return `${state}${describeTuple(connection.original)}; replies ${describeTuple(connection.reply)}`
}
