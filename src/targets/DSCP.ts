import { VERDICT } from '../expression/action.ts'
import { setDscp } from '../packet/mangle.ts'
import { UsageError } from '../util/errors.ts'
import { defineTarget, optionOf, outOfRange, parseNumber } from '../xtables/index.ts'

/** The names of code points. Source: RFC 2474, RFC 2597, RFC 3246. */
function classNumber(name: string): number | undefined {
  const upper = name.toUpperCase()
  if (upper === 'BE') return 0
  if (upper === 'EF') return 46
  const selector = /^CS([0-7])$/.exec(upper)
  if (selector) return Number(selector[1]) * 8
  const assured = /^AF([1-4])([1-3])$/.exec(upper)
  return assured ? Number(assured[1]) * 8 + Number(assured[2]) * 2 : undefined
}

const codePoint = optionOf<number>({
  words: 1,
  placeholder: 'value',
  parse: ([word = ''], context) => {
    const value = parseNumber(word)
    if (value === null || value > 63) throw outOfRange(context, null, 0, 63)
    return value
  },
  format: hex,
})

function hex(value: number): string {
  return `0x${value.toString(16).padStart(2, '0')}`
}

const codePointClass = optionOf<number>({
  words: 1,
  placeholder: 'class',
  parse: ([word = '']) => {
    const value = classNumber(word)
    if (value === undefined) throw new UsageError(`Invalid DSCP value \`${word}'`)
    return value
  },
  format: String,
})

/**
 * `-j DSCP`: set the six bits of the differentiated services code point; the ECN bits stay.
 *
 * Source: iptables-extensions(8) "DSCP"; Linux xt_DSCP.c dscp_tg(), dscp_tg6().
 */
export const DSCP = defineTarget({
  name: 'DSCP',
  families: [4, 6],
  tables: ['mangle'],
  options: {
    'set-dscp': codePoint({ help: 'new value of the DSCP field, 0-63', excludes: ['set-dscp-class'] }),
    'set-dscp-class': codePointClass({
      help: 'the same by the name of its class, such as EF or AF11',
      excludes: ['set-dscp'],
      sets: (value) => ['set-dscp', value],
    }),
  },
  check: (values) => {
    if (!values['set-dscp']) throw new UsageError('DSCP target: Parameter --set-dscp is required')
  },
  list: ({ 'set-dscp': given }) => ` DSCP set ${hex(given?.value ?? 0)}`,
  act: ({ 'set-dscp': given }) => {
    const value = given?.value ?? 0
    return [
      {
        kind: 'computed',
        name: 'DSCP',
        act: (packet) => {
          setDscp(packet, value)
          return VERDICT.continue
        },
      },
    ]
  },
})
