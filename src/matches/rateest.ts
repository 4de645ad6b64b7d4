import type { Environment } from '../expression/environment.ts'
import { estimatorsOf, LONGEST_NAME, type RateEstimator } from '../expression/rate-estimator.ts'
import { allOf, anyOf, computed, not, OUTCOME, type Test } from '../expression/test.ts'
import { cutBytes } from '../util/bytes.ts'
import { UsageError } from '../util/errors.ts'
import { defineMatch, flag, optionOf, parseNumber, type Values } from '../xtables/index.ts'
import { formatBits, parseBits } from './bit-rate.ts'

const MODES = ['lt', 'gt', 'eq'] as const
type Mode = (typeof MODES)[number]

/** iptables' texts for what the options do not take, by the name they are called there. */
function refusals(
  called: string,
  twice = called,
): {
  notInvertible: () => UsageError
  repeated: () => UsageError
} {
  return {
    notInvertible: () => new UsageError(`rateest: ${called} can't be inverted`),
    repeated: () => new UsageError(`rateest: can't specify ${twice} twice`),
  }
}

const estimatorName = optionOf<string>({
  words: 1,
  placeholder: 'name',
  parse: ([word = '']) => cutBytes(word, LONGEST_NAME),
  format: (name) => name,
})

/** A rate whose value may be missing: then it is 0. */
function rateOption(parse: (word: string) => number): ReturnType<typeof optionOf<number>> {
  return optionOf<number>({
    words: 1,
    optional: true,
    placeholder: 'rate',
    parse: ([word]) => (word === undefined ? 0 : parse(word)),
    format: String,
  })
}

const bytesPerSecond = rateOption(parseBits)
const packetsPerSecond = rateOption((word) => {
  const value = parseNumber(word)
  if (value === null || value > 0xffffffff) throw new UsageError(`rateest: could not parse pps \`${word}'`)
  return value
})

function comparison(help: string): ReturnType<typeof flag> {
  return flag({ help, invertible: true, repeated: () => new UsageError("rateest: can't specify lt/gt/eq twice") })
}

const options = {
  rateest1: estimatorName({
    help: 'estimator on the left side',
    aliases: ['rateest'],
    ...refusals('rateest', '--rateest1'),
  }),
  rateest2: estimatorName({ help: 'estimator on the right side', ...refusals('rateest', '--rateest2') }),
  'rateest-bps1': bytesPerSecond({
    help: 'rate of the first in bits per second',
    ...refusals('rateest-bps', '--rateest-bps1'),
  }),
  'rateest-pps1': packetsPerSecond({
    help: 'rate of the first in packets per second',
    ...refusals('rateest-pps', '--rateest-pps1'),
  }),
  'rateest-bps2': bytesPerSecond({
    help: 'rate of the second in bits per second',
    aliases: ['rateest-bps'],
    ...refusals('rateest-bps', '--rateest-bps2'),
  }),
  'rateest-pps2': packetsPerSecond({
    help: 'rate of the second in packets per second',
    aliases: ['rateest-pps'],
    ...refusals('rateest-pps', '--rateest-pps2'),
  }),
  'rateest-delta': flag({
    help: 'what is left up to the given rates',
    ...refusals('rateest-delta', '--rateest-delta'),
  }),
  'rateest-lt': comparison('less than'),
  'rateest-gt': comparison('greater than'),
  'rateest-eq': comparison('equal'),
}

/** What a rule asks of its estimators. */
interface Question {
  readonly names: readonly [string, string | null]
  readonly mode: Mode | null
  readonly inverted: boolean
  readonly delta: boolean
  /** The rates given for both sides, in bytes and packets per second; null where that is not asked. */
  readonly bytes: readonly [number, number] | null
  readonly packets: readonly [number, number] | null
}

function questionOf(values: Values<typeof options>): Question {
  const modes = Object.keys(values).flatMap((name) => MODES.find((mode) => name === `rateest-${mode}`) ?? [])
  const pair = (one: 'rateest-bps1' | 'rateest-pps1', two: 'rateest-bps2' | 'rateest-pps2'): [number, number] | null =>
    values[one] || values[two] ? [values[one]?.value ?? 0, values[two]?.value ?? 0] : null
  return {
    names: [values.rateest1?.value ?? '', values.rateest2?.value ?? null],
    mode: modes.at(-1) ?? null,
    inverted: modes.some((mode) => values[`rateest-${mode}`]?.inverted),
    delta: values['rateest-delta'] !== undefined,
    bytes: pair('rateest-bps1', 'rateest-bps2'),
    packets: pair('rateest-pps1', 'rateest-pps2'),
  }
}

function compare(mode: Mode | null, one: number, two: number): boolean {
  return mode === 'lt' ? one < two : mode === 'gt' ? one > two : one === two
}

/** The side's rate, or what is left of the given one. */
function sideOf(delta: boolean, given: number, measured: number): number {
  return delta ? Math.max(0, given - measured) : measured
}

