/** IPv4, IPv6 and Ethernet addresses: numbers, text and prefixes. */

import { getU32 } from '../util/bytes.ts'
import { UsageError } from '../util/errors.ts'
import type { Words } from '../util/words.ts'

/** The two IP versions. */
export type Family = 4 | 6

/** An address of either family. */
export interface Address {
  readonly family: Family
  readonly words: Words
}

/** The addresses that a transport checksum covers besides the transport's own bytes. */
export interface PseudoHeader {
  readonly source: Words
  readonly destination: Words
}

/** An address with a prefix length (0..32 or 0..128). */
export interface Prefix extends Address {
  readonly length: number
}

/**
 * The IPv4 address written as four decimal numbers, as a 32-bit number.
 *
 * As strict as inet_pton(3): no leading zeros, no short forms. Throws {@link UsageError}.
 */
export function parseIpv4Address(text: string): number {
  const value = tryParseIpv4Address(text)
  if (value === undefined) throw new UsageError(`expected an IPv4 address such as 192.0.2.1, found ${quote(text)}`)
  return value
}

/** {@link parseIpv4Address}, but `undefined` where the text is no address. */
export function tryParseIpv4Address(text: string): number | undefined {
  const parts = text.split('.', 5)
  if (parts.length !== 4) return undefined
  let value = 0
  for (const part of parts) {
    if (!/^(0|[1-9]\d{0,2})$/.test(part) || Number(part) > 255) return undefined
    value = value * 256 + Number(part)
  }
  return value
}

/** The IPv4 address `value` (0..2^32-1) as four decimal numbers. */
export function formatIpv4Address(value: number): string {
  return `${value >>> 24}.${(value >>> 16) & 255}.${(value >>> 8) & 255}.${value & 255}`
}

/**
 * The IPv6 address in any of the forms of RFC 4291 section 2.2 (no zone).
 *
 * Throws {@link UsageError}.
 */
export function parseIpv6Address(text: string): Words {
  const words = tryParseIpv6Address(text)
  if (!words) throw new UsageError(`expected an IPv6 address such as 2001:db8::1, found ${quote(text)}`)
  return words
}

/** {@link parseIpv6Address}, but `undefined` where the text is no address. */
export function tryParseIpv6Address(text: string): Words | undefined {
  if (text.length > 45) return undefined
  const halves = text.split('::', 3)
  if (halves.length > 2) return undefined
  const head = groups(halves[0]!, halves.length === 1)
  const tail = halves.length === 2 ? groups(halves[1]!, true) : []
  if (!head || !tail) return undefined
  const missing = 8 - head.length - tail.length
  if (halves.length === 1 ? missing !== 0 : missing < 1) return undefined
  const all = [...head, ...new Array<number>(missing).fill(0), ...tail]
  const word = (i: number) => ((all[i]! << 16) | all[i + 1]!) >>> 0
  return [word(0), word(2), word(4), word(6)]
}

/** The 16-bit groups of one side of `::`; `last` allows an IPv4 address at the end. */
function groups(text: string, last: boolean): number[] | undefined {
  const found: number[] = []
  if (text === '') return found
  const parts = text.split(':')
  for (const [i, part] of parts.entries()) {
    if (/^[0-9a-fA-F]{1,4}$/.test(part)) {
      found.push(Number.parseInt(part, 16))
      continue
    }
    const embedded = last && i === parts.length - 1 ? tryParseIpv4Address(part) : undefined
    if (embedded === undefined) return undefined
    found.push(embedded >>> 16, embedded & 0xffff)
  }
  return found
}

/**
 * The IPv6 address as inet_ntop(3) of glibc prints it: lower case, the first longest run of two or more zero groups as
 * `::`, and the last 32 bits dotted in `::a.b.c.d` and `::ffff:a.b.c.d`. Source: RFC 5952.
 */
export function formatIpv6Address(words: Words): string {
  const all = words.flatMap((word) => [word >>> 16, word & 0xffff])
  let start = -1
  let length = 1
  for (let i = 0; i < 8; i++) {
    let run = 0
    while (all[i + run] === 0) run++
    if (run > length) [start, length] = [i, run]
  }
  if (start === 0 && (length === 6 || (length === 5 && all[5] === 0xffff))) {
    return `::${length === 5 ? 'ffff:' : ''}${formatIpv4Address(words[3])}`
  }
  const hex = (part: readonly number[]) => part.map((group) => group.toString(16)).join(':')
  return start < 0 ? hex(all) : `${hex(all.slice(0, start))}::${hex(all.slice(start + length))}`
}

