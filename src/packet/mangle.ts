/** Rewriting the fields of a packet's IP header in place, with the checksum updated as the kernel updates it. */

import type { Words } from '../util/words.ts'
import { replace16, replace32 } from '../wire/checksum.ts'
import type { Side } from './mangle-buffer.ts'
import type { Packet } from './packet.ts'

export { ensureWritable, type Side } from './mangle-buffer.ts'
export { setTcpEcn, setTcpMss, stripTcpOptions } from './mangle-tcp.ts'
export { setIcmpId, setPort } from './mangle-transport.ts'

const V4_CHECK = 10

/**
 * Replaces an address of the IP header; the IPv4 header checksum follows, transport checksums do not.
 *
 * Source: Linux nf_nat_ipv4_manip_pkt(), nf_nat_ipv6_manip_pkt().
 */
export function setAddress(packet: Packet, side: Side, address: Words): void {
  setAddressAt(packet, packet.network, packet.family, side, address)
}

/** {@link setAddress} for the IP header at `network`, which may be the one quoted in an ICMP error. */
export function setAddressAt(packet: Packet, network: number, family: 0 | 4 | 6, side: Side, address: Words): void {
  const { view } = packet
  if (family === 4) {
    const at = network + (side === 'source' ? 12 : 16)
    if (network + 20 > packet.end) return
    const check = replace32(view.getUint16(network + V4_CHECK), view.getUint32(at), address[0])
    view.setUint16(network + V4_CHECK, check)
    view.setUint32(at, address[0])
    return
  }
  if (family !== 6 || network + 40 > packet.end) return
  const at = network + (side === 'source' ? 8 : 24)
  for (let i = 0; i < 4; i++) view.setUint32(at + 4 * i, address[i]!)
}

/** Sets the IPv4 Time To Live (0..255). Does nothing to IPv6. Source: Linux ttl_tg(). */
export function setTtl(packet: Packet, ttl: number): void {
  if (packet.family !== 4) return
  const { view, network } = packet
  const old = view.getUint8(network + 8)
  if (old === ttl) return
  const check = replace16(view.getUint16(network + V4_CHECK), old << 8, ttl << 8)
  view.setUint16(network + V4_CHECK, check)
  view.setUint8(network + 8, ttl)
}

/** Sets the IPv6 hop limit (0..255). Does nothing to IPv4. Source: Linux hl_tg6(). */
export function setHopLimit(packet: Packet, hops: number): void {
  if (packet.family === 6) packet.view.setUint8(packet.network + 7, hops)
}

/**
 * Takes one hop off, as forwarding does: the TTL with its own checksum arithmetic, or the hop limit.
 *
 * Source: Linux ip_decrease_ttl(), ip6_forward().
 */
export function decrementTtl(packet: Packet): void {
  const { view, network } = packet
  if (packet.family === 6) {
    view.setUint8(network + 7, view.getUint8(network + 7) - 1)
    return
  }
  if (packet.family !== 4) return
  // The kernel adds to the sum as a little-endian number, which differs from RFC 1624 where the result is 0xffff.
  let check = view.getUint16(network + V4_CHECK, true) + 1
  if (check >= 0xffff) check += 1
  view.setUint16(network + V4_CHECK, check, true)
  view.setUint8(network + 8, view.getUint8(network + 8) - 1)
}

/** The TOS byte of IPv4 or traffic class of IPv6, 0..255. */
export function trafficClass(packet: Packet): number {
  const { view, network } = packet
  return packet.family === 6 ? (view.getUint16(network) >>> 4) & 0xff : view.getUint8(network + 1)
}

/**
 * `tos = (tos & keep) | value`, for both families.
 *
 * Source: Linux ipv4_change_dsfield(), ipv6_change_dsfield().
 */
export function changeTrafficClass(packet: Packet, keep: number, value: number): void {
  const { view, network } = packet
  const old = trafficClass(packet)
  const field = ((old & keep) | value) & 0xff
  if (packet.family === 6) {
    view.setUint16(network, (view.getUint16(network) & 0xf00f) | (field << 4))
    return
  }
  if (packet.family !== 4) return
  let check = view.getUint16(network + V4_CHECK) + old
  if ((check + 1) >>> 16) check = (check + 1) & 0xffff
  check -= field
  // A negative sum borrows from the upper half, as the kernel's unsigned arithmetic does.
  check += check >>> 16
  view.setUint16(network + V4_CHECK, check)
  view.setUint8(network + 1, field)
}

/** The target TOS: `tos = (tos & ~mask) ^ value`. Source: Linux tos_tg(), tos_tg6(). */
export function setTos(packet: Packet, value: number, mask: number): void {
  const old = trafficClass(packet)
  const wanted = ((old & ~mask) ^ value) & 0xff
  if (wanted !== old) changeTrafficClass(packet, 0, wanted)
}

/** The target DSCP (0..63); the ECN bits stay. Source: Linux dscp_tg(), dscp_tg6(). */
export function setDscp(packet: Packet, dscp: number): void {
  if (trafficClass(packet) >>> 2 !== dscp) changeTrafficClass(packet, 3, dscp << 2)
}

/** Sets the two ECN bits of the IPv4 header (the target ECN knows no IPv6). Source: Linux set_ect_ip(). */
export function setEcn(packet: Packet, ecn: number): void {
  if (packet.family !== 4) return
  const { view, network } = packet
  const old = view.getUint8(network + 1)
  if ((old & 3) === ecn) return
  const tos = (old & ~3) | ecn
  view.setUint16(network + V4_CHECK, replace16(view.getUint16(network + V4_CHECK), old, tos))
  view.setUint8(network + 1, tos)
}
