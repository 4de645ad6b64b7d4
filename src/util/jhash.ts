/** Bob Jenkins' hash as Linux uses it over single words. */

const INITIAL = 0xdeadbeef

/**
 * The hash of one to three unsigned 32-bit numbers, 0..2^32-1. Fewer than three numbers are hashed as fewer bytes.
 *
 * Source: Linux include/linux/jhash.h jhash_1word(), jhash_2words(), jhash_3words() (lookup3).
 */
export function jhashWords(words: readonly [number, number?, number?], initial: number): number {
  const start = INITIAL + initial + words.length * 4
  let a = (words[0] + start) | 0
  let b = ((words[1] ?? 0) + start) | 0
  let c = ((words[2] ?? 0) + start) | 0
  c = ((c ^ b) - rotate(b, 14)) | 0
  a = ((a ^ c) - rotate(c, 11)) | 0
  b = ((b ^ a) - rotate(a, 25)) | 0
  c = ((c ^ b) - rotate(b, 16)) | 0
  a = ((a ^ c) - rotate(c, 4)) | 0
  b = ((b ^ a) - rotate(a, 14)) | 0
  c = ((c ^ b) - rotate(b, 24)) | 0
  return c >>> 0
}

function rotate(word: number, bits: number): number {
  return (word << bits) | (word >>> (32 - bits))
}
