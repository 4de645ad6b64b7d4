/** The IPv6 header. Extension headers are in ipv6-extensions.ts. Source: RFC 8200 section 3. */

import { concat, getU8, getU16, getU24, getU32, setU16, setU32 } from '../util/bytes.ts'
import { UsageError } from '../util/errors.ts'
import type { Words } from '../util/words.ts'
import { getWords } from './address.ts'
import { buildExtensions, type ExtensionFields, type Ipv6Extension, parseExtensions } from './ipv6-extensions.ts'
import { PROTOCOL } from './protocols.ts'
import { fieldValue, malformed, type Parsed } from './result.ts'

/** Offsets in bytes of the fields of an IPv6 header. */
export const IPV6 = {
  first: 0,
  payloadLength: 4,
  nextHeader: 6,
  hopLimit: 7,
  source: 8,
  destination: 24,
  length: 40,
} as const

/** Readers of the IPv6 header at `at`; `i` (0..3) chooses the word of an address, most significant first. */
export const ipv6 = {
  version: (bytes: Uint8Array, at: number): number => bytes[at]! >> 4,
  trafficClass: (bytes: Uint8Array, at: number): number => (getU16(bytes, at) >> 4) & 0xff,
  flowLabel: (bytes: Uint8Array, at: number): number => getU24(bytes, at + 1) & 0xfffff,
  payloadLength: (bytes: Uint8Array, at: number): number => getU16(bytes, at + IPV6.payloadLength),
  nextHeader: (bytes: Uint8Array, at: number): number => getU8(bytes, at + IPV6.nextHeader),
  hopLimit: (bytes: Uint8Array, at: number): number => getU8(bytes, at + IPV6.hopLimit),
  sourceWord: (bytes: Uint8Array, at: number, i: number): number => getU32(bytes, at + IPV6.source + i * 4),
  destinationWord: (bytes: Uint8Array, at: number, i: number): number => getU32(bytes, at + IPV6.destination + i * 4),
} as const

/** An IPv6 packet as {@link parseIpv6} reads it. What follows the extension headers is `payloadOffset`..`payloadEnd`. */
export interface Ipv6 {
  readonly trafficClass: number
  /** 20 bits. */
  readonly flowLabel: number
  readonly payloadLength: number
  /** The next header field of the fixed header. */
  readonly nextHeader: number
  readonly hopLimit: number
  readonly source: Words
  readonly destination: Words
  readonly extensions: readonly Ipv6Extension[]
  /** The protocol after the extension headers. */
  readonly protocol: number
  /** Bytes, a multiple of 8; 0 without a fragment header. */
  readonly fragmentOffset: number
  readonly mf: boolean
  readonly payloadOffset: number
  readonly payloadEnd: number
  /** How many bytes of the payload length are missing: 0 unless the packet was cut. */
  readonly missing: number
}

/**
 * Reads the IPv6 packet in `offset`..`end`; never throws.
 *
 * Bytes after the payload length are left alone. A packet cut off behind its extension headers is read with `missing`
 * above 0. Jumbograms are not known: a payload length of 0 is what it says.
 */
export function parseIpv6(bytes: Uint8Array, offset = 0, end = bytes.length): Parsed<Ipv6> {
  const available = end - offset - IPV6.length
  if (available < 0) return malformed(`ipv6: ${end - offset} bytes, at least 40 expected`)
  if (ipv6.version(bytes, offset) !== 6) return malformed(`ipv6: version ${ipv6.version(bytes, offset)}`)
  const payloadLength = ipv6.payloadLength(bytes, offset)
  const payloadEnd = Math.min(end, offset + IPV6.length + payloadLength)
  const nextHeader = ipv6.nextHeader(bytes, offset)
  const chain = parseExtensions(bytes, offset + IPV6.length, payloadEnd, nextHeader)
  if (!chain.ok) return chain
  return {
    ok: true,
    trafficClass: ipv6.trafficClass(bytes, offset),
    flowLabel: ipv6.flowLabel(bytes, offset),
    payloadLength,
    nextHeader,
    hopLimit: ipv6.hopLimit(bytes, offset),
    source: getWords(bytes, offset + IPV6.source),
    destination: getWords(bytes, offset + IPV6.destination),
    extensions: chain.extensions,
    protocol: chain.protocol,
    fragmentOffset: chain.fragmentOffset,
    mf: chain.mf,
    payloadOffset: chain.payloadOffset,
    payloadEnd,
    missing: Math.max(0, payloadLength - available),
  }
}

/** What {@link buildIpv6} needs; a missing address is `::`. */
export interface Ipv6Fields {
  readonly trafficClass?: number | undefined
  readonly flowLabel?: number | undefined
  /** Computed where missing. */
  readonly payloadLength?: number | undefined
  /** The protocol of the payload, 59 (none) where missing. */
  readonly protocol?: number | undefined
  /** 64 where missing. */
  readonly hopLimit?: number | undefined
  readonly source?: Words | undefined
  readonly destination?: Words | undefined
  readonly extensions?: readonly ExtensionFields[] | undefined
  readonly payload?: Uint8Array | undefined
}

/** The packet with these fields. Throws {@link UsageError} for a field out of range or a payload above 65535 bytes. */
export function buildIpv6(fields: Ipv6Fields): Uint8Array {
  const protocol = fieldValue('next header', fields.protocol, 255, PROTOCOL.none)
  const extensions = buildExtensions(fields.extensions ?? [], protocol)
  const payload = fields.payload ?? new Uint8Array(0)
  const header = new Uint8Array(IPV6.length)
  const trafficClass = fieldValue('traffic class', fields.trafficClass, 255)
  setU32(header, 0, 0x60000000 | (trafficClass << 20) | fieldValue('flow label', fields.flowLabel, 0xfffff))
  const length = fields.payloadLength ?? extensions.bytes.length + payload.length
  setU16(header, IPV6.payloadLength, fieldValue('payload length', length, 0xffff))
  header[IPV6.nextHeader] = extensions.first
  header[IPV6.hopLimit] = fieldValue('hop limit', fields.hopLimit, 255, 64)
  writeWords(header, IPV6.source, fields.source)
  writeWords(header, IPV6.destination, fields.destination)
  return concat(header, extensions.bytes, payload)
}

function writeWords(bytes: Uint8Array, at: number, words: Words = [0, 0, 0, 0]): void {
  if (words.length !== 4) throw new UsageError('an IPv6 address has four words')
  for (const [i, word] of words.entries()) setU32(bytes, at + i * 4, fieldValue('address word', word, 0xffffffff))
}
