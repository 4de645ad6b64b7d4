import { VERDICT } from '../expression/action.ts'
import { setTos } from '../packet/mangle.ts'
import { UsageError } from '../util/errors.ts'
import { defineTarget, type Masked, optionOf, parseNumber } from '../xtables/index.ts'

/** The names of RFC 1349; they leave the upper bits alone. */
const NAMES: Readonly<Record<string, number>> = {
  'minimize-delay': 0x10,
  'maximize-throughput': 0x08,
  'maximize-reliability': 0x04,
  'minimize-cost': 0x02,
  'normal-service': 0x00,
}

/** `value[/mask]` or a name. Source: iptables 1.8.9 tos_values.c tos_parse_symbolic(). */
const tosMask = optionOf<Masked>({
  words: 1,
  placeholder: 'value[/mask]',
  parse: ([word = '']) => {
    const [first = '', second, ...rest] = word.split('/')
    const value = parseNumber(first)
    if (value === null || value > 255) {
      const named = Object.hasOwn(NAMES, word.toLowerCase()) ? NAMES[word.toLowerCase()] : undefined
      if (named === undefined && /^[0-9]/.test(first) && value === null)
        throw new UsageError(`Illegal value: "${word}"`)
      if (named === undefined) throw new UsageError(`Symbolic name "${word}" is unknown`)
      return { value: named, mask: 0x3f }
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

/** One byte of bits. */
const tosBits = optionOf<number>({
  words: 1,
  placeholder: 'bits',
  parse: ([word = ''], { option }) => {
    const value = parseNumber(word)
    if (value === null || value > 255) {
      throw new UsageError(`TOS: bad value for option "--${option}", or out of range (0-255).`)
    }
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
    'set-tos': tosMask({ help: 'Set Type of Service/Priority field' }),
    'and-tos': tosBits({
      help: 'Bitwise AND the TOS value',
      sets: (bits) => ['set-tos', { value: 0, mask: ~bits & 255 } satisfies Masked],
    }),
    'or-tos': tosBits({
      help: 'Bitwise OR the TOS value',
      sets: (bits) => ['set-tos', { value: bits, mask: bits } satisfies Masked],
    }),
    'xor-tos': tosBits({
      help: 'Bitwise XOR the TOS value',
      sets: (bits) => ['set-tos', { value: bits, mask: 0 } satisfies Masked],
    }),
  },
  check: (values) => {
    if (!values['set-tos']) throw new UsageError('TOS: An action is required')
  },
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
