import { field } from '../expression/field.ts'
import { between, computed, header, OUTCOME, type Test, within } from '../expression/test.ts'
import { UsageError } from '../util/errors.ts'
import { DCCP_TYPES } from '../wire/dccp.ts'
import { PROTOCOL } from '../wire/protocols.ts'
import {
  defineMatch,
  formatRange,
  type Given,
  type NumberRange,
  numberBetween,
  optionOf,
  resolvedPortRange,
  saveOption,
} from '../xtables/index.ts'
import { rangeText, spaced } from './range-text.ts'

/** By number, as `--dccp-types` names them; what has no type of its own is INVALID. */
const TYPES = [...DCCP_TYPES, 'INVALID'] as const

const INVALID = TYPES.indexOf('INVALID')
/** The type takes four bits. */
const LAST_TYPE = 15

const typeList = optionOf<number>({
  words: 1,
  placeholder: 'type[,...]',
  parse: ([word = '']) => {
    let bits = 0
    for (const name of word.split(',')) {
      if (name === '') continue
      const number = (TYPES as readonly string[]).indexOf(name.toUpperCase())
      if (number < 0) throw new UsageError(`Unknown DCCP type \`${name}'`)
      bits |= 1 << number
    }
    return bits
  },
  format: formatTypes,
})

function formatTypes(bits: number): string {
  return TYPES.filter((_, number) => bits & (1 << number)).join(',')
}

/** The types as numbers, every one of those without a name for INVALID. */
function typeNumbers(bits: number): string {
  const numbers = Array.from({ length: LAST_TYPE + 1 }, (_, number) => number)
  return numbers.filter((number) => bits & (1 << Math.min(number, INVALID))).join(',')
}

const FIXED_HEADER = 12
const EXTENDED = 4
/** Bytes of the part of the header that depends on the type: REQUEST, RESPONSE, DATA, ACK .. CLOSE, RESET, SYNC, SYNCACK. */
const TYPE_HEADERS: readonly number[] = [4, 12, 0, 8, 8, 8, 8, 12, 8, 8]
const OTHER_TYPE_HEADER = 12

/** Source: Linux dccp_find_option(). */
function hasOption(kind: number): Test {
  return computed('dccp', false, ({ view, transport, end }) => {
    const optionsEnd = transport + view.getUint8(transport + 4) * 4
    const kindAndX = view.getUint8(transport + 8)
    const typeHeader = TYPE_HEADERS[(kindAndX >> 1) & 15] ?? OTHER_TYPE_HEADER
    const optionsStart = transport + FIXED_HEADER + (kindAndX & 1 ? EXTENDED : 0) + typeHeader
    if (optionsEnd < optionsStart) return OUTCOME.hotdrop
    if (optionsEnd === optionsStart) return OUTCOME.no
    if (optionsEnd > end) return OUTCOME.hotdrop
    for (let at = optionsStart; at < optionsEnd; ) {
      const here = view.getUint8(at)
      if (here === kind) return OUTCOME.yes
      at += here < 2 || at + 1 >= optionsEnd ? 1 : view.getUint8(at + 1) || 1
    }
    return OUTCOME.no
  })
}

/** One of the types whose bits are set; every number without a type is INVALID. Source: Linux match_types(). */
function typeIn(bits: number): Test {
  return within(
    field.dccp.type,
    TYPES.flatMap((_, number) =>
      bits & (1 << number) ? [[number, number === INVALID ? LAST_TYPE : number] as const] : [],
    ),
  )
}

/**
 * `-m dccp`: ports, packet type and options of a DCCP header; loaded by `-p dccp` itself.
 *
 * Later fragments do not match; less than 12 bytes of header drop the packet.
 *
 * Source: iptables-extensions(8) "dccp"; RFC 4340 section 5; Linux xt_dccp.c dccp_mt().
 */
export const dccp = defineMatch({
  name: 'dccp',
  families: [4, 6],
  protocols: [PROTOCOL.dccp],
  implicitFor: [PROTOCOL.dccp],
  options: {
    'source-port': resolvedPortRange({
      aliases: ['sport'],
      help: 'one source port or a range, 0-65535',
      invertible: true,
      holds: ({ from, to }) => between(field.l4.sport, from, to),
    }),
    'destination-port': resolvedPortRange({
      aliases: ['dport'],
      help: 'one destination port or a range, 0-65535',
      invertible: true,
      holds: ({ from, to }) => between(field.l4.dport, from, to),
    }),
    'dccp-types': typeList({ help: 'packet types, any of which will do', invertible: true, holds: typeIn }),
    'dccp-option': numberBetween(
      1,
      255,
    )({ help: 'kind of an option in the DCCP header, 1-255', invertible: true, holds: hasOption }),
  },
  save: (values) => {
    const {
      'source-port': source,
      'destination-port': destination,
      'dccp-types': types,
      'dccp-option': option,
    } = values
    const ports = (name: string, given: Given<NumberRange> | undefined): string =>
      given === undefined ? '' : saveOption(name, formatRange(given.value), given.inverted)
    return [
      ports('sport', source),
      ports('dport', destination),
      types ? `${types.inverted ? ' !' : ''} --dccp-types ${formatTypes(types.value)}` : '',
      option ? saveOption('dccp-option', String(option.value), option.inverted) : '',
    ].join('')
  },
  list: (values, _rule, { numeric }) => {
    const {
      'source-port': source,
      'destination-port': destination,
      'dccp-types': types,
      'dccp-option': option,
    } = values
    const ports = spaced(rangeText('spt', source, 65535), rangeText('dpt', destination, 65535))
    const shown = types
      ? ` ${types.inverted ? '! ' : ''}${numeric ? typeNumbers(types.value) : formatTypes(types.value)}`
      : ''
    return ` dccp${ports}${shown}${option ? ` option=${option.inverted ? '!' : ''}${option.value}` : ''}`
  },
  guard: (test) => header(FIXED_HEADER, test),
})
