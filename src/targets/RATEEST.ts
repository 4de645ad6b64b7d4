import { VERDICT } from '../expression/action.ts'
import type { Environment } from '../expression/environment.ts'
import { type EstimatorSettings, estimatorsOf, LONGEST_NAME, RateEstimator } from '../expression/rate-estimator.ts'
import { cutBytes } from '../util/bytes.ts'
import { UsageError } from '../util/errors.ts'
import { defineTarget, optionOf, type Values } from '../xtables/index.ts'

const SECOND = 1_000_000
const UNITS: Readonly<Record<string, number>> = {
  '': 1,
  s: SECOND,
  sec: SECOND,
  secs: SECOND,
  ms: 1000,
  msec: 1000,
  msecs: 1000,
  us: 1,
  usec: 1,
  usecs: 1,
}

/** Microseconds, of which 32 bits are kept. */
const duration = optionOf<number>({
  words: 1,
  placeholder: 'time',
  parse: ([word = ''], { option }) => {
    const [, number = '', unit = ''] =
      /^\s*([+-]?(?:0x[\da-f]+|(?:\d+\.?\d*|\.\d+)(?:e[+-]?\d+)?))(.*)$/is.exec(word) ?? []
    const factor = UNITS[unit.toLowerCase()]
    if (number === '' || factor === undefined) {
      throw new UsageError(`RATEEST: bad ${option.replace('rateest-', '')} value "${word}"`)
    }
    return Number(BigInt.asUintN(32, BigInt(Math.trunc(Number(number) * factor))))
  },
  format: formatTime,
})

const estimatorName = optionOf<string>({
  words: 1,
  placeholder: 'name',
  parse: ([word = '']) => cutBytes(word, LONGEST_NAME),
  format: (name) => name,
})

const options = {
  'rateest-name': estimatorName({ help: 'name that the match finds the estimator by' }),
  'rateest-interval': duration({ help: 'time between two measurements' }),
  'rateest-ewmalog': duration({ help: 'time over which measurements are averaged' }),
}

/** Source: libxt_RATEEST.c RATEEST_print_time(). */
function formatTime(microseconds: number): string {
  if (microseconds >= SECOND) return `${(microseconds / SECOND).toFixed(1)}s`
  if (microseconds >= 1000) return `${(microseconds / 1000).toFixed(1)}ms`
  return `${microseconds}us`
}

/** The nearest settings that the kernel has; null for the one that is out of range. Source: libxt_RATEEST.c RATEEST_final_check(). */
function settingsOf(values: Values<typeof options>): {
  readonly interval: number | null
  readonly ewmaLog: number | null
} {
  const period = values['rateest-interval']?.value ?? 0
  const average = values['rateest-ewmalog']?.value ?? 0
  const steps = [-2, -1, 0, 1, 2, 3]
  const interval = steps.find((step) => period <= 2 ** step * SECOND) ?? null
  let ewmaLog = 1
  while (ewmaLog < 32 && period / -Math.log(1 - 1 / 2 ** ewmaLog) <= average) ewmaLog++
  ewmaLog--
  return { interval, ewmaLog: ewmaLog === 0 || ewmaLog >= 31 ? null : ewmaLog }
}

/** What a rule is known to have once it was checked. */
function checkedSettings(values: Values<typeof options>): EstimatorSettings {
  const { interval, ewmaLog } = settingsOf(values)
  return { interval: interval ?? 0, ewmaLog: ewmaLog ?? 1 }
}

function times(values: Values<typeof options>): readonly [string, string] {
  const { interval, ewmaLog } = checkedSettings(values)
  const period = (SECOND / 4) * 2 ** (interval + 2)
  return [formatTime(period), formatTime((period * 2 ** ewmaLog) % 2 ** 32)]
}

function estimatorOf(values: Values<typeof options>, environment: Environment): RateEstimator {
  const estimators = estimatorsOf(environment)
  const name = values['rateest-name']?.value ?? ''
  const known = estimators.get(name)
  if (known !== undefined) return known
  const made = new RateEstimator(checkedSettings(values), environment.jiffies())
  estimators.set(name, made)
  return made
}

/**
 * `-j RATEEST`: counts the packet in an estimator of rates, which `-m rateest` asks; the packet goes on.
 *
 * Measurements are taken every 250 ms to 8 s in powers of two, the next longer of what is asked for; the average is
 * 2^n of them, and what is saved are those times. Rules that name one estimator share it, with the settings of the first
 * (the kernel refuses a rule with others).
 *
 * Differs: a second rule that feeds the estimator at another interval is taken, where the kernel refuses it.
 *
 * Source: iptables-extensions(8) "RATEEST"; Linux xt_RATEEST.c xt_rateest_tg(), xt_rateest_tg_checkentry().
 */
export const RATEEST = defineTarget({
  name: 'RATEEST',
  families: [4, 6],
  options,
  check: (values) => {
    const { interval, ewmaLog } = settingsOf(values)
    if (interval === null) throw new UsageError('RATEEST: interval value is too large')
    if (ewmaLog === null) throw new UsageError('RATEEST: ewmalog value is out of range')
    if (values['rateest-name'] === undefined) {
      throw new UsageError('RATEEST: option "--rateest-name" must be specified\n')
    }
  },
  act: (values) => [
    {
      kind: 'computed',
      name: 'RATEEST',
      act: (packet, environment) => {
        estimatorOf(values, environment).count(packet.length, environment.jiffies())
        return VERDICT.continue
      },
      prepare: (environment) => void estimatorOf(values, environment),
    },
  ],
  save: (values) => {
    const [interval, ewmalog] = times(values)
    const name = values['rateest-name']?.value ?? ''
    return ` --rateest-name ${name} --rateest-interval ${interval} --rateest-ewmalog ${ewmalog}`
  },
  list: (values) => {
    const [interval, ewmalog] = times(values)
    return ` name ${values['rateest-name']?.value ?? ''} interval ${interval} ewmalog ${ewmalog}`
  },
})
