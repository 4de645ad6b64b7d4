import { ruleState } from '../expression/state.ts'
import { computed, OUTCOME, type Test } from '../expression/test.ts'
import { UsageError } from '../util/errors.ts'
import { defineMatch, numberBetween, optionOf } from '../xtables/index.ts'

/** Rates are periods in 1/10000 s. Source: linux/netfilter/xt_limit.h XT_LIMIT_SCALE. */
const SCALE = 10000
const HZ = 250
/** The largest power of two that lets a day's credit fit in 32 bits. Source: xt_limit.c CREDITS_PER_JIFFY at HZ 250. */
const CREDITS_PER_JIFFY = 128
const DEFAULT_BURST = 5
const DEFAULT_PERIOD = (SCALE * 3600) / 3

const UNITS = [
  ['day', 86400],
  ['hour', 3600],
  ['min', 60],
  ['sec', 1],
] as const
const UNIT_WORDS = { second: 1, minute: 60, hour: 3600, day: 86400 } as const

/** The period of a rate such as `5/minute`, in 1/10000 s. Source: libxt_limit.c parse_rate(). */
function parseRate(word: string): number {
  const slash = word.indexOf('/')
  let seconds = 1
  if (slash >= 0) {
    const unit = word.slice(slash + 1).toLowerCase()
    const found = unit === '' ? undefined : Object.entries(UNIT_WORDS).find(([name]) => name.startsWith(unit))
    if (found === undefined) throw new UsageError(`bad rate "${word}"'`)
    seconds = found[1]
  }
  const count = Number.parseInt(word, 10) >>> 0
  if (count === 0) throw new UsageError(`bad rate "${word}"'`)
  const period = Math.floor((SCALE * seconds) / count)
  if (period === 0) throw new UsageError(`Rate too fast "${word}"`)
  return period
}

/** The rate that comes nearest, in the largest unit that holds it well. Source: libxt_limit.c print_rate(). */
function formatRate(period: number): string {
  let best = 0
  while (best + 1 < UNITS.length) {
    const whole = SCALE * (UNITS[best + 1] as (typeof UNITS)[number])[1]
    if (period > whole || Math.floor(whole / period) < whole % period) break
    best++
  }
  const [name, seconds] = UNITS[best] as (typeof UNITS)[number]
  return `${Math.floor((SCALE * seconds) / period)}/${name}`
}

const rate = optionOf<number>({
  words: 1,
  placeholder: 'avg',
  parse: ([word = '']) => parseRate(word),
  format: formatRate,
})

/** A period in credits, with the wrap-around of 32 bits. Source: Linux user2credits(). */
function creditsOf(period: number): number {
  const perSecond = HZ * CREDITS_PER_JIFFY
  if (period > 0xffffffff / perSecond) return (Math.floor(period / SCALE) * perSecond) >>> 0
  return Math.floor((period * perSecond) / SCALE)
}

/** A bucket of credits, full at first. Source: Linux limit_mt(). */
function bucket(period: number, burst: number): Test {
  const capacity = creditsOf((period * burst) >>> 0)
  const cost = creditsOf(period)
  const stateOf = ruleState((environment) => ({ credit: capacity, at: environment.jiffies() }))
  return computed(
    'limit',
    true,
    (_packet, environment) => {
      const state = stateOf(environment)
      const now = environment.jiffies()
      const earned = Math.imul(now - state.at, CREDITS_PER_JIFFY) >>> 0
      const credit = Math.min((state.credit + earned) >>> 0, capacity)
      state.at = now
      state.credit = credit >= cost ? credit - cost : credit
      return credit >= cost ? OUTCOME.yes : OUTCOME.no
    },
    (_packet, environment) => `${stateOf(environment).credit} of ${cost} credits`,
  )
}

/**
 * `-m limit`: at most `--limit` packets a second, minute, hour or day on average, after a burst of
 * `--limit-burst` (1..10000). A token bucket that counts in kernel ticks of 4 ms.
 *
 * Default: 3/hour with a burst of 5. Saved as the nearest whole rate, which may differ from what was written.
 * A rate and burst whose product does not fit in 32 bits is refused.
 *
 * Source: iptables-extensions(8) "limit"; Linux xt_limit.c limit_mt(), limit_mt_check().
 */
export const limit = defineMatch({
  name: 'limit',
  families: [4, 6],
  options: {
    limit: rate({
      help: 'packets on average, per second or as in 5/minute, default 3/hour',
    }),
    'limit-burst': numberBetween(0, 10000)({ help: 'packets that may come at once before the rate counts, default 5' }),
  },
  check: ({ limit: given, 'limit-burst': burst }) => {
    const period = given?.value ?? DEFAULT_PERIOD
    const count = burst?.value ?? DEFAULT_BURST
    if (count === 0 || creditsOf((period * count) >>> 0) < creditsOf(period)) {
      throw new UsageError('Numerical result out of range.', { errno: 'ERANGE' })
    }
  },
  holds: ({ limit: given, 'limit-burst': burst }) =>
    bucket(given?.value ?? DEFAULT_PERIOD, burst?.value ?? DEFAULT_BURST),
  list: ({ limit: given, 'limit-burst': burst }) =>
    ` limit: avg ${formatRate(given?.value ?? DEFAULT_PERIOD)} burst ${burst?.value ?? DEFAULT_BURST}`,
  save: ({ limit: given, 'limit-burst': burst }) => {
    const shown = burst === undefined || burst.value === DEFAULT_BURST ? '' : ` --limit-burst ${burst.value}`
    return ` --limit ${formatRate(given?.value ?? DEFAULT_PERIOD)}${shown}`
  },
})
