/** Dates and times of day as `-m time` writes them, in UTC. Source: iptables libxt_time.c. */

import { UsageError } from '../util/errors.ts'

/** Monday is the first day. */
export const WEEKDAYS = ['Mon', 'Tue', 'Wed', 'Thu', 'Fri', 'Sat', 'Sun'] as const

function two(number: number): string {
  return String(number).padStart(2, '0')
}

/** Seconds since midnight of `hh:mm[:ss]`. Throws UsageError with iptables' text. */
export function parseDaytime(word: string): number {
  const found = /^(\d{1,3}):(\d{1,2})(?::(\d{1,2}))?$/.exec(word)
  const [hours, minutes, seconds] = [Number(found?.[1]), Number(found?.[2]), Number(found?.[3] ?? 0)]
  if (found === null || hours > 23 || minutes > 59 || seconds > 59) {
    throw new UsageError(`invalid time "${word}" specified, should be hh:mm[:ss] format and within the boundaries`)
  }
  return hours * 3600 + minutes * 60 + seconds
}

/** `10:30:00`. */
export function formatDaytime(seconds: number): string {
  return [Math.floor(seconds / 3600), Math.floor(seconds / 60) % 60, seconds % 60].map(two).join(':')
}

/** Seconds since 1970 of `YYYY[-MM[-DD[Thh[:mm[:ss]]]]]`; a day behind the month's end is one of the next month. */
export function parseDate(word: string): number {
  const found = /^(\d{4})(?:-(\d{1,2})(?:-(\d{1,2})(?:T(\d{1,2})(?::(\d{1,2})(?::(\d{1,2}))?)?)?)?)?$/.exec(word)
  const part = (index: number, absent: number): number => Number(found?.[index] ?? absent)
  const [year, month, day] = [part(1, 0), part(2, 1), part(3, 1)]
  const [hours, minutes, seconds] = [part(4, 0), part(5, 0), part(6, 0)]
  const isSane = month >= 1 && month <= 12 && day >= 1 && day <= 31 && hours <= 23 && minutes <= 59 && seconds <= 59
  if (found === null || year < 1970 || year > 2038 || !isSane) {
    throw new UsageError(`Invalid date "${word}" specified. Should be YYYY[-MM[-DD[Thh[:mm[:ss]]]]]`)
  }
  return Date.UTC(year, month - 1, day, hours, minutes, seconds) / 1000
}

/** `2038-01-19T03:14:07`. */
export function formatDate(seconds: number): string {
  return new Date(seconds * 1000).toISOString().slice(0, 19)
}
