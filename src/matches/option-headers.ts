import { OUTCOME } from '../expression/test.ts'
import type { Packet } from '../packet/packet.ts'
import { UsageError } from '../util/errors.ts'
import { type Given, type MatchDefinition, optionOf, uint32 } from '../xtables/index.ts'
import { ofIpv6Header } from './ipv6-headers.ts'

/** One wanted option: its type 0..255 and the length of its data in bytes, null for any. */
interface WantedOption {
  readonly type: number
  readonly length: number | null
}

const MOST_OPTIONS = 16
/** In the kernel's structure this length stands for any. */
const ANY_LENGTH = 255

/** The low 8 bits of a number that strtoul with base 0 reads, sign and leading white space included. */
function lowByte(word: string, what: string, match: string): number {
  const [start, sign, digits] = /^\s*([-+]?)(0[xX][0-9a-fA-F]+|0[0-7]*|[1-9][0-9]*)/.exec(word) ?? []
  if (start === undefined || digits === undefined)
    throw new UsageError(`${match}: no valid digits in ${what} \`${word}'`)
  const value = BigInt(/^0[0-7]/.test(digits) ? `0o${digits.slice(1)}` : digits)
  if (value >= 1n << 64n) throw new UsageError(`${what} \`${word}' specified too big: would overflow`)
  if (start.length !== word.length) throw new UsageError(`${match}: error parsing ${what} \`${word}'`)
  return Number(BigInt.asUintN(8, sign === '-' ? -value : value))
}

/** `TYPE[:LEN][,TYPE[:LEN]...]`. Throws iptables' texts. Source: iptables 1.8.9 libip6t_hbh.c and libip6t_dst.c parse_options(). */
function parseList(list: string, match: string, padWithLength: string): readonly WantedOption[] {
  return list.split(',').map((part, index): WantedOption => {
    if (index >= MOST_OPTIONS) throw new UsageError('too many addresses specified')
    const colon = part.indexOf(':')
    if (colon >= 0 && index === MOST_OPTIONS - 1) throw new UsageError('too many ports specified')
    const type = lowByte(colon < 0 ? part : part.slice(0, colon), 'opt', match)
    if (colon < 0) return { type, length: null }
    if (type === 0) throw new UsageError(padWithLength)
    const length = lowByte(part.slice(colon + 1), 'length', match)
    return { type, length: length === ANY_LENGTH ? null : length }
  })
}

function formatList(list: readonly WantedOption[]): string {
  return list.map(({ type, length }) => (length === null ? `${type}` : `${type}:${length}`)).join(',')
}

/** Whether the options between `from` and `to` begin with the wanted ones, padding included. Source: Linux hbh_mt6(). */
function beginsWith({ view }: Packet, from: number, to: number, wanted: readonly WantedOption[]): boolean {
  let at = from
  for (const { type, length } of wanted) {
    if (at >= to || view.getUint8(at) !== type) return false
    if (type === 0) {
      at++
      continue
    }
    if (at + 2 > to) return false
    const found = view.getUint8(at + 1)
    if (length !== null && length !== found) return false
    at += 2 + found
  }
  return true
}

/** What `hbh` and `dst` differ in. */
export interface OptionHeader {
  /** The match's name, with which its options begin. */
  readonly name: string
  /** The header's protocol number. */
  readonly protocol: number
  /** iptables' text for a Pad1 option with a length. */
  readonly padWithLength: string
}

/**
 * The options and the meaning of a match for an IPv6 header of options: its length in bytes and the options it begins
 * with; without options, that there is one. A header cut short drops the packet.
 *
 * Source: iptables 1.8.9 libip6t_hbh.c, libip6t_dst.c; RFC 8200 section 4.2; Linux ip6t_hbh.c hbh_mt6().
 */
export function optionHeader(header: OptionHeader): Pick<MatchDefinition, 'options' | 'list' | 'holds'> {
  const { name, protocol, padWithLength } = header
  const [lengthOption, listOption] = [`${name}-len`, `${name}-opts`]
  const wantedOptions = optionOf<readonly WantedOption[]>({
    words: 1,
    placeholder: 'TYPE[:LEN][,TYPE[:LEN]...]',
    parse: ([word = '']) => parseList(word, name, padWithLength),
    format: formatList,
  })
  return {
    options: {
      [lengthOption]: uint32({ help: 'bytes of the options header', invertible: true }),
      [listOption]: wantedOptions({
        help: `options that the header begins with, as type or type:length, up to ${MOST_OPTIONS}`,
      }),
    },
    list: (values) => {
      const size: Given<number> | undefined = values[lengthOption]
      const wanted: Given<readonly WantedOption[]> | undefined = values[listOption]
      const length = size ? ` length:${size.inverted ? '!' : ''}${size.value}` : ''
      return ` ${name}${length}${wanted ? ` opts ${formatList(wanted.value)}` : ''}`
    },
    holds: (values) => {
      const size: Given<number> | undefined = values[lengthOption]
      const wanted: Given<readonly WantedOption[]> | undefined = values[listOption]
      return ofIpv6Header(name, protocol, 2, (packet, at) => {
        const length = (packet.view.getUint8(at + 1) + 1) * 8
        if (length > packet.end - at) return OUTCOME.hotdrop
        if (size && (size.value === length) === size.inverted) return false
        return wanted === undefined || beginsWith(packet, at + 2, at + length, wanted.value)
      })
    },
  }
}
