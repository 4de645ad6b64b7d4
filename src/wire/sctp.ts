/** SCTP: the common header and its chunks. Source: RFC 9260 section 3. */

import { concat, getU8, getU16, getU32, setU16, setU32 } from '../util/bytes.ts'
import { sctpChecksum } from './checksum.ts'
import { fieldValue, malformed, type Parsed } from './result.ts'

/** Offsets in bytes of the fields of an SCTP common header. */
export const SCTP = { sport: 0, dport: 2, verificationTag: 4, checksum: 8, chunks: 12, headerLength: 12 } as const

/** Offsets in bytes of the fields of a chunk. */
export const SCTP_CHUNK = { type: 0, flags: 1, length: 2, value: 4, headerLength: 4 } as const

/** Chunk types (0..255) by the names of `iptables -p sctp --help`, and the later ones in the same manner. */
export const SCTP_CHUNK_TYPE: Readonly<Record<string, number>> = {
  DATA: 0,
  INIT: 1,
  INIT_ACK: 2,
  SACK: 3,
  HEARTBEAT: 4,
  HEARTBEAT_ACK: 5,
  ABORT: 6,
  SHUTDOWN: 7,
  SHUTDOWN_ACK: 8,
  ERROR: 9,
  COOKIE_ECHO: 10,
  COOKIE_ACK: 11,
  ECN_ECNE: 12,
  ECN_CWR: 13,
  SHUTDOWN_COMPLETE: 14,
  AUTH: 15,
  I_DATA: 64,
  ASCONF_ACK: 128,
  RE_CONFIG: 130,
  PAD: 132,
  FORWARD_TSN: 192,
  ASCONF: 193,
}

/** Readers of the SCTP header at `at`; those named `chunk…` take the offset of a chunk. */
export const sctp = {
  sport: (bytes: Uint8Array, at: number): number => getU16(bytes, at),
  dport: (bytes: Uint8Array, at: number): number => getU16(bytes, at + SCTP.dport),
  verificationTag: (bytes: Uint8Array, at: number): number => getU32(bytes, at + SCTP.verificationTag),
  checksum: (bytes: Uint8Array, at: number): number => getU32(bytes, at + SCTP.checksum),
  chunkType: (bytes: Uint8Array, chunk: number): number => getU8(bytes, chunk),
  chunkFlags: (bytes: Uint8Array, chunk: number): number => getU8(bytes, chunk + SCTP_CHUNK.flags),
  /** Bytes with the chunk's header, without padding. */
  chunkLength: (bytes: Uint8Array, chunk: number): number => getU16(bytes, chunk + SCTP_CHUNK.length),
  /** Where the chunk after this one begins. */
  nextChunk: (bytes: Uint8Array, chunk: number): number =>
    chunk + ((getU16(bytes, chunk + SCTP_CHUNK.length) + 3) & ~3),
} as const

/** A chunk; its value is `offset + 4`..`offset + length` of the packet. */
export interface SctpChunk {
  readonly type: number
  readonly name: string | undefined
  readonly flags: number
  /** Bytes with the chunk's header, without padding. */
  readonly length: number
  readonly offset: number
}

/** An SCTP packet as {@link parseSctp} reads it. */
export interface Sctp {
  readonly sport: number
  readonly dport: number
  readonly verificationTag: number
  readonly checksum: number
  readonly checksumHolds: boolean
  readonly chunks: readonly SctpChunk[]
}

/** Reads the packet in `offset`..`end`; the padding of the last chunk may be missing. Never throws. */
export function parseSctp(bytes: Uint8Array, offset = 0, end = bytes.length): Parsed<Sctp> {
  if (end - offset < SCTP.headerLength) return malformed(`sctp: ${end - offset} bytes, at least 12 expected`)
  const chunks: SctpChunk[] = []
  for (let at = offset + SCTP.chunks; at < end; at = sctp.nextChunk(bytes, at)) {
    const length = end - at >= SCTP_CHUNK.headerLength ? sctp.chunkLength(bytes, at) : 0
    if (length < SCTP_CHUNK.headerLength || length > end - at) {
      return malformed(`sctp: chunk ${chunks.length + 1} with length ${length} of ${end - at} bytes`)
    }
    const type = sctp.chunkType(bytes, at)
    chunks.push({ type, name: sctpChunkName(type), flags: sctp.chunkFlags(bytes, at), length, offset: at })
  }
  const checksum = sctp.checksum(bytes, offset)
  return {
    ok: true,
    sport: sctp.sport(bytes, offset),
    dport: sctp.dport(bytes, offset),
    verificationTag: sctp.verificationTag(bytes, offset),
    checksum,
    checksumHolds: checksum === sctpChecksum(bytes, offset, end),
    chunks,
  }
}

