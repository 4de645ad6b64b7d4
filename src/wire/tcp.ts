/** The TCP header. Source: RFC 9293 section 3.1. */

import { concat, getU8, getU16, getU32, setU16, setU32 } from '../util/bytes.ts'
import { UsageError } from '../util/errors.ts'
import type { PseudoHeader } from './address.ts'
import { checksumFor, pseudoSum } from './checksum.ts'
import { PROTOCOL } from './protocols.ts'
import { fieldValue, malformed, type Parsed } from './result.ts'
import { buildTcpOptions, parseTcpOptions, type TcpOption } from './tcp-options.ts'

/** Offsets in bytes of the fields of a TCP header. */
export const TCP = {
  sport: 0,
  dport: 2,
  seq: 4,
  ack: 8,
  dataOffset: 12,
  flags: 13,
  window: 14,
  checksum: 16,
  urgent: 18,
  options: 20,
  minimumLength: 20,
} as const

/** Bits of the flags byte. */
export const TCP_FLAG = { fin: 1, syn: 2, rst: 4, psh: 8, ack: 16, urg: 32, ece: 64, cwr: 128 } as const

/** tcpdump's letters of the flags in its order; `A` is read as `.`. */
const LETTERS = 'FSRP.UEW'

/** Readers of the TCP header at `at`; lengths are bytes. */
export const tcp = {
  sport: (bytes: Uint8Array, at: number): number => getU16(bytes, at),
  dport: (bytes: Uint8Array, at: number): number => getU16(bytes, at + TCP.dport),
  seq: (bytes: Uint8Array, at: number): number => getU32(bytes, at + TCP.seq),
  ack: (bytes: Uint8Array, at: number): number => getU32(bytes, at + TCP.ack),
  headerLength: (bytes: Uint8Array, at: number): number => (bytes[at + TCP.dataOffset]! >> 4) << 2,
  /** The four bits between data offset and flags. */
  reserved: (bytes: Uint8Array, at: number): number => bytes[at + TCP.dataOffset]! & 15,
  flags: (bytes: Uint8Array, at: number): number => getU8(bytes, at + TCP.flags),
  window: (bytes: Uint8Array, at: number): number => getU16(bytes, at + TCP.window),
  checksum: (bytes: Uint8Array, at: number): number => getU16(bytes, at + TCP.checksum),
  urgent: (bytes: Uint8Array, at: number): number => getU16(bytes, at + TCP.urgent),
} as const

/** A TCP segment as {@link parseTcp} reads it. Its data is `payloadOffset`..`end`. */
export interface Tcp {
  readonly sport: number
  readonly dport: number
  readonly seq: number
  readonly ack: number
  readonly headerLength: number
  readonly reserved: number
  readonly flags: number
  readonly window: number
  readonly checksum: number
  readonly urgent: number
  readonly options: readonly TcpOption[]
  readonly payloadOffset: number
}

/** Reads the segment in `offset`..`end`; never throws. */
export function parseTcp(bytes: Uint8Array, offset = 0, end = bytes.length): Parsed<Tcp> {
  const available = end - offset
  if (available < TCP.minimumLength) return malformed(`tcp: ${available} bytes, at least 20 expected`)
  const headerLength = tcp.headerLength(bytes, offset)
  if (headerLength < TCP.minimumLength) return malformed(`tcp: header length ${headerLength}, at least 20 expected`)
  if (headerLength > available) return malformed(`tcp: header length ${headerLength} of ${available} bytes`)
  const options = parseTcpOptions(bytes, offset + TCP.options, offset + headerLength)
  if (!Array.isArray(options)) return options
  return {
    ok: true,
    sport: tcp.sport(bytes, offset),
    dport: tcp.dport(bytes, offset),
    seq: tcp.seq(bytes, offset),
    ack: tcp.ack(bytes, offset),
    headerLength,
    reserved: tcp.reserved(bytes, offset),
    flags: tcp.flags(bytes, offset),
    window: tcp.window(bytes, offset),
    checksum: tcp.checksum(bytes, offset),
    urgent: tcp.urgent(bytes, offset),
    options,
    payloadOffset: offset + headerLength,
  }
}

