import type { Tuple } from '../packet/connection.ts'
import { skipExtensionHeaders } from '../packet/mangle-ipv6.ts'
import type { Packet } from '../packet/packet.ts'
import type { Words } from '../util/words.ts'
import { getWords } from '../wire/address.ts'
import { PROTOCOL } from '../wire/protocols.ts'
import { plainChecksumHolds, transportChecksumHolds } from './protocols/checksums.ts'
import { tupleAt } from './tuple.ts'

/** What an ICMP message is to tracking. */
export type IcmpRole =
  /** A query or answer, tracked as a connection of its own. */
  | { readonly kind: 'query' }
  /** Never tracked (neighbour discovery, multicast listeners). */
  | { readonly kind: 'untracked' }
  | { readonly kind: 'invalid'; readonly reason: string }
  /** About a packet with this tuple. */
  | { readonly kind: 'error'; readonly about: Tuple }

const QUERY: IcmpRole = { kind: 'query' }
const ICMP_ERRORS = new Set([3, 4, 5, 11, 12])
const LAST_KNOWN_ICMP = 18
/** Multicast listener discovery, router and neighbour discovery. Source: Linux noct_valid_new[]. */
const ICMPV6_UNTRACKED = new Set([130, 131, 132, 133, 134, 135, 136, 143])

/** Tells what an ICMP or ICMPv6 packet is. Source: Linux nf_conntrack_icmpv4_error(), nf_conntrack_icmpv6_error(). */
export function icmpRole(packet: Packet, verifiesChecksums: boolean): IcmpRole {
  const { view, transport, end, family } = packet
  if (end - transport < 8) return { kind: 'invalid', reason: 'the ICMP header is cut short' }
  const holds = family === 4 ? plainChecksumHolds : (one: Packet) => transportChecksumHolds(one, PROTOCOL.icmpv6)
  if (verifiesChecksums && !holds(packet)) return { kind: 'invalid', reason: 'the ICMP checksum is wrong' }
  const type = view.getUint8(transport)
  if (family === 4) {
    if (type > LAST_KNOWN_ICMP) return { kind: 'invalid', reason: `ICMP type ${type} is unknown` }
    if (!ICMP_ERRORS.has(type)) return QUERY
  } else {
    if (ICMPV6_UNTRACKED.has(type)) return { kind: 'untracked' }
    if (type >= 128) return QUERY
  }
  const about = innerTuple(packet, transport + 8)
  return about === null
    ? { kind: 'invalid', reason: 'the packet inside of the ICMP error cannot be read' }
    : { kind: 'error', about }
}

/** The tuple of the packet quoted at `at`. Source: Linux nf_ct_get_tuplepr(). */
function innerTuple(packet: Packet, at: number): Tuple | null {
  return packet.family === 4 ? innerTuple4(packet, at) : innerTuple6(packet, at)
}

function innerTuple4({ view, end }: Packet, at: number): Tuple | null {
  if (at + 20 > end) return null
  if (view.getUint16(at + 6) & 0x1fff) return null
  const transport = at + (view.getUint8(at) & 15) * 4
  if (transport > end) return null
  const address = (offset: number): Words => [view.getUint32(at + offset), 0, 0, 0]
  return tupleAt(view, 4, view.getUint8(at + 9), address(12), address(16), transport, end)
}

function innerTuple6({ view, bytes, end }: Packet, at: number): Tuple | null {
  if (at + 40 > end) return null
  const { at: transport, protocol, fragment } = skipExtensionHeaders(view, at + 40, end, view.getUint8(at + 6))
  if (transport < 0 || fragment & 0xfff8) return null
  return tupleAt(view, 6, protocol, getWords(bytes, at + 8), getWords(bytes, at + 24), transport, end)
}
