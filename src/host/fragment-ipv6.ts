/** IPv6 reassembly of one fragment into its queue. */

import { changeTrafficClass, trafficClass } from '../packet/mangle.ts'
import { ensureWritable } from '../packet/mangle-buffer.ts'
import { skipExtensionHeaders } from '../packet/mangle-ipv6.ts'
import type { Packet } from '../packet/packet.ts'
import { extensionLength, isExtension } from '../wire/ipv6-extensions.ts'
import { type FragmentQueue, reassembledEcn } from './fragment-queue.ts'

const TCP = 6
const UDP = 17
const ICMPV6 = 58
const FRAGMENT = 44
const FRAGMENT_HEADER = 8
const MAX_PAYLOAD = 65535

/** Where the fragment header is. Both offsets are counted from the network header. */
export interface FragmentPlace {
  /** Of the fragment header. */
  readonly at: number
  /** Of the byte that announces it. */
  readonly announced: number
}

/**
 * The place of the first fragment header; null without one, or where the headers before it are cut short.
 *
 * Source: Linux find_prev_fhdr().
 */
export function findFragment(packet: Packet): FragmentPlace | null {
  const { view, network } = packet
  if (view.getUint16(network + 4) === 0) return null
  let next = view.getUint8(network + 6)
  let announced = 6
  let at = 40
  while (next !== FRAGMENT) {
    if (!isExtension(next) || at + 2 > packet.length) return null
    // The kernel keeps this offset in 8 bits.
    announced = at & 0xff
    const length = extensionLength(next, view.getUint8(network + at + 1))
    next = view.getUint8(network + at)
    at += length
  }
  return at > packet.length ? null : { at, announced }
}

/**
 * Whether a first fragment ends before the transport header does: those are never reassembled, but go on as they are.
 *
 * Source: RFC 8200 section 4.5; Linux ipv6frag_thdr_truncated().
 */
export function isTruncatedFirst(packet: Packet, place: FragmentPlace): boolean {
  const { at, protocol, fragment } = skipExtensionHeaders(packet.view, packet.network + place.at, packet.end, FRAGMENT)
  if (at < 0 || (fragment & 0xfff8) !== 0) return false
  const needed = protocol === TCP ? 20 : protocol === UDP || protocol === ICMPV6 ? 8 : 1
  return at + needed > packet.end
}

/** The datagram a fragment belongs to, apart from who reassembles. Source: Linux struct frag_v6_compare_key. */
export function queueKey6(packet: Packet, place: FragmentPlace): string {
  const { view, network } = packet
  let key = `${packet.inDevice?.index ?? 0} ${view.getUint32(network + place.at + 4)}`
  for (let i = 8; i < 40; i += 4) key += ` ${view.getUint32(network + i)}`
  return key
}

/** What happened to a fragment; `unaligned` ends the queue but lets the fragment itself go on. */
export type Queued6 = 'queued' | 'duplicate' | 'refused' | 'overlap' | 'unaligned'

/** Adds a fragment. Source: Linux nf_ct_frag6_queue(). */
export function queue6(queue: FragmentQueue, packet: Packet, place: FragmentPlace): Queued6 {
  const { view, network } = packet
  const payload = view.getUint16(network + 4)
  const field = view.getUint16(network + place.at + 2)
  const offset = field & 0xfff8
  const start = place.at + FRAGMENT_HEADER
  const end = offset + payload - (start - 40)
  if (end > MAX_PAYLOAD) return 'refused'
  if ((field & 1) === 0) {
    if (end < queue.length || (queue.lastIn && end !== queue.length)) return 'refused'
    queue.lastIn = true
    queue.length = end
  } else {
    if (end & 7) return 'unaligned'
    if (end > queue.length) {
      if (queue.lastIn) return 'refused'
      queue.length = end
    }
  }
  if (end <= offset) return 'refused'
  const inserted = queue.insert({
    offset,
    data: packet.bytes.slice(network + start, network + start + end - offset),
    header: packet.bytes.slice(network, network + start),
    mark: packet.mark,
    priority: packet.priority,
  })
  if (inserted !== 'inserted') return inserted
  queue.device = packet.inDevice?.name ?? queue.device
  queue.meat += end - offset
  queue.ecn |= 1 << (trafficClass(packet) & 3)
  queue.maxSize = Math.max(queue.maxSize, payload)
  if (offset === 0) {
    queue.firstIn = true
    queue.announced = place.announced
  }
  return 'queued'
}

/** Makes `packet` the whole datagram without its fragment header; false when it must be dropped. Source: nf_ct_frag6_reasm(). */
export function reassemble6(queue: FragmentQueue, packet: Packet): boolean {
  const ecn = reassembledEcn(queue.ecn)
  const first = queue.first!
  const headerLength = first.header.length - FRAGMENT_HEADER
  const payload = headerLength - 40 + queue.length
  if (ecn === null || payload > MAX_PAYLOAD) return false
  const bytes = new Uint8Array(headerLength + queue.length)
  bytes.set(first.header.subarray(0, headerLength))
  bytes[queue.announced] = first.header[headerLength]!
  const sizes: number[] = []
  for (const piece of queue.pieces) {
    bytes.set(piece.data, headerLength + piece.offset)
    sizes.push(piece.data.length)
  }
  sizes[0]! += headerLength
  new DataView(bytes.buffer).setUint16(4, payload)
  packet.replaceBytes(bytes)
  changeTrafficClass(packet, 0xff, ecn)
  packet.pieces = sizes.length > 1 ? sizes : null
  packet.fragMaxSize = 40 + queue.maxSize
  packet.fragDontFragment = false
  // Early demultiplexing of received packets looks at the transport header and so makes it one buffer.
  const next = bytes[6]
  if (packet.inDevice !== null && (next === TCP || next === UDP)) ensureWritable(packet, 40 + (next === TCP ? 20 : 8))
  packet.mark = first.mark
  packet.priority = first.priority
  return true
}