/** What {@link buildTcp} needs; `options` given as bytes are taken as they are (a multiple of four of at most 40). */
export interface TcpFields {
  readonly sport?: number | undefined
  readonly dport?: number | undefined
  readonly seq?: number | undefined
  readonly ack?: number | undefined
  /** Computed where missing. */
  readonly headerLength?: number | undefined
  readonly reserved?: number | undefined
  /** {@link TCP_FLAG} bits, none where missing. */
  readonly flags?: number | undefined
  /** 64240 where missing, as Linux offers on Ethernet. */
  readonly window?: number | undefined
  readonly checksum?: number | undefined
  readonly urgent?: number | undefined
  readonly options?: readonly TcpOption[] | Uint8Array | undefined
  readonly payload?: Uint8Array | undefined
  /** The addresses for the checksum; without them and without `checksum`, the field stays 0. */
  readonly addresses?: PseudoHeader | undefined
}

/** The segment with these fields. Throws {@link UsageError} for a field out of range. */
export function buildTcp(fields: TcpFields): Uint8Array {
  const options = fields.options instanceof Uint8Array ? fields.options : buildTcpOptions(fields.options ?? [])
  if (options.length > 40 || options.length % 4 !== 0) {
    throw new UsageError(`the TCP options take ${options.length} bytes: expected a multiple of 4, at most 40`)
  }
  const bytes = concat(new Uint8Array(TCP.minimumLength), options, fields.payload ?? new Uint8Array(0))
  const headerLength = fieldValue('header length', fields.headerLength, 60, TCP.minimumLength + options.length)
  if (headerLength % 4 !== 0) throw new UsageError(`header length is ${headerLength}: expected a multiple of 4`)
  setU16(bytes, TCP.sport, fieldValue('source port', fields.sport, 0xffff))
  setU16(bytes, TCP.dport, fieldValue('destination port', fields.dport, 0xffff))
  setU32(bytes, TCP.seq, fieldValue('seq', fields.seq, 0xffffffff))
  setU32(bytes, TCP.ack, fieldValue('ack', fields.ack, 0xffffffff))
  bytes[TCP.dataOffset] = ((headerLength >> 2) << 4) | fieldValue('reserved bits', fields.reserved, 15)
  bytes[TCP.flags] = fieldValue('flags', fields.flags, 255)
  setU16(bytes, TCP.window, fieldValue('window', fields.window, 0xffff, 64240))
  setU16(bytes, TCP.urgent, fieldValue('urgent pointer', fields.urgent, 0xffff))
  const right = fields.addresses
    ? checksumFor(bytes, 0, bytes.length, TCP.checksum, pseudoSum(fields.addresses, PROTOCOL.tcp, bytes.length))
    : 0
  setU16(bytes, TCP.checksum, fieldValue('checksum', fields.checksum, 0xffff, right))
  return bytes
}

/** The flags as tcpdump writes them between brackets: `S`, `S.`, `FP.`, `none`. */
export function formatTcpFlags(flags: number): string {
  let text = ''
  for (let bit = 0; bit < 8; bit++) if (flags & (1 << bit)) text += LETTERS[bit]
  return text || 'none'
}

/**
 * The {@link TCP_FLAG} bits of letters such as `S`, `SA`, `S.`, `FP.` (any order, `A` or `.` for ack), `none` or nothing.
 *
 * Throws {@link UsageError} for any other letter.
 */
export function parseTcpFlags(text: string): number {
  if (text.toLowerCase() === 'none') return 0
  let flags = 0
  for (const letter of text) {
    const bit = LETTERS.indexOf(letter === 'A' ? '.' : letter)
    if (bit < 0)
      throw new UsageError(`expected TCP flags out of F S R P . (or A) U E W, found ${JSON.stringify(letter)}`)
    flags |= 1 << bit
  }
  return flags
}
