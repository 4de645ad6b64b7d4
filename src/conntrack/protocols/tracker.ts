import type { Packet } from '../../packet/packet.ts'
import type { TrackedConnection } from '../connection.ts'
import type { ConntrackSettings } from '../settings.ts'

/** What a protocol's tracker says of a packet. */
export type Tracking =
  /** Part of the connection; it lives `timeout` seconds from now, or as long as before where null. */
  | { readonly kind: 'accept'; readonly timeout: number | null }
  /** The packet is not part of any connection, for this reason. */
  | { readonly kind: 'invalid'; readonly reason: string }
  /** The connection is over: look again, so that the packet opens a new one. */
  | { readonly kind: 'repeat' }
  /** The connection is over; the packet still belongs to it and is counted. */
  | { readonly kind: 'kill' }

/** What a tracker may know besides the packet and its connection. */
export interface TrackingContext {
  /** 0 original, 1 reply. */
  readonly direction: 0 | 1
  /** Milliseconds of host time. */
  readonly now: number
  readonly settings: ConntrackSettings
  /** Checksums are verified where packets come in. */
  readonly verifiesChecksums: boolean
  /** Seconds the connection has left. */
  readonly remaining: number
  /** Shortens or lengthens the connection's life to this many seconds from now. */
  readonly setTimeout: (seconds: number) => void
}

/** Follows the packets of one protocol. */
export type Tracker = (connection: TrackedConnection, packet: Packet, context: TrackingContext) => Tracking

export function invalid(reason: string): Tracking {
  return { kind: 'invalid', reason }
}

export function accept(timeout: number | null): Tracking {
  return { kind: 'accept', timeout }
}
