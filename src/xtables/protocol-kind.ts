import { UsageError } from '../util/errors.ts'
import { protocolNumber } from '../wire/protocols.ts'
import { parseNumber } from './kinds.ts'
import { optionOf } from './option.ts'

/** Names that iptables knows beside those of `/etc/protocols`. Source: libxtables xtables_chain_protos[]. */
const FURTHER_NAMES: Readonly<Record<string, number>> = { all: 0, 'ipv6-mh': 135, mh: 135 }

/** A protocol 0..255 by number or lower-case name. Throws iptables' text. Source: libxtables xtables_parse_protocol(). */
export function parseProtocol(word: string): number {
  const byName = word === word.toLowerCase() ? (FURTHER_NAMES[word] ?? protocolNumber(word)) : undefined
  const number = parseNumber(word) ?? byName
  if (number === undefined || number > 255) throw new UsageError(`unknown protocol "${word}" specified`)
  return number
}

/** A protocol, saved as its number. Source: libxtables XTTYPE_PROTOCOL. */
export const protocolValue = optionOf<number>({
  words: 1,
  placeholder: 'proto',
  parse: ([word = '']) => parseProtocol(word),
  format: String,
})
