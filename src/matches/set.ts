import type { Environment } from '../expression/environment.ts'
import { type ComputedTest, not, OUTCOME, type Outcome, type Test } from '../expression/test.ts'
import { type CounterTest, type Lookup, NO_SKBINFO, setsOf, testIn } from '../ipset/index.ts'
import type { Packet } from '../packet/packet.ts'
import { UsageError } from '../util/errors.ts'
import { formatAddress } from '../wire/address.ts'
import { defineMatch, flag, optionOf, parseUint64, type Values } from '../xtables/index.ts'
import { formatSetReference, type SetReference, setReference } from '../xtables/set-kind.ts'

const counterValue = optionOf<bigint>({
  words: 1,
  placeholder: 'value',
  parse: ([word = '']) => {
    const value = parseUint64(word)
    if (value === null) throw new UsageError(`Cannot parse ${word} as a counter value`)
    return value
  },
  format: String,
})

/** A comparison with one of the two counters. */
function counter(what: 'packets' | 'bytes', operator: 'eq' | 'lt' | 'gt'): ReturnType<typeof counterValue> {
  const help = { eq: `${what} counted`, lt: `fewer ${what} counted`, gt: `more ${what} counted` }[operator]
  return counterValue({
    help,
    invertible: operator === 'eq',
    repeated: () => onlyOne(what),
    notInvertible: ({ option }) => new UsageError(`--${option} option cannot be inverted`),
  })
}

function onlyOne(what: 'packets' | 'bytes'): UsageError {
  return new UsageError(`only one of the --${what}-[eq|lt|gt] is allowed`)
}

/** `--set`, which is taken with a word about it. Source: iptables 1.8.9 libxt_set.c set_parse_v4(). */
const oldSetReference: typeof setReference = (settings = {}) => {
  const option = setReference(settings)
  return {
    ...option,
    parse: (words, context) => {
      context.warn?.('--set option deprecated, please use --match-set\n')
      return option.parse(words, context)
    },
  }
}

const options = {
  'match-set': setReference({
    help: 'name of the set and the packet’s sides to look up',
    invertible: true,
  }),
  set: oldSetReference({
    help: 'the old name of --match-set',
    invertible: true,
    sets: (given) => ['match-set', given],
  }),
  'return-nomatch': flag({
    help: 'match what the set lists with nomatch',
    repeated: 'last wins',
    notInvertible: () => new UsageError('--return-nomatch flag cannot be inverted'),
  }),
  'update-counters': flag({ help: 'update the counters of the element', invertible: true, repeated: 'last wins' }),
  'update-subcounters': flag({
    help: 'count also in the set that a list:set found it in',
    invertible: true,
    repeated: 'last wins',
  }),
  'packets-eq': counter('packets', 'eq'),
  'packets-lt': counter('packets', 'lt'),
  'packets-gt': counter('packets', 'gt'),
  'bytes-eq': counter('bytes', 'eq'),
  'bytes-lt': counter('bytes', 'lt'),
  'bytes-gt': counter('bytes', 'gt'),
}
type SetValues = Values<typeof options>

const COUNTERS = {
  packets: ['packets-eq', 'packets-lt', 'packets-gt'],
  bytes: ['bytes-eq', 'bytes-lt', 'bytes-gt'],
} as const
const OPERATORS = { eq: 'equal', lt: 'less', gt: 'greater' } as const

function counterTest(values: SetValues, what: 'packets' | 'bytes'): CounterTest | null {
  for (const name of COUNTERS[what]) {
    const given = values[name]
    if (given === undefined) continue
    const operator = given.inverted ? 'unequal' : OPERATORS[name.slice(-2) as keyof typeof OPERATORS]
    return { operator, value: given.value }
  }
  return null
}

function lookup(values: SetValues, { name, sides }: SetReference): Test {
  const question: Lookup = {
    sides,
    returnNomatch: values['return-nomatch'] !== undefined,
    updatesCounters: values['update-counters']?.inverted !== true,
    updatesSubcounters: values['update-subcounters']?.inverted !== true,
    packets: counterTest(values, 'packets'),
    bytes: counterTest(values, 'bytes'),
    skbinfo: NO_SKBINFO,
  }
  const test: ComputedTest = {
    kind: 'computed',
    name: 'set',
    stateful: true,
    mayBeUnknown: true,
    evaluate: (packet: Packet, environment: Environment): Outcome => {
      const set = setsOf(environment)?.get(name)
      if (set === undefined) return OUTCOME.unknown
      return testIn(set, packet, question, environment.jiffies()) ? OUTCOME.yes : OUTCOME.no
    },
    observe: (packet, environment) => {
      if (setsOf(environment) === null) return 'set'
      return formatAddress(packet.family === 6 ? 6 : 4, sides[0] === 'src' ? packet.source : packet.destination)
    },
  }
  return test
}

/** The words of both listings; `dashes` stand before each. */
function write(values: SetValues, dashes: string): string {
  const reference = values['match-set']
  let text = ''
  if (reference) text += `${reference.inverted ? ' !' : ''} ${dashes}match-set ${formatSetReference(reference.value)}`
  if (values['return-nomatch']) text += ` ${dashes}return-nomatch`
  if (values['update-counters']?.inverted) text += ` ! ${dashes}update-counters`
  if (values['update-subcounters']?.inverted) text += ` ! ${dashes}update-subcounters`
  for (const name of [...COUNTERS.packets, ...COUNTERS.bytes]) {
    const given = values[name]
    if (given) text += `${given.inverted ? ' !' : ''} ${dashes}${name} ${given.value}`
  }
  return text
}

/**
 * `-m set`: the packet's addresses, ports or devices are in an ipset, under comparisons of the counters of what was
 * found; the packet is counted first. A set of the other family, or one that needs more sides than are given, has
 * nothing.
 *
 * What depends on it is unknown where nothing is known of the host's sets (no `ipset.save` in its directory).
 *
 * Source: iptables-extensions(8) "set"; ipset(8); Linux xt_set.c set_match_v4(), ip_set_core.c ip_set_test().
 */
export const set = defineMatch({
  name: 'set',
  families: [4, 6],
  options,
  check: (values) => {
    for (const what of ['packets', 'bytes'] as const) {
      if (COUNTERS[what].filter((name) => values[name]).length > 1) throw onlyOne(what)
    }
    if (!values['match-set']) throw new UsageError("You must specify `--match-set' with proper arguments")
  },
  holds: (values) => {
    const given = values['match-set']
    if (given === undefined) return { kind: 'unknown', extension: 'set' }
    const test = lookup(values, given.value)
    return given.inverted ? not(test) : test
  },
  save: (values) => write(values, '--'),
  list: (values) => write(values, ''),
})
