import type { Family } from '../netfilter/glossary.ts'
import { UsageError } from '../util/errors.ts'
import { maskWords, type Words } from '../util/words.ts'
import { formatAddress, prefixLength, prefixMask, tryParseAddress } from '../wire/address.ts'
import { parseNumericIpv4 } from './address-kinds.ts'
import { leadingNumber, parseNumber, parseUint64 } from './number.ts'
import { badValue, type OptionContext, type OptionKind, optionOf, outOfRange, tooManyParts } from './option.ts'
import { quote } from './quote.ts'

function uint(bits: 8 | 16 | 32, min = 0, max: number = 2 ** bits - 1): OptionKind<number> {
  return {
    words: 1,
    placeholder: 'num',
    parse: ([text = ''], context) => {
      const value = parseNumber(text)
      if (value === null || value < min || value > max) throw outOfRange(context, null, min, max)
      return value
    },
    format: String,
  }
}

export { leadingNumber, parseNumber, parseUint64 } from './number.ts'

/** A number 0..255. Source: libxtables XTTYPE_UINT8. */
export const uint8 = optionOf(uint(8))
/** A number 0..65535. Source: libxtables XTTYPE_UINT16. */
export const uint16 = optionOf(uint(16))
/** A number 0..4294967295. Source: libxtables XTTYPE_UINT32. */
export const uint32 = optionOf(uint(32))

/** A number 0..2^64-1. Source: libxtables XTTYPE_UINT64. */
export const uint64 = optionOf<bigint>({
  words: 1,
  placeholder: 'num',
  parse: ([text = ''], context) => {
    const value = parseUint64(text)
    if (value === null) throw outOfRange(context, null, 0, 0xffff_ffff_ffff_ffffn)
    return value
  },
  format: String,
})

/** A number between `min` and `max`. */
export function numberBetween(min: number, max: number): ReturnType<typeof optionOf<number>> {
  return optionOf(uint(32, min, max))
}

/** An option without a value. Source: libxtables XTTYPE_NONE. */
export const flag = optionOf<true>({ words: 0, placeholder: '', parse: () => true, format: () => '' })

/** A text of at most `maxLength` characters, saved quoted where needed. Source: libxtables XTTYPE_STRING. */
export function text(maxLength: number, placeholder = 'string'): ReturnType<typeof optionOf<string>> {
  return optionOf<string>({
    words: 1,
    placeholder,
    parse: ([word = ''], context) => {
      if (word.length > maxLength) {
        throw new UsageError(
          `Argument must have a minimum length of 0 and a maximum length of ${maxLength} characters\n`,
        )
      }
      if (word === '' && context.option === '') throw badValue(context, word)
      return word
    },
    format: quote,
  })
}

/** One of a few words. */
export function choice<const T extends string>(...words: readonly T[]): ReturnType<typeof optionOf<T>> {
  return optionOf<T>({
    words: 1,
    placeholder: `{${words.join('|')}}`,
    parse: ([word = ''], context) => {
      const found = words.find((one) => one === word)
      if (found === undefined) throw badValue(context, word)
      return found
    },
    format: (value) => value,
  })
}

/** An inclusive range of numbers. */
export interface NumberRange {
  readonly from: number
  readonly to: number
}

/**
 * One number or two with a colon between, each 0..`max`; where one is missing, the first is 0 and the second `max`.
 * Throws iptables' texts. Source: libxtables xtopt_parse_mint().
 */
export function parseParts(word: string, context: OptionContext, max: bigint): bigint[] {
  const values: bigint[] = []
  for (let left = word; ; left = left.slice(1)) {
    if (values.length === 2) throw tooManyParts(context, 2)
    if (left === '' || left.startsWith(':')) {
      values.push(values.length === 1 ? max : 0n)
    } else {
      const found = leadingNumber(left, max)
      if (found === null) throw outOfRange(context, left, 0, max)
      values.push(found.value)
      left = found.rest
    }
    if (left === '') return values
    if (!left.startsWith(':')) {
      throw new UsageError(
        `${context.extension}: Argument to "--${context.option}" has unexpected characters near "${left}".\n`,
      )
    }
  }
}

/**
 * `from[:to]`, either end may be missing; saved as one number where both are equal.
 * Source: libxtables XTTYPE_UINT16RC and its like.
 */
export function numberRange(bits: 8 | 16 | 32): ReturnType<typeof optionOf<NumberRange>> {
  const max = 2 ** bits - 1
  return optionOf<NumberRange>({
    words: 1,
    placeholder: 'num[:num]',
    parse: ([word = ''], context) => {
      const [from = 0, to = from] = parseParts(word, context, BigInt(max)).map(Number)
      return { from, to }
    },
    format: formatRange,
  })
}

/** `1:5`, or `5` for a range of one number. */
export function formatRange({ from, to }: NumberRange): string {
  return from === to ? String(from) : `${from}:${to}`
}

/** A value and the bits of it that count. */
export interface Masked {
  readonly value: number
  readonly mask: number
}

