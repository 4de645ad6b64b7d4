/** How large the fragments of a packet are. */

import type { Packet } from '../packet/packet.ts'

/**
 * The payload sizes of a packet's buffers, where each can be a fragment of its own; else null.
 *
 * `room` is how much payload a fragment may have.
 */
export function piecesThatFit(packet: Packet, header: number, room: number): number[] | null {
  const { pieces } = packet
  if (pieces === null) return null
  const sizes = [pieces[0]! - header, ...pieces.slice(1)]
  let total = header
  for (let i = 0; i < sizes.length; i++) {
    const size = sizes[i]!
    total += size
    // The kernel checks the alignment of the first buffer even if it were the last.
    if (size > room || (size % 8 !== 0 && (i === 0 || i < sizes.length - 1))) return null
  }
  return total === packet.length ? sizes : null
}

/** `left` bytes in parts of at most `room`, all but the last a multiple of 8. */
export function equalSizes(left: number, room: number): number[] {
  const sizes: number[] = []
  const step = Math.max(room & ~7, 8)
  let rest = left
  while (rest > room) {
    sizes.push(Math.min(step, rest))
    rest -= step
  }
  if (rest > 0) sizes.push(rest)
  return sizes
}