/** A chunk to build: a missing value is {@link defaultChunkValue}. */
export interface SctpChunkFields {
  readonly type: number
  readonly flags?: number | undefined
  readonly value?: Uint8Array | undefined
}

/** What {@link buildSctp} needs; `body` takes the place of `chunks`. */
export interface SctpFields {
  readonly sport?: number | undefined
  readonly dport?: number | undefined
  readonly verificationTag?: number | undefined
  readonly checksum?: number | undefined
  readonly chunks?: readonly SctpChunkFields[] | undefined
  readonly body?: Uint8Array | undefined
}

/** The packet with these fields; chunks are padded to four bytes. Throws {@link UsageError} for a field out of range. */
export function buildSctp(fields: SctpFields): Uint8Array {
  const body = fields.body ?? concat(...(fields.chunks ?? []).map(buildChunk))
  const bytes = concat(new Uint8Array(SCTP.headerLength), body)
  setU16(bytes, SCTP.sport, fieldValue('source port', fields.sport, 0xffff))
  setU16(bytes, SCTP.dport, fieldValue('destination port', fields.dport, 0xffff))
  setU32(bytes, SCTP.verificationTag, fieldValue('verification tag', fields.verificationTag, 0xffffffff))
  const right = sctpChecksum(bytes, 0, bytes.length)
  setU32(bytes, SCTP.checksum, fieldValue('checksum', fields.checksum, 0xffffffff, right))
  return bytes
}

function buildChunk(chunk: SctpChunkFields): Uint8Array {
  const value = chunk.value ?? defaultChunkValue(chunk.type)
  const length = fieldValue('chunk length', value.length + SCTP_CHUNK.headerLength, 0xffff)
  const head = new Uint8Array(SCTP_CHUNK.headerLength)
  head[0] = fieldValue('chunk type', chunk.type, 255)
  head[SCTP_CHUNK.flags] = fieldValue('chunk flags', chunk.flags ?? (chunk.type === SCTP_CHUNK_TYPE.DATA ? 3 : 0), 255)
  setU16(head, SCTP_CHUNK.length, length)
  return concat(head, value, new Uint8Array(-length & 3))
}

/**
 * The least value that RFC 9260 allows in a chunk of this type, for packets where only the type matters.
 *
 * INIT and INIT_ACK carry tag 1, a window of 65536, one stream each way; DATA carries one zero byte (flags B and E).
 */
export function defaultChunkValue(type: number): Uint8Array {
  switch (type) {
    case SCTP_CHUNK_TYPE.DATA:
      return new Uint8Array(13)
    case SCTP_CHUNK_TYPE.INIT:
      return Uint8Array.of(0, 0, 0, 1, 0, 1, 0, 0, 0, 1, 0, 1, 0, 0, 0, 1)
    case SCTP_CHUNK_TYPE.INIT_ACK:
      // The state cookie parameter (type 7) is mandatory.
      return Uint8Array.of(0, 0, 0, 1, 0, 1, 0, 0, 0, 1, 0, 1, 0, 0, 0, 1, 0, 7, 0, 8, 0, 0, 0, 0)
    case SCTP_CHUNK_TYPE.SACK:
      return new Uint8Array(12)
    case SCTP_CHUNK_TYPE.HEARTBEAT:
    case SCTP_CHUNK_TYPE.HEARTBEAT_ACK:
      return Uint8Array.of(0, 1, 0, 4)
    case SCTP_CHUNK_TYPE.SHUTDOWN:
    case SCTP_CHUNK_TYPE.COOKIE_ECHO:
    case SCTP_CHUNK_TYPE.ECN_ECNE:
    case SCTP_CHUNK_TYPE.ECN_CWR:
    case SCTP_CHUNK_TYPE.FORWARD_TSN:
      return new Uint8Array(4)
    default:
      return new Uint8Array(0)
  }
}

/** The name of a chunk type, or `undefined`. */
export function sctpChunkName(type: number): string | undefined {
  return Object.keys(SCTP_CHUNK_TYPE).find((name) => SCTP_CHUNK_TYPE[name] === type)
}