/** Source: Linux xt_rateest_mt(). */
function ask(
  { mode, inverted, delta, bytes, packets }: Question,
  one: RateEstimator,
  two: RateEstimator | null,
  now: number,
): boolean {
  let holds = true
  if (bytes !== null) {
    const first = sideOf(delta, bytes[0], one.bytesPerSecond(now))
    holds &&= compare(mode, first, two === null ? bytes[1] : sideOf(delta, bytes[1], two.bytesPerSecond(now)))
  }
  if (packets !== null) {
    const first = sideOf(delta, packets[0], one.packetsPerSecond(now))
    holds &&= compare(mode, first, two === null ? packets[1] : sideOf(delta, packets[1], two.packetsPerSecond(now)))
  }
  return holds !== inverted
}

function rateTest(question: Question): Test {
  const [first, second] = question.names
  const find = (environment: Environment, name: string | null): RateEstimator | null =>
    name === null ? null : (estimatorsOf(environment).get(name) ?? null)
  const exist = computed('rateest', false, (_packet, environment) => {
    const missing = find(environment, first) === null || (second !== null && find(environment, second) === null)
    return missing ? OUTCOME.no : OUTCOME.yes
  })
  const compared = computed(
    'rateest',
    false,
    (_packet, environment) => {
      const [one, two] = [find(environment, first), find(environment, second)]
      return one !== null && ask(question, one, two, environment.jiffies()) ? OUTCOME.yes : OUTCOME.no
    },
    (_packet, environment) => {
      const one = find(environment, first)
      const now = environment.jiffies()
      return one === null
        ? 'no estimator'
        : `${one.bytesPerSecond(now)} bytes/s, ${one.packetsPerSecond(now)} packets/s`
    },
  )
  return anyOf(allOf(exist, compared), allOf(not(exist), { kind: 'unknown', extension: 'rateest' }))
}

/** The words both texts are made of; `list` writes rates differently. */
function save(question: Question): string {
  const { names, mode, inverted, delta, bytes, packets } = question
  const [first, second] = names
  const compared = `${inverted ? ' !' : ''} --rateest-${mode}`
  const part = (unit: string, pair: readonly [number, number] | null, format: (rate: number) => string): string => {
    if (pair === null) return ''
    if (delta) return ` --rateest-${unit}1 ${format(pair[0])}${compared} --rateest-${unit}2 ${format(pair[1])}`
    return `${compared} --rateest-${unit}${second === null ? ` ${format(pair[1])}` : ''}`
  }
  return [
    delta ? ' --rateest-delta' : '',
    second === null ? ` --rateest ${first}` : ` --rateest1 ${first}`,
    part('bps', bytes, formatBits),
    part('pps', packets, String),
    second === null ? '' : ` --rateest2 ${second}`,
  ].join('')
}

function list(question: Question, numeric: boolean): string {
  const { names, mode, inverted, delta, bytes, packets } = question
  const [first, second] = names
  const bits = numeric ? String : formatBits
  const compared = `${inverted ? ' !' : ''} ${mode}`
  const side = (index: 0 | 1): string =>
    [
      bytes === null ? '' : ` bps${delta ? ` ${bits(bytes[index])}` : ''}`,
      packets === null ? '' : ` pps${delta ? ` ${packets[index]}` : ''}`,
    ].join('')
  const start = ` rateest match ${first}${delta ? ' delta' : ''}`
  if (second !== null) return `${start}${side(0)}${compared} ${second}${side(1)}`
  const ofBytes = bytes && ` bps${delta ? ` ${bits(bytes[0])}` : ''} ${bits(bytes[1])}${compared}`
  const ofPackets = packets && ` pps${delta ? ` ${packets[0]}` : ''}${compared} ${packets[1]}`
  return `${start}${ofBytes ?? ''}${ofPackets ?? ''}`
}

/**
 * `-m rateest`: compares the rates of an estimator (`-j RATEEST`), in bytes or packets per second, with given rates or
 * with those of another estimator; with `--rateest-delta` what each leaves of its given rate.
 *
 * An estimator that no rule of the host has, with which the kernel refuses the rule, makes the answer unknown.
 *
 * Differs: an estimator that no rule feeds makes the rule unknown, where the kernel refuses it.
 *
 * Source: iptables-extensions(8) "rateest"; Linux xt_rateest.c xt_rateest_mt(), xt_rateest_mt_checkentry().
 */
export const rateest = defineMatch({
  name: 'rateest',
  families: [4, 6],
  options,
  check: (values) => {
    const { mode, bytes, packets } = questionOf(values)
    if (mode === null) throw new UsageError('rateest: no comparison', { errno: 'EINVAL' })
    if (bytes === null && packets === null) throw new UsageError('rateest: no kind of rate', { errno: 'EINVAL' })
    if (values.rateest1 === undefined) throw new UsageError('rateest: no estimator', { errno: 'ENOENT' })
  },
  holds: (values) => rateTest(questionOf(values)),
  save: (values) => save(questionOf(values)),
  list: (values, _rule, { numeric }) => list(questionOf(values), numeric),
})
