/** The UDP header. Source: RFC 768. */

import { concat, getU16, setU16 } from '../util/bytes.ts'
import type { PseudoHeader } from './address.ts'
import { checksumFor, pseudoSum } from './checksum.ts'
import { PROTOCOL } from './protocols.ts'
import { fieldValue, malformed, type Parsed } from './result.ts'

/** Offsets in bytes of the fields of a UDP header. */
export const UDP = { sport: 0, dport: 2, length: 4, checksum: 6, headerLength: 8 } as const

/** Readers of the UDP header at `at`. */
export const udp = {
  sport: (bytes: Uint8Array, at: number): number => getU16(bytes, at),
  dport: (bytes: Uint8Array, at: number): number => getU16(bytes, at + UDP.dport),
  length: (bytes: Uint8Array, at: number): number => getU16(bytes, at + UDP.length),
  checksum: (bytes: Uint8Array, at: number): number => getU16(bytes, at + UDP.checksum),
} as const

/** A UDP datagram as {@link parseUdp} reads it. */
export interface Udp {
  readonly sport: number
  readonly dport: number
  /** Header and data in bytes, as the header says. */
  readonly length: number
  /** 0 means that the sender computed none (IPv4 only). */
  readonly checksum: number
  readonly payloadOffset: number
  readonly payloadEnd: number
}

/** Reads the datagram in `offset`..`end`; one that is cut off behind its header is read. Never throws. */
export function parseUdp(bytes: Uint8Array, offset = 0, end = bytes.length): Parsed<Udp> {
  const available = end - offset
  if (available < UDP.headerLength) return malformed(`udp: ${available} bytes, at least 8 expected`)
  const length = udp.length(bytes, offset)
  if (length < UDP.headerLength) return malformed(`udp: length ${length}, at least 8 expected`)
  return {
    ok: true,
    sport: udp.sport(bytes, offset),
    dport: udp.dport(bytes, offset),
    length,
    checksum: udp.checksum(bytes, offset),
    payloadOffset: offset + UDP.headerLength,
    payloadEnd: Math.min(end, offset + length),
  }
}

/** What {@link buildUdp} needs. */
export interface UdpFields {
  readonly sport?: number | undefined
  readonly dport?: number | undefined
  /** Computed where missing. */
  readonly length?: number | undefined
  readonly checksum?: number | undefined
  readonly payload?: Uint8Array | undefined
  /** The addresses for the checksum; without them and without `checksum`, the field stays 0 (none). */
  readonly addresses?: PseudoHeader | undefined
}

/** The datagram with these fields; a computed checksum of 0 is sent as 0xffff. Throws {@link UsageError} for a field out of range. */
export function buildUdp(fields: UdpFields): Uint8Array {
  const bytes = concat(new Uint8Array(UDP.headerLength), fields.payload ?? new Uint8Array(0))
  const length = fieldValue('UDP length', fields.length ?? bytes.length, 0xffff)
  setU16(bytes, UDP.sport, fieldValue('source port', fields.sport, 0xffff))
  setU16(bytes, UDP.dport, fieldValue('destination port', fields.dport, 0xffff))
  setU16(bytes, UDP.length, length)
  const right = fields.addresses ? udpChecksum(bytes, 0, bytes.length, fields.addresses) : 0
  setU16(bytes, UDP.checksum, fieldValue('checksum', fields.checksum, 0xffff, right))
  return bytes
}

/**
 * The checksum that the datagram in `start`..`end` should carry: never 0.
 *
 * The length in the pseudo-header is that of the bytes, as udp4_csum of the kernel takes the packet's length.
 */
export function udpChecksum(bytes: Uint8Array, start: number, end: number, addresses: PseudoHeader): number {
  const pseudo = pseudoSum(addresses, PROTOCOL.udp, end - start)
  return checksumFor(bytes, start, end, start + UDP.checksum, pseudo) || 0xffff
}
