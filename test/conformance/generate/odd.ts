/** Packets no peer should send: damaged, cut, mislabelled; IP options, extension headers, fragments. */
import type { Random } from '../../../src/util/random.ts'
import { checksum, ipv6 } from '../../harness/oracle/build.ts'
import { readTuple } from './headers.ts'

function fixHeaderChecksum(bytes: Buffer): Buffer {
  const size = (bytes[0]! & 15) * 4
  if (bytes[0]! >> 4 !== 4 || size < 20 || size > bytes.length) return bytes
  bytes.writeUInt16BE(0, 10)
  bytes.writeUInt16BE(checksum(bytes.subarray(0, size)), 10)
  return bytes
}

/** One kind of damage done to a copy of a good packet. */
export function damaged(random: Random, good: Buffer): Buffer {
  const bytes = Buffer.from(good)
  const four = bytes[0]! >> 4 === 4
  const offset = readTuple(bytes)?.offset ?? 20
  const kinds: (() => Buffer)[] = [
    () => bytes.subarray(0, random.between(1, bytes.length)),
    () => bytes.subarray(0, Math.min(bytes.length, offset + random.below(20))),
    () => fixLength(bytes.subarray(0, Math.min(bytes.length, offset + random.below(20)))),
    () => Buffer.concat([bytes, Buffer.from('trailer')]),
    () => flip(random, bytes, 0, bytes.length),
    () => fixHeaderChecksum(flip(random, bytes, 0, offset)),
    () => flip(random, bytes, offset, bytes.length),
    () => set16(bytes, four ? 2 : 4, random.pick([0, 1, 19, 20, 21, 0xffff])),
    () => fixHeaderChecksum(set16(bytes, four ? 2 : 4, random.pick([0, 1, 19, 20, 21, 27, 28, 39, 0xffff]))),
    () => set16(bytes, four ? 10 : 6, random.next() & 0xffff),
    () => fixHeaderChecksum(set8(bytes, 0, (bytes[0]! & 0xf0) | random.below(16))),
    () => set8(bytes, 0, (random.pick([0, 4, 5, 6, 7, 15]) << 4) | (bytes[0]! & 15)),
    () =>
      fixHeaderChecksum(set8(bytes, four ? 9 : 6, random.pick([0, 1, 2, 6, 17, 41, 43, 44, 51, 58, 59, 60, 132, 255]))),
    () => set8(bytes, offset + 12, random.pick([0x00, 0x40, 0x60, 0xf0])),
    () => fixHeaderChecksum(set16(bytes, 6, random.pick([0x8000, 0x4000, 0xc000, 0x2000, 0x1fff, 1]))),
  ]
  return random.pick(kinds)()
}

function set8(bytes: Buffer, at: number, value: number): Buffer {
  if (at < bytes.length) bytes.writeUInt8(value & 0xff, at)
  return bytes
}

function set16(bytes: Buffer, at: number, value: number): Buffer {
  if (at + 2 <= bytes.length) bytes.writeUInt16BE(value, at)
  return bytes
}

function flip(random: Random, bytes: Buffer, from: number, to: number): Buffer {
  if (to <= from) return bytes
  const at = random.between(from, to - 1)
  return set8(bytes, at, bytes[at]! ^ (1 << random.below(8)))
}

/** Makes the length fields agree with the number of bytes there are. */
function fixLength(bytes: Buffer): Buffer {
  const out = Buffer.from(bytes)
  if (out.length < 20) return out
  return out[0]! >> 4 === 4 ? fixHeaderChecksum(set16(out, 2, out.length)) : set16(out, 4, Math.max(0, out.length - 40))
}

const optionTexts = [
  '01010100',
  '07070400000000',
  '070f080a00000100000000000000',
  '94040000',
  '940400ff',
  '830704c0000201',
  '890704c0000201',
  '820b0000000000000000000000',
  '86',
  '8602',
  '07ff',
  '0703',
  '070304',
  '440c0d000000000000000000',
  '1e04ffff',
  '00ffffff',
]

/** Bytes of an IPv4 option list: orderly, source routes, record route, router alert, or nonsense. */
export function ipOptions(random: Random): Buffer {
  return Buffer.from(random.pick(optionTexts), 'hex')
}

/** Puts extension headers between an IPv6 packet's fixed header and its payload. */
export function withExtensionHeaders(random: Random, packet: Buffer): Buffer {
  const headers = Array.from({ length: random.pick([1, 1, 2, 3]) }, () => extensionHeader(random))
  if (random.chance(0.7))
    headers.sort((a, b) => [0, 60, 43, 44, 51].indexOf(a.type) - [0, 60, 43, 44, 51].indexOf(b.type))
  return withHeaders(packet, headers)
}

