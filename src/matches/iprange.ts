import { field } from '../expression/field.ts'
import { inAddressRange } from '../expression/test.ts'
import { UsageError } from '../util/errors.ts'
import type { Words } from '../util/words.ts'
import { formatAddress } from '../wire/address.ts'
import { badValue, defineMatch, type Given, type OptionContext, optionOf, tryParseHost } from '../xtables/index.ts'

type AddressRange = readonly [Words, Words]

function parseOne(word: string, context: OptionContext): Words {
  const host = tryParseHost(word, context)
  if (host === null) throw badValue(context, word)
  return host
}

/** Whether the first address comes behind the second. */
function isAbove(first: Words, second: Words): boolean {
  const at = first.findIndex((part, index) => part !== second[index])
  return at >= 0 && (first[at] as number) >>> 0 > (second[at] as number) >>> 0
}

function formatRange([from, to]: AddressRange, { family }: Pick<OptionContext, 'family'>): string {
  return `${formatAddress(family, from)}-${formatAddress(family, to)}`
}

const addressRange = optionOf<AddressRange>({
  words: 1,
  placeholder: 'ip[-ip]',
  parse: ([word = ''], context) => {
    const dash = word.indexOf('-')
    if (dash < 0) {
      const only = parseOne(word, context)
      return [only, only]
    }
    const from = parseOne(word.slice(0, dash), context)
    const to = parseOne(word.slice(dash + 1), context)
    if (isAbove(from, to)) context.warn?.(`xt_iprange: range ${word} is reversed and will never match\n`)
    return [from, to]
  },
  format: formatRange,
})

/**
 * `-m iprange`: source or destination in an inclusive range of addresses. A range that begins above its end
 * never holds.
 *
 * Source: iptables-extensions(8) "iprange"; Linux xt_iprange.c iprange_mt4(), iprange_mt6().
 */
export const iprange = defineMatch({
  name: 'iprange',
  families: [4, 6],
  options: {
    'src-range': addressRange({
      help: 'first and last source address',
      invertible: true,
      holds: ([from, to]) => inAddressRange(field.packet.source, from, to),
    }),
    'dst-range': addressRange({
      help: 'first and last destination address',
      invertible: true,
      holds: ([from, to]) => inAddressRange(field.packet.destination, from, to),
    }),
  },
  list: ({ 'src-range': source, 'dst-range': destination }, rule) => {
    const shown = (side: string, given: Given<AddressRange> | undefined): string =>
      given ? ` ${side} IP range ${given.inverted ? '! ' : ''}${formatRange(given.value, rule)}` : ''
    return `${shown('source', source)}${shown('destination', destination)}`
  },
  check: (values) => {
    if (Object.keys(values).length === 0) {
      throw new UsageError("iprange match: You must specify `--src-range' or `--dst-range'")
    }
  },
})
