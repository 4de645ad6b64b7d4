/** NAT of one host. */

import type { Action, NatRange, Verdict } from '../expression/action.ts'
import type { Hook } from '../expression/environment.ts'
import type { Tracer } from '../netfilter/trace.ts'
import type { Connection, Tuple } from '../packet/connection.ts'
import type { Side } from '../packet/mangle.ts'
import type { Packet } from '../packet/packet.ts'
import type { Words } from '../util/words.ts'

/** What NAT asks of the connection table. */
export interface NatTable {
  /** Source: Linux nf_ct_invert_tuple(); null where there is no inverse. */
  invert(tuple: Tuple): Tuple | null
  /** Source: Linux nf_conntrack_tuple_taken(). */
  isTaken(tuple: Tuple, except: Connection): boolean
  /** Source: Linux nf_conntrack_alter_reply(). */
  alterReply(connection: Connection, reply: Tuple): void
  /** Ends the connection (nf_ct_kill_acct). */
  kill(connection: Connection): void
  /** Evicts the TIME_WAIT connection with this tuple if `by` may reuse it (nf_nat_used_tuple_harder); true = now free. */
  evict?(tuple: Tuple, by: Connection): boolean
}

export interface NatOptions {
  readonly table: NatTable
  readonly random: () => number
  /** Hands in a port, key or identifier instead of a random one; undefined: the random choice stands. */
  readonly choosePort?: (candidates: { first: number; size: number; tuple: Tuple }) => number | undefined
  /** MASQUERADE's source: inet_select_addr(out, next hop, universe) or ipv6_dev_get_saddr(out, destination); null: none. */
  readonly masqueradeSource: (packet: Packet) => Words | null
}

export declare class Nat {
  constructor(options: NatOptions)
  /** Environment.nat(): SNAT, DNAT, NETMAP, MASQUERADE, REDIRECT for a packet of a new connection. */
  apply(packet: Packet, hook: Hook, action: Extract<Action, { kind: 'nat' | 'masquerade' | 'redirect' }>): Verdict
  /** nf_nat_setup_info() */
  setup(connection: Connection, side: Side, range: NatRange): Verdict
  /** The NAT hook (nf_nat_ipv4_fn, nf_nat_inet_fn): traverses the table for new connections, then rewrites the packet. */
  run(packet: Packet, hook: Hook, traverse: () => Verdict, tracer: Tracer | null): Verdict
  /** A connection left the table or its first packet was dropped. */
  forget(connection: Connection): void
}

/**
 * Whether OUTPUT must route the packet again after the nat hook accepted it: its connection's destination was
 * rewritten in this direction (nf_nat_ipv4_local_fn). In PREROUTING the route is simply found after the hook.
 */
export declare function needsReroute(packet: Packet): boolean
