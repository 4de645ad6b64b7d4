/** Byte strings: hexadecimal text, joining, and big-endian (network order) numbers. */

import { UsageError } from './errors.ts'

/**
 * The byte string written as hexadecimal `text`: an optional `0x`, two digits a byte, and white space, `:` or `-` between bytes.
 *
 * Throws {@link UsageError} with line and column at a character that is no digit, or at a half byte.
 */
export function fromHex(text: string): Uint8Array {
  const bytes = new Uint8Array(text.length >> 1)
  let length = 0
  let high = -1
  let highAt = 0
  for (let i = /^\s*0[xX]/.exec(text)?.[0].length ?? 0; i < text.length; i++) {
    const digit = hexDigit(text.charCodeAt(i))
    if (digit < 0) {
      if (high < 0 && /[\s:-]/.test(text[i]!)) continue
      throw new UsageError(`expected a hexadecimal digit, found ${JSON.stringify(text[i])}`, {
        place: placeOf(text, i),
      })
    }
    if (high < 0) {
      high = digit
      highAt = i
    } else {
      bytes[length++] = (high << 4) | digit
      high = -1
    }
  }
  if (high >= 0) {
    const problem = 'expected an even number of hexadecimal digits: the last byte has only one'
    throw new UsageError(problem, { place: placeOf(text, highAt) })
  }
  return bytes.slice(0, length)
}

/** `bytes` as lower-case hexadecimal, two digits a byte, with `separator` between bytes. */
export function toHex(bytes: Uint8Array, separator = ''): string {
  let text = ''
  for (let i = 0; i < bytes.length; i++) {
    if (i > 0) text += separator
    text += bytes[i]!.toString(16).padStart(2, '0')
  }
  return text
}

/** All `parts` one after another in a new array. */
export function concat(...parts: readonly Uint8Array[]): Uint8Array {
  let length = 0
  for (const part of parts) length += part.length
  const whole = new Uint8Array(length)
  let at = 0
  for (const part of parts) {
    whole.set(part, at)
    at += part.length
  }
  return whole
}

/** As much of `text` as fits in `most` bytes of UTF-8, without half a character. */
export function cutBytes(text: string, most: number): string {
  const bytes = new TextEncoder().encode(text)
  if (bytes.length <= most) return text
  let end = most
  while ((bytes[end]! & 0xc0) === 0x80) end--
  return new TextDecoder().decode(bytes.subarray(0, end))
}

/** Whether `a` and `b` hold the same bytes. */
export function equalBytes(a: Uint8Array, b: Uint8Array): boolean {
  if (a.length !== b.length) return false
  for (let i = 0; i < a.length; i++) if (a[i] !== b[i]) return false
  return true
}

/** The byte (0..255) at `at`; a byte past the end reads as 0, here and in the readers below. */
export function getU8(bytes: Uint8Array, at: number): number {
  return bytes[at]! | 0
}

/** The big-endian 16-bit number (0..65535) at `at`. */
export function getU16(bytes: Uint8Array, at: number): number {
  return (bytes[at]! << 8) | bytes[at + 1]!
}

/** The big-endian 24-bit number at `at`. */
export function getU24(bytes: Uint8Array, at: number): number {
  return (bytes[at]! << 16) | (bytes[at + 1]! << 8) | bytes[at + 2]!
}

/** The big-endian 32-bit number (0..2^32-1) at `at`. */
export function getU32(bytes: Uint8Array, at: number): number {
  return ((bytes[at]! << 24) | (bytes[at + 1]! << 16) | (bytes[at + 2]! << 8) | bytes[at + 3]!) >>> 0
}

/** The big-endian 48-bit number (0..2^48-1, exact as a double) at `at`. */
export function getU48(bytes: Uint8Array, at: number): number {
  return getU16(bytes, at) * 0x1_0000_0000 + getU32(bytes, at + 2)
}

/** Writes the low 8 bits of `value` at `at`; writing past the end does nothing, here and in the writers below. */
export function setU8(bytes: Uint8Array, at: number, value: number): void {
  bytes[at] = value
}

/** Writes the low 16 bits of `value` at `at`, big-endian. */
export function setU16(bytes: Uint8Array, at: number, value: number): void {
  bytes[at] = value >>> 8
  bytes[at + 1] = value
}

/** Writes the low 24 bits of `value` at `at`, big-endian. */
export function setU24(bytes: Uint8Array, at: number, value: number): void {
  bytes[at] = value >>> 16
  bytes[at + 1] = value >>> 8
  bytes[at + 2] = value
}

/** Writes the low 32 bits of `value` at `at`, big-endian. */
export function setU32(bytes: Uint8Array, at: number, value: number): void {
  bytes[at] = value >>> 24
  bytes[at + 1] = value >>> 16
  bytes[at + 2] = value >>> 8
  bytes[at + 3] = value
}

/** Writes `value` (0..2^48-1) at `at`, big-endian. */
export function setU48(bytes: Uint8Array, at: number, value: number): void {
  setU16(bytes, at, Math.floor(value / 0x1_0000_0000))
  setU32(bytes, at + 2, value >>> 0)
}

function hexDigit(code: number): number {
  if (code >= 48 && code <= 57) return code - 48
  const lower = code | 32
  return lower >= 97 && lower <= 102 ? lower - 87 : -1
}

function placeOf(text: string, index: number): { line: number; column: number } {
  const before = text.slice(0, index).split('\n')
  return { line: before.length, column: before.at(-1)!.length + 1 }
}
