import { computed, header, OUTCOME } from '../expression/test.ts'
import { UsageError } from '../util/errors.ts'
import { PROTOCOL } from '../wire/protocols.ts'
import { defineMatch, type NumberRange, optionOf, parseNumber } from '../xtables/index.ts'

/** Names and short names, in the order of their numbers and of the tool's search. */
const NAMES = [
  ['binding-refresh-request', 'brr'],
  ['home-test-init', 'hoti'],
  ['careof-test-init', 'coti'],
  ['home-test', 'hot'],
  ['careof-test', 'cot'],
  ['binding-update', 'bu'],
  ['binding-acknowledgement', 'ba'],
  ['binding-error', 'be'],
] as const
const LAST = 255
/** Bytes of a Mobility Header before its message data. */
const HEADER = 6

/** A type by number, name, or the beginning of a name: the first that begins so. Source: libip6t_mh.c name_to_type(). */
function typeNumber(word: string): number {
  const lower = word.toLowerCase()
  const whole = NAMES.findIndex((names) => names.some((name) => name === lower))
  if (whole >= 0) return whole
  const begun = NAMES.findIndex((names) => names.some((name) => name.startsWith(lower)))
  if (begun >= 0) return begun
  const number = parseNumber(word)
  if (number === null || number > LAST) throw new UsageError(`Invalid MH type \`${word}'`)
  return number
}

const isEvery = ({ from, to }: NumberRange): boolean => from === 0 && to === LAST

const types = optionOf<NumberRange>({
  words: 1,
  placeholder: 'type[:type]',
  parse: ([word = '']) => {
    const colon = word.indexOf(':')
    if (colon < 0) {
      const type = typeNumber(word)
      return { from: type, to: type }
    }
    const [first, last] = [word.slice(0, colon), word.slice(colon + 1)]
    const range = { from: first === '' ? 0 : typeNumber(first), to: last === '' ? LAST : typeNumber(last) }
    if (range.from > range.to) throw new UsageError('Invalid MH type range (min > max)')
    return range
  },
  format: ({ from, to }) => (from === to ? `${from}` : `${from}:${to}`),
})

/**
 * `-m mh`: the type of an IPv6 Mobility Header, 0..255; loaded by `-p mh` itself.
 *
 * Later fragments do not match. Less than 6 bytes of header, or a header that says that another one follows, drop
 * the packet.
 *
 * Source: ip6tables-extensions(8) "mh"; RFC 6275 section 6.1; Linux ip6t_mh.c mh_mt6().
 */
export const mh = defineMatch({
  name: 'mh',
  families: [6],
  protocols: [PROTOCOL.mobility],
  implicitFor: [PROTOCOL.mobility],
  options: {
    'mh-type': types({
      help: 'type of the Mobile IPv6 message, or range of types',
      invertible: true,
      isDefault: isEvery,
    }),
  },
  list: ({ 'mh-type': given }, _rule, { numeric }) => {
    if (given === undefined || (isEvery(given.value) && !given.inverted)) return ' mh'
    const { from, to } = given.value
    const shown = (type: number): string => (numeric ? undefined : NAMES[type]?.[0]) ?? `${type}`
    return ` mh ${given.inverted ? '!' : ''}${shown(from)}${from === to ? '' : `:${shown(to)}`}`
  },
  holds: ({ 'mh-type': given }) => {
    const { from, to } = given?.value ?? { from: 0, to: LAST }
    const inverted = given?.inverted ?? false
    return header(
      HEADER,
      computed(
        'mh',
        false,
        ({ view, transport }) => {
          if (view.getUint8(transport) !== PROTOCOL.none) return OUTCOME.hotdrop
          const type = view.getUint8(transport + 2)
          return (from <= type && type <= to) !== inverted ? OUTCOME.yes : OUTCOME.no
        },
        ({ view, transport, end }) => (transport + 2 < end ? `type ${view.getUint8(transport + 2)}` : ''),
      ),
    )
  },
})
