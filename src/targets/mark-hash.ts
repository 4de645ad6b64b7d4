/** What HMARK hashes: the addresses, ports or SPI, and protocol of a packet, or of what an ICMP error quotes. */

import type { Packet } from '../packet/packet.ts'
import { jhashWords, scale } from '../util/jhash.ts'
import type { Words } from '../util/words.ts'
import { PROTOCOL } from '../wire/protocols.ts'

/** Which parts count, and what the hash becomes. Source: Linux struct xt_hmark_info. */
export interface MarkHash {
  readonly sourceMask: Words
  readonly destinationMask: Words
  /** Source port and destination port, or the two halves of an SPI, in one number. */
  readonly portMask: number
  /** Bits of the ports that are set in any case. */
  readonly portSet: number
  readonly protocolMask: number
  /** The start of the hash. */
  readonly seed: number
  /** The mark is `offset` up to `offset + modulus - 1`. */
  readonly modulus: number
  readonly offset: number
  /** The connection's tuples count instead of the packet. */
  readonly byConnection: boolean
}

/** The parts of a packet. Source: Linux struct hmark_tuple. */
interface HashedParts {
  readonly source: number
  readonly destination: number
  readonly ports: number
  readonly protocol: number
}

const NOTHING: HashedParts = { source: 0, destination: 0, ports: 0, protocol: 0 }
/** Source: Linux icmp_is_err(). */
const ICMP_ERRORS = [3, 4, 5, 11, 12]
/** Where ports or an SPI stand in the transport header. Source: Linux proto_ports_offset(). */
const PORTS_AT: Readonly<Record<number, number>> = {
  [PROTOCOL.tcp]: 0,
  [PROTOCOL.udp]: 0,
  [PROTOCOL.dccp]: 0,
  [PROTOCOL.esp]: 0,
  [PROTOCOL.sctp]: 0,
  [PROTOCOL.udplite]: 0,
  [PROTOCOL.ah]: 4,
}

/** The mark of a packet; null where there is nothing to hash and the packet keeps its own. Source: Linux hmark_tg_v4(), hmark_tg_v6(). */
export function hashedMark(packet: Packet, hash: MarkHash): number | null {
  const parts = hash.byConnection
    ? connectionParts(packet, hash)
    : packet.family === 4
      ? packetParts4(packet, hash)
      : packetParts6(packet, hash)
  if (parts === null) return null
  const low = Math.min(parts.source, parts.destination)
  const high = Math.max(parts.source, parts.destination)
  const mixed = (jhashWords([low, high, parts.ports], hash.seed) ^ (parts.protocol & hash.protocolMask)) >>> 0
  return (scale(mixed, hash.modulus) + hash.offset) >>> 0
}

/** Both directions of a flow hash alike, so the greater port comes first. Source: Linux hmark_swap_ports(). */
function orderedPorts(ports: number, { portMask, portSet }: MarkHash): number {
  const seen = (ports & portMask) | portSet
  const source = seen >>> 16
  const destination = seen & 0xffff
  return destination > source ? ((destination << 16) | source) >>> 0 : seen >>> 0
}

/** An address as one number; the words of an IPv6 address are added without carry. Source: Linux hmark_addr_mask(). */
function maskedAddress(address: Words, mask: Words): number {
  return ((address[0] & mask[0]) ^ (address[1] & mask[1]) ^ (address[2] & mask[2]) ^ (address[3] & mask[3])) >>> 0
}

/** Source: Linux hmark_ct_set_htuple(). */
function connectionParts({ ct }: Packet, hash: MarkHash): HashedParts | null {
  if (ct === null) return null
  const { original, reply } = ct
  const hasPorts = original.protocol !== PROTOCOL.icmp
  return {
    source: maskedAddress(original.source, hash.sourceMask),
    destination: maskedAddress(reply.source, hash.destinationMask),
    protocol: original.protocol,
    ports: hasPorts ? orderedPorts(((original.sport << 16) | reply.sport) >>> 0, hash) : 0,
  }
}

