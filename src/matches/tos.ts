import { field } from '../expression/field.ts'
import { masked } from '../expression/test.ts'
import { UsageError } from '../util/errors.ts'
import { defineMatch, leadingNumber, type Masked, optionOf } from '../xtables/index.ts'

/** Source: RFC 1349; iptables tos_values.c tos_symbol_names[]. */
const NAMES: Readonly<Record<string, number>> = {
  'Minimize-Delay': 0x10,
  'Maximize-Throughput': 0x08,
  'Maximize-Reliability': 0x04,
  'Minimize-Cost': 0x02,
  'Normal-Service': 0x00,
}
/** The bits that a name decides: those of TOS without precedence. */
const NAMED_MASK = 0x3f

/** `value[/mask]` of eight bits, or a name. Source: iptables tos_values.c tos_parse_symbolic(). */
const tosValue = optionOf<Masked>({
  words: 1,
  placeholder: 'value[/mask]|symbol',
  parse: ([word = '']) => {
    const value = leadingNumber(word, 255n)
    if (value === null) {
      const name = Object.keys(NAMES).find((one) => one.toLowerCase() === word.toLowerCase())
      if (name === undefined) throw new UsageError(`Symbolic name "${word}" is unknown`)
      return { value: NAMES[name] as number, mask: NAMED_MASK }
    }
    if (value.rest === '') return { value: Number(value.value), mask: 0xff }
    const mask = value.rest.startsWith('/') ? leadingNumber(value.rest.slice(1), 255n) : null
    if (mask === null || mask.rest !== '') throw new UsageError(`Illegal value: "${word}"`)
    return { value: Number(value.value), mask: Number(mask.value) }
  },
  format: formatMasked,
})

function formatMasked({ value, mask }: Masked): string {
  return `0x${hex(value)}/0x${hex(mask)}`
}

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
      help: 'TOS byte (IPv6: traffic class), with a mask only those bits; or a name',
      invertible: true,
      required: true,
      holds: ({ value, mask }, { family }) => masked(family === 4 ? field.ip.tos : field.ip6.trafficClass, mask, value),
    }),
  },
  list: ({ tos: given }, _rule, { numeric }) => {
    if (given === undefined) return ''
    const { value, mask } = given.value
    const name = numeric || mask !== NAMED_MASK ? undefined : Object.keys(NAMES).find((one) => NAMES[one] === value)
    // Numbers stand without a space before them.
    return ` tos match${given.inverted ? '!' : ''}${name === undefined ? formatMasked(given.value) : ` ${name}`}`
  },
})
