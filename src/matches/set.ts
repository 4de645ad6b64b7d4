import { UsageError } from '../util/errors.ts'
import { defineMatch, flag, optionOf, parseUint64 } from '../xtables/index.ts'
import { setReference } from '../xtables/set-kind.ts'

const counter = optionOf<bigint>({
  words: 1,
  placeholder: 'value',
  parse: ([word = '']) => {
    const value = parseUint64(word)
    if (value === null) throw new UsageError(`Cannot parse ${word} as a counter value`)
    return value
  },
  format: String,
})

const PACKETS = ['packets-eq', 'packets-lt', 'packets-gt'] as const
const BYTES = ['bytes-eq', 'bytes-lt', 'bytes-gt'] as const

/** The other comparisons of the same counter. */
function others<T extends string>(all: readonly T[], one: T): T[] {
  return all.filter((name) => name !== one)
}

/**
 * `-m set`: the packet's addresses, ports or devices are in an ipset. Read and saved; not evaluated, since a
 * host has no sets yet: what depends on it is unknown.
 *
 * Source: iptables-extensions(8) "set"; ipset(8); Linux xt_set.c set_match_v4().
 */
export const set = defineMatch({
  name: 'set',
  families: [4, 6],
  options: {
    'match-set': setReference({
      aliases: ['set'],
      help: 'name of the set and the packet’s sides to look up',
      invertible: true,
    }),
    'return-nomatch': flag({ help: 'match what the set lists with nomatch' }),
    'update-counters': flag({ help: 'update the counters of the element', invertible: true }),
    'update-subcounters': flag({ help: 'update the counters of the element of a set in the set', invertible: true }),
    'packets-eq': counter({ help: 'packets counted', invertible: true, excludes: others(PACKETS, 'packets-eq') }),
    'packets-lt': counter({ help: 'fewer packets counted', excludes: others(PACKETS, 'packets-lt') }),
    'packets-gt': counter({ help: 'more packets counted', excludes: others(PACKETS, 'packets-gt') }),
    'bytes-eq': counter({ help: 'bytes counted', invertible: true, excludes: others(BYTES, 'bytes-eq') }),
    'bytes-lt': counter({ help: 'fewer bytes counted', excludes: others(BYTES, 'bytes-lt') }),
    'bytes-gt': counter({ help: 'more bytes counted', excludes: others(BYTES, 'bytes-gt') }),
  },
  check: (values) => {
    if (!values['match-set']) throw new UsageError("You must specify `--match-set' with proper arguments")
  },
  holds: () => ({ kind: 'unknown', extension: 'set' }),
  save: (values) => {
    const reference = values['match-set']
    const words: string[] = []
    if (reference) {
      const { name, sides } = reference.value
      words.push(`${reference.inverted ? ' !' : ''} --match-set ${name} ${sides.join(',')}`)
    }
    if (values['return-nomatch']) words.push(' --return-nomatch')
    if (values['update-counters']?.inverted) words.push(' ! --update-counters')
    if (values['update-subcounters']?.inverted) words.push(' ! --update-subcounters')
    for (const name of [...PACKETS, ...BYTES]) {
      const given = values[name]
      if (given) words.push(`${given.inverted ? ' !' : ''} --${name} ${given.value}`)
    }
    return words.join('')
  },
})
