import type { Tuple } from '../packet/connection.ts'
import type { Packet } from '../packet/packet.ts'
import type { Words } from '../util/words.ts'
import { PROTOCOL } from '../wire/protocols.ts'

/**
 * Reading and turning round the tuples of packets.
 *
 * Source: Linux nf_ct_get_tuple(), nf_ct_invert_tuple().
 */

/** Reply types of trackable ICMP requests and requests of their replies, by type. Source: Linux invmap of nf_conntrack_proto_icmp.c. */
const ICMP_OPPOSITE: ReadonlyMap<number, number> = new Map([
  [8, 0],
  [0, 8],
  [13, 14],
  [14, 13],
  [15, 16],
  [16, 15],
  [17, 18],
  [18, 17],
])

/** The same for ICMPv6: echo and node information. Source: Linux invmap of nf_conntrack_proto_icmpv6.c. */
const ICMPV6_OPPOSITE: ReadonlyMap<number, number> = new Map([
  [128, 129],
  [129, 128],
  [139, 140],
  [140, 139],
])

const GRE_VERSION_MASK = 7
const GRE_PPTP_VERSION = 1
const GRE_PPP = 0x880b

/** The tuple of a packet that was parsed; null where tracking finds none: fragments, short or unknown headers. */
export function tupleOf(packet: Packet): Tuple | null {
  const { family, protocol, transport, end } = packet
  if (family === 0 || packet.fragmentOffset !== 0 || protocol < 0) return null
  if (family === 6 && protocol === PROTOCOL.none) return null
  if (transport > end) return null
  return tupleAt(packet.view, family, protocol, packet.source, packet.destination, transport, end)
}

/**
 * The tuple of a packet whose addresses and protocol are known and whose transport header begins at `transport`.
 * Null where the header is too short or cannot be tracked.
 */
export function tupleAt(
  view: DataView,
  family: 4 | 6,
  protocol: number,
  source: Words,
  destination: Words,
  transport: number,
  end: number,
): Tuple | null {
  const tuple = (sport: number, dport: number): Tuple => ({ family, protocol, source, destination, sport, dport })
  const room = end - transport
  switch (protocol) {
    case PROTOCOL.icmp:
    case PROTOCOL.icmpv6:
      // The identifier is read whatever the type is; types without one cannot be inverted anyway.
      return room < 8 ? null : tuple(view.getUint16(transport + 4), view.getUint16(transport))
    case PROTOCOL.tcp:
    case PROTOCOL.udp:
    case PROTOCOL.udplite:
    case PROTOCOL.sctp:
      return room < 4 ? null : tuple(view.getUint16(transport), view.getUint16(transport + 2))
    case PROTOCOL.gre: {
      if (room < 4 || (view.getUint16(transport) & GRE_VERSION_MASK) !== GRE_PPTP_VERSION) return tuple(0, 0)
      if (room < 8) return tuple(0, 0)
      if (view.getUint16(transport + 2) !== GRE_PPP) return null
      return tuple(0, view.getUint16(transport + 6))
    }
    default:
      return tuple(0, 0)
  }
}

/** The tuple that replies to `tuple` have; null where the protocol's message has no reply. */
export function invert(tuple: Tuple): Tuple | null {
  const { family, protocol, source, destination, sport, dport } = tuple
  const turned = { family, protocol, source: destination, destination: source }
  if (protocol === PROTOCOL.icmp || protocol === PROTOCOL.icmpv6) {
    const opposite = (protocol === PROTOCOL.icmp ? ICMP_OPPOSITE : ICMPV6_OPPOSITE).get(dport >> 8)
    return opposite === undefined ? null : { ...turned, sport, dport: (opposite << 8) | (dport & 0xff) }
  }
  return { ...turned, sport: dport, dport: sport }
}

/** A key that is equal for equal tuples, for use in a Map. */
export function keyOf(tuple: Tuple): string {
  const { source, destination } = tuple
  if (tuple.family === 4) {
    return `${tuple.protocol}:${source[0]}:${tuple.sport}:${destination[0]}:${tuple.dport}`
  }
  return `6:${tuple.protocol}:${source.join()}:${tuple.sport}:${destination.join()}:${tuple.dport}`
}
