/** Cutting IPv6 packets. */

import type { Packet } from '../packet/packet.ts'
import { equalSizes, piecesThatFit } from './fragment-sizes.ts'

const HOP = 0
const ROUTING = 43
const FRAGMENT = 44
const DESTINATION = 60
const FRAGMENT_HEADER = 8
const MINIMUM_MTU = 1280

/**
 * The fragments of a packet that does not fit, or must be cut again because it was reassembled.
 *
 * `random` gives unsigned 32-bit numbers for the identification. Source: Linux ip6_fragment().
 */
export function fragment6(packet: Packet, mtu: number, random: () => number): Uint8Array[] | 'needs-icmp' | 'drop' {
  const place = unfragmentablePart(packet)
  if (place === null) return 'drop'
  const { length: header, announced } = place
  const { fragMaxSize } = packet
  if (fragMaxSize === 0 || fragMaxSize > mtu) return 'needs-icmp'
  const limit = Math.max(fragMaxSize, MINIMUM_MTU)
  if (limit < header + FRAGMENT_HEADER + 8) return 'needs-icmp'
  const room = limit - header - FRAGMENT_HEADER
  const sizes = piecesThatFit(packet, header, room) ?? equalSizes(packet.length - header, room)
  return cut(packet, header, announced, sizes, identification(random))
}

function cut(packet: Packet, header: number, announced: number, sizes: number[], id: number): Uint8Array[] {
  const fragments: Uint8Array[] = []
  let offset = 0
  for (let i = 0; i < sizes.length; i++) {
    const size = sizes[i]!
    const bytes = new Uint8Array(header + FRAGMENT_HEADER + size)
    const view = new DataView(bytes.buffer)
    const start = packet.network + header
    bytes.set(packet.bytes.subarray(packet.network, start))
    bytes.set(packet.bytes.subarray(start + offset, start + offset + size), header + FRAGMENT_HEADER)
    bytes[header] = packet.bytes[packet.network + announced]!
    bytes[announced] = FRAGMENT
    view.setUint16(header + 2, offset | (i < sizes.length - 1 ? 1 : 0))
    view.setUint32(header + 4, id)
    view.setUint16(4, bytes.length - 40)
    fragments.push(bytes)
    offset += size
  }
  return fragments
}

/** A random identification other than 0. Source: Linux ipv6_select_ident(). */
function identification(random: () => number): number {
  return random() >>> 0 || 1
}

/** The headers that every fragment repeats, and the byte that announces what follows them. Source: ip6_find_1stfragopt(). */
function unfragmentablePart(packet: Packet): { length: number; announced: number } | null {
  const { view, network } = packet
  const linear = packet.pieces?.[0] ?? packet.length
  let at = 40
  let announced = 6
  let seenRouting = false
  while (at <= linear) {
    const next = view.getUint8(network + announced)
    if (next === ROUTING) seenRouting = true
    else if (next === DESTINATION ? seenRouting : next !== HOP) return { length: at, announced }
    if (at + 2 > linear) return null
    announced = at
    at += (view.getUint8(network + at + 1) + 1) * 8
  }
  return null
}
