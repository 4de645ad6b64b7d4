import { field } from '../expression/field.ts'
import { masked } from '../expression/test.ts'
import { UsageError } from '../util/errors.ts'
import { defineMatch, type Masked, optionOf, parseNumber } from '../xtables/index.ts'

/** Source: RFC 1349; iptables tos_values.c tos_symbol_names[]. */
const NAMES: Readonly<Record<string, number>> = {
  'minimize-delay': 0x10,
  'maximize-throughput': 0x08,
  'maximize-reliability': 0x04,
  'minimize-cost': 0x02,
  'normal-service': 0x00,
}
/** The bits that a name decides: those of TOS without precedence. */
const NAMED_MASK = 0x3f

/** `value[/mask]` of eight bits, or a name. Source: iptables tos_values.c tos_parse_symbolic(). */
const tosValue = optionOf<Masked>({
  words: 1,
  placeholder: 'value[/mask]|symbol',
  parse: ([word = '']) => {
    const name = word.toLowerCase()
    if (Object.hasOwn(NAMES, name)) return { value: NAMES[name] as number, mask: NAMED_MASK }
    const [first = '', second, ...rest] = word.split('/')
    const value = parseNumber(first)
    const mask = second === undefined ? 0xff : parseNumber(second)
    if (value === null || value > 255 || rest.length > 0) throw new UsageError(`Symbolic name "${word}" is unknown`)
    if (mask === null || mask > 255) throw new UsageError(`Illegal mask "${second}"`)
    return { value, mask }
  },
  format: ({ value, mask }) => `0x${hex(value)}/0x${hex(mask)}`,
})

function hex(byte: number): string {
  return byte.toString(16).padStart(2, '0')
}

/**
 * `-m tos`: bits of the Type of Service byte, or of the IPv6 traffic class. A value with bits outside of its
 * mask never matches.
 *
 * Source: iptables-extensions(8) "tos"; Linux xt_dscp.c tos_mt().
 */
export const tos = defineMatch({
  name: 'tos',
  families: [4, 6],
  options: {
    tos: tosValue({
      help: 'Match Type of Service/Priority field value',
      invertible: true,
      required: true,
      holds: ({ value, mask }, { family }) => masked(family === 4 ? field.ip.tos : field.ip6.trafficClass, mask, value),
    }),
  },
})
