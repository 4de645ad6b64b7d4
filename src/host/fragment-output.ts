/** Sending: packets that do not fit are cut, reassembled ones are cut again as they came. */

import type { Packet } from '../packet/packet.ts'
import { checksum } from '../wire/checksum.ts'
import { fragment6 } from './fragment-output-ipv6.ts'
import { equalSizes, piecesThatFit } from './fragment-sizes.ts'

const DF = 0x4000
const MF = 0x2000
const OFFSET = 0x1fff

/**
 * Whether forwarding must refuse the packet with "fragmentation needed" or "packet too big" instead of sending it.
 *
 * Source: Linux ip_exceeds_mtu(), ip6_pkt_too_big().
 */
export function exceedsMtu(packet: Packet, mtu: number): boolean {
  if (packet.length <= mtu) return false
  if (packet.family === 4 && (packet.view.getUint16(packet.network + 6) & DF) === 0) return false
  // Only reassembled packets may be cut although their sender forbids it, and no larger than their fragments were.
  return packet.fragMaxSize === 0 || packet.fragMaxSize > mtu
}

/**
 * The packets that leave over a link with this `mtu`: the packet itself, its fragments, `needs-icmp` where the sender
 * must be told the MTU instead, or `drop`.
 *
 * `random` gives the unsigned 32-bit identification of IPv6 fragments. Source: Linux __ip_finish_output(), __ip6_finish_output().
 */
export function fragment(packet: Packet, mtu: number, random: () => number): Uint8Array[] | 'needs-icmp' | 'drop' {
  const { length, fragMaxSize } = packet
  if (packet.family === 6) {
    const fits = length <= mtu && (fragMaxSize === 0 || length <= fragMaxSize)
    return fits ? [packet.copyBytes()] : fragment6(packet, mtu, random)
  }
  if (length <= mtu && fragMaxSize === 0) return [packet.copyBytes()]
  const mayNot = (packet.view.getUint16(packet.network + 6) & DF) !== 0
  if (mayNot && (fragMaxSize === 0 || fragMaxSize > mtu)) return 'needs-icmp'
  return fragment4(packet, fragMaxSize !== 0 && fragMaxSize < mtu ? fragMaxSize : mtu)
}

/** Source: Linux ip_do_fragment(). */
function fragment4(packet: Packet, limit: number): Uint8Array[] {
  const header = packet.transport - packet.network
  const room = limit - header
  const field = packet.view.getUint16(packet.network + 6)
  const asTheyCame = piecesThatFit(packet, header, room)
  if (asTheyCame !== null && (field & (MF | OFFSET)) === 0) return cut(packet, header, asTheyCame, 0, 0)
  // Only fragments cut anew get the senders' "don't fragment" back.
  const flags = packet.fragDontFragment ? DF : 0
  const left = packet.length - header
  return cut(packet, header, equalSizes(left, room), field, flags)
}

/** `original` is the packet's own fragment field: it may be a fragment already. */
function cut(packet: Packet, header: number, sizes: number[], original: number, flags: number): Uint8Array[] {
  const fragments: Uint8Array[] = []
  let at = packet.transport
  let offset = original & OFFSET
  // Only the options of received packets are known to the kernel; later fragments had theirs blanked already.
  const blanks = packet.inDevice !== null && offset === 0
  for (let i = 0; i < sizes.length; i++) {
    const size = sizes[i]!
    const bytes = new Uint8Array(header + size)
    bytes.set(packet.bytes.subarray(packet.network, packet.network + header))
    bytes.set(packet.bytes.subarray(at, at + size), header)
    const isLast = i === sizes.length - 1
    const view = new DataView(bytes.buffer)
    view.setUint16(2, bytes.length)
    view.setUint16(6, offset | flags | (!isLast || original & MF ? MF : 0))
    if (i > 0 && blanks) blankUncopiedOptions(bytes, header)
    view.setUint16(10, 0)
    view.setUint16(10, checksum(bytes, 0, header))
    fragments.push(bytes)
    at += size
    offset += size >> 3
  }
  return fragments
}

/** Options without the "copied" bit are no-operations in later fragments. Source: RFC 791 section 3.1; ip_options_fragment(). */
function blankUncopiedOptions(bytes: Uint8Array, header: number): void {
  for (let at = 20; at < header; ) {
    const option = bytes[at]!
    if (option === 0) return
    if (option === 1) {
      at++
      continue
    }
    const length = bytes[at + 1]!
    if (length < 2 || at + length > header) return
    if ((option & 0x80) === 0) bytes.fill(1, at, at + length)
    at += length
  }
}
