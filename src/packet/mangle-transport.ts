/** Rewriting what a transport header says about its ends, as NAT does: ports, ICMP identifiers, PPTP call ids, checksums. */

import type { Words } from '../util/words.ts'
import { finish, replace32, replaceProtocol16, sctpChecksum } from '../wire/checksum.ts'
import { ensureWritable, type Side } from './mangle-buffer.ts'
import type { Packet } from './packet.ts'

const ICMP = 1
const TCP = 6
const UDP = 17
const GRE = 47
const ICMPV6 = 58
const SCTP = 132
const UDPLITE = 136

/** The ICMP types with an identifier: echo, timestamp, information and address mask, each with its reply. */
const ICMP_WITH_ID: ReadonlySet<number> = new Set([0, 8, 13, 14, 15, 16, 17, 18])

/** Where the headers to rewrite are: those of the packet, or those quoted in an ICMP error. */
export interface HeaderPlace {
  readonly family: 4 | 6
  /** Absolute offset of the IP header in {@link Packet.bytes}. */
  readonly network: number
  /** Absolute offset of the transport header. */
  readonly transport: number
  /** The transport protocol to treat it as. */
  readonly protocol: number
}

/** The new values of one end. */
export interface NewEnd {
  readonly address: Words
  /** Port, ICMP identifier or GRE key, 0..65535. */
  readonly port: number
}

/**
 * Rewrites one end in the transport header at `place`: the port and, because of the pseudo-header, what the
 * checksum says about the address, which the IP header must still hold unchanged. False when the header is too short.
 *
 * TCP and SCTP headers of at least 8 bytes are rewritten without their checksum (they may be quoted); DCCP, like
 * any protocol that conntrack does not know, is left alone.
 *
 * Source: Linux l4proto_manip_pkt() and the *_manip_pkt() functions it calls.
 */
export function setEnd(packet: Packet, place: HeaderPlace, side: Side, end: NewEnd): boolean {
  const { network, transport, protocol } = place
  const { view } = packet
  const offset = transport - packet.network
  const port = transport + (side === 'source' ? 0 : 2)
  switch (protocol) {
    case TCP: {
      const whole = packet.length >= offset + 20
      if (!ensureWritable(packet, offset + (whole ? 20 : 8))) return false
      const old = view.getUint16(port)
      view.setUint16(port, end.port)
      if (!whole) return true
      const check = checkForAddress(packet, place, side, end.address, view.getUint16(transport + 16))
      view.setUint16(transport + 16, replaceProtocol16(check, old, end.port))
      return true
    }
    case UDP:
    case UDPLITE: {
      if (!ensureWritable(packet, offset + 8)) return false
      const old = view.getUint16(port)
      let check = view.getUint16(transport + 6)
      if (protocol === UDPLITE || check !== 0) {
        check = checkForAddress(packet, place, side, end.address, check)
        check = replaceProtocol16(check, old, end.port)
        view.setUint16(transport + 6, check === 0 ? 0xffff : check)
      }
      view.setUint16(port, end.port)
      return true
    }
    case SCTP: {
      const whole = packet.length >= offset + 12
      if (!ensureWritable(packet, offset + (whole ? 12 : 8))) return false
      view.setUint16(port, end.port)
      if (whole) view.setUint32(transport + 8, sctpChecksum(packet.bytes, transport, packet.end))
      return true
    }
    case ICMP: {
      if (!ensureWritable(packet, offset + 8)) return false
      if (ICMP_WITH_ID.has(view.getUint8(transport))) setIdentifier(packet, transport, end.port)
      return true
    }
    case ICMPV6: {
      if (!ensureWritable(packet, offset + 8)) return false
      const check = checkForAddress(packet, place, side, end.address, view.getUint16(transport + 2))
      view.setUint16(transport + 2, check)
      const type = view.getUint8(transport)
      if (type === 128 || type === 129) setIdentifier(packet, transport, end.port)
      return true
    }
    case GRE: {
      if (!ensureWritable(packet, offset + 8)) return false
      if (side === 'source') return true
      const version = view.getUint8(transport + 1) & 7
      if (version === 1) view.setUint16(transport + 6, end.port)
      return version < 2
    }
    default:
      return network <= transport
  }
}

/**
 * Sets a port of the packet's own TCP, UDP, UDP-Lite or SCTP header; its checksum follows, UDP's "none" stays none.
 *
 * False when the header is too short or the packet is a later fragment. Source: as {@link setEnd}.
 */
export function setPort(packet: Packet, side: Side, port: number): boolean {
  const { family, network, transport, protocol } = packet
  if (family === 0 || packet.fragmentOffset !== 0) return false
  if (protocol !== TCP && protocol !== UDP && protocol !== UDPLITE && protocol !== SCTP) return false
  const address = side === 'source' ? packet.source : packet.destination
  return setEnd(packet, { family, network, transport, protocol }, side, { address, port })
}

/** Sets the identifier of an ICMP or ICMPv6 query or reply; false for anything else. Source: icmp_manip_pkt(). */
export function setIcmpId(packet: Packet, id: number): boolean {
  const { family, network, transport, protocol } = packet
  if (family === 0 || packet.fragmentOffset !== 0 || (protocol !== ICMP && protocol !== ICMPV6)) return false
  return setEnd(packet, { family, network, transport, protocol }, 'source', { address: packet.source, port: id })
}

function setIdentifier(packet: Packet, transport: number, id: number): void {
  const { view } = packet
  const old = view.getUint16(transport + 4)
  view.setUint16(transport + 2, replaceProtocol16(view.getUint16(transport + 2), old, id))
  view.setUint16(transport + 4, id)
}

/** `check` after the address in the pseudo-header changes to `address`. Source: nf_csum_update(). */
function checkForAddress(packet: Packet, place: HeaderPlace, side: Side, address: Words, check: number): number {
  const { view } = packet
  if (place.family === 4) {
    return replace32(check, view.getUint32(place.network + (side === 'source' ? 12 : 16)), address[0])
  }
  // As replaceWords(), without making an address of the old words.
  let total = 0xffff + (~check & 0xffff)
  for (let i = 0, at = place.network + (side === 'source' ? 8 : 24); i < 4; i++, at += 4) {
    const word = address[i]!
    total += (~view.getUint16(at) & 0xffff) + (~view.getUint16(at + 2) & 0xffff) + (word >>> 16) + (word & 0xffff)
  }
  return finish(total)
}
