import { UsageError } from '../util/errors.ts'
import { protocolNumber } from '../wire/protocols.ts'
import { parseNumber } from './kinds.ts'
import { optionOf } from './option.ts'

/** Names that iptables knows beside those of `/etc/protocols`. Source: libxtables xtables_chain_protos[]. */
const FURTHER_NAMES: Readonly<Record<string, number>> = { all: 0, 'ipv6-mh': 135, mh: 135 }

/** Further spellings in `/etc/protocols`, where the names in capital letters are listed too. */
const MIXED_CASE = /^(IPv6(-Route|-Frag|-ICMP|-NoNxt|-Opts)?|Mobility-Header|UDPLite|Shim6|MPLS-in-IP|Ethernet)$/

/** The names that are not listed in capital letters. */
const NOT_IN_CAPITALS =
  /^(IPENCAP|IPV6(-ROUTE|-FRAG|-ICMP|-NONXT|-OPTS)?|ESP|AH|OSPF|MOBILITY-HEADER|UDPLITE|MPLS-IN-IP|MANET|SHIM6|ETHERNET)$/

/** The number of a name as it is spelt in `/etc/protocols`. Source: getprotobyname(3). */
export function listedProtocol(word: string): number | undefined {
  const isCapital = word === word.toUpperCase() && !NOT_IN_CAPITALS.test(word)
  const isListed = word === word.toLowerCase() || isCapital || MIXED_CASE.test(word)
  return isListed ? protocolNumber(word) : undefined
}

/** A protocol 0..255 by number or by a name as it is spelt in `/etc/protocols`. Throws iptables' text. Source: libxtables xtables_parse_protocol(). */
export function parseProtocol(word: string): number {
  const named = Object.hasOwn(FURTHER_NAMES, word) ? FURTHER_NAMES[word] : listedProtocol(word)
  const number = parseNumber(word) ?? named
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
