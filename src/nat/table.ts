/** What NAT needs from the rest of a host. */

import type { Connection, Tuple } from '../packet/connection.ts'
import type { Side } from '../packet/mangle.ts'
import type { Packet } from '../packet/packet.ts'
import type { Words } from '../util/words.ts'

/** What NAT asks of the connection table. */
export interface NatTable {
  /** The tuple of the other direction, null where there is none. Source: Linux nf_ct_invert_tuple(). */
  invert(tuple: Tuple): Tuple | null
  /** Whether a connection other than `except` has this tuple in a direction. Source: Linux nf_conntrack_tuple_taken(). */
  isTaken(tuple: Tuple, except: Connection, zone: number): boolean
  /**
   * Whether the connection with this tuple is not translated and has the tuples of `connection` the other way round.
   */
  isReverseOf(tuple: Tuple, connection: Connection): boolean
  /** Changes the reply tuple of an unconfirmed connection. Source: Linux nf_conntrack_alter_reply(). */
  alterReply(connection: Connection, reply: Tuple): void
  /** Ends a connection at once, counting its packet. Source: Linux nf_ct_kill_acct(). */
  kill(connection: Connection, packet: Packet): void
  /**
   * Ends the TCP connection with this tuple where it is past closing and `by` has a later sequence number, so that
   * `by` may have the tuple; true when it is free now. Without it nothing is evicted.
   * Source: Linux nf_nat_used_tuple_harder().
   */
  evict?(tuple: Tuple, by: Connection): boolean
}

/** A choice the kernel leaves to chance: a port, identifier or key out of `size` numbers from `first` on. */
export interface PortChoice {
  readonly first: number
  readonly size: number
  /** Which end's port it is; identifiers are the same at both. */
  readonly side: Side
  /** The tuple being completed, its port still as before. */
  readonly tuple: Tuple
}

/** How a {@link Nat} is made. */
export interface NatOptions {
  readonly table: NatTable
  /** Unsigned 32-bit random numbers. */
  readonly random: () => number
  /** Answers a {@link PortChoice} instead of chance, where it returns a number. */
  readonly choosePort?: (choice: PortChoice) => number | undefined
  /**
   * The source address for MASQUERADE on the packet's outgoing device, null without one.
   * Source: Linux inet_select_addr(out, next hop, RT_SCOPE_UNIVERSE), ipv6_dev_get_saddr(out, destination).
   */
  readonly masqueradeSource: (packet: Packet) => Words | null
}
