import type { Connection, Tuple } from '../packet/connection.ts'
import type { Packet } from '../packet/packet.ts'
import type { Words } from '../util/words.ts'
import type { Action, LogEntry, ReplyKind, Verdict } from './action.ts'

/** The five hooks of the Internet families. Source: linux/netfilter.h enum nf_inet_hooks. */
export const HOOKS = ['PREROUTING', 'INPUT', 'FORWARD', 'OUTPUT', 'POSTROUTING'] as const
export type Hook = (typeof HOOKS)[number]

/** The kernel's address types by their numbers. Source: linux/rtnetlink.h RTN_*. */
export const ADDRESS_TYPES = [
  'UNSPEC',
  'UNICAST',
  'LOCAL',
  'BROADCAST',
  'ANYCAST',
  'MULTICAST',
  'BLACKHOLE',
  'UNREACHABLE',
  'PROHIBIT',
  'THROW',
  'NAT',
  'XRESOLVE',
] as const
export type AddressType = (typeof ADDRESS_TYPES)[number]

/** What the answer to a TCP SYN says. */
export interface SynAnswer {
  /** Unsigned 32 bits. */
  readonly sequence: number
  /** ECE is set beside SYN and ACK. */
  readonly ecn: boolean
  /** TCP options as they stand in the header, a multiple of 4 bytes up to 40. */
  readonly options: Uint8Array
}

/**
 * What rules may ask of, and do to, the host they are in. The host implements it; `netfilter/` and the
 * extensions see only this. One environment serves one host for its whole life.
 */
export interface Environment {
  /** Milliseconds since the host started. Kernel ticks are {@link jiffies}. */
  now(): number
  /** Milliseconds since 1970. */
  wall(): number
  /** Kernel ticks: HZ = 250, counted from the host's start. */
  jiffies(): number
  /** An unsigned 32-bit random number. */
  random(): number
  /** The table being traversed, for actions that depend on it. */
  readonly hook: Hook

  /**
   * State that rules share and users may see (recent lists, hashlimit tables, quotas), by kind and name;
   * made by `create` when first asked for.
   */
  shared<T>(kind: string, name: string, create: () => T): T

  /** What the routing tables say an address is; `device` limits the question to one device. Source: inet_dev_addr_type(). */
  addressType(family: 4 | 6, address: Words, device: string | null): AddressType
  /** Source: Linux rpfilter_mt(). */
  reversePathHolds(packet: Packet, options: { loose: boolean; validMark: boolean; acceptLocal: boolean }): boolean
  /** Milliseconds until the packet's connection expires; 0 without one. */
  connectionExpiresIn(packet: Packet): number
  /**
   * The confirmed, living connection that has the tuple in either direction, in the zone of `zoneOf` (null: the
   * default zone). Source: Linux nf_conntrack_find_get().
   */
  findConnection(tuple: Tuple, zoneOf: Connection | null): Connection | null

  /** Sets up NAT for a new connection; the verdict is accept, or drop where no free tuple is left. */
  nat(packet: Packet, action: Extract<Action, { kind: 'nat' | 'masquerade' | 'redirect' }>): Verdict
  /** Sends the answer of REJECT; the packet itself is not touched. */
  reply(packet: Packet, kind: ReplyKind): void
  log(packet: Packet, entry: LogEntry): void
  /** Sends an ICMP or ICMPv6 error about the packet; `info` is the second word of its header. */
  icmpError(packet: Packet, type: number, code: number, info: number): void
  /** Sends a copy of the packet to a neighbour, looked for on `device` where that is not empty and exists. */
  duplicate(packet: Packet, gateway: Words, device: string): void
  /** Answers a TCP SYN with a SYN-ACK that the packet's connection takes for its own. */
  answerSyn(packet: Packet, answer: SynAnswer): void
  /** TPROXY: accept with a socket and mark assigned, or drop where no socket listens. */
  tproxy(packet: Packet, action: Extract<Action, { kind: 'tproxy' }>): Verdict
  /** The path MTU for `--clamp-mss-to-pmtu`: the smaller of the route there and the route back, in bytes. */
  pathMtu(packet: Packet): number
  /** Tells the tracer that a connection changed because of a rule (connmark). */
  connectionChanged(packet: Packet): void
}
