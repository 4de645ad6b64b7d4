import type { Packet } from '../../packet/packet.ts'
import { type SegmentKind, segmentKind, type TcpSide } from './tcp-state.ts'

/** The numbers of a TCP segment that tracking looks at. */
export interface Segment {
  readonly kind: SegmentKind
  readonly flags: number
  readonly seq: number
  readonly ack: number
  /** As in the header, unscaled. */
  readonly window: number
  /** Sequence number behind the segment: SYN and FIN count as a byte each. */
  readonly end: number
  readonly hasSyn: boolean
  readonly hasAck: boolean
  readonly hasRst: boolean
}

const OPTION = { end: 0, nop: 1, scale: 3, sackPermitted: 4, sack: 5 } as const
const MAX_SCALE = 14

/** Whether `a` is before `b`, modulo 2^32. */
export function before(a: number, b: number): boolean {
  return ((a - b) | 0) < 0
}

/** Whether `a` is behind `b`, modulo 2^32. */
export function after(a: number, b: number): boolean {
  return before(b, a)
}

/** Reads a segment whose header was found to be whole. Source: Linux segment_seq_plus_len(). */
export function readSegment(packet: Packet): Segment {
  const { view, transport, end } = packet
  const flags = view.getUint8(transport + 13)
  const seq = view.getUint32(transport + 4)
  const data = end - transport - (view.getUint8(transport + 12) >> 4) * 4
  return {
    kind: segmentKind(flags),
    flags,
    seq,
    ack: view.getUint32(transport + 8),
    window: view.getUint16(transport + 14),
    end: (seq + data + (flags & 2 ? 1 : 0) + (flags & 1)) >>> 0,
    hasSyn: (flags & 0x02) !== 0,
    hasAck: (flags & 0x10) !== 0,
    hasRst: (flags & 0x04) !== 0,
  }
}

/** Calls `visit` for each option with a length, until it returns false or the options end or are malformed. */
function forEachOption(packet: Packet, visit: (kind: number, at: number, length: number) => boolean): void {
  const { view, transport } = packet
  const end = transport + (view.getUint8(transport + 12) >> 4) * 4
  for (let at = transport + 20; at < end; ) {
    const kind = view.getUint8(at)
    if (kind === OPTION.end) return
    if (kind === OPTION.nop) {
      at++
      continue
    }
    if (at + 1 >= end) return
    const length = view.getUint8(at + 1)
    if (length < 2 || at + length > end) return
    if (!visit(kind, at, length)) return
    at += length
  }
}

/** Takes window scale and SACK permission from a SYN's options. Source: Linux tcp_options(). */
export function readSynOptions(packet: Packet, side: Pick<TcpSide, 'scale' | 'hasScale' | 'permitsSack'>): void {
  const { view, transport } = packet
  if (view.getUint8(transport + 12) >> 4 === 5) return
  side.scale = 0
  side.hasScale = false
  side.permitsSack = false
  forEachOption(packet, (kind, at, length) => {
    if (kind === OPTION.sackPermitted && length === 2) side.permitsSack = true
    else if (kind === OPTION.scale && length === 3) {
      side.scale = Math.min(view.getUint8(at + 2), MAX_SCALE)
      side.hasScale = true
    }
    return true
  })
}

/** The highest sequence number that the segment acknowledges, selectively or not. Source: Linux tcp_sack(). */
export function highestSack(packet: Packet, ack: number): number {
  const { view } = packet
  let highest = ack
  forEachOption(packet, (kind, at, length) => {
    if (kind !== OPTION.sack || length < 10 || (length - 2) % 8 !== 0) return true
    for (let block = at + 2; block < at + length; block += 8) {
      const right = view.getUint32(block + 4)
      if (after(right, highest)) highest = right
    }
    return false
  })
  return highest
}
