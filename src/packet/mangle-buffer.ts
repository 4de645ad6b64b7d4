/** Making a packet's bytes ready for rewriting. */

import type { Packet } from './packet.ts'

/** Which of the two ends of a packet is rewritten. */
export type Side = 'source' | 'destination'

/**
 * Makes the packet's first `length` bytes one buffer and says whether it has so many.
 *
 * Only a reassembled packet is in several buffers ({@link Packet.pieces}); pulling bytes of later ones into the
 * first changes the sizes in which it is sent on. Source: Linux skb_ensure_writable(), __pskb_pull_tail().
 */
export function ensureWritable(packet: Packet, length: number): boolean {
  if (length > packet.length) return false
  const { pieces } = packet
  if (pieces === null) return true
  let missing = length - pieces[0]!
  while (missing > 0) {
    const taken = Math.min(missing, pieces[1]!)
    pieces[0]! += taken
    pieces[1]! -= taken
    missing -= taken
    if (pieces[1] === 0) pieces.splice(1, 1)
  }
  if (pieces.length === 1) packet.pieces = null
  return true
}
