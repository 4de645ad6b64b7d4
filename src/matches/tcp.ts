import { field } from '../expression/field.ts'
import { between, computed, header, masked, OUTCOME, type Test } from '../expression/test.ts'
import type { Packet } from '../packet/packet.ts'
import { UsageError } from '../util/errors.ts'
import { PROTOCOL } from '../wire/protocols.ts'
import { defineMatch, flag, type Given, optionOf, parseNumber, saveOption } from '../xtables/index.ts'
import { portRangeOf, portsText, savePorts } from './ports-text.ts'

const FLAGS = { FIN: 0x01, SYN: 0x02, RST: 0x04, PSH: 0x08, ACK: 0x10, URG: 0x20 } as const
const ALL_FLAGS = 0x3f
const SYN_MASK = FLAGS.SYN | FLAGS.RST | FLAGS.ACK | FLAGS.FIN

interface FlagTest {
  readonly mask: number
  readonly set: number
}

function parseFlags(word: string): number {
  let bits = 0
  for (const name of word.split(',')) {
    if (name === '') continue
    const upper = name.toUpperCase()
    if (upper === 'ALL') bits |= ALL_FLAGS
    else if (Object.hasOwn(FLAGS, upper)) bits |= FLAGS[upper as keyof typeof FLAGS]
    else if (upper !== 'NONE') throw new UsageError(`Unknown TCP flag \`${name}'`)
  }
  return bits
}

function formatFlags(bits: number): string {
  const names = Object.entries(FLAGS).filter(([, bit]) => bits & bit)
  return names.length === 0 ? 'NONE' : names.map(([name]) => name).join(',')
}

function flagsTwice(): UsageError {
  return new UsageError("Only one of `--syn' or `--tcp-flags'  allowed")
}

/** What no flag is asked of is not printed. */
function isAnyFlags({ value, inverted }: Given<FlagTest>): boolean {
  return value.mask === 0 && !inverted
}

/** `--tcp-flags mask set`. */
const tcpFlags = optionOf<FlagTest>({
  words: 2,
  placeholder: 'mask comp',
  parse: ([mask = '', set = '']) => ({ mask: parseFlags(mask), set: parseFlags(set) }),
  format: (flags) => flagsText(flags, ' '),
})

function flagsText({ mask, set }: FlagTest, separator: string): string {
  return formatFlags(mask) + separator + formatFlags(set)
}

function hexFlags({ mask, set }: FlagTest): string {
  const hex = (bits: number): string => `0x${bits.toString(16).toUpperCase().padStart(2, '0')}`
  return `${hex(mask)}/${hex(set)}`
}

const optionNumber = optionOf<number>({
  words: 1,
  placeholder: 'number',
  parse: ([word = '']) => {
    const value = parseNumber(word)
    if (value === null || value < 1 || value > 255) {
      throw new UsageError(`Bad TCP option "${word}"`)
    }
    return value
  },
  format: String,
})

/**
 * Whether a TCP option of this kind is present. A data offset below 5 or options cut short is a hotdrop.
 * Source: Linux tcp_find_option().
 */
function hasOption(kind: number): Test {
  return computed(
    'tcp',
    false,
    (packet) => {
      const { view, transport, end } = packet
      const headerLength = (view.getUint8(transport + 12) >> 4) * 4
      if (headerLength < 20) return OUTCOME.hotdrop
      const optionsEnd = transport + headerLength
      if (headerLength === 20) return OUTCOME.no
      if (optionsEnd > end) return OUTCOME.hotdrop
      for (let at = transport + 20; at < optionsEnd; ) {
        const here = view.getUint8(at)
        if (here === kind) return OUTCOME.yes
        at += here < 2 || at + 1 >= optionsEnd ? 1 : view.getUint8(at + 1) || 1
      }
      return OUTCOME.no
    },
    observeOptions,
  )
}

function observeOptions(packet: Packet): string {
  const length = (packet.view.getUint8(packet.transport + 12) >> 4) * 4 - 20
  return length > 0 ? `${length} bytes of TCP options` : 'no TCP options'
}

const ports = portRangeOf(PROTOCOL.tcp)

/**
 * `-m tcp`: ports, flags and options of a TCP header; loaded by `-p tcp` itself when one of its options is met.
 *
 * Source: iptables-extensions(8) "tcp"; RFC 9293 section 3.1; Linux xt_tcpudp.c tcp_mt().
 */
export const tcp = defineMatch({
  name: 'tcp',
  families: [4, 6],
  protocols: [PROTOCOL.tcp],
  implicitFor: [PROTOCOL.tcp],
  options: {
    sport: ports({
      aliases: ['source-port'],
      help: 'one source port or a range, 0-65535',
      invertible: true,
      repeated: () => new UsageError("Only one `--source-port' allowed"),
      holds: ({ from, to }) => between(field.tcp.sport, from, to),
    }),
    dport: ports({
      aliases: ['destination-port'],
      help: 'one destination port or a range, 0-65535',
      invertible: true,
      repeated: () => new UsageError("Only one `--destination-port' allowed"),
      holds: ({ from, to }) => between(field.tcp.dport, from, to),
    }),
    'tcp-option': optionNumber({
      help: 'kind of an option in the TCP header, 1-255',
      invertible: true,
      repeated: () => new UsageError("Only one `--tcp-option' allowed"),
      holds: hasOption,
    }),
    'tcp-flags': tcpFlags({
      help: 'of the flags in the first list just those in the second are set',
      invertible: true,
      repeated: flagsTwice,
      holds: ({ mask, set }) => masked(field.tcp.flags, mask, set),
    }),
    syn: flag({
      help: 'SYN is set; ACK, RST and FIN are not',
      invertible: true,
      repeated: flagsTwice,
      sets: () => ['tcp-flags', { mask: SYN_MASK, set: FLAGS.SYN } satisfies FlagTest],
    }),
  },
  save: ({ sport, dport, 'tcp-option': option, 'tcp-flags': flags }) =>
    [
      savePorts('sport', sport),
      savePorts('dport', dport),
      option ? saveOption('tcp-option', String(option.value), option.inverted) : '',
      flags && !isAnyFlags(flags) ? saveOption('tcp-flags', flagsText(flags.value, ' '), flags.inverted) : '',
    ].join(''),
  list: ({ sport, dport, 'tcp-option': option, 'tcp-flags': flags }, _rule, { numeric }) => {
    const not = (given: { readonly inverted: boolean }): string => (given.inverted ? '!' : '')
    const ends = portsText('spt', sport, PROTOCOL.tcp, numeric) + portsText('dpt', dport, PROTOCOL.tcp, numeric)
    const bits = flags && !isAnyFlags(flags) ? (numeric ? hexFlags(flags.value) : flagsText(flags.value, '/')) : null
    return [
      ` tcp${ends}`,
      option ? ` option=${not(option)}${option.value}` : '',
      flags && bits !== null ? ` flags:${not(flags)}${bits}` : '',
    ].join('')
  },
  guard: (test) => header(20, test, true),
})
