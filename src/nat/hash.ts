/** The kernel's hash over an address, which decides the address of a NAT range. */

import type { Words } from '../util/words.ts'

/**
 * jhash2() over the four words of an address as they lie in the memory of a little-endian machine, 0..2^32-1.
 *
 * Source: Linux include/linux/jhash.h (Bob Jenkins, lookup3).
 */
export function hashAddress(address: Words, initial: number): number {
  let a = (0xdeadbeef + 16 + initial) | 0
  let b = a
  let c = a
  a = (a + swap(address[0])) | 0
  b = (b + swap(address[1])) | 0
  c = (c + swap(address[2])) | 0

  a = ((a - c) ^ rotate(c, 4)) | 0
  c = (c + b) | 0
  b = ((b - a) ^ rotate(a, 6)) | 0
  a = (a + c) | 0
  c = ((c - b) ^ rotate(b, 8)) | 0
  b = (b + a) | 0
  a = ((a - c) ^ rotate(c, 16)) | 0
  c = (c + b) | 0
  b = ((b - a) ^ rotate(a, 19)) | 0
  a = (a + c) | 0
  c = ((c - b) ^ rotate(b, 4)) | 0
  b = (b + a) | 0

  a = (a + swap(address[3])) | 0
  c = ((c ^ b) - rotate(b, 14)) | 0
  a = ((a ^ c) - rotate(c, 11)) | 0
  b = ((b ^ a) - rotate(a, 25)) | 0
  c = ((c ^ b) - rotate(b, 16)) | 0
  a = ((a ^ c) - rotate(c, 4)) | 0
  b = ((b ^ a) - rotate(a, 14)) | 0
  c = ((c ^ b) - rotate(b, 24)) | 0
  return c >>> 0
}

/** jhash_1word() over a 32-bit word as it lies in memory, 0..2^32-1. Source: Linux include/linux/jhash.h. */
export function hashWord(word: number, initial: number): number {
  const start = (0xdeadbeef + 4 + initial) | 0
  let a = (start + word) | 0
  let b = start
  let c = start
  c = ((c ^ b) - rotate(b, 14)) | 0
  a = ((a ^ c) - rotate(c, 11)) | 0
  b = ((b ^ a) - rotate(a, 25)) | 0
  c = ((c ^ b) - rotate(b, 16)) | 0
  a = ((a ^ c) - rotate(c, 4)) | 0
  b = ((b ^ a) - rotate(a, 14)) | 0
  c = ((c ^ b) - rotate(b, 24)) | 0
  return c >>> 0
}

/** The bytes of a 32-bit word in the other order, unsigned. */
export function swap(word: number): number {
  return ((word << 24) | ((word & 0xff00) << 8) | ((word >>> 8) & 0xff00) | (word >>> 24)) >>> 0
}

/** `value * size / 2^32`, rounded down: spreads a 32-bit number over 0..size-1. Source: Linux reciprocal_scale(). */
export function scale(value: number, size: number): number {
  const low = Math.floor(((value & 0xffff) * size) / 0x10000)
  return Math.floor(((value >>> 16) * size + low) / 0x10000)
}

function rotate(word: number, bits: number): number {
  return (word << bits) | (word >>> (32 - bits))
}
