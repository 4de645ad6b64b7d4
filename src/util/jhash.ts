/** Bob Jenkins' hash (lookup3) as Linux uses it, over words as they lie in the memory of a little-endian machine. */

import type { Words } from './words.ts'

const INITIAL = 0xdeadbeef

/**
 * The hash of one to three unsigned 32-bit numbers, 0..2^32-1. Fewer than three numbers are hashed as fewer bytes.
 *
 * Source: Linux include/linux/jhash.h jhash_1word(), jhash_2words(), jhash_3words().
 */
export function jhashWords(words: readonly [number, number?, number?], initial: number): number {
  const start = INITIAL + initial + words.length * 4
  return finish(words[0] + start, (words[1] ?? 0) + start, (words[2] ?? 0) + start)
}

/** The hash of the four words of an address, 0..2^32-1. Source: Linux include/linux/jhash.h jhash2(). */
export function jhashAddress(address: Words, initial: number): number {
  const start = INITIAL + 16 + initial
  let a = (start + swapBytes(address[0])) | 0
  let b = (start + swapBytes(address[1])) | 0
  let c = (start + swapBytes(address[2])) | 0
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
  return finish(a + swapBytes(address[3]), b, c)
}

/** Source: Linux include/linux/jhash.h __jhash_final(). */
function finish(first: number, second: number, third: number): number {
  let a = first | 0
  let b = second | 0
  let c = third | 0
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
export function swapBytes(word: number): number {
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