/** The address of either family, by its form. Throws {@link UsageError}. */
export function parseAddress(text: string): Address {
  const address = tryParseAddress(text)
  if (!address) throw new UsageError(`expected an address such as 192.0.2.1 or 2001:db8::1, found ${quote(text)}`)
  return address
}

/** {@link parseAddress}, but `undefined` where the text is no address. */
export function tryParseAddress(text: string): Address | undefined {
  const value = tryParseIpv4Address(text)
  if (value !== undefined) return { family: 4, words: [value, 0, 0, 0] }
  const words = tryParseIpv6Address(text)
  return words && { family: 6, words }
}

/** The text of `words` as an address of `family`. */
export function formatAddress(family: Family, words: Words): string {
  return family === 4 ? formatIpv4Address(words[0]) : formatIpv6Address(words)
}

/** `address/length`, or an address alone for its full length. Throws {@link UsageError}. */
export function parsePrefix(text: string): Prefix {
  const slash = text.indexOf('/')
  const address = parseAddress(slash < 0 ? text : text.slice(0, slash))
  const most = address.family === 4 ? 32 : 128
  if (slash < 0) return { ...address, length: most }
  const length = text.slice(slash + 1)
  if (!/^\d{1,3}$/.test(length) || Number(length) > most) {
    throw new UsageError(`expected a prefix length of 0 to ${most} after '/', found ${quote(length)}`)
  }
  return { ...address, length: Number(length) }
}

/** The IPv4 mask with `length` (0..32) leading ones. */
export function ipv4Mask(length: number): number {
  return length <= 0 ? 0 : (-1 << (32 - Math.min(length, 32))) >>> 0
}

/** The IPv6 mask with `length` (0..128) leading ones. */
export function ipv6Mask(length: number): Words {
  return [ipv4Mask(length), ipv4Mask(length - 32), ipv4Mask(length - 64), ipv4Mask(length - 96)]
}

/** The mask of `family` with `length` leading ones, as words (an IPv4 mask as `[mask, 0, 0, 0]`). */
export function prefixMask(family: Family, length: number): Words {
  return family === 4 ? [ipv4Mask(length), 0, 0, 0] : ipv6Mask(length)
}

/** The number of leading ones of `mask`, or `undefined` where a one follows a zero. */
export function prefixLength(family: Family, mask: Words): number | undefined {
  let length = 0
  for (const word of family === 4 ? mask.slice(0, 1) : mask) length += Math.clz32(~word)
  const exact = prefixMask(family, length)
  return exact.every((word, i) => word === mask[i]! >>> 0) ? length : undefined
}

/** Whether `address` and `network` agree in the bits of `mask`. */
export function isWithin(address: Words, network: Words, mask: Words): boolean {
  for (let i = 0; i < 4; i++) if (((address[i]! ^ network[i]!) & mask[i]!) !== 0) return false
  return true
}

/** The 16 bytes at `at` as {@link Words}. */
export function getWords(bytes: Uint8Array, at: number): Words {
  return [getU32(bytes, at), getU32(bytes, at + 4), getU32(bytes, at + 8), getU32(bytes, at + 12)]
}

/** The addresses of the network header at `at`: of IPv6 where its version is 6, else of IPv4. */
export function addressesOf(bytes: Uint8Array, at = 0): PseudoHeader {
  if (bytes[at]! >> 4 === 6) return { source: getWords(bytes, at + 8), destination: getWords(bytes, at + 24) }
  return { source: [getU32(bytes, at + 12), 0, 0, 0], destination: [getU32(bytes, at + 16), 0, 0, 0] }
}

/** The Ethernet address as six bytes. Throws {@link UsageError} unless it is six hexadecimal numbers between `:` or `-`. */
export function parseMac(text: string): Uint8Array {
  if (!/^[0-9a-fA-F]{1,2}([:-][0-9a-fA-F]{1,2}){5}$/.test(text)) {
    throw new UsageError(`expected an Ethernet address such as 02:00:00:00:00:01, found ${quote(text)}`)
  }
  return Uint8Array.from(text.split(/[:-]/), (part) => Number.parseInt(part, 16))
}

/** The six bytes at `at` as `02:00:00:00:00:01`. */
export function formatMac(bytes: Uint8Array, at = 0): string {
  return Array.from({ length: 6 }, (_, i) => (bytes[at + i] ?? 0).toString(16).padStart(2, '0')).join(':')
}

function quote(text: string): string {
  return JSON.stringify(text.length > 60 ? `${text.slice(0, 60)}…` : text)
}
