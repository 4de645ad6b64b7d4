import { field } from '../expression/field.ts'
import { equals } from '../expression/test.ts'
import { UsageError } from '../util/errors.ts'
import { defineMatch, optionOf, outOfRange, parseNumber } from '../xtables/index.ts'

/** The code point of a class such as `CS1`, `AF41`, `EF`, `BE`. Source: RFC 2474, RFC 2597, RFC 3246. */
function classValue(name: string): number | undefined {
  const upper = name.toUpperCase()
  if (upper === 'EF') return 46
  if (upper === 'BE') return 0
  const selector = /^CS([0-7])$/.exec(upper)
  if (selector) return Number(selector[1]) * 8
  const assured = /^AF([1-4])([1-3])$/.exec(upper)
  return assured ? Number(assured[1]) * 8 + Number(assured[2]) * 2 : undefined
}

function format(value: number): string {
  return `0x${value.toString(16).padStart(2, '0')}`
}

const codePoint = optionOf<number>({
  words: 1,
  placeholder: 'value',
  parse: ([word = ''], context) => {
    const value = parseNumber(word)
    if (value === null || value > 63) throw outOfRange(context, null, 0, 63)
    return value
  },
  format,
})

const codePointClass = optionOf<number>({
  words: 1,
  placeholder: 'class',
  parse: ([word = '']) => {
    const value = classValue(word)
    if (value === undefined) throw new UsageError(`Invalid DSCP value \`${word}'`)
    return value
  },
  format,
})

/**
 * `-m dscp`: the Differentiated Services code point, 0..63: the upper six bits of the TOS byte or traffic class.
 *
 * Source: iptables-extensions(8) "dscp"; RFC 2474; Linux xt_dscp.c dscp_mt().
 */
export const dscp = defineMatch({
  name: 'dscp',
  families: [4, 6],
  options: {
    dscp: codePoint({
      help: 'value of the DSCP field, 0-63',
      excludes: ['dscp-class'],
      invertible: true,
      holds: (value, { family }) => equals(family === 4 ? field.ip.dscp : field.ip6.dscp, value),
    }),
    'dscp-class': codePointClass({
      help: 'the same by the name of its class, such as EF or AF11',
      invertible: true,
      excludes: ['dscp'],
      sets: (value) => ['dscp', value],
    }),
  },
  list: ({ dscp: given }) => (given ? ` DSCP match ${given.inverted ? '!' : ''}${format(given.value)}` : ''),
  check: (values) => {
    if (Object.keys(values).length === 0) throw new UsageError('DSCP match: Parameter --dscp is required')
  },
})
