/** The IPv4 header. Source: RFC 791 section 3.1. */

import { concat, getU8, getU16, getU32, setU16, setU32 } from '../util/bytes.ts'
import { UsageError } from '../util/errors.ts'
import { checksum, checksumFor } from './checksum.ts'
import { buildIpv4Options, type Ipv4Option, parseIpv4Options } from './ipv4-options.ts'
import { fieldValue, malformed, type Parsed } from './result.ts'

/** Offsets in bytes of the fields of an IPv4 header. */
export const IPV4 = {
  versionAndLength: 0,
  tos: 1,
  totalLength: 2,
  id: 4,
  fragment: 6,
  ttl: 8,
  protocol: 9,
  checksum: 10,
  source: 12,
  destination: 16,
  options: 20,
  minimumLength: 20,
} as const

/** Bits of the 16-bit fragment field. */
export const IPV4_FRAGMENT = { reserved: 0x8000, df: 0x4000, mf: 0x2000, offsetMask: 0x1fff } as const

/** Readers of the IPv4 header at `at`; addresses are 32-bit numbers, lengths and the fragment offset are bytes. */
export const ipv4 = {
  version: (bytes: Uint8Array, at: number): number => bytes[at]! >> 4,
  headerLength: (bytes: Uint8Array, at: number): number => (bytes[at]! & 15) << 2,
  tos: (bytes: Uint8Array, at: number): number => getU8(bytes, at + IPV4.tos),
  totalLength: (bytes: Uint8Array, at: number): number => getU16(bytes, at + IPV4.totalLength),
  id: (bytes: Uint8Array, at: number): number => getU16(bytes, at + IPV4.id),
  df: (bytes: Uint8Array, at: number): boolean => (bytes[at + IPV4.fragment]! & 0x40) !== 0,
  mf: (bytes: Uint8Array, at: number): boolean => (bytes[at + IPV4.fragment]! & 0x20) !== 0,
  fragmentOffset: (bytes: Uint8Array, at: number): number =>
    (getU16(bytes, at + IPV4.fragment) & IPV4_FRAGMENT.offsetMask) << 3,
  /** Whether the packet is a fragment at all: more follow, or its offset is not 0. */
  isFragment: (bytes: Uint8Array, at: number): boolean => (getU16(bytes, at + IPV4.fragment) & 0x3fff) !== 0,
  ttl: (bytes: Uint8Array, at: number): number => getU8(bytes, at + IPV4.ttl),
  protocol: (bytes: Uint8Array, at: number): number => getU8(bytes, at + IPV4.protocol),
  checksum: (bytes: Uint8Array, at: number): number => getU16(bytes, at + IPV4.checksum),
  source: (bytes: Uint8Array, at: number): number => getU32(bytes, at + IPV4.source),
  destination: (bytes: Uint8Array, at: number): number => getU32(bytes, at + IPV4.destination),
} as const

/** An IPv4 packet as {@link parseIpv4} reads it. Its payload is `payloadOffset`..`payloadEnd`. */
export interface Ipv4 {
  readonly headerLength: number
  readonly tos: number
  readonly totalLength: number
  readonly id: number
  /** The reserved flag ("evil bit"). */
  readonly reserved: boolean
  readonly df: boolean
  readonly mf: boolean
  /** Bytes, a multiple of 8. */
  readonly fragmentOffset: number
  readonly ttl: number
  readonly protocol: number
  readonly checksum: number
  readonly checksumHolds: boolean
  readonly source: number
  readonly destination: number
  readonly options: readonly Ipv4Option[]
  readonly payloadOffset: number
  /** Where the packet ends by its total length. */
  readonly payloadEnd: number
  /** How many bytes of the total length are missing: 0 unless the packet was cut, as the one inside an ICMP error is. */
  readonly missing: number
}

/**
 * Reads the IPv4 packet in `offset`..`end`; never throws.
 *
 * Bytes after the total length are left alone (Ethernet padding). A packet cut off behind its header is read with
 * `missing` above 0; a wrong header checksum is reported, not refused.
 */
