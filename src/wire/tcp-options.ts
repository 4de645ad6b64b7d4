/** TCP options. Source: RFC 9293 section 3.1, RFC 7323 (window scale, timestamps), RFC 2018 (SACK). */

import { concat, getU16, getU32, setU16, setU32 } from '../util/bytes.ts'
import { UsageError } from '../util/errors.ts'
import { fieldValue, type Malformed, malformed } from './result.ts'

/** Option kinds (0..255) that have a name here. Source: IANA "TCP Option Kind Numbers". */
export const TCP_OPTION = { eol: 0, nop: 1, mss: 2, wscale: 3, sackOK: 4, sack: 5, timestamps: 8 } as const

/** One option; SACK blocks are `[left, right]` edges (32-bit sequence numbers). */
export type TcpOption =
  | { readonly kind: 'eol' | 'nop' | 'sackOK' }
  | { readonly kind: 'mss'; readonly value: number }
  | { readonly kind: 'wscale'; readonly shift: number }
  | { readonly kind: 'sack'; readonly blocks: readonly (readonly [number, number])[] }
  | { readonly kind: 'timestamps'; readonly value: number; readonly echo: number }
  | { readonly kind: 'other'; readonly type: number; readonly data: Uint8Array }

/**
 * The options in `start`..`end`; what follows an end-of-list option is padding and not reported.
 *
 * An option of a known kind whose length does not suit it is reported as `other`; one that does not fit is malformed.
 */
export function parseTcpOptions(bytes: Uint8Array, start: number, end: number): TcpOption[] | Malformed {
  const options: TcpOption[] = []
  for (let at = start; at < end; ) {
    const type = bytes[at]!
    if (type === TCP_OPTION.eol) {
      options.push({ kind: 'eol' })
      break
    }
    if (type === TCP_OPTION.nop) {
      options.push({ kind: 'nop' })
      at++
      continue
    }
    const length = at + 1 < end ? bytes[at + 1]! : 0
    if (length < 2 || at + length > end)
      return malformed(`tcp: option ${type} with length ${length} of ${end - at} bytes`)
    options.push(parseOption(bytes, at, type, length))
    at += length
  }
  return options
}

function parseOption(bytes: Uint8Array, at: number, type: number, length: number): TcpOption {
  if (type === TCP_OPTION.mss && length === 4) return { kind: 'mss', value: getU16(bytes, at + 2) }
  if (type === TCP_OPTION.wscale && length === 3) return { kind: 'wscale', shift: bytes[at + 2]! }
  if (type === TCP_OPTION.sackOK && length === 2) return { kind: 'sackOK' }
  if (type === TCP_OPTION.sack && length % 8 === 2) {
    const blocks: [number, number][] = []
    for (let i = at + 2; i < at + length; i += 8) blocks.push([getU32(bytes, i), getU32(bytes, i + 4)])
    return { kind: 'sack', blocks }
  }
  if (type === TCP_OPTION.timestamps && length === 10) {
    return { kind: 'timestamps', value: getU32(bytes, at + 2), echo: getU32(bytes, at + 6) }
  }
  return { kind: 'other', type, data: bytes.slice(at + 2, at + length) }
}

/** The bytes of `options`, padded with zeros to a multiple of four. Throws {@link UsageError} where they exceed 40 bytes. */
export function buildTcpOptions(options: readonly TcpOption[]): Uint8Array {
  const body = concat(...options.map(buildOption))
  if (body.length > 40) throw new UsageError(`the TCP options take ${body.length} bytes: at most 40 fit`)
  return concat(body, new Uint8Array(-body.length & 3))
}

function buildOption(option: TcpOption): Uint8Array {
  switch (option.kind) {
    case 'eol':
      return Uint8Array.of(TCP_OPTION.eol)
    case 'nop':
      return Uint8Array.of(TCP_OPTION.nop)
    case 'sackOK':
      return Uint8Array.of(TCP_OPTION.sackOK, 2)
    case 'mss': {
      const bytes = Uint8Array.of(TCP_OPTION.mss, 4, 0, 0)
      setU16(bytes, 2, fieldValue('mss', option.value, 0xffff))
      return bytes
    }
    case 'wscale':
      return Uint8Array.of(TCP_OPTION.wscale, 3, fieldValue('wscale', option.shift, 255))
    case 'sack':
      return withWords(TCP_OPTION.sack, option.blocks.flat())
    case 'timestamps':
      return withWords(TCP_OPTION.timestamps, [option.value, option.echo])
    case 'other': {
      const length = fieldValue('option length', option.data.length + 2, 255)
      return concat(Uint8Array.of(fieldValue('option kind', option.type, 255), length), option.data)
    }
  }
}

function withWords(type: number, words: readonly number[]): Uint8Array {
  const bytes = new Uint8Array(2 + words.length * 4)
  bytes[0] = type
  bytes[1] = bytes.length
  for (const [i, word] of words.entries()) setU32(bytes, 2 + i * 4, fieldValue('option value', word, 0xffffffff))
  return bytes
}
