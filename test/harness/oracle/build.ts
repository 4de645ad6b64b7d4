/**
 * Packets for the kernel, built without hookline's own code: an oracle that shared it would share its mistakes.
 * Every builder computes lengths and checksums unless told otherwise.
 */
import { isIPv4, isIPv6 } from 'node:net'

/** Fields of an IPv4 header; the defaults make a plain packet. */
export interface Ipv4Fields {
  readonly src: string
  readonly dst: string
  readonly protocol: number
  readonly ttl?: number
  readonly tos?: number
  readonly id?: number
  /** Flags and offset as on the wire: 0x4000 DF, 0x2000 MF, offset in units of 8 bytes. */
  readonly fragment?: number
  /** Raw option bytes; padded with zero to a multiple of 4. */
  readonly options?: Uint8Array
}

/** Fields of an IPv6 header. */
export interface Ipv6Fields {
  readonly src: string
  readonly dst: string
  /** The next header field of the fixed header. */
  readonly protocol: number
  readonly hopLimit?: number
  readonly trafficClass?: number
  readonly flowLabel?: number
}

/** The Internet checksum. Source: RFC 1071. */
export function checksum(...parts: readonly Uint8Array[]): number {
  let sum = 0
  for (const part of parts) {
    for (let i = 0; i < part.length; i += 2) sum += (part[i]! << 8) | (part[i + 1] ?? 0)
  }
  while (sum > 0xffff) sum = (sum & 0xffff) + Math.floor(sum / 0x10000)
  return ~sum & 0xffff
}

/** The bytes of an address of either family. Throws on text that is none. */
function addressBytes(text: string): Buffer {
  if (isIPv4(text)) return Buffer.from(text.split('.').map(Number))
  if (!isIPv6(text)) throw new Error(`not an address: ${text}`)
  const [head = '', tail] = text.split('::')
  const words = (part: string) => (part === '' ? [] : part.split(':').map((word) => Number.parseInt(word, 16)))
  const left = words(head)
  const right = tail === undefined ? [] : words(tail)
  const all =
    tail === undefined ? left : [...left, ...new Array<number>(8 - left.length - right.length).fill(0), ...right]
  const out = Buffer.alloc(16)
  all.forEach((word, i) => {
    out.writeUInt16BE(word, i * 2)
  })
  return out
}

/** An IPv4 packet around a payload. */
function ipv4(fields: Ipv4Fields, payload: Uint8Array): Buffer {
  const options = fields.options ?? new Uint8Array(0)
  const size = 20 + ((options.length + 3) & ~3)
  const header = Buffer.alloc(size)
  header.writeUInt8(0x40 | (size / 4), 0)
  header.writeUInt8(fields.tos ?? 0, 1)
  header.writeUInt16BE((size + payload.length) & 0xffff, 2)
  header.writeUInt16BE(fields.id ?? 0x1234, 4)
  header.writeUInt16BE(fields.fragment ?? 0, 6)
  header.writeUInt8(fields.ttl ?? 64, 8)
  header.writeUInt8(fields.protocol, 9)
  addressBytes(fields.src).copy(header, 12)
  addressBytes(fields.dst).copy(header, 16)
  header.set(options, 20)
  header.writeUInt16BE(checksum(header), 10)
  return Buffer.concat([header, payload])
}

/** An IPv6 packet around a payload, which begins with any extension headers. */
export function ipv6(fields: Ipv6Fields, payload: Uint8Array): Buffer {
  const header = Buffer.alloc(40)
  header.writeUInt32BE(((6 << 28) | ((fields.trafficClass ?? 0) << 20) | (fields.flowLabel ?? 0)) >>> 0, 0)
  header.writeUInt16BE(payload.length & 0xffff, 4)
  header.writeUInt8(fields.protocol, 6)
  header.writeUInt8(fields.hopLimit ?? 64, 7)
  addressBytes(fields.src).copy(header, 8)
  addressBytes(fields.dst).copy(header, 24)
  return Buffer.concat([header, payload])
}

/** Writes the checksum over pseudo header and segment at `offset` of a copy. Source: RFC 9293 3.1, RFC 8200 8.1. */
function withChecksum(
  segment: Uint8Array,
  offset: number,
  protocol: number,
  src: string,
  dst: string,
  coverage = segment.length,
): Buffer {
  const out = Buffer.from(segment)
  out.writeUInt16BE(0, offset)
  const pseudo = Buffer.alloc(8)
  pseudo.writeUInt32BE(out.length, 0)
  pseudo.writeUInt32BE(protocol, 4)
  const sum = checksum(addressBytes(src), addressBytes(dst), pseudo, out.subarray(0, coverage))
  out.writeUInt16BE(sum === 0 && (protocol === 17 || protocol === 136) ? 0xffff : sum, offset)
  return out
}