/** `value[/mask]`, 32 bits, saved in hexadecimal, the mask only where it is not all ones. Source: libxtables XTTYPE_MARKMASK32. */
export const markMask = optionOf<Masked>({
  words: 1,
  placeholder: 'value[/mask]',
  parse: ([word = ''], context) => {
    const value = leadingNumber(word, 0xffff_ffffn)
    const hasMask = value?.rest.startsWith('/') === true
    const mask = hasMask ? leadingNumber(value.rest.slice(1), 0xffff_ffffn) : null
    if (value === null || (hasMask && mask === null)) {
      throw new UsageError(
        `${context.extension}: bad integer value for option "--${context.option}", or out of range.\n`,
      )
    }
    if ((mask ?? value).rest !== '') {
      throw new UsageError(`${context.extension}: trailing garbage after value for option "--${context.option}".\n`)
    }
    return { value: Number(value.value), mask: mask === null ? 0xffffffff : Number(mask.value) }
  },
  format: formatMarkMask,
})

/** `0x1/0xff`, or `0x1` where the mask is all ones. */
export function formatMarkMask({ value, mask }: Masked): string {
  const shown = `0x${value.toString(16)}`
  return mask === 0xffffffff ? shown : `${shown}/0x${mask.toString(16)}`
}

/** An address and its mask, both of the rule's family. */
export interface Network {
  readonly address: Words
  readonly mask: Words
}

/** An address of the rule's family as numbers; null for anything else. Source: libxtables xtables_numeric_to_ipaddr(), xtables_numeric_to_ip6addr(). */
export function tryParseHost(word: string, { family }: Pick<OptionContext, 'family'>): Words | null {
  if (family === 4) {
    const number = parseNumericIpv4(word)
    return number === null ? null : [number, 0, 0, 0]
  }
  const address = tryParseAddress(word)
  return address?.family === 6 ? address.words : null
}

/**
 * Looks names of hosts and networks up: every address of the family, none where the name is not known. Throws
 * UsageError where nobody can be asked.
 */
export type Resolve = (name: string, family: Family) => readonly Words[]

/** The addresses that a host has, by number or name. Throws iptables' text. Source: libxtables ipparse_hostnetwork(). */
export function parseHosts(word: string, family: Family, resolve?: Resolve): readonly Words[] {
  const host = tryParseHost(word, { family })
  if (host !== null) return [host]
  let found: readonly Words[] = []
  try {
    found = resolve?.(word, family) ?? []
  } catch (error) {
    // Why nobody can be asked is not told here.
    if (!(error instanceof UsageError)) throw error
  }
  if (found.length === 0) throw new UsageError(`host/network \`${word}' not found`)
  return found
}

/**
 * `address[/mask],…` with prefix lengths or dotted masks; an address keeps only the mask's bits, and those that are
 * then equal count once. Throws iptables' text. Source: libxtables xtables_ipparse_multiple().
 */
export function parseNetworks(text: string, family: Family, resolve?: Resolve): Network[] {
  return text.split(',').flatMap((word) => {
    const slash = word.indexOf('/')
    const mask = slash < 0 ? prefixMask(family, bitsOf(family)) : parseMask(word.slice(slash + 1), family)
    const hosts = parseHosts(slash < 0 ? word : word.slice(0, slash), family, resolve)
    const networks = hosts.map((address): Network => ({ address: maskWords(address, mask), mask }))
    return networks.filter(
      (one, at) => networks.findIndex((other) => other.address.join() === one.address.join()) === at,
    )
  })
}

/** One network; several addresses of a name are an error. */
export function parseNetwork(word: string, { family, resolve }: Pick<OptionContext, 'family' | 'resolve'>): Network {
  return parseNetworks(word, family, resolve)[0] as Network
}

function bitsOf(family: Family): number {
  return family === 4 ? 32 : 128
}

function parseMask(word: string, family: Family): Words {
  if (family === 4 && word.split('.').length === 4) {
    const mask = parseNumericIpv4(word)
    if (mask !== null) return [mask, 0, 0, 0]
  }
  const address = tryParseAddress(word)
  if (family === 6 && address?.family === 6) return address.words
  const length = parseNumber(word)
  if (length === null || length > bitsOf(family)) throw new UsageError(`invalid mask \`${word}' specified`)
  return prefixMask(family, length)
}

/** `10.0.0.0/8`; a mask that is no prefix is written out. */
export function formatNetwork({ address, mask }: Network, context: Pick<OptionContext, 'family'>): string {
  const length = prefixLength(context.family, mask)
  return `${formatAddress(context.family, address)}/${length ?? formatAddress(context.family, mask)}`
}

/** `address[/mask]`. Source: libxtables XTTYPE_HOSTMASK. */
export const network = optionOf<Network>({
  words: 1,
  placeholder: 'address[/mask]',
  parse: ([word = ''], context) => parseNetwork(word, context),
  format: formatNetwork,
})
