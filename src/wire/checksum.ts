/**
 * The Internet checksum, its incremental update, and the CRC32c of SCTP.
 *
 * A running `sum` is a plain number below 2^32 that holds 16-bit one's complement words not yet folded. A sum over a
 * range of bytes treats a missing last byte as zero, so only the last range that is added may have an odd length.
 */

import type { Words } from '../util/words.ts'
import type { PseudoHeader } from './address.ts'

/** The sum of the bytes `start`..`end` (end excluded), added to `initial`, folded to at most 17 bits. Source: RFC 1071. */
export function sum(bytes: Uint8Array, start: number, end: number, initial = 0): number {
  let total = initial
  const even = end - ((end - start) & 1)
  let at = start
  while (at < even) {
    // 32,768 words of 0xffff still fit into 2^32 beside a folded number.
    const stop = Math.min(even, at + 65536)
    total = (total & 0xffff) + (total >>> 16)
    for (; at < stop; at += 2) total += (bytes[at]! << 8) | bytes[at + 1]!
  }
  if (even < end) total += bytes[even]! << 8
  return (total & 0xffff) + (total >>> 16)
}

/** `total` (below 2^32) reduced to 16 bits with end-around carry. Source: RFC 1071 section 2; csum_fold(). */
export function fold(total: number): number {
  const once = (total & 0xffff) + (total >>> 16)
  return (once & 0xffff) + (once >>> 16)
}

/**
 * The checksum that belongs to a sum: folded and complemented.
 *
 * UDP must send 0xffff where this is 0, because 0 means "no checksum" (RFC 768): that is the caller's business.
 */
export function finish(total: number): number {
  return ~fold(total) & 0xffff
}

/** The Internet checksum of the bytes `start`..`end` together with the sum `initial`; 0 over bytes that hold a right checksum. */
export function checksum(bytes: Uint8Array, start: number, end: number, initial = 0): number {
  return finish(sum(bytes, start, end, initial))
}

/** The sum of the IPv4 pseudo-header: addresses as 32-bit numbers, `length` of the transport part in bytes. Source: RFC 793 section 3.1. */
export function pseudoSum4(source: number, destination: number, protocol: number, length: number): number {
  return words32(source) + words32(destination) + protocol + length
}

/** The sum of the IPv6 pseudo-header; `length` may take 32 bits. Source: RFC 8200 section 8.1. */
export function pseudoSum6(source: Words, destination: Words, protocol: number, length: number): number {
  let total = protocol + words32(length)
  for (let i = 0; i < 4; i++) total += words32(source[i]!) + words32(destination[i]!)
  return total
}

/** The pseudo-header sum for either family (IPv4 addresses as `[a, 0, 0, 0]`; both families give the same sum then). */
export function pseudoSum(addresses: PseudoHeader, protocol: number, length: number): number {
  return pseudoSum6(addresses.source, addresses.destination, protocol, length)
}

/** {@link pseudoSum4} with the addresses of the IPv4 header at `network` in `bytes`; allocates nothing. */
export function pseudoSumAt4(bytes: Uint8Array, network: number, protocol: number, length: number): number {
  return sum(bytes, network + 12, network + 20, protocol + words32(length))
}

/** {@link pseudoSum6} with the addresses of the IPv6 header at `network` in `bytes`; allocates nothing. */
export function pseudoSumAt6(bytes: Uint8Array, network: number, protocol: number, length: number): number {
  return sum(bytes, network + 8, network + 40, protocol + words32(length))
}

/**
 * `check` after a 16-bit word that it covers changed `from` → `to`, as the kernel does for the IPv4 header and NAT ports.
 *
 * Both zeros of one's complement come out as csum_replace2() gives them. Source: RFC 1624 equation 3; csum_replace2().
 */
export function replace16(check: number, from: number, to: number): number {
  return finish((~check & 0xffff) + (~from & 0xffff) + (to & 0xffff))
}

/** `check` after a 32-bit word changed `from` → `to`. Source: RFC 1624; csum_replace4(). */
export function replace32(check: number, from: number, to: number): number {
  // csum_replace4() complements the checksum as a 32-bit number, which adds 0xffff: never a zero sum.
  return finish(0xffff + (~check & 0xffff) + words32(~from) + words32(to))
}

/**
 * A transport's `check` after a 16-bit word (a port, an ICMP id) changed, as inet_proto_csum_replace2() does it.
 *
 * The packet counts as one without hardware checksum state (CHECKSUM_NONE). For UDP the caller leaves a checksum of 0
 * alone and writes 0xffff where the result is 0. Source: inet_proto_csum_replace2(), udp_manip_pkt().
 */
export function replaceProtocol16(check: number, from: number, to: number): number {
  return replace32(check, from & 0xffff, to & 0xffff)
}

/** A transport's `check` after an IPv6 address in its pseudo-header changed; UDP's zero as above. Source: inet_proto_csum_replace16(). */
export function replaceWords(check: number, from: Words, to: Words): number {
  let total = 0xffff + (~check & 0xffff)
  for (let i = 0; i < 4; i++) total += words32(~from[i]!) + words32(to[i]!)
  return finish(total)
}

/** The CRC32c (0..2^32-1) of the bytes `start`..`end`, continuing from `previous`. Source: RFC 9260 appendix A. */
export function crc32c(bytes: Uint8Array, start: number, end: number, previous = 0): number {
  let crc = ~previous
  for (let i = start; i < end; i++) crc = CRC32C[(crc ^ bytes[i]!) & 0xff]! ^ (crc >>> 8)
  return ~crc >>> 0
}

/**
 * The checksum field of the SCTP packet `start`..`end`, as the big-endian number to write at `start + 8`.
 *
 * The field itself counts as zero, whatever it holds. Source: RFC 9260 section 6.8.
 */
export function sctpChecksum(bytes: Uint8Array, start: number, end: number): number {
  const head = crc32c(ZEROS, 0, 4, crc32c(bytes, start, Math.min(end, start + 8)))
  const crc = end > start + 12 ? crc32c(bytes, start + 12, end, head) : head
  return (((crc & 0xff) << 24) | ((crc & 0xff00) << 8) | ((crc >>> 8) & 0xff00) | (crc >>> 24)) >>> 0
}

/** What the 16-bit field at `field` (an even distance from `start`) must hold for the checksum of `start`..`end` to be right. */
export function checksumFor(bytes: Uint8Array, start: number, end: number, field: number, pseudo = 0): number {
  return finish(sum(bytes, field + 2, end, sum(bytes, start, Math.min(field, end), pseudo)))
}

function words32(value: number): number {
  return ((value >>> 16) & 0xffff) + (value & 0xffff)
}

const ZEROS = new Uint8Array(4)
const CRC32C = crc32cTable()

function crc32cTable(): Uint32Array {
  const table = new Uint32Array(256)
  for (let byte = 0; byte < 256; byte++) {
    let crc = byte
    for (let bit = 0; bit < 8; bit++) crc = crc & 1 ? (crc >>> 1) ^ 0x82f63b78 : crc >>> 1
    table[byte] = crc
  }
  return table
}
