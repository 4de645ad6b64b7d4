/** The ICMP and ICMPv6 errors that a host's stack sends about a packet. */

import { skipExtensionHeaders } from '../packet/mangle-ipv6.ts'
import { type Packet, PKTTYPE } from '../packet/packet.ts'
import type { Words } from '../util/words.ts'
import { checksum, fold, pseudoSumAt4, pseudoSumAt6 } from '../wire/checksum.ts'

/** What the host's routing knows about the packet that is answered, and about the way back. */
export interface ReplyRoute {
  /** The answer's source address, chosen for the routed answer (ICMP errors only: a RST swaps the packet's addresses). */
  readonly source: Words
  /** Whether the packet's own route leads to a broadcast or multicast address (RTCF_BROADCAST, RTCF_MULTICAST). */
  readonly toMany: boolean
  /** MTU of the route back, in bytes; 1500 when not given. */
  readonly mtu?: number
  /** TTL or hop limit of what the host sends; 64 when not given. */
  readonly hopLimit?: number
}

/** An ICMP (for an IPv4 packet) or ICMPv6 error about `packet` as it is now. */
export interface IcmpErrorRequest extends ReplyRoute {
  readonly packet: Packet
  readonly type: number
  readonly code: number
  /** The second 32-bit word: next-hop MTU, pointer (IPv4: << 24); 0 when not given. */
  readonly info?: number
}

const ICMP = 1
const TCP = 6
const ICMPV6 = 58
const ICMP_HEADER = 8
/** RFC 1812 section 4.3.2.3: as much as fits 576 bytes in all. */
const V4_LIMIT = 576
/** RFC 4443 section 2.4 (c): as much as fits the minimum MTU. */
const V6_LIMIT = 1280
/** The queries and replies among ICMP types 0..18; every other type counts as an error. */
const ICMP_INFORMATIONAL: ReadonlySet<number> = new Set([0, 8, 13, 14, 15, 16, 17, 18])
const PARAMETER_PROBLEM6 = 4
const PACKET_TOO_BIG6 = 2

/**
 * The bytes of the error, or null where the stack must not or does not send one.
 *
 * The IPv4 identification is 0 (the kernel counts), and IPv4 options are not echoed: the sender adds both. Source: Linux __icmp_send(), icmp6_send().
 */
export function icmpError(request: IcmpErrorRequest): Uint8Array | null {
  if (request.packet.family === 6) return icmpError6(request)
  return request.packet.family === 4 ? icmpError4(request) : null
}

function icmpError4(request: IcmpErrorRequest): Uint8Array | null {
  const { packet, type, code, info = 0, source, mtu = 1500, hopLimit = 64 } = request
  const { view, network, transport } = packet
  if (packet.pkttype !== PKTTYPE.host || request.toMany || packet.fragmentOffset !== 0) return null
  if (packet.protocol === ICMP) {
    if (transport >= packet.end || !ICMP_INFORMATIONAL.has(view.getUint8(transport))) return null
  }
  const room = Math.min(mtu, V4_LIMIT) - 20 - ICMP_HEADER
  if (room <= 20) return null
  const quoted = Math.min(packet.length, room)
  const bytes = new Uint8Array(20 + ICMP_HEADER + quoted)
  const out = new DataView(bytes.buffer)
  out.setUint8(0, 0x45)
  // RT_TOS() keeps the old TOS bits of RFC 1349; the precedence says "internetwork control".
  out.setUint8(1, (view.getUint8(network + 1) & 0x1e) | 0xc0)
  out.setUint16(2, bytes.length)
  out.setUint8(8, hopLimit)
  out.setUint8(9, ICMP)
  out.setUint32(12, source[0])
  out.setUint32(16, view.getUint32(network + 12))
  out.setUint16(10, checksum(bytes, 0, 20))
  writeIcmp(out, 20, type, code, info)
  bytes.set(packet.bytes.subarray(network, network + quoted), 20 + ICMP_HEADER)
  if (packet.checksumPartial)
    out.setUint16(28 + transport - network + 16, fold(pseudoSumAt4(bytes, 28, TCP, packet.end - transport)))
  out.setUint16(22, checksum(bytes, 20, bytes.length))
  return bytes
}

function icmpError6(request: IcmpErrorRequest): Uint8Array | null {
  const { packet, type, code, info = 0, source, hopLimit = 64 } = request
  const { view, network } = packet
  if (view.getUint8(network + 24) === 0xff || packet.pkttype !== PKTTYPE.host) {
    const unknownOption = type === PARAMETER_PROBLEM6 && code === 2 && isReportedToGroups(packet, info)
    if (type !== PACKET_TOO_BIG6 && !unknownOption) return null
  }
  if (view.getUint8(network + 8) === 0xff || isUnspecified(view, network + 8) || isIcmpError(packet)) return null

  const quoted = Math.min(packet.length, V6_LIMIT - 40 - ICMP_HEADER)
  const bytes = new Uint8Array(40 + ICMP_HEADER + quoted)
  const out = new DataView(bytes.buffer)
  out.setUint8(0, 0x60)
  out.setUint16(4, ICMP_HEADER + quoted)
  out.setUint8(6, ICMPV6)
  out.setUint8(7, hopLimit)
  for (let i = 0; i < 4; i++) out.setUint32(8 + 4 * i, source[i]!)
  bytes.set(packet.bytes.subarray(network + 8, network + 24), 24)
  writeIcmp(out, 40, type, code, info)
  bytes.set(packet.bytes.subarray(network, network + quoted), 48)
  out.setUint16(42, checksum(bytes, 40, bytes.length, pseudoSumAt6(bytes, 0, ICMPV6, bytes.length - 40)))
  return bytes
}

function writeIcmp(out: DataView, at: number, type: number, code: number, info: number): void {
  out.setUint8(at, type)
  out.setUint8(at + 1, code)
  out.setUint32(at + 4, info)
}

function isUnspecified(view: DataView, at: number): boolean {
  for (let i = 0; i < 16; i += 4) if (view.getUint32(at + i) !== 0) return false
  return true
}

/** Whether the option at `offset` asks for an answer even from multicast receivers. Source: opt_unrec(). */
function isReportedToGroups(packet: Packet, offset: number): boolean {
  const at = packet.network + offset
  return at >= packet.end || (packet.view.getUint8(at) & 0xc0) === 0x80
}

/** Whether it is, or may be, an ICMPv6 error, which is never answered. Source: is_ineligible(). */
function isIcmpError(packet: Packet): boolean {
  const { view, network, end } = packet
  const { at, protocol, fragment } = skipExtensionHeaders(view, network + 40, end, view.getUint8(network + 6))
  if (at < 0 || protocol !== ICMPV6) return false
  if (at >= end) return fragment === 0
  return (view.getUint8(at) & 0x80) === 0
}
