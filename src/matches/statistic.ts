import { ruleState } from '../expression/state.ts'
import { computed, not, OUTCOME, type Test } from '../expression/test.ts'
import { UsageError } from '../util/errors.ts'
import { defineMatch, numberBetween, optionOf, outOfRange, uint32 } from '../xtables/index.ts'

const mode = optionOf<'random' | 'nth'>({
  words: 1,
  placeholder: 'mode',
  parse: ([word = '']) => {
    if (word !== 'random' && word !== 'nth') throw new UsageError(`Bad mode "${word}"`)
    return word
  },
  format: (word) => word,
})

/** A number as strtod reads it, decimal or hexadecimal; null for anything else. */
function parseFloating(word: string): number | null {
  const [, sign, digits = ''] = /^[ \t\n\v\f\r]*([+-]?)(\S*)$/.exec(word) ?? []
  const factor = sign === '-' ? -1 : 1
  if (/^(\d+\.?\d*|\.\d+)(e[+-]?\d+)?$/i.test(digits)) return factor * Number(digits)
  if (/^nan(\(\w*\))?$/i.test(digits)) return Number.NaN
  const hex = /^0x([\da-f]*)\.?([\da-f]*)(?:p([+-]?\d+))?$/i.exec(digits)
  if (hex === null || !/^0x\.?[\da-f]/i.test(digits)) return null
  const [, whole = '', fraction = '', exponent = '0'] = hex
  return factor * Number.parseInt(`0${whole}${fraction}`, 16) * 2 ** (Number(exponent) - 4 * fraction.length)
}

/** A probability 0..1, kept as the nearest multiple of 2^-31. Source: libxt_statistic.c statistic_mt_init(). */
const probability = optionOf<number>({
  words: 1,
  placeholder: 'p',
  parse: ([word = ''], context) => {
    const value = parseFloating(word)
    if (value === null || value < 0 || value > 1) throw outOfRange(context, null, 0, 1)
    return Number.isNaN(value) ? 0 : Math.round(value * 0x80000000)
  },
  format: formatProbability,
})

/** Eleven digits behind the point, exact halves to the even digit, as printf does. */
function formatProbability(scaled: number): string {
  const parts = BigInt(scaled) * 10n ** 11n
  const half = 1n << 30n
  let digits = parts >> 31n
  const rest = parts - (digits << 31n)
  if (rest > half || (rest === half && digits & 1n)) digits++
  const text = digits.toString().padStart(12, '0')
  return `${text.slice(0, -11)}.${text.slice(-11)}`
}

/** Source: Linux statistic_mt(), XT_STATISTIC_MODE_RANDOM. */
function random(scaled: number): Test {
  return computed('statistic', true, (_packet, environment) =>
    (environment.random() & 0x7fffffff) < scaled ? OUTCOME.yes : OUTCOME.no,
  )
}

/** Every `every`th packet, of each such group the one with number `packet`. Source: Linux XT_STATISTIC_MODE_NTH. */
function nth(every: number, packet: number): Test {
  const last = every - 1
  const stateOf = ruleState(() => ({ count: last - packet }))
  return computed('statistic', true, (_packet, environment) => {
    const state = stateOf(environment)
    state.count = state.count === last ? 0 : state.count + 1
    return state.count === 0 ? OUTCOME.yes : OUTCOME.no
  })
}

/**
 * `-m statistic`: a share of the packets, by chance (`--mode random`) or by counting those that this rule was
 * asked about (`--mode nth`).
 *
 * Source: iptables-extensions(8) "statistic"; Linux xt_statistic.c statistic_mt().
 */
export const statistic = defineMatch({
  name: 'statistic',
  families: [4, 6],
  options: {
    mode: mode({ help: 'random: by chance; nth: by counting', required: true }),
    probability: probability({
      help: 'share of packets that match, 0 to 1',
      invertible: true,
      excludes: ['every', 'packet'],
    }),
    every: numberBetween(
      1,
      0xffffffff,
    )({ help: 'one packet of so many matches, 1 or more', invertible: true, needs: ['packet'] }),
    packet: uint32({ help: 'which one of them, counted from 0 (default)', needs: ['every'] }),
  },
  check: ({ mode: given, probability: chance, every, packet }) => {
    // Without a mode it is random here; that the mode is missing is said later.
    if (given?.value !== 'nth' && !chance) {
      throw new UsageError('--probability must be specified when using random mode')
    }
    if (given?.value === 'nth' && !every && !packet) {
      throw new UsageError('--every and --packet must be specified when using nth mode')
    }
    if (given?.value === 'nth' && packet && packet.value >= (every?.value ?? 1)) {
      throw new UsageError('the --packet p must be 0 <= p <= n-1')
    }
  },
  list: ({ mode: given, probability: chance, every, packet }) => {
    const not = (chance ?? every)?.inverted ? ' !' : ''
    if (given?.value === 'random')
      return ` statistic mode random${not} probability ${formatProbability(chance?.value ?? 0)}`
    return ` statistic mode nth${not} every ${every?.value}${packet?.value ? ` packet ${packet.value}` : ''}`
  },
  holds: ({ probability: chance, every, packet }) => {
    const test = chance ? random(chance.value) : nth(every?.value ?? 1, packet?.value ?? 0)
    return (chance ?? every)?.inverted ? not(test) : test
  },
})
