/** The exact bytes of what a host answers by itself: ICMP errors of its stack and the answers of REJECT. */

import type { ReplyKind } from '../expression/action.ts'
import type { Hook } from '../expression/environment.ts'
import type { Packet } from '../packet/packet.ts'
import type { Words } from '../util/words.ts'

/** What the host's routing knows about the packet that is answered, and about the way back. */
export interface ReplyRoute {
  /** The answer's source address, chosen by the caller for the routed answer (ICMP errors only; RST swaps addresses). */
  readonly source: Words
  /** Whether the packet's own route is to a broadcast or multicast address (RTCF_BROADCAST, RTCF_MULTICAST). */
  readonly toMany: boolean
  /** MTU of the route back; 1500 when not given. */
  readonly mtu?: number
  /** TTL or hop limit of what the host sends; 64 when not given. */
  readonly hopLimit?: number
}

/** An ICMP or ICMPv6 error about `packet`. */
export interface IcmpErrorRequest extends ReplyRoute {
  readonly packet: Packet
  readonly type: number
  readonly code: number
  /** The second word: next-hop MTU, pointer << 24, … ; 0 when not given. */
  readonly info?: number
}

export declare function icmpError(request: IcmpErrorRequest): Uint8Array | null
export declare function rejectReply(packet: Packet, kind: ReplyKind, hook: Hook, route: ReplyRoute): Uint8Array | null
