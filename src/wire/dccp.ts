/** The DCCP generic header and the fixed parts of each packet type. Source: RFC 4340 section 5. */

import { concat, getU16, getU24, getU32, getU48, setU16, setU24, setU32, setU48 } from '../util/bytes.ts'
import { UsageError } from '../util/errors.ts'
import type { PseudoHeader } from './address.ts'
import { checksumFor, pseudoSum } from './checksum.ts'
import { PROTOCOL } from './protocols.ts'
import { fieldValue, malformed, type Parsed } from './result.ts'

/** Offsets in bytes of the fields of a DCCP header; `shortSeq` and `longSeq` are the two forms of the sequence number. */
export const DCCP = {
  sport: 0,
  dport: 2,
  dataOffset: 4,
  coverage: 5,
  checksum: 6,
  type: 8,
  shortSeq: 9,
  longSeq: 10,
  minimumLength: 12,
} as const

/** Packet types (0..15) by the names of `iptables -p dccp --dccp-types`, in order of their numbers. */
export const DCCP_TYPES = [
  'REQUEST',
  'RESPONSE',
  'DATA',
  'ACK',
  'DATAACK',
  'CLOSEREQ',
  'CLOSE',
  'RESET',
  'SYNC',
  'SYNCACK',
] as const

/** Readers of the DCCP header at `at`; the header length is in bytes. */
export const dccp = {
  sport: (bytes: Uint8Array, at: number): number => getU16(bytes, at),
  dport: (bytes: Uint8Array, at: number): number => getU16(bytes, at + DCCP.dport),
  headerLength: (bytes: Uint8Array, at: number): number => bytes[at + DCCP.dataOffset]! << 2,
  ccval: (bytes: Uint8Array, at: number): number => bytes[at + DCCP.coverage]! >> 4,
  coverage: (bytes: Uint8Array, at: number): number => bytes[at + DCCP.coverage]! & 15,
  checksum: (bytes: Uint8Array, at: number): number => getU16(bytes, at + DCCP.checksum),
  type: (bytes: Uint8Array, at: number): number => (bytes[at + DCCP.type]! >> 1) & 15,
  /** Whether sequence numbers have 48 bits (the X bit). */
  isLong: (bytes: Uint8Array, at: number): boolean => (bytes[at + DCCP.type]! & 1) === 1,
  seq: (bytes: Uint8Array, at: number): number =>
    (bytes[at + DCCP.type]! & 1) === 1 ? getU48(bytes, at + DCCP.longSeq) : getU24(bytes, at + DCCP.shortSeq),
} as const

/** A DCCP packet as {@link parseDccp} reads it. Its data is `payloadOffset`..`end`. */
export interface Dccp {
  readonly sport: number
  readonly dport: number
  readonly headerLength: number
  readonly ccval: number
  /** How much the checksum covers: 0 all, else the header and `(coverage - 1) * 4` bytes of data. */
  readonly coverage: number
  readonly checksum: number
  readonly type: number
  readonly typeName: string | undefined
  /** Whether sequence numbers have 48 bits. */
  readonly long: boolean
  readonly seq: number
  /** In every type but REQUEST and DATA. */
  readonly ack?: number
  /** The service code of REQUEST and RESPONSE. */
  readonly service?: number
  /** The reset code of RESET, with its three data bytes below it (32 bits in all). */
  readonly reset?: number
  readonly options: Uint8Array
  readonly payloadOffset: number
}

/** Bytes before the options of a packet of this type. Source: RFC 4340 section 5; dccp_packet_hdr_len(). */
export function dccpFixedLength(type: number, long: boolean): number {
  const generic = long ? 16 : 12
  if (type === 2) return generic
  if (type === 0) return generic + 4
  const ack = generic + (long ? 8 : 4)
  return type === 1 || type === 7 ? ack + 4 : ack
}

/** Reads the packet in `offset`..`end`; never throws. */
export function parseDccp(bytes: Uint8Array, offset = 0, end = bytes.length): Parsed<Dccp> {
  const available = end - offset
  if (available < DCCP.minimumLength) return malformed(`dccp: ${available} bytes, at least 12 expected`)
  const headerLength = dccp.headerLength(bytes, offset)
  const type = dccp.type(bytes, offset)
  const long = dccp.isLong(bytes, offset)
  const fixed = dccpFixedLength(type, long)
  if (headerLength < fixed) return malformed(`dccp: header length ${headerLength}, at least ${fixed} expected`)
  if (headerLength > available) return malformed(`dccp: header length ${headerLength} of ${available} bytes`)
  const at = offset + (long ? 16 : 12)
  const hasAck = type !== 0 && type !== 2
  const last = getU32(bytes, offset + fixed - 4)
  return {
    ok: true,
    sport: dccp.sport(bytes, offset),
    dport: dccp.dport(bytes, offset),
    headerLength,
    ccval: dccp.ccval(bytes, offset),
    coverage: dccp.coverage(bytes, offset),
    checksum: dccp.checksum(bytes, offset),
    type,
    typeName: DCCP_TYPES[type],
    long,
    seq: dccp.seq(bytes, offset),
    ...(hasAck ? { ack: long ? getU48(bytes, at + 2) : getU24(bytes, at + 1) } : {}),
    ...(type <= 1 ? { service: last } : {}),
    ...(type === 7 ? { reset: last } : {}),
    options: bytes.slice(offset + fixed, offset + headerLength),
    payloadOffset: offset + headerLength,
  }
}

