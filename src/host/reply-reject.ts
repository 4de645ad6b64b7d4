/** The answers of REJECT: an ICMP error or a TCP reset. */

import type { ReplyKind } from '../expression/action.ts'
import { hasPlainChecksum, isChecksumRight } from '../packet/mangle-checksum.ts'
import { skipExtensionHeaders } from '../packet/mangle-ipv6.ts'
import type { Packet } from '../packet/packet.ts'
import { checksum, pseudoSumAt4, pseudoSumAt6 } from '../wire/checksum.ts'
import { icmpError, type ReplyRoute } from './reply-icmp.ts'

const TCP = 6
const TCP_HEADER = 20
const DESTINATION_UNREACHABLE = 3
const DESTINATION_UNREACHABLE6 = 1

/** The code of "destination unreachable" that each kind means. Source: Linux reject_tg(), reject_tg6(). */
const CODE: Readonly<Record<Exclude<ReplyKind, 'tcp-reset'>, number>> = {
  'icmp-net-unreachable': 0,
  'icmp-host-unreachable': 1,
  'icmp-proto-unreachable': 2,
  'icmp-port-unreachable': 3,
  'icmp-net-prohibited': 9,
  'icmp-host-prohibited': 10,
  'icmp-admin-prohibited': 13,
  'icmp6-no-route': 0,
  'icmp6-adm-prohibited': 1,
  'icmp6-addr-unreachable': 3,
  'icmp6-port-unreachable': 4,
  'icmp6-policy-fail': 5,
  'icmp6-reject-route': 6,
}

/**
 * What REJECT answers to `packet` as it is now, or null where it stays silent: fragments, bad checksums, resets, and
 * whatever {@link icmpError} does not answer.
 *
 * Source: Linux nf_send_reset(), nf_send_unreach(), nf_send_reset6(), nf_send_unreach6().
 */
export function rejectReply(packet: Packet, kind: ReplyKind, route: ReplyRoute): Uint8Array | null {
  if (packet.family === 4) return kind === 'tcp-reset' ? reset4(packet, route) : unreachable4(packet, CODE[kind], route)
  if (packet.family === 6) return kind === 'tcp-reset' ? reset6(packet, route) : unreachable6(packet, CODE[kind], route)
  return null
}

function unreachable4(packet: Packet, code: number, route: ReplyRoute): Uint8Array | null {
  const { transport, protocol } = packet
  if (packet.fragmentOffset !== 0) return null
  if (!isChecksumAcceptable(packet, transport, protocol)) return null
  return icmpError({ ...route, packet, type: DESTINATION_UNREACHABLE, code })
}

function unreachable6(packet: Packet, code: number, route: ReplyRoute): Uint8Array | null {
  const { view, network, end } = packet
  const { at, protocol, fragment } = skipExtensionHeaders(view, network + 40, end, view.getUint8(network + 6))
  if (!packet.checksumValid) {
    if (at < 0 || at >= end || (fragment & 0xfff8) !== 0) return null
    if (!isChecksumAcceptable(packet, at, protocol)) return null
  }
  return icmpError({ ...route, packet, type: DESTINATION_UNREACHABLE6, code })
}

/** Not asked again when found right before, which counts where forwarding changed the IP header alone since. */
function isChecksumAcceptable(packet: Packet, transport: number, protocol: number): boolean {
  if (packet.checksumValid || !hasPlainChecksum(packet, transport, protocol)) return true
  return isChecksumRight(packet, transport, protocol)
}

/** For resets a checksum found right before counts only at local delivery: forwarding forgets it. Source: skb_forward_csum(). */
function isResetChecksumRight(packet: Packet, transport: number): boolean {
  return (packet.checksumValid && packet.outDevice === null) || isChecksumRight(packet, transport, TCP)
}

function reset4(packet: Packet, route: ReplyRoute): Uint8Array | null {
  const { view, network, transport, end } = packet
  if (packet.fragmentOffset !== 0 || packet.protocol !== TCP || transport + TCP_HEADER > end) return null
  if (isReset(packet, transport) || !isResetChecksumRight(packet, transport) || route.toMany) return null
  const bytes = new Uint8Array(20 + TCP_HEADER)
  const out = new DataView(bytes.buffer)
  out.setUint8(0, 0x45)
  out.setUint16(2, bytes.length)
  out.setUint16(6, 0x4000)
  out.setUint8(8, route.hopLimit ?? 64)
  out.setUint8(9, TCP)
  out.setUint32(12, view.getUint32(network + 16))
  out.setUint32(16, view.getUint32(network + 12))
  out.setUint16(10, checksum(bytes, 0, 20))
  writeReset(out, 20, packet, transport)
  // The device computes this one, and it writes 0xffff for 0.
  out.setUint16(36, checksum(bytes, 20, 40, pseudoSumAt4(bytes, 0, TCP, TCP_HEADER)) || 0xffff)
  return bytes
}

function reset6(packet: Packet, route: ReplyRoute): Uint8Array | null {
  const { view, network, end } = packet
  if (!isUnicast6(view, network + 8) || !isUnicast6(view, network + 24)) return null
  const { at, protocol } = skipExtensionHeaders(view, network + 40, end, view.getUint8(network + 6))
  if (at < 0 || protocol !== TCP || at + TCP_HEADER > end) return null
  if (isReset(packet, at) || !isResetChecksumRight(packet, at)) return null
  const bytes = new Uint8Array(40 + TCP_HEADER)
  const out = new DataView(bytes.buffer)
  out.setUint8(0, 0x60)
  out.setUint16(4, TCP_HEADER)
  out.setUint8(6, TCP)
  out.setUint8(7, route.hopLimit ?? 64)
  bytes.set(packet.bytes.subarray(network + 24, network + 40), 8)
  bytes.set(packet.bytes.subarray(network + 8, network + 24), 24)
  writeReset(out, 40, packet, at)
  out.setUint16(56, checksum(bytes, 40, 60, pseudoSumAt6(bytes, 0, TCP, TCP_HEADER)))
  return bytes
}

function isReset(packet: Packet, transport: number): boolean {
  return (packet.view.getUint8(transport + 13) & 0x04) !== 0
}

/** Neither multicast, nor unspecified, nor IPv4-mapped. Source: ipv6_addr_type() & IPV6_ADDR_UNICAST. */
function isUnicast6(view: DataView, at: number): boolean {
  if (view.getUint8(at) === 0xff) return false
  if (view.getUint32(at) !== 0 || view.getUint32(at + 4) !== 0) return true
  const third = view.getUint32(at + 8)
  return third !== 0xffff && (third !== 0 || view.getUint32(at + 12) !== 0)
}

/** The TCP header of the reset, its checksum still 0. Source: nf_reject_ip_tcphdr_put(). */
function writeReset(out: DataView, at: number, packet: Packet, transport: number): void {
  const { view } = packet
  const flags = view.getUint8(transport + 13)
  out.setUint16(at, view.getUint16(transport + 2))
  out.setUint16(at + 2, view.getUint16(transport))
  out.setUint8(at + 12, 0x50)
  if (flags & 0x10) {
    out.setUint32(at + 4, view.getUint32(transport + 8))
    out.setUint8(at + 13, 0x04)
    return
  }
  const synAndFin = ((flags >> 1) & 1) + (flags & 1)
  const headerLength = (view.getUint8(transport + 12) >>> 4) * 4
  const payload = packet.end - transport - headerLength
  out.setUint32(at + 8, (view.getUint32(transport + 4) + synAndFin + payload) >>> 0)
  out.setUint8(at + 13, 0x14)
}
