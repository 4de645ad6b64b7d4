import { VERDICT } from '../expression/action.ts'
import { setTos } from '../packet/mangle.ts'
import { UsageError } from '../util/errors.ts'
import { defineTarget, type Masked, optionOf, outOfRange, parseNumber } from '../xtables/index.ts'

/** The names of RFC 1349; they leave the upper bits alone. */
const NAMES: readonly (readonly [name: string, value: number])[] = [
  ['Minimize-Delay', 0x10],
  ['Maximize-Throughput', 0x08],
  ['Maximize-Reliability', 0x04],
  ['Minimize-Cost', 0x02],
  ['Normal-Service', 0x00],
]
const NAMED_BITS = 0x3f

/** `value[/mask]` or a name. Source: iptables 1.8.9 tos_values.c tos_parse_symbolic(). */
const tosMask = optionOf<Masked>({
  words: 1,
  placeholder: 'value[/mask]',
  parse: ([word = '']) => {
    const [first = '', second, ...rest] = word.split('/')
    const value = parseNumber(first)
    if (value === null || value > 255) {
      const named = NAMES.find(([name]) => name.toLowerCase() === word.toLowerCase())?.[1]
      if (named === undefined && /^[0-9]/.test(first) && value === null)
        throw new UsageError(`Illegal value: "${word}"`)
      if (named === undefined) throw new UsageError(`Symbolic name "${word}" is unknown`)
      return { value: named, mask: NAMED_BITS }
    }
    const mask = second === undefined ? 255 : parseNumber(second)
    if (mask === null || mask > 255 || rest.length > 0) throw new UsageError(`Illegal value: "${word}"`)
    return { value, mask }
  },
  format: ({ value, mask }) => `${hex(value)}/${hex(mask)}`,
})

function hex(value: number): string {
  return `0x${value.toString(16).padStart(2, '0')}`
}

/** Source: iptables 1.8.9 libxt_TOS.c tos_tg_print(), tos_values.c tos_try_print_symbolic(). */
function tosText({ value, mask }: Masked, numeric: boolean): string {
  if (!numeric) {
    const name = mask === NAMED_BITS ? NAMES.find(([, one]) => one === value)?.[0] : undefined
    if (name !== undefined) return `  TOS set${name}`
    if (value === 0) return ` TOS and ${hex(~mask & 255)}`
    if (value === mask) return ` TOS or ${hex(value)}`
    if (mask === 0) return ` TOS xor ${hex(value)}`
  }
  return ` TOS set ${hex(value)}/${hex(mask)}`
}

/** One byte of bits. */
const tosBits = optionOf<number>({
  words: 1,
  placeholder: 'bits',
  parse: ([word = ''], context) => {
    const value = parseNumber(word)
    if (value === null || value > 255) throw outOfRange(context, null, 0, 255)
    return value
  },
  format: String,
})

/**
 * `-j TOS`: change the Type of Service byte (IPv6: the traffic class). All forms are saved as `--set-tos value/mask`.
 *
 * Source: iptables-extensions(8) "TOS"; Linux xt_DSCP.c tos_tg(), tos_tg6().
 */
export const TOS = defineTarget({
  name: 'TOS',
  families: [4, 6],
  tables: ['mangle'],
  options: {
    'set-tos': tosMask({
      help: 'new byte = (old AND NOT mask) XOR value; without mask: value',
      excludes: ['and-tos', 'or-tos', 'xor-tos'],
    }),
    'and-tos': tosBits({
      help: 'new byte = old AND bits',
      excludes: ['or-tos', 'xor-tos', 'set-tos'],
      sets: (bits) => ['set-tos', { value: 0, mask: ~bits & 255 } satisfies Masked],
    }),
    'or-tos': tosBits({
      help: 'new byte = old OR bits',
      excludes: ['xor-tos', 'set-tos', 'and-tos'],
      sets: (bits) => ['set-tos', { value: bits, mask: bits } satisfies Masked],
    }),
    'xor-tos': tosBits({
      help: 'new byte = old XOR bits',
      excludes: ['set-tos', 'and-tos', 'or-tos'],
      sets: (bits) => ['set-tos', { value: bits, mask: 0 } satisfies Masked],
    }),
  },
  check: (values) => {
    if (!values['set-tos']) throw new UsageError('TOS: An action is required')
  },
  list: ({ 'set-tos': given }, _rule, { numeric }) => (given ? tosText(given.value, numeric) : ''),
  act: ({ 'set-tos': given }) => {
    const { value, mask } = given?.value ?? { value: 0, mask: 0 }
    return [
      {
        kind: 'computed',
        name: 'TOS',
        act: (packet) => {
          setTos(packet, value, mask)
          return VERDICT.continue
        },
      },
    ]
  },
})
