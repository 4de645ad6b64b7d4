import type { Device } from '../packet/device.ts'
import type { Words } from '../util/words.ts'
import type { Realm, Route, RouteError, RouteType } from './route.ts'

/** A routing decision, attached to a packet. Source: Linux struct dst_entry with rtable or rt6_info. */
export interface Destination {
  readonly family: 4 | 6
  /** What happens to a received packet: `error` answers with an ICMP error where one is due, `drop` is silent. */
  readonly input: 'local' | 'forward' | 'multicast' | 'error' | 'drop'
  /** What happens to a packet that is sent: `multicast` also loops a copy back to the host. */
  readonly output: 'unicast' | 'multicast' | 'error' | 'drop'
  readonly error: RouteError | null
  readonly type: RouteType
  /** Delivered to this host, or sent by loopback. */
  readonly isLocal: boolean
  readonly isBroadcast: boolean
  readonly isMulticast: boolean
  /** Whether it was made for a received packet. */
  readonly isInput: boolean
  readonly device: Device
  readonly gateway: Words | null
  /** The route's own MTU in bytes; 0 where it has none. */
  readonly mtu: number
  /** The packet leaves by where it came: the sender should be told of a shorter way. */
  readonly redirect: boolean
  readonly route: Route | null
  /** See {@link Realm}; IPv4 only, absent for none. */
  readonly realm?: Realm
}

/** Why a received packet gets no routing decision at all. It is dropped without an answer. */
export interface Refusal {
  readonly refused: string
}

/** Whether routing refused. */
export function isRefused(value: Destination | Refusal): value is Refusal {
  return 'refused' in value
}

/** The largest packet a destination takes, in bytes. Source: Linux ip_dst_mtu_maybe_forward(), ip6_mtu(). */
export function mtuOf(destination: Destination): number {
  const mtu = destination.mtu === 0 ? destination.device.mtu : destination.mtu
  return destination.family === 4 ? Math.min(mtu, 0xffff) : Math.min(Math.max(mtu, 1280), 65575)
}

/**
 * The largest packet that is forwarded to a destination, in bytes. IPv6 forwarding does not look at the route's own
 * MTU; what is too large for it is refused when it is sent. Source: Linux ip6_dst_mtu_maybe_forward() with forwarding.
 */
export function forwardMtuOf(destination: Destination): number {
  return destination.family === 4 ? mtuOf(destination) : Math.min(Math.max(destination.device.mtu, 1280), 65575)
}