/** The fields of a TCP header. `flags` is FIN 1, SYN 2, RST 4, PSH 8, ACK 16, URG 32, ECE 64, CWR 128. */
export interface TcpFields {
  readonly sport: number
  readonly dport: number
  readonly flags?: number
  readonly seq?: number
  readonly ack?: number
  readonly window?: number
  readonly urgent?: number
  /** Raw option bytes; padded with zero to a multiple of 4. */
  readonly options?: Uint8Array
}

/** A TCP segment, its checksum still zero. */
export function tcp(fields: TcpFields, data: Uint8Array = new Uint8Array(0)): Buffer {
  const options = fields.options ?? new Uint8Array(0)
  const size = 20 + ((options.length + 3) & ~3)
  const header = Buffer.alloc(size)
  header.writeUInt16BE(fields.sport, 0)
  header.writeUInt16BE(fields.dport, 2)
  header.writeUInt32BE((fields.seq ?? 1000) >>> 0, 4)
  header.writeUInt32BE((fields.ack ?? 0) >>> 0, 8)
  header.writeUInt8((size / 4) << 4, 12)
  header.writeUInt8(fields.flags ?? 2, 13)
  header.writeUInt16BE(fields.window ?? 64240, 14)
  header.writeUInt16BE(fields.urgent ?? 0, 18)
  header.set(options, 20)
  return Buffer.concat([header, data])
}

/** A UDP datagram, its checksum still zero. */
export function udp(sport: number, dport: number, data: Uint8Array = new Uint8Array(0)): Buffer {
  const out = Buffer.alloc(8 + data.length)
  out.writeUInt16BE(sport, 0)
  out.writeUInt16BE(dport, 2)
  out.writeUInt16BE(out.length & 0xffff, 4)
  out.set(data, 8)
  return out
}

/** An ICMP or ICMPv6 message with `rest` as its second word, its checksum still zero. */
export function icmp(type: number, code: number, rest: number, data: Uint8Array = new Uint8Array(0)): Buffer {
  const out = Buffer.alloc(8 + data.length)
  out.writeUInt8(type, 0)
  out.writeUInt8(code, 1)
  out.writeUInt32BE(rest >>> 0, 4)
  out.set(data, 8)
  return out
}

const checksumAt: Readonly<Record<number, number>> = { 6: 16, 17: 6, 136: 6, 58: 2, 33: 6 }

/** Completes an upper-layer segment's checksum where its protocol has one this module knows. */
function completed(segment: Uint8Array, protocol: number, src: string, dst: string): Buffer {
  const at = checksumAt[protocol]
  if (protocol === 1) {
    const out = Buffer.from(segment)
    out.writeUInt16BE(0, 2)
    out.writeUInt16BE(checksum(out), 2)
    return out
  }
  if (protocol === 136 && segment.length >= 8) return udpLiteCompleted(segment, src, dst)
  return at === undefined || segment.length < at + 2
    ? Buffer.from(segment)
    : withChecksum(segment, at, protocol, src, dst)
}

/**
 * UDP-Lite with its checksum over the coverage it names. From odd source ports it is RFC 3828's; from even ones it has
 * UDP's protocol number in the pseudo header, which is what the kernel's connection tracking insists on.
 */
function udpLiteCompleted(segment: Uint8Array, src: string, dst: string): Buffer {
  const coverage = (segment[4]! << 8) | segment[5]!
  const covered = coverage >= 8 && coverage <= segment.length ? coverage : segment.length
  return withChecksum(segment, 6, segment[1]! & 1 ? 136 : 17, src, dst, covered)
}

/** A whole packet of the family of `src`, checksums complete. */
export function packet(
  fields: Omit<Ipv4Fields, 'protocol'> & { readonly protocol: number },
  segment: Uint8Array,
): Buffer {
  const payload = completed(segment, fields.protocol, fields.src, fields.dst)
  if (isIPv4(fields.src)) return ipv4(fields, payload)
  return ipv6(
    {
      src: fields.src,
      dst: fields.dst,
      protocol: fields.protocol,
      hopLimit: fields.ttl ?? 64,
      trafficClass: fields.tos ?? 0,
    },
    payload,
  )
}
