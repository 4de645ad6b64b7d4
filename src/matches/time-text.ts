/** Dates and times of day as `-m time` writes them, in UTC. Source: iptables libxt_time.c. */

import { UsageError } from '../util/errors.ts'

/** Monday is the first day. */
export const WEEKDAYS = ['Mon', 'Tue', 'Wed', 'Thu', 'Fri', 'Sat', 'Sun'] as const

function two(number: number): string {
  return String(number).padStart(2, '0')
}

const DIGITS = {
  0: /^[ \t\n\v\f\r]*([+-]?)(0[xX][0-9a-fA-F]+|0[0-7]*|[1-9]\d*)/,
  10: /^[ \t\n\v\f\r]*([+-]?)(\d+)/,
} as const

/** What strtoul finds at the start of a text, as 32 bits; 0 and the whole text where it finds nothing. */
export function leadingInteger(text: string, base: 0 | 10): { readonly value: number; readonly rest: string } {
  const found = DIGITS[base].exec(text)
  if (found === null) return { value: 0, rest: text }
  const [all, sign, digits = '0'] = found
  const number = BigInt(base === 10 ? digits : digits.replace(/^0(?=[0-7])/, '0o'))
  const value = number > 0xffff_ffff_ffff_ffffn ? 0xffff_ffffn : BigInt.asUintN(32, sign === '-' ? -number : number)
  return { value: Number(value), rest: text.slice(all.length) }
}

/** Seconds since midnight of `hh:mm[:ss]`. Throws UsageError with iptables' text, which names what is left to read. */
export function parseDaytime(word: string): number {
  let left = word
  let seconds = 0
  for (const [most, unit, ends] of TIME_PARTS) {
    const { value, rest } = leadingInteger(left, 10)
    const isEnd = rest === '' && ends
    if (value > most || !(isEnd || (rest.startsWith(':') && unit > 1))) {
      throw new UsageError(`invalid time "${left}" specified, should be hh:mm[:ss] format and within the boundaries`)
    }
    seconds += value * unit
    if (isEnd) break
    left = rest.slice(1)
  }
  return seconds
}

/** The greatest value of hours, minutes and seconds, the seconds of one, and whether the text may end behind it. */
const TIME_PARTS = [
  [23, 3600, false],
  [59, 60, true],
  [59, 1, true],
] as const

/** `10:30:00`. */
export function formatDaytime(seconds: number): string {
  return [Math.floor(seconds / 3600), Math.floor(seconds / 60) % 60, seconds % 60].map(two).join(':')
}

/** What stands behind year, month, day, hour, minute and second where the text goes on; the greatest of each. */
const DATE_PARTS = [
  ['-', 2038],
  ['-', 12],
  ['T', 31],
  [':', 23],
  [':', 59],
  [null, 59],
] as const

/**
 * Seconds since 1970 of `YYYY[-MM[-DD[Thh[:mm[:ss]]]]]`; month and day 0 are the ones before, a day behind the
 * month's end is one of the next month. Throws UsageError with iptables' text; `warn` gets what mktime says.
 */
export function parseDate(word: string, warn?: (text: string) => void): number {
  const parts: number[] = []
  let left = word
  for (const [separator, most] of DATE_PARTS) {
    const { value, rest } = leadingInteger(left, 10)
    const goesOn = separator !== null && rest.startsWith(separator)
    if (!(goesOn || rest === '') || value > most || (parts.length === 0 && value < 1970)) {
      throw new UsageError(`Invalid date "${word}" specified. Should be YYYY[-MM[-DD[Thh[:mm[:ss]]]]]`)
    }
    parts.push(value)
    if (!goesOn) break
    left = rest.slice(1)
  }
  const [year = 0, month = 1, day = 1, hours = 0, minutes = 0, seconds = 0] = parts
  const time = Date.UTC(year, month - 1, day, hours, minutes, seconds) / 1000
  if (time < 0) {
    warn?.('mktime: No such file or directory\n')
    throw new UsageError('mktime returned an error', { exitStatus: 1 })
  }
  return time
}

/** `2038-01-19T03:14:07`. */
export function formatDate(seconds: number): string {
  return new Date(seconds * 1000).toISOString().slice(0, 19)
}
