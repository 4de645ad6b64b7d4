import { UsageError } from '../../util/errors.ts'
import { maskWords, type Words } from '../../util/words.ts'
import { formatAddress, prefixMask } from '../../wire/address.ts'
import type { Dimension, SetFacts } from './dimension.ts'
import { addressOf, keyOfAddress, parseIpv4Range, parsePrefix, parseSetAddress } from './ip.ts'

/** An address and how many of its bits count; the others are 0. */
export interface Net {
  readonly address: Words
  readonly length: number
}

/** The network of this length that an address is in. */
export function netOf({ family, mask }: SetFacts, address: Words, length: number): Net {
  const masked = maskWords(address, prefixMask(family, length))
  return { address: mask === null ? masked : maskWords(masked, mask), length }
}

/** A dimension of networks with prefix lengths from `shortest` on. */
function nets(shortest: 0 | 1): Dimension<Net> {
  return {
    isNet: true,
    read: (packet, side, facts) => netOf(facts, addressOf(packet, side), facts.family === 4 ? 32 : 128),
    parse(text, facts) {
      const values = text.includes('-') ? rangeOf(text) : [singleOf(text, facts)]
      if (values.some(({ length }) => length < shortest)) throw new UsageError('a network of length 0 cannot be listed')
      return values.map(({ address, length }) => netOf(facts, address, length))
    },
    key: ({ address, length }) => `${keyOfAddress(address)}/${length}`,
    format: ({ address, length }, { family }) =>
      `${formatAddress(family, address)}${length === (family === 4 ? 32 : 128) ? '' : `/${length}`}`,
  }
}

/** A network; `0.0.0.0/0` cannot be listed. */
export const net: Dimension<Net> = nets(1)
/** A network, of length 0 too. Source: Linux IP_SET_HASH_WITH_NET0. */
export const netOrAll: Dimension<Net> = nets(0)

function singleOf(text: string, { family }: SetFacts): Net {
  const bits = family === 4 ? 32 : 128
  const [host = '', length] = text.split('/')
  return { address: parseSetAddress(host, family), length: length === undefined ? bits : parsePrefix(length, bits) }
}

/** The fewest networks that make up a range of IPv4 addresses. Source: Linux ip_set_range_to_cidr(). */
function rangeOf(text: string): Net[] {
  const [first, last] = parseIpv4Range(text)
  const found: Net[] = []
  let at = first
  while (at <= last) {
    let length = 32
    while (length > 0) {
      const size = 2 ** (33 - length)
      if (at % size !== 0 || at + size - 1 > last) break
      length--
    }
    found.push({ address: [at, 0, 0, 0], length })
    at += 2 ** (32 - length)
  }
  return found
}
