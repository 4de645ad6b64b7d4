/** The UDP-Lite header: UDP with a coverage in place of the length. Source: RFC 3828 section 3. */

import { concat, getU16, setU16 } from '../util/bytes.ts'
import type { PseudoHeader } from './address.ts'
import { checksumFor, pseudoSum } from './checksum.ts'
import { PROTOCOL } from './protocols.ts'
import { fieldValue, malformed, type Parsed } from './result.ts'

/** Offsets in bytes of the fields of a UDP-Lite header. */
export const UDPLITE = { sport: 0, dport: 2, coverage: 4, checksum: 6, headerLength: 8 } as const

/** Readers of the UDP-Lite header at `at`; a coverage of 0 means all bytes. */
export const udplite = {
  sport: (bytes: Uint8Array, at: number): number => getU16(bytes, at),
  dport: (bytes: Uint8Array, at: number): number => getU16(bytes, at + UDPLITE.dport),
  coverage: (bytes: Uint8Array, at: number): number => getU16(bytes, at + UDPLITE.coverage),
  checksum: (bytes: Uint8Array, at: number): number => getU16(bytes, at + UDPLITE.checksum),
} as const

/** A UDP-Lite datagram as {@link parseUdplite} reads it. Its data is `payloadOffset`..`end`. */
export interface Udplite {
  readonly sport: number
  readonly dport: number
  readonly coverage: number
  readonly checksum: number
  readonly payloadOffset: number
}

/** Reads the datagram in `offset`..`end`; never throws. */
export function parseUdplite(bytes: Uint8Array, offset = 0, end = bytes.length): Parsed<Udplite> {
  const available = end - offset
  if (available < UDPLITE.headerLength) return malformed(`udplite: ${available} bytes, at least 8 expected`)
  const coverage = udplite.coverage(bytes, offset)
  if (coverage > 0 && coverage < UDPLITE.headerLength) {
    return malformed(`udplite: checksum coverage ${coverage}, 0 or at least 8 expected`)
  }
  return {
    ok: true,
    sport: udplite.sport(bytes, offset),
    dport: udplite.dport(bytes, offset),
    coverage,
    checksum: udplite.checksum(bytes, offset),
    payloadOffset: offset + UDPLITE.headerLength,
  }
}

/** What {@link buildUdplite} needs. */
export interface UdpliteFields {
  readonly sport?: number | undefined
  readonly dport?: number | undefined
  /** Bytes from the header on that the checksum covers; 0 (all of them) where missing. */
  readonly coverage?: number | undefined
  readonly checksum?: number | undefined
  readonly payload?: Uint8Array | undefined
  /** The addresses for the checksum; without them and without `checksum`, the field stays 0. */
  readonly addresses?: PseudoHeader | undefined
}

/** The datagram with these fields. Throws {@link UsageError} for a field out of range. */
export function buildUdplite(fields: UdpliteFields): Uint8Array {
  const bytes = concat(new Uint8Array(UDPLITE.headerLength), fields.payload ?? new Uint8Array(0))
  setU16(bytes, UDPLITE.sport, fieldValue('source port', fields.sport, 0xffff))
  setU16(bytes, UDPLITE.dport, fieldValue('destination port', fields.dport, 0xffff))
  setU16(bytes, UDPLITE.coverage, fieldValue('checksum coverage', fields.coverage, 0xffff))
  const right = fields.addresses ? udpliteChecksum(bytes, 0, bytes.length, fields.addresses) : 0
  setU16(bytes, UDPLITE.checksum, fieldValue('checksum', fields.checksum, 0xffff, right))
  return bytes
}

/** The checksum that the datagram in `start`..`end` should carry over its coverage: never 0. */
export function udpliteChecksum(bytes: Uint8Array, start: number, end: number, addresses: PseudoHeader): number {
  const coverage = udplite.coverage(bytes, start)
  const stop = coverage === 0 ? end : Math.min(end, start + coverage)
  const pseudo = pseudoSum(addresses, PROTOCOL.udplite, end - start)
  return checksumFor(bytes, start, stop, start + UDPLITE.checksum, pseudo) || 0xffff
}