/** Source: Linux hmark_pkt_set_htuple_ipv4(), get_inner_hdr(). */
function packetParts4({ view, network, end }: Packet, hash: MarkHash): HashedParts | null {
  let at = network
  if (view.getUint8(at + 9) === PROTOCOL.icmp) {
    const icmp = at + (view.getUint8(at) & 15) * 4
    if (icmp + 8 <= end && ICMP_ERRORS.includes(view.getUint8(icmp))) {
      at = icmp + 8
      if (at + 20 > end) return null
    }
  }
  const protocol = view.getUint8(at + 9)
  const isFragment = (view.getUint16(at + 6) & 0x3fff) !== 0
  const hasPorts = protocol !== PROTOCOL.icmp && !isFragment
  return {
    source: (view.getUint32(at + 12) & hash.sourceMask[0]) >>> 0,
    destination: (view.getUint32(at + 16) & hash.destinationMask[0]) >>> 0,
    protocol,
    ports: hasPorts ? portsAt(view, at + (view.getUint8(at) & 15) * 4, end, protocol, hash) : 0,
  }
}

/** Source: Linux hmark_pkt_set_htuple_ipv6(), get_inner6_hdr(). */
function packetParts6({ view, network, end }: Packet, hash: MarkHash): HashedParts | null {
  let header = network
  let found = findTransport(view, header, end)
  // The kernel hashes nothing at all where the extension headers are cut short.
  if (found === null) return NOTHING
  if (!found.isFragment && found.protocol === PROTOCOL.icmpv6 && found.at + 8 <= end) {
    const type = view.getUint8(found.at)
    if (type > 0 && type < 128) {
      header = found.at + 8
      found = header + 40 <= end && view.getUint8(header) >> 4 === 6 ? findTransport(view, header, end) : null
      if (found === null) return null
    }
  }
  const { protocol, at, isFragment } = found
  const hasPorts = protocol !== PROTOCOL.icmpv6 && !isFragment
  return {
    source: maskedAddress(wordsAt(view, header + 8), hash.sourceMask),
    destination: maskedAddress(wordsAt(view, header + 24), hash.destinationMask),
    protocol,
    ports: hasPorts ? portsAt(view, at, end, protocol, hash) : 0,
  }
}

/** Source: Linux hmark_set_tuple_ports(). */
function portsAt(view: DataView, transport: number, end: number, protocol: number, hash: MarkHash): number {
  const offset = PORTS_AT[protocol]
  if (offset === undefined || transport + offset + 4 > end) return 0
  return orderedPorts(view.getUint32(transport + offset), hash)
}

function wordsAt(view: DataView, at: number): Words {
  return [view.getUint32(at), view.getUint32(at + 4), view.getUint32(at + 8), view.getUint32(at + 12)]
}

interface Transport {
  readonly at: number
  readonly protocol: number
  readonly isFragment: boolean
}

/**
 * The transport header behind the IPv6 header at `header`, where an authentication header counts as one; null where the
 * headers are cut short or a later fragment hides them. Source: Linux ipv6_find_hdr() with IP6_FH_F_AUTH.
 */
function findTransport(view: DataView, header: number, end: number): Transport | null {
  let protocol = view.getUint8(header + 6)
  let at = header + 40
  let isFragment = false
  while (isExtension(protocol) && protocol !== PROTOCOL.ah) {
    if (at + 2 > end) return null
    const next = view.getUint8(at)
    let length = (view.getUint8(at + 1) + 1) * 8
    if (protocol === FRAGMENT) {
      isFragment = true
      if (at + 4 > end) return null
      if ((view.getUint16(at + 2) & 0xfff8) !== 0) return isExtension(next) ? null : { at, protocol: next, isFragment }
      length = 8
    }
    protocol = next
    at += length
  }
  if (protocol === PROTOCOL.ah && at + 2 > end) return null
  return { at, protocol, isFragment }
}

const FRAGMENT = 44

/** Headers that the walk steps over; "no next header" ends it. Source: Linux ipv6_ext_hdr(). */
function isExtension(protocol: number): boolean {
  return protocol === 0 || protocol === 43 || protocol === FRAGMENT || protocol === 51 || protocol === 60
}