/** What {@link buildDccp} needs; REQUEST where `type` is missing. */
export interface DccpFields {
  readonly sport?: number | undefined
  readonly dport?: number | undefined
  readonly type?: number | undefined
  /** 48-bit sequence numbers, true where missing. */
  readonly long?: boolean | undefined
  readonly seq?: number | undefined
  readonly ack?: number | undefined
  readonly service?: number | undefined
  readonly reset?: number | undefined
  readonly ccval?: number | undefined
  readonly coverage?: number | undefined
  /** Computed where missing. */
  readonly headerLength?: number | undefined
  readonly checksum?: number | undefined
  /** A multiple of four bytes. */
  readonly options?: Uint8Array | undefined
  readonly payload?: Uint8Array | undefined
  /** The addresses for the checksum; without them and without `checksum`, the field stays 0. */
  readonly addresses?: PseudoHeader | undefined
}

/** The packet with these fields. Throws {@link UsageError} for a field out of range. */
export function buildDccp(fields: DccpFields): Uint8Array {
  const type = fieldValue('DCCP type', fields.type, 15)
  const long = fields.long ?? true
  const options = fields.options ?? new Uint8Array(0)
  if (options.length % 4 !== 0) {
    throw new UsageError(`the DCCP options take ${options.length} bytes: expected a multiple of 4`)
  }
  const fixed = dccpFixedLength(type, long)
  const bytes = concat(new Uint8Array(fixed), options, fields.payload ?? new Uint8Array(0))
  const headerLength = fieldValue('header length', fields.headerLength, 1020, fixed + options.length)
  if (headerLength % 4 !== 0) throw new UsageError(`header length is ${headerLength}: expected a multiple of 4`)
  setU16(bytes, DCCP.sport, fieldValue('source port', fields.sport, 0xffff))
  setU16(bytes, DCCP.dport, fieldValue('destination port', fields.dport, 0xffff))
  bytes[DCCP.dataOffset] = fieldValue('header length', headerLength, 1020) >> 2
  bytes[DCCP.coverage] = (fieldValue('ccval', fields.ccval, 15) << 4) | fieldValue('coverage', fields.coverage, 15)
  bytes[DCCP.type] = (type << 1) | (long ? 1 : 0)
  writeNumber(bytes, long ? DCCP.longSeq : DCCP.shortSeq, long, 'seq', fields.seq)
  if (type !== 0 && type !== 2) writeNumber(bytes, long ? 18 : 13, long, 'ack', fields.ack)
  if (type <= 1) setU32(bytes, fixed - 4, fieldValue('service', fields.service, 0xffffffff))
  if (type === 7) setU32(bytes, fixed - 4, fieldValue('reset', fields.reset, 0xffffffff))
  const right = fields.addresses ? dccpChecksum(bytes, 0, bytes.length, fields.addresses) : 0
  setU16(bytes, DCCP.checksum, fieldValue('checksum', fields.checksum, 0xffff, right))
  return bytes
}

function writeNumber(bytes: Uint8Array, at: number, long: boolean, name: string, value: number | undefined): void {
  if (long) setU48(bytes, at, fieldValue(name, value, 0xffffffffffff))
  else setU24(bytes, at, fieldValue(name, value, 0xffffff))
}

/** The checksum that the packet in `start`..`end` should carry over its coverage. Source: RFC 4340 section 9.1. */
export function dccpChecksum(bytes: Uint8Array, start: number, end: number, addresses: PseudoHeader): number {
  const coverage = dccp.coverage(bytes, start)
  const covered = start + dccp.headerLength(bytes, start) + (coverage - 1) * 4
  const stop = coverage === 0 ? end : Math.min(end, covered)
  const pseudo = pseudoSum(addresses, PROTOCOL.dccp, end - start)
  return checksumFor(bytes, start, stop, start + DCCP.checksum, pseudo)
}