/** The packet with these extension headers in front of its payload, outermost first; an empty one ends the packet. */
export function withHeaders(
  packet: Buffer,
  headers: readonly { readonly type: number; readonly bytes: Buffer }[],
): Buffer {
  let next = packet[6]!
  const parts: Buffer[] = [packet.subarray(40)]
  for (const { type, bytes } of [...headers].reverse()) {
    if (bytes.length > 0) bytes.writeUInt8(next, 0)
    parts.unshift(bytes)
    next = type
  }
  const payload = Buffer.concat(parts)
  const out = Buffer.concat([packet.subarray(0, 40), payload])
  out.writeUInt8(next, 6)
  out.writeUInt16BE(payload.length, 4)
  return out
}

function extensionHeader(random: Random): { type: number; bytes: Buffer } {
  const from = (type: number, text: string) => ({ type, bytes: Buffer.from(text, 'hex') })
  return random.pick([
    () => from(0, '0000010400000000'),
    () => from(0, '0000050200000100'),
    () => from(0, '0001010c000000000000000000000000'),
    () => from(0, '00003e0400000000'),
    () => from(0, '0000fe0400000000'),
    () => from(60, '0000010400000000'),
    () => from(60, '0000ff0400000000'),
    () => from(43, '0000000000000000'),
    () => from(43, '0002020100000000fd000000000200000000000000000009'),
    () => from(43, '0000040000000000'),
    () => segmentRouting(random),
    () => segmentRouting(random),
    () => segmentRouting(random),
    () => from(44, '0000000000000007'),
    () => from(51, '00040000000001000000000100000000000000000000000000'.slice(0, 48)),
  ])()
}

/** A Segment Routing Header with up to three segments, mostly in order. */
function segmentRouting(random: Random): { type: number; bytes: Buffer } {
  const segments = random.below(4)
  const bytes = Buffer.alloc(8 + 16 * segments)
  bytes.set([0, random.chance(0.9) ? 2 * segments : random.below(8), 4], 0)
  bytes.set([random.below(segments + 1), random.chance(0.8) ? Math.max(0, segments - 1) : random.below(5), 0, 1, 2], 3)
  for (let index = 0; index < segments; index++) {
    bytes.set([0xfd, 0, 0, 0, 0, index], 8 + 16 * index)
    bytes.writeUInt8(random.pick([5, 9]), 8 + 16 * index + 15)
  }
  return { type: 43, bytes }
}

/** Splits a packet into fragments, mostly rightly; the list is in sending order and may lack, repeat or overlap pieces. */
export function fragments(random: Random, packet: Buffer, id: number): Buffer[] {
  const four = packet[0]! >> 4 === 4
  const head = four ? (packet[0]! & 15) * 4 : 40
  const data = packet.subarray(head)
  const size = 8 * random.pick([1, 2, 3, 4, 6])
  const pieces: Buffer[] = []
  for (let at = 0; at < data.length; at += size) {
    const end = Math.min(at + size, data.length)
    pieces.push(piece(packet, head, id, at, data.subarray(at, end), end < data.length))
  }
  const disorder = random.below(10)
  if (disorder === 0) return random.sample(pieces, pieces.length)
  if (disorder === 1) return pieces.filter(() => random.chance(0.7))
  if (disorder === 2) return pieces.flatMap((one) => (random.chance(0.3) ? [one, one] : [one]))
  if (disorder === 3 && data.length > 16) {
    const overlap = piece(packet, head, id, 8 * random.below(2), data.subarray(0, 16), true)
    return [...pieces.slice(0, 1), overlap, ...pieces.slice(1)]
  }
  return disorder === 4 ? pieces.reverse() : pieces
}

function piece(packet: Buffer, head: number, id: number, at: number, data: Buffer, more: boolean): Buffer {
  if (packet[0]! >> 4 === 4) {
    const out = Buffer.concat([packet.subarray(0, head), data])
    out.writeUInt16BE(out.length, 2)
    out.writeUInt16BE(id & 0xffff, 4)
    out.writeUInt16BE((more ? 0x2000 : 0) | (at / 8), 6)
    return fixHeaderChecksum(out)
  }
  const header = Buffer.alloc(8)
  header.writeUInt8(packet[6]!, 0)
  header.writeUInt16BE(at | (more ? 1 : 0), 2)
  header.writeUInt32BE(id >>> 0, 4)
  const seen = readTuple(packet)!
  return ipv6({ src: seen.src, dst: seen.dst, protocol: 44, hopLimit: packet[7]! }, Buffer.concat([header, data]))
}
