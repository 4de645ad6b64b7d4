/** IPv4 header options. Source: RFC 791 section 3.1, RFC 2113 (router alert). */

import { concat, getU16, getU32, setU16, setU32 } from '../util/bytes.ts'
import { UsageError } from '../util/errors.ts'
import { fieldValue, type Malformed, malformed } from './result.ts'

/** Option type numbers (0..255) with the copied flag and class in them. Source: IANA "IP Option Numbers". */
export const IPV4_OPTION = {
  eol: 0,
  nop: 1,
  rr: 7,
  timestamp: 68,
  security: 130,
  lsrr: 131,
  ssrr: 137,
  ra: 148,
} as const

/**
 * One option. `pointer` counts bytes from the option's start, beginning with 1, as on the wire; the addresses are all slots
 * of the option, filled or not. A timestamp option with `flag` 0 has one number a slot, with 1 or 3 an address and a number.
 */
export type Ipv4Option =
  | { readonly kind: 'eol' | 'nop' }
  | { readonly kind: 'rr' | 'lsrr' | 'ssrr'; readonly pointer?: number; readonly addresses: readonly number[] }
  | {
      readonly kind: 'timestamp'
      readonly pointer?: number
      readonly overflow?: number
      readonly flag?: number
      readonly words: readonly number[]
    }
  | { readonly kind: 'ra'; readonly value?: number }
  | { readonly kind: 'other'; readonly type: number; readonly data: Uint8Array }

const ROUTES = { rr: IPV4_OPTION.rr, lsrr: IPV4_OPTION.lsrr, ssrr: IPV4_OPTION.ssrr } as const

/**
 * The options in `start`..`end`; what follows an end-of-list option is padding and not reported.
 *
 * An option of a known type whose length does not suit it is reported as `other`; one that does not fit is malformed.
 */
export function parseIpv4Options(bytes: Uint8Array, start: number, end: number): Ipv4Option[] | Malformed {
  const options: Ipv4Option[] = []
  for (let at = start; at < end; ) {
    const type = bytes[at]!
    if (type === IPV4_OPTION.eol) {
      options.push({ kind: 'eol' })
      break
    }
    if (type === IPV4_OPTION.nop) {
      options.push({ kind: 'nop' })
      at++
      continue
    }
    const length = at + 1 < end ? bytes[at + 1]! : 0
    if (length < 2 || at + length > end)
      return malformed(`ipv4: option ${type} with length ${length} of ${end - at} bytes`)
    options.push(parseOption(bytes, at, type, length))
    at += length
  }
  return options
}

function parseOption(bytes: Uint8Array, at: number, type: number, length: number): Ipv4Option {
  if (type === ROUTES.rr || type === ROUTES.lsrr || type === ROUTES.ssrr) {
    if (length >= 3 && length % 4 === 3) {
      const kind = type === ROUTES.rr ? 'rr' : type === ROUTES.lsrr ? 'lsrr' : 'ssrr'
      return { kind, pointer: bytes[at + 2]!, addresses: wordsOf(bytes, at + 3, at + length) }
    }
  } else if (type === IPV4_OPTION.timestamp && length >= 4 && length % 4 === 0) {
    const last = bytes[at + 3]!
    const words = wordsOf(bytes, at + 4, at + length)
    return { kind: 'timestamp', pointer: bytes[at + 2]!, overflow: last >> 4, flag: last & 15, words }
  } else if (type === IPV4_OPTION.ra && length === 4) {
    return { kind: 'ra', value: getU16(bytes, at + 2) }
  }
  return { kind: 'other', type, data: bytes.slice(at + 2, at + length) }
}

/** The bytes of `options`, padded with zeros to a multiple of four. Throws {@link UsageError} where they exceed 40 bytes. */
export function buildIpv4Options(options: readonly Ipv4Option[]): Uint8Array {
  const body = concat(...options.map(buildOption))
  if (body.length > 40) throw new UsageError(`the IPv4 options take ${body.length} bytes: at most 40 fit`)
  return concat(body, new Uint8Array(-body.length & 3))
}

function buildOption(option: Ipv4Option): Uint8Array {
  switch (option.kind) {
    case 'eol':
      return Uint8Array.of(IPV4_OPTION.eol)
    case 'nop':
      return Uint8Array.of(IPV4_OPTION.nop)
    case 'rr':
    case 'lsrr':
    case 'ssrr':
      return withWords([ROUTES[option.kind], 0, fieldValue('pointer', option.pointer, 255, 4)], option.addresses)
    case 'timestamp': {
      const overflow = fieldValue('overflow', option.overflow, 15)
      const head = [IPV4_OPTION.timestamp, 0, fieldValue('pointer', option.pointer, 255, 5)]
      return withWords([...head, (overflow << 4) | fieldValue('flag', option.flag, 15)], option.words)
    }
    case 'ra': {
      const bytes = Uint8Array.of(IPV4_OPTION.ra, 4, 0, 0)
      setU16(bytes, 2, fieldValue('router alert', option.value, 0xffff))
      return bytes
    }
    case 'other': {
      const length = fieldValue('option length', option.data.length + 2, 255)
      return concat(Uint8Array.of(fieldValue('option type', option.type, 255), length), option.data)
    }
  }
}

function withWords(head: readonly number[], words: readonly number[]): Uint8Array {
  const bytes = new Uint8Array(head.length + words.length * 4)
  bytes.set(head)
  bytes[1] = bytes.length
  for (const [i, word] of words.entries()) setU32(bytes, head.length + i * 4, word)
  return bytes
}

function wordsOf(bytes: Uint8Array, start: number, end: number): number[] {
  const words: number[] = []
  for (let at = start; at < end; at += 4) words.push(getU32(bytes, at))
  return words
}
