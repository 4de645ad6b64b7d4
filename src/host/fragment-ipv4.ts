/** IPv4 reassembly of one fragment into its queue. */

import { ensureWritable } from '../packet/mangle-buffer.ts'
import type { Packet } from '../packet/packet.ts'
import { checksum } from '../wire/checksum.ts'
import { type FragmentQueue, reassembledEcn } from './fragment-queue.ts'

const TCP = 6
const UDP = 17
const DF = 0x4000
const MF = 0x2000

/** The datagram a fragment belongs to, apart from who reassembles. Source: Linux struct frag_v4_compare_key. */
export function queueKey4(packet: Packet): string {
  const { view, network } = packet
  const id = view.getUint16(network + 4)
  return `${view.getUint32(network + 12)} ${view.getUint32(network + 16)} ${view.getUint8(network + 9)} ${id}`
}

/**
 * Adds a fragment: `end` says what happens to the queue beside the fragment itself, or why the fragment is refused.
 *
 * Source: Linux ip_frag_queue().
 */
export function queue4(queue: FragmentQueue, packet: Packet): 'queued' | 'duplicate' | 'corrupt' | 'overlap' {
  const { view, network, transport } = packet
  const headerLength = transport - network
  const field = view.getUint16(network + 6)
  const offset = (field & 0x1fff) * 8
  let end = offset + packet.length - headerLength
  if ((field & MF) === 0) {
    if (end < queue.length || (queue.lastIn && end !== queue.length)) return 'corrupt'
    queue.lastIn = true
    queue.length = end
  } else {
    end &= ~7
    if (end > queue.length) {
      if (queue.lastIn) return 'corrupt'
      queue.length = end
    }
  }
  if (end === offset) return 'corrupt'
  const size = end - offset
  const inserted = queue.insert({
    offset,
    data: packet.bytes.slice(transport, transport + size),
    header: packet.bytes.slice(network, transport),
    mark: packet.mark,
    priority: packet.priority,
  })
  if (inserted !== 'inserted') return inserted
  queue.device = packet.inDevice?.name ?? queue.device
  queue.meat += size
  queue.ecn |= 1 << (view.getUint8(network + 1) & 3)
  if (offset === 0) queue.firstIn = true
  queue.maxSize = Math.max(queue.maxSize, size + headerLength)
  if (field & DF) queue.maxDfSize = Math.max(queue.maxDfSize, size + headerLength)
  return 'queued'
}

/**
 * Makes `packet` the whole datagram; false when it must be dropped (too long, ECN bits that do not fit together).
 *
 * Source: Linux ip_frag_reasm().
 */
export function reassemble4(queue: FragmentQueue, packet: Packet): boolean {
  const ecn = reassembledEcn(queue.ecn)
  const first = queue.first!
  const total = first.header.length + queue.length
  if (ecn === null || total > 65535) return false
  const bytes = new Uint8Array(total)
  bytes.set(first.header)
  const sizes: number[] = []
  for (const piece of queue.pieces) {
    bytes.set(piece.data, first.header.length + piece.offset)
    sizes.push(piece.data.length)
  }
  sizes[0]! += first.header.length
  const dontFragment = queue.maxDfSize === queue.maxSize
  const view = new DataView(bytes.buffer)
  view.setUint8(1, view.getUint8(1) | ecn)
  view.setUint16(2, total)
  view.setUint16(6, dontFragment ? DF : 0)
  view.setUint16(10, 0)
  view.setUint16(10, checksum(bytes, 0, first.header.length))
  packet.replaceBytes(bytes)
  packet.pieces = sizes.length > 1 ? sizes : null
  packet.fragMaxSize = Math.max(queue.maxDfSize, queue.maxSize)
  packet.fragDontFragment = dontFragment
  // Early demultiplexing of received packets looks at the transport header and so makes it one buffer.
  const needed = packet.protocol === TCP ? 20 : packet.protocol === UDP ? 8 : 0
  if (packet.inDevice !== null) ensureWritable(packet, first.header.length + needed)
  packet.mark = first.mark
  packet.priority = first.priority
  return true
}
