import { type Action, type LogEntry, type ReplyKind, VERDICT, type Verdict } from '../expression/action.ts'
import {
  ADDRESS_TYPES,
  type AddressType,
  type Environment,
  type Hook,
  type SynAnswer,
} from '../expression/environment.ts'
import { logLine } from '../netfilter/log-line.ts'
import type { Connection, Tuple } from '../packet/connection.ts'
import type { Packet } from '../packet/packet.ts'
import { ROUTE_TYPES } from '../route/route.ts'
import type { Words } from '../util/words.ts'
import { sendIcmpError, sendReject } from './answers.ts'
import { duplicate } from './duplicate.ts'
import type { Host } from './host.ts'
import { pathMtu } from './path-mtu.ts'
import { type ReverseOptions, reversePathHolds } from './reverse-path.ts'
import { sendSynAnswer } from './syn-answer.ts'
import type { Traveller } from './traveller.ts'

/** What rules may ask of, and do to, a host: see {@link Environment}. */
export class RuleEnvironment implements Environment {
  private readonly host: Host
  private readonly states = new Map<string, unknown>()

  constructor(host: Host) {
    this.host = host
  }

  get hook(): Hook {
    return this.host.hook
  }

  now(): number {
    return this.host.clock.now()
  }

  wall(): number {
    return this.host.clock.wall()
  }

  jiffies(): number {
    return this.host.jiffies()
  }

  random(): number {
    return this.host.randomNumber()
  }

  shared<T>(kind: string, name: string, create: () => T): T {
    const key = `${kind} ${name}`
    if (!this.states.has(key)) this.states.set(key, create())
    return this.states.get(key) as T
  }

  addressType(family: 4 | 6, address: Words, device: string | null): AddressType {
    const { routing4, routing6 } = this.host
    const at = device === null ? null : this.host.deviceNamed(device)
    const type = family === 4 ? routing4.addressType(address[0], at?.index ?? 0) : routing6.addressType(address, at)
    return ADDRESS_TYPES[ROUTE_TYPES[type]] as AddressType
  }

  reversePathHolds(packet: Packet, options: ReverseOptions): boolean {
    return reversePathHolds(this.host, packet as Traveller, options)
  }

  connectionExpiresIn(packet: Packet): number {
    return packet.ct === null ? 0 : this.host.tracking.expiresIn(packet.ct)
  }

  findConnection(tuple: Tuple, zoneOf: Connection | null): Connection | null {
    return this.host.tracking.find(tuple, zoneOf)
  }

  nat(packet: Packet, action: Extract<Action, { kind: 'nat' | 'masquerade' | 'redirect' }>): Verdict {
    return this.host.nat.apply(packet, this.hook, action)
  }

  reply(packet: Packet, kind: ReplyKind): void {
    sendReject(this.host, packet as Traveller, kind)
  }

  icmpError(packet: Packet, type: number, code: number, info: number): void {
    sendIcmpError(this.host, packet as Traveller, type, code, info)
  }

  duplicate(packet: Packet, gateway: Words, device: string): void {
    duplicate(this.host, packet as Traveller, gateway, device)
  }

  answerSyn(packet: Packet, answer: SynAnswer): void {
    sendSynAnswer(this.host, packet as Traveller, answer)
  }

  log(packet: Packet, entry: LogEntry): void {
    const { tracer } = this.host
    if (tracer !== null) tracer({ kind: 'log', line: logLine(packet, entry) })
  }

  /** No process listens: the packet is dropped. Source: Linux tproxy_tg4(), tproxy_tg6_v1(). */
  tproxy(): Verdict {
    const { tracer } = this.host
    if (tracer !== null) {
      tracer({ kind: 'assumption', text: 'no process listens where TPROXY sends the packet: it is dropped' })
    }
    return VERDICT.drop
  }

  pathMtu(packet: Packet): number {
    return pathMtu(this.host, packet as Traveller)
  }

  connectionChanged(packet: Packet): void {
    const { tracer } = this.host
    if (tracer === null) return
    tracer({ kind: 'conntrack', packet, state: 'changed', connection: packet.ct, reason: null })
  }
}
