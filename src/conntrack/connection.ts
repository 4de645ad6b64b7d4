import { type Accounting, type Connection, CT_STATUS, type Tuple } from '../packet/connection.ts'
import type { Packet } from '../packet/packet.ts'
import type { SctpState } from './protocols/sctp-state.ts'
import type { TcpState } from './protocols/tcp-state.ts'

/** A zone, and which direction it distinguishes. Source: Linux struct nf_conntrack_zone. */
export interface Zone {
  readonly id: number
  readonly direction: 'both' | 'original' | 'reply'
}

export const DEFAULT_ZONE: Zone = { id: 0, direction: 'both' }

/** The zone number that counts for one direction: 0 original, 1 reply. Source: Linux nf_ct_zone_id(). */
export function zoneIn(zone: Zone, direction: 0 | 1): number {
  return zone.direction === 'both' || zone.direction === (direction === 0 ? 'original' : 'reply') ? zone.id : 0
}

/** What a protocol's tracker remembers of a connection. */
export type ProtocolMemory =
  | { readonly kind: 'none' }
  | { readonly kind: 'tcp'; readonly tcp: TcpState }
  | { readonly kind: 'sctp'; readonly sctp: SctpState }
  /** When a UDP flow in both directions starts to count as a stream, in milliseconds of host time. */
  | { readonly kind: 'udp'; readonly streamFrom: number }

const NO_MEMORY: ProtocolMemory = { kind: 'none' }

/**
 * One tracked flow.
 *
 * Life-cycle: made for a packet that no connection has, seen only by that packet; confirmed when the packet has
 * survived all hooks, and then in the table until it expires or is killed.
 *
 * Invariant: before confirmation `expires` is a duration in milliseconds, afterwards a point of host time.
 */
export class TrackedConnection implements Connection {
  readonly id: number
  readonly original: Tuple
  reply: Tuple
  status = 0
  mark = 0
  readonly zoneOf: Zone
  expires = 0
  master: TrackedConnection | null = null
  readonly accounting: readonly [Accounting, Accounting] = [
    { packets: 0, bytes: 0 },
    { packets: 0, bytes: 0 },
  ]
  memory: ProtocolMemory = NO_MEMORY
  /** The word for the protocol's state that `conntrack -L` prints; `NONE` where the protocol has none. */
  protocolState = 'NONE'
  helper: string | null = null
  labels = 0n

  constructor(id: number, original: Tuple, reply: Tuple, zone: Zone) {
    this.id = id
    this.original = original
    this.reply = reply
    this.zoneOf = zone
  }

  get zone(): number {
    return this.zoneOf.id
  }

  get confirmed(): boolean {
    return (this.status & CT_STATUS.confirmed) !== 0
  }

  /** Counts a packet of a direction. Source: Linux nf_ct_acct_update(). */
  count(direction: 0 | 1, packet: Packet): void {
    const counted = this.accounting[direction]
    counted.packets++
    counted.bytes += packet.length
  }
}