export function parseIpv4(bytes: Uint8Array, offset = 0, end = bytes.length): Parsed<Ipv4> {
  const available = end - offset
  if (available < IPV4.minimumLength) return malformed(`ipv4: ${available} bytes, at least 20 expected`)
  if (ipv4.version(bytes, offset) !== 4) return malformed(`ipv4: version ${ipv4.version(bytes, offset)}`)
  const headerLength = ipv4.headerLength(bytes, offset)
  if (headerLength < IPV4.minimumLength) return malformed(`ipv4: header length ${headerLength}, at least 20 expected`)
  if (headerLength > available) return malformed(`ipv4: header length ${headerLength} of ${available} bytes`)
  const totalLength = ipv4.totalLength(bytes, offset)
  if (totalLength < headerLength) return malformed(`ipv4: total length ${totalLength}, header length ${headerLength}`)
  const options = parseIpv4Options(bytes, offset + IPV4.options, offset + headerLength)
  if (!Array.isArray(options)) return options
  return {
    ok: true,
    headerLength,
    tos: ipv4.tos(bytes, offset),
    totalLength,
    id: ipv4.id(bytes, offset),
    reserved: (bytes[offset + IPV4.fragment]! & 0x80) !== 0,
    df: ipv4.df(bytes, offset),
    mf: ipv4.mf(bytes, offset),
    fragmentOffset: ipv4.fragmentOffset(bytes, offset),
    ttl: ipv4.ttl(bytes, offset),
    protocol: ipv4.protocol(bytes, offset),
    checksum: ipv4.checksum(bytes, offset),
    checksumHolds: checksum(bytes, offset, offset + headerLength) === 0,
    source: ipv4.source(bytes, offset),
    destination: ipv4.destination(bytes, offset),
    options,
    payloadOffset: offset + headerLength,
    payloadEnd: Math.min(end, offset + totalLength),
    missing: Math.max(0, totalLength - available),
  }
}

/** What {@link buildIpv4} needs; `options` given as bytes are taken as they are (a multiple of four of at most 40). */
export interface Ipv4Fields {
  readonly tos?: number | undefined
  /** Computed where missing, like `checksum` and `headerLength` (bytes). */
  readonly totalLength?: number | undefined
  readonly headerLength?: number | undefined
  readonly checksum?: number | undefined
  readonly id?: number | undefined
  readonly reserved?: boolean | undefined
  readonly df?: boolean | undefined
  readonly mf?: boolean | undefined
  /** Bytes, a multiple of 8 up to 65528. */
  readonly fragmentOffset?: number | undefined
  /** 64 where missing. */
  readonly ttl?: number | undefined
  readonly protocol?: number | undefined
  readonly source?: number | undefined
  readonly destination?: number | undefined
  readonly options?: readonly Ipv4Option[] | Uint8Array | undefined
  readonly payload?: Uint8Array | undefined
}

/** The packet with these fields. Throws {@link UsageError} for a field out of range or a packet above 65535 bytes. */
export function buildIpv4(fields: Ipv4Fields): Uint8Array {
  const options = fields.options instanceof Uint8Array ? fields.options : buildIpv4Options(fields.options ?? [])
  if (options.length > 40 || options.length % 4 !== 0) {
    throw new UsageError(`the IPv4 options take ${options.length} bytes: expected a multiple of 4, at most 40`)
  }
  const payload = fields.payload ?? new Uint8Array(0)
  const header = concat(new Uint8Array(IPV4.minimumLength), options)
  const headerLength = fieldValue('header length', fields.headerLength, 60, header.length)
  if (headerLength % 4 !== 0) throw new UsageError(`header length is ${headerLength}: expected a multiple of 4`)
  const offset = fieldValue('fragment offset', fields.fragmentOffset, 65528)
  if (offset % 8 !== 0) throw new UsageError(`fragment offset is ${offset}: expected a multiple of 8`)
  const flags = (fields.reserved ? 0x8000 : 0) | (fields.df ? 0x4000 : 0) | (fields.mf ? 0x2000 : 0)
  header[0] = 0x40 | (headerLength >> 2)
  header[IPV4.tos] = fieldValue('tos', fields.tos, 255)
  const length = fields.totalLength ?? header.length + payload.length
  setU16(header, IPV4.totalLength, fieldValue('total length', length, 0xffff))
  setU16(header, IPV4.id, fieldValue('id', fields.id, 0xffff))
  setU16(header, IPV4.fragment, flags | (offset >> 3))
  header[IPV4.ttl] = fieldValue('ttl', fields.ttl, 255, 64)
  header[IPV4.protocol] = fieldValue('protocol', fields.protocol, 255)
  setU32(header, IPV4.source, fieldValue('source', fields.source, 0xffffffff))
  setU32(header, IPV4.destination, fieldValue('destination', fields.destination, 0xffffffff))
  const right = checksumFor(header, 0, Math.min(headerLength, header.length), IPV4.checksum)
  setU16(header, IPV4.checksum, fieldValue('checksum', fields.checksum, 0xffff, right))
  return concat(header, payload)
}
