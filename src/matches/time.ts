import { computed, OUTCOME, type Test } from '../expression/test.ts'
import { UsageError } from '../util/errors.ts'
import { defineMatch, flag, optionOf, type Values } from '../xtables/index.ts'
import { formatDate, formatDaytime, parseDate, parseDaytime, WEEKDAYS } from './time-text.ts'

const DAY = 86400
const LAST_SECOND = DAY - 1
/** Where no `--datestop` is given. */
const LAST_DATE = 0x7fffffff

const daytime = optionOf<number>({
  words: 1,
  placeholder: 'hh:mm[:ss]',
  parse: ([word = '']) => parseDaytime(word),
  format: formatDaytime,
})

const date = optionOf<number>({
  words: 1,
  placeholder: 'YYYY[-MM[-DD[Thh[:mm[:ss]]]]]',
  parse: ([word = '']) => parseDate(word),
  format: formatDate,
})

/** Days of the month as bits 1..31. */
const monthdays = optionOf<number>({
  words: 1,
  placeholder: 'value',
  parse: ([word = '']) => {
    let bits = 0
    for (const part of word.split(',')) {
      const day = /^\d+$/.test(part) ? Number(part) : Number.NaN
      if (!(day >= 1 && day <= 31)) throw new UsageError(`${part} is not a valid day for --monthdays`)
      bits |= 1 << day
    }
    return bits >>> 0
  },
  format: (bits) =>
    Array.from({ length: 31 }, (_, day) => day + 1)
      .filter((day) => (bits >>> day) & 1)
      .join(','),
})

/** Days of the week as bits 1 (Monday) .. 7. */
const weekdays = optionOf<number>({
  words: 1,
  placeholder: 'value',
  parse: ([word = '']) => {
    let bits = 0
    for (const part of word.split(',')) {
      if (/^0*$/.test(part)) throw new UsageError('No, the week does NOT begin with Sunday.')
      const day = /^[1-7]$/.test(part)
        ? Number(part)
        : WEEKDAYS.findIndex((name) => part.length >= 2 && part.length < 8 && part.startsWith(name.slice(0, 2))) + 1
      if (day === 0) throw new UsageError(`${part} is not a valid day specifier`)
      bits |= 1 << day
    }
    return bits
  },
  format: (bits) => WEEKDAYS.filter((_, index) => bits & (1 << (index + 1))).join(','),
})

const ALL_MONTHDAYS = 0xfffffffe
const ALL_WEEKDAYS = 0xfe

const options = {
  timestart: daytime({ help: 'Start time (00:00:00 - 23:59:59)' }),
  timestop: daytime({ help: 'Stop time (00:00:00 - 23:59:59)' }),
  monthdays: monthdays({ help: 'List of days on which to match, separated by comma', invertible: true }),
  weekdays: weekdays({ help: 'List of weekdays on which to match, sep. by comma', invertible: true }),
  datestart: date({ help: 'Start date (0001-01-01T00:00:00 - 2038-01-19T03:14:07)' }),
  datestop: date({ help: 'Stop date' }),
  utc: flag({ help: 'Time is interpreted as UTC', excludes: ['kerneltz'] }),
  kerneltz: flag({ aliases: ['localtz'], help: 'Work with the kernel timezone instead of UTC', excludes: ['utc'] }),
  contiguous: flag({ help: 'Treat a range over midnight as one period' }),
}

/** When the rule holds, in seconds and bits of days. */
function periodOf(values: Values<typeof options>) {
  const days = (given: { value: number; inverted: boolean } | undefined, all: number): number =>
    given === undefined ? all : ((given.inverted ? ~given.value : given.value) & all) >>> 0
  return {
    start: values.timestart?.value ?? 0,
    stop: values.timestop?.value ?? LAST_SECOND,
    from: values.datestart?.value ?? 0,
    to: values.datestop?.value ?? LAST_DATE,
    monthdays: days(values.monthdays, ALL_MONTHDAYS),
    weekdays: days(values.weekdays, ALL_WEEKDAYS),
    contiguous: values.contiguous !== undefined,
  }
}

/** Source: Linux time_mt(). */
function inPeriod(period: ReturnType<typeof periodOf>, seconds: number): boolean {
  const { start, stop, from, to, contiguous } = period
  if (seconds < from || seconds > to) return false
  const ofDay = seconds % DAY
  let day = seconds
  if (start < stop) {
    if (ofDay < start || ofDay > stop) return false
  } else {
    if (ofDay < start && ofDay > stop) return false
    // The hours behind midnight belong to the day before.
    if (contiguous && ofDay <= stop) day -= DAY
  }
  const moment = new Date(day * 1000)
  const isWeekday = (period.weekdays >>> (moment.getUTCDay() || 7)) & 1
  return isWeekday === 1 && ((period.monthdays >>> moment.getUTCDate()) & 1) === 1
}

function timeTest(values: Values<typeof options>): Test {
  const period = periodOf(values)
  return computed(
    'time',
    false,
    (_packet, environment) => (inPeriod(period, Math.floor(environment.wall() / 1000)) ? OUTCOME.yes : OUTCOME.no),
    (_packet, environment) => formatDate(Math.floor(environment.wall() / 1000)),
  )
}

/**
 * `-m time`: the wall clock lies between dates, between times of day, on days of the week or month. All in UTC;
 * a host's kernel time zone (`--kerneltz`) is taken to be UTC too.
 *
 * A time of day that stops before it starts goes over midnight; with `--contiguous` the hours behind midnight
 * belong to the day before.
 *
 * Source: iptables-extensions(8) "time"; Linux xt_time.c time_mt().
 */
export const time = defineMatch({
  name: 'time',
  families: [4, 6],
  options,
  check: (values) => {
    const { start, stop, contiguous } = periodOf(values)
    if (contiguous && start < stop) {
      throw new UsageError('time: --contiguous only makes sense when stoptime is smaller than starttime')
    }
  },
  holds: timeTest,
  save: (values) => {
    const { start, stop, from, to, monthdays: month, weekdays: week } = periodOf(values)
    const context = { family: 4, extension: 'time', option: '', protocol: 0 } as const
    return [
      start === 0 && stop === LAST_SECOND
        ? ''
        : ` --timestart ${formatDaytime(start)} --timestop ${formatDaytime(stop)}`,
      month === ALL_MONTHDAYS ? '' : ` --monthdays ${options.monthdays.format(month, context)}`,
      week === ALL_WEEKDAYS ? '' : ` --weekdays ${options.weekdays.format(week, context)}`,
      from === 0 ? '' : ` --datestart ${formatDate(from)}`,
      ` --datestop ${formatDate(to)}`,
      values.kerneltz ? ' --kerneltz' : '',
      values.contiguous ? ' --contiguous' : '',
    ].join('')
  },
})
