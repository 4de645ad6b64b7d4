import type { Tuple } from '../packet/connection.ts'
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
  let next = view.getUint8(at + 6)
  let transport = at + 40
  while (next === 0 || next === 43 || next === 44 || next === 51 || next === 60) {
    // As the kernel does, only the bytes that say what follows have to be there.
    if (transport + (next === 44 ? 4 : 2) > end) return null
    const length =
      next === 44 ? 8 : next === 51 ? (view.getUint8(transport + 1) + 2) * 4 : (view.getUint8(transport + 1) + 1) * 8
    if (next === 44 && view.getUint16(transport + 2) & 0xfff8) return null
    next = view.getUint8(transport)
    transport += length
  }
  if (next === PROTOCOL.none) return null
  return tupleAt(view, 6, next, getWords(bytes, at + 8), getWords(bytes, at + 24), transport, end)
}
