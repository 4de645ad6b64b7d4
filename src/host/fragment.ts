/** Taking fragments together and apart. */

import type { Packet } from '../packet/packet.ts'

/** What became of a fragment. `notFragment`: nothing to do, the packet goes on as it is. */
export type ReassemblyResult = 'notFragment' | 'held' | 'complete' | 'dropped'

/** A queue that waited too long. `first` is the fragment with offset 0 as it came, or null. */
export interface ExpiredQueue {
  readonly family: 4 | 6
  readonly device: string | null
  readonly first: Uint8Array | null
}

/**
 * Reassembles fragments at one place: conntrack's (zone and direction in `user`) or local delivery's.
 *
 * `add` mutates the last fragment's packet into the whole one when it returns `complete`. `expire` must be called
 * before `add` with the same clock.
 */
export declare class Reassembler {
  constructor(options: { place: 'conntrack' | 'local'; random?: () => number })
  /** Why the latest `dropped` happened. */
  readonly reason: string
  add(packet: Packet, now: number, user?: string): ReassemblyResult
  expire(now: number): ExpiredQueue[]
}

/** ip_exceeds_mtu() / ip6_pkt_too_big(): whether forwarding must answer with an ICMP error instead of sending. */
export declare function exceedsMtu(packet: Packet, mtu: number): boolean
/** What leaves: the packet itself in one or more pieces (ip_finish_output), or the need for an ICMP error. */
export declare function fragment(packet: Packet, mtu: number, random: () => number): Uint8Array[] | 'needs-icmp'
