import type { Family } from '../netfilter/glossary.ts'
import { UsageError } from '../util/errors.ts'
import type { Words } from '../util/words.ts'
import { formatAddress, prefixLength, prefixMask, tryParseAddress } from '../wire/address.ts'
import type { Network } from './kinds.ts'
import { parseNumber } from './number.ts'
import { type OptionContext, optionOf } from './option.ts'

/** One number of an IPv4 address; null when it is none or above `max`. */
function part(text: string, max: number): number | null {
  const value = parseNumber(text)
  return value === null || value > max ? null : value
}

/**
 * An IPv4 address with one to four parts, each decimal, hexadecimal or octal, the last filling what is left
 * (`10.1` is 10.0.0.1); null for anything else. Source: inet_aton(3).
 */
export function parseLooseIpv4(text: string): number | null {
  const texts = text.split('.')
  if (texts.length > 4 || /[^\da-fxA-FX.]/.test(text)) return null
  const last = part(texts.pop() as string, 2 ** (8 * (4 - texts.length)) - 1)
  const firsts = texts.map((one) => part(one, 255))
  if (last === null || firsts.includes(null)) return null
  return firsts.reduce<number>((sum, one, index) => sum + (one as number) * 2 ** (24 - 8 * index), 0) + last
}

/**
 * An IPv4 address with one to four parts up to 255, each decimal, hexadecimal or octal; missing parts are 0
 * (`10.1` is 10.1.0.0); null for anything else. Source: libxtables xtables_numeric_to_ipaddr().
 */
export function parseNumericIpv4(text: string): number | null {
  const parts = text.split('.').map((one) => part(one, 255))
  if (parts.length > 4 || parts.includes(null)) return null
  return parts.reduce<number>((sum, one, index) => sum + (one as number) * 2 ** (24 - 8 * index), 0)
}

/**
 * An address as getaddrinfo reads it, of the rule's family. Without a resolver only the name localhost is known.
 * Throws iptables' text. Source: libxtables xtopt_parse_host().
 */
export function parseResolved(word: string, context: Pick<OptionContext, 'family' | 'resolve'>): Words {
  if (context.family === 4) {
    const number = word === 'localhost' ? 0x7f000001 : parseLooseIpv4(word)
    if (number !== null) return [number, 0, 0, 0]
  } else {
    const address = word === 'localhost' ? tryParseAddress('::1') : tryParseAddress(word)
    if (address?.family === 6) return address.words
  }
  const found = /[a-z]/i.test(word) && !word.includes(':') ? context.resolve?.(word, context.family)[0] : undefined
  if (found !== undefined) return found
  const isOther = tryParseAddress(word) !== undefined
  throw new UsageError(
    `getaddrinfo: ${isOther ? 'Address family for hostname not supported' : 'Name or service not known'}\n`,
  )
}

/** One address of the rule's family. Source: libxtables XTTYPE_HOST. */
export const host = optionOf<Words>({
  words: 1,
  placeholder: 'address',
  parse: ([word = ''], context) => parseResolved(word, context),
  format: (words, { family }) => formatAddress(family, words),
})

function parseHostMask(word: string, context: OptionContext): Words {
  const bits = context.family === 4 ? 32 : 128
  const length = parseNumber(word)
  if (length !== null && length <= bits) return prefixMask(context.family, length)
  const mask = context.family === 4 ? looseIpv4Words(word) : tryParseAddress(word)?.words
  if (!mask || (context.family === 6 && tryParseAddress(word)?.family !== 6)) {
    throw new UsageError(
      `${context.extension}: bad value for option "--${context.option}", neither a valid network mask nor valid CIDR (0-${bits}).\n`,
    )
  }
  // The tool takes a mask that is no prefix, such as 0.0.0.33 for `33`, for the longest one.
  return prefixLength(context.family, mask) === undefined ? prefixMask(context.family, bits) : mask
}

function looseIpv4Words(word: string): Words | undefined {
  const number = parseLooseIpv4(word)
  return number === null ? undefined : [number, 0, 0, 0]
}

/** A mask of addresses of the rule's family, as an address or a prefix length. Source: libxtables XTTYPE_PLENMASK. */
export const addressMask = optionOf<Words>({
  words: 1,
  placeholder: 'mask',
  parse: ([word = ''], context) => parseHostMask(word, context),
  format: (mask, { family }) => String(prefixLength(family, mask) ?? formatAddress(family, mask)),
})

/**
 * `address[/mask]` whose address keeps all its bits; saved without a mask that is all ones.
 * Source: libxtables XTTYPE_HOSTMASK, xtables_ipmask_to_numeric().
 */
export const hostMask = optionOf<Network>({
  words: 1,
  placeholder: 'address[/mask]',
  parse: ([word = ''], context) => {
    const slash = word.indexOf('/')
    if (slash < 0) {
      const bits = context.family === 4 ? 32 : 128
      return { address: parseResolved(word, context), mask: prefixMask(context.family, bits) }
    }
    return {
      address: parseResolved(word.slice(0, slash), context),
      mask: parseHostMask(word.slice(slash + 1), context),
    }
  },
  format: (value, { family }) => formatHostMask(value, family),
})

/** `address`, or `address/length` where not all bits count; with `name` in place of the address. */
export function formatHostMask({ address, mask }: Network, family: Family, name?: string): string {
  const length = prefixLength(family, mask) ?? 0
  const suffix = length === (family === 4 ? 32 : 128) ? '' : `/${length}`
  return `${name ?? formatAddress(family, address)}${suffix}`
}
