import { computed, OUTCOME, type Test } from '../expression/test.ts'
import { UsageError } from '../util/errors.ts'
import { defineMatch, flag, type OptionContext, optionOf, type Values } from '../xtables/index.ts'
import { formatDate, formatDaytime, leadingInteger, parseDate, parseDaytime, WEEKDAYS } from './time-text.ts'

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
  parse: ([word = ''], { warn }) => parseDate(word, warn),
  format: formatDate,
})

/** The parts between commas, of which only the first `most` characters count; nothing behind a last comma. */
function listed(word: string, most: number): string[] {
  const parts = word.split(',').map((part) => part.slice(0, most))
  return parts.at(-1) === '' ? parts.slice(0, -1) : parts
}

/** Days of the month as bits 1..31; bit 0 of a day that is none. Source: libxt_time.c time_parse_monthdays(). */
const monthdays = optionOf<number>({
  words: 1,
  placeholder: 'value',
  parse: ([word = '']) => {
    let bits = 0
    for (const part of listed(word, 2)) {
      const { value, rest } = leadingInteger(part, 0)
      if (rest !== '' || value > 31) throw new UsageError(`${part} is not a valid day for --monthdays`)
      bits |= 1 << value
    }
    return bits >>> 0
  },
  format: (bits) => daysOf(bits).join(','),
})

function daysOf(bits: number): number[] {
  return Array.from({ length: 31 }, (_, day) => day + 1).filter((day) => (bits >>> day) & 1)
}

/** Days of the week as bits 1 (Monday) .. 7; numbers are taken modulo 32. Source: libxt_time.c time_parse_weekdays(). */
const weekdays = optionOf<number>({
  words: 1,
  placeholder: 'value',
  parse: ([word = '']) => {
    let bits = 0
    for (const part of listed(word, 3)) {
      const { value, rest } = leadingInteger(part, 0)
      if (rest === '' && value === 0) throw new UsageError('No, the week does NOT begin with Sunday.')
      const named = WEEKDAYS.findIndex((name) => part.startsWith(name.slice(0, 2))) + 1
      if (rest !== '' && named === 0) throw new UsageError(`${part} is not a valid day specifier`)
      bits |= 1 << (rest === '' ? value : named)
    }
    return bits & 0xff
  },
  format: weekdayNames,
})

function weekdayNames(bits: number): string {
  return WEEKDAYS.filter((_, index) => bits & (1 << (index + 1))).join(',')
}

const ALL_MONTHDAYS = 0xfffffffe
const ALL_WEEKDAYS = 0xfe

function warnOfLocaltz(_words: readonly string[], { warn }: OptionContext): true {
  warn?.(
    'WARNING: --localtz is being replaced by --kerneltz, since "local" is ambiguous. ' +
      'Note the kernel timezone has caveats - see manpage for details.\n',
  )
  return true
}

const options = {
  timestart: daytime({ help: 'time of day from which on it matches, default 00:00:00' }),
  timestop: daytime({ help: 'time of day up to which it matches, default 23:59:59' }),
  monthdays: monthdays({ help: 'days of the month, 1-31, between commas', invertible: true }),
  weekdays: weekdays({ help: 'days of the week, Mon-Sun or 1-7, between commas', invertible: true }),
  datestart: date({ help: 'moment from which on it matches, 1970 to 2038' }),
  datestop: date({ help: 'moment up to which it matches' }),
  localtz: { ...flag({ help: 'old name of --kerneltz', excludes: ['utc'] }), parse: warnOfLocaltz },
  utc: flag({ help: 'UTC is meant, as without it', excludes: ['kerneltz', 'localtz'] }),
  kerneltz: flag({ help: 'the time zone that the kernel was told is meant', excludes: ['utc'] }),
  contiguous: flag({ help: 'a time over midnight belongs to the day it began on' }),
}

/** When the rule holds, in seconds and bits of days. */
function periodOf(values: Values<typeof options>) {
  const days = (given: { value: number; inverted: boolean } | undefined, all: number): number =>
    given === undefined ? all : (given.inverted ? given.value ^ all : given.value) >>> 0
  return {
    start: values.timestart?.value ?? 0,
    stop: values.timestop?.value ?? LAST_SECOND,
    from: values.datestart?.value ?? 0,
    to: values.datestop?.value ?? LAST_DATE,
    monthdays: days(values.monthdays, ALL_MONTHDAYS),
    weekdays: days(values.weekdays, ALL_WEEKDAYS),
    contiguous: values.contiguous !== undefined,
    isUtc: !values.kerneltz && !values.localtz,
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

function listedDate(seconds: number): string {
  return formatDate(seconds).replace('T', ' ')
}

/** `1st`, and `11st` likewise: only the last digit counts. */
function ordinal(day: number): string {
  return `${day}${['th', 'st', 'nd', 'rd'][day % 10] ?? 'th'}`
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
  list: (values) => {
    const { start, stop, from, to, monthdays: month, weekdays: week, isUtc, contiguous } = periodOf(values)
    return [
      ' TIME',
      start === 0 && stop === LAST_SECOND ? '' : ` from ${formatDaytime(start)} to ${formatDaytime(stop)}`,
      week === ALL_WEEKDAYS ? '' : ` on ${weekdayNames(week)}`,
      month === ALL_MONTHDAYS ? '' : ` on ${daysOf(month).map(ordinal).join(',')}`,
      from === 0 ? '' : ` starting from ${listedDate(from)}`,
      to === LAST_DATE ? '' : ` until date${to === 0 ? '' : ` ${listedDate(to)}`}`,
      isUtc ? ' UTC' : '',
      contiguous ? ' contiguous' : '',
    ].join('')
  },
  save: (values) => {
    const { start, stop, from, to, monthdays: month, weekdays: week, isUtc } = periodOf(values)
    return [
      start === 0 && stop === LAST_SECOND
        ? ''
        : ` --timestart ${formatDaytime(start)} --timestop ${formatDaytime(stop)}`,
      month === ALL_MONTHDAYS ? '' : ` --monthdays ${daysOf(month).join(',')}`,
      week === ALL_WEEKDAYS ? '' : ` --weekdays ${weekdayNames(week)}`,
      from === 0 ? '' : ` --datestart ${formatDate(from)}`,
      to === 0 ? '' : ` --datestop ${formatDate(to)}`,
      isUtc ? '' : ' --kerneltz',
      values.contiguous ? ' --contiguous' : '',
    ].join('')
  },
})
