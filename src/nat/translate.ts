/** Applying a connection's NAT to its packets and to ICMP errors about them. */

import type { Connection, Tuple } from '../packet/connection.ts'
import { CT_INFO, CT_STATUS } from '../packet/connection.ts'
import { ensureWritable, type Side, setAddressAt } from '../packet/mangle.ts'
import { isChecksumRight } from '../packet/mangle-checksum.ts'
import { skipExtensionHeaders } from '../packet/mangle-ipv6.ts'
import { setEnd } from '../packet/mangle-transport.ts'
import type { Packet } from '../packet/packet.ts'
import type { Words } from '../util/words.ts'
import { checksum, pseudoSumAt6 } from '../wire/checksum.ts'
import { hasIdentifier } from './tuples.ts'

const ICMP = 1
const ICMPV6 = 58
const ICMP_REDIRECT = 5
const ICMPV6_REDIRECT = 137
const BOTH_DONE = CT_STATUS.sourceNatDone | CT_STATUS.destinationNatDone
const BOTH = CT_STATUS.sourceNat | CT_STATUS.destinationNat

/** One place and one end, reused for every packet. */
const place = { family: 4 as 4 | 6, network: 0, transport: 0, protocol: 0 }
const end = { address: [0, 0, 0, 0] as Words, port: 0 }

/** Whether the packet runs against the connection's original direction. Source: Linux CTINFO2DIR(). */
export function isReply(packet: Packet): boolean {
  return packet.ctInfo === CT_INFO.establishedReply || packet.ctInfo === CT_INFO.relatedReply
}

/** Whether the packet's connection has its `side` rewritten in the packet's direction. Source: nf_nat_packet(). */
export function isTranslated(packet: Packet, connection: Connection, side: Side): boolean {
  // In the reply direction each end is the other one.
  const sourceBit = (side === 'source') !== isReply(packet)
  return (connection.status & (sourceBit ? CT_STATUS.sourceNat : CT_STATUS.destinationNat)) !== 0
}

/**
 * Makes one end of the packet what the other direction's tuple says; false: drop it, its headers are too short.
 *
 * Source: Linux nf_nat_manip_pkt().
 */
export function translate(packet: Packet, connection: Connection, side: Side): boolean {
  const other = isReply(packet) ? connection.original : connection.reply
  setInverseEnd(other, side)
  return rewrite(packet, packet.network, packet.family, other.protocol, side)
}

/** Whether it is an ICMP or ICMPv6 packet, as far as NAT can see. Source: nf_nat_ipv4_fn(), nf_nat_ipv6_fn(). */
export function icmpOffset(packet: Packet): number {
  const { view, network } = packet
  if (packet.family === 4) return packet.protocol === ICMP ? packet.transport : -1
  const { at, protocol } = skipExtensionHeaders(view, network + 40, packet.end, view.getUint8(network + 6))
  return protocol === ICMPV6 ? at : -1
}

/**
 * Rewrites an ICMP error whose ICMP header is at `icmp`, and the packet quoted in it, when the connection has this
 * side rewritten; false: drop it.
 *
 * Source: Linux nf_nat_icmp_reply_translation(), nf_nat_icmpv6_reply_translation().
 */
export function translateIcmpError(packet: Packet, connection: Connection, side: Side, icmp: number): boolean {
  const { view, family, network } = packet
  const isV4 = family === 4
  const header = icmp - network
  if (!ensureWritable(packet, header + 8 + (isV4 ? 20 : 40))) return false
  if (!isChecksumKnown(packet, side) && !isChecksumRight(packet, icmp, isV4 ? ICMP : ICMPV6)) return false
  packet.checksumValid = true
  if (view.getUint8(icmp) === (isV4 ? ICMP_REDIRECT : ICMPV6_REDIRECT)) {
    // A redirect about an address that is not the sender's own would only mislead.
    if ((connection.status & BOTH_DONE) !== BOTH_DONE || (connection.status & BOTH) !== 0) return false
  }
  if (!isTranslated(packet, connection, side)) return true

  const other = isReply(packet) ? connection.original : connection.reply
  const inner: Side = side === 'source' ? 'destination' : 'source'
  end.address = inner === 'source' ? other.source : other.destination
  end.port = inner === 'source' || hasIdentifier(other.protocol) ? other.sport : other.dport
  if (!rewrite(packet, icmp + 8, family, other.protocol, inner)) return false

  view.setUint16(icmp + 2, 0)
  const length = packet.end - icmp
  const pseudo = isV4 ? 0 : pseudoSumAt6(packet.bytes, network, ICMPV6, length)
  view.setUint16(icmp + 2, checksum(packet.bytes, icmp, packet.end, pseudo))

  setInverseEnd(other, side)
  return rewrite(packet, network, family, isV4 ? ICMP : ICMPV6, side)
}

/**
 * Whether the checksum was found right before and is not looked at again, although rules may have made it wrong since.
 *
 * Found right once, on its way in, it is taken for right until the packet is forwarded, and found so again, also behind
 * that. What the host sends is looked at in OUTPUT alone.
 *
 * Source: Linux nf_ip_checksum(), nf_ip6_checksum(), skb_forward_csum().
 */
function isChecksumKnown(packet: Packet, side: Side): boolean {
  const isComing = packet.outDevice === null
  const isKnown = packet.checksumSettled || (packet.checksumValid && isComing)
  if (isKnown || (side === 'destination' && !isComing)) packet.checksumSettled = true
  return isKnown
}

/** The end that a packet has whose replies have the tuple `other`. */
function setInverseEnd(other: Tuple, side: Side): void {
  end.address = side === 'source' ? other.destination : other.source
  end.port = side === 'source' && !hasIdentifier(other.protocol) ? other.dport : other.sport
}

/** Writes `end` into the headers that begin at `network`. Source: nf_nat_ipv4_manip_pkt(), nf_nat_ipv6_manip_pkt(). */
function rewrite(packet: Packet, network: number, family: 0 | 4 | 6, protocol: number, side: Side): boolean {
  const { view } = packet
  const isV4 = family === 4
  if (!ensureWritable(packet, network - packet.network + (isV4 ? 20 : 40))) return false
  place.family = isV4 ? 4 : 6
  place.network = network
  place.protocol = protocol
  if (isV4) {
    place.transport = network + (view.getUint8(network) & 15) * 4
    if (!setEnd(packet, place, side, end)) return false
  } else {
    const { at, fragment } = skipExtensionHeaders(view, network + 40, packet.end, view.getUint8(network + 6))
    place.transport = at
    if (at >= 0 && (fragment & 0xfff8) === 0 && !setEnd(packet, place, side, end)) return false
  }
  setAddressAt(packet, network, family, side, end.address)
  return true
}
