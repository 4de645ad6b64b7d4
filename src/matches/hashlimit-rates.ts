/**
 * The rates of `-m hashlimit` as texts: packets as the millionths of a second between two, bytes as what 16 of them cost
 * (a fraction of 2^32), both of which fit only some rates exactly.
 *
 * Source: libxt_hashlimit.c parse_rate(), parse_bytes(), parse_burst(), print_rate(), print_bytes().
 */

import { UsageError } from '../util/errors.ts'

const SCALE = 1_000_000n
const MOST_32 = 0xffffffffn
const LONGEST_BURST = 1_000_000n
const UNIT_WORDS = { second: 1, minute: 60, hour: 3600, day: 86400 } as const
const RATE_UNITS = [
  ['day', 86400],
  ['hour', 3600],
  ['min', 60],
  ['sec', 1],
] as const
const BYTE_UNITS = [
  ['m', 1n << 20n],
  ['k', 1n << 10n],
] as const

/** A rate as the kernel is told it. */
export interface HashRate {
  readonly bytes: boolean
  /** Millionths of a second between packets, or what 16 bytes cost. */
  readonly average: bigint
  /** Seconds of the unit that was written. */
  readonly seconds: number
}

/** A whole number at the text's start, 0 where there is none. Source: atoll(3). */
function leadingNumber(text: string): bigint {
  const digits = /^\s*([+-]?)(\d+)/.exec(text)
  if (digits === null) return 0n
  const value = BigInt(`${digits[2]}`)
  const most = (1n << 63n) - 1n
  return digits[1] === '-' ? (value > most ? -most - 1n : -value) : value > most ? most : value
}

/** What 16 bytes cost at a rate; null where the tool itself divides by zero. */
function costOf(bytes: bigint): bigint | null {
  const sixteens = BigInt.asUintN(32, BigInt.asUintN(32, bytes >> 4n) + 1n)
  return sixteens === 0n ? null : MOST_32 / sixteens
}

/** The bytes per second that a cost stands for. */
export function bytesOf(cost: bigint): bigint {
  return ((cost === 0n ? MOST_32 : MOST_32 / cost) - 1n) << 4n
}

/** A rate such as `5/minute` or `512kb/s`; null for what is none. Throws UsageError for one that is too high. */
export function parseHashRate(word: string): HashRate | null {
  const bytes = parseBytes(word)
  if (bytes !== null) return { bytes: true, average: bytes, seconds: 15 }
  const slash = word.indexOf('/')
  let seconds = 1
  if (slash >= 0) {
    const unit = word.slice(slash + 1).toLowerCase()
    const found = unit === '' ? undefined : Object.entries(UNIT_WORDS).find(([name]) => name.startsWith(unit))
    if (found === undefined) return null
    seconds = found[1]
  }
  const count = BigInt.asUintN(64, leadingNumber(word))
  if (count === 0n) return null
  const average = (SCALE * BigInt(seconds)) / count
  if (average === 0n) throw new UsageError(`Rate too fast "${word}"`)
  return { bytes: false, average, seconds }
}

function parseBytes(word: string): bigint | null {
  const at = word.indexOf('b/s')
  const count = leadingNumber(word)
  if (at <= 0 || count === 0n) return null
  const cost = costOf(BigInt.asUintN(64, count * factorOf(word[at - 1])))
  if (cost === null) throw new UsageError(`hashlimit: no such rate "${word}"`)
  return cost
}

function factorOf(letter: string | undefined): bigint {
  return BYTE_UNITS.find(([name]) => name === letter)?.[1] ?? 1n
}

/** The error for a burst that is none. */
export function wrongBurst(): UsageError {
  return new UsageError(`bad value for option "--hashlimit-burst", or out of range (1-${LONGEST_BURST}).`)
}

/** A burst such as `10` or `1mb`, in packets or bytes. Throws iptables' text. */
export function parseBurst(word: string): bigint {
  const [, digits = '', rest = ''] = /^\s*\+?(0[xX][\da-fA-F]+|0[0-7]*|[1-9]\d*)(.*)$/s.exec(word) ?? []
  const count = digits === '' ? 0n : BigInt(digits.replace(/^0(?=[0-7])/, '0o'))
  if (count === 0n || count > 0xffff_ffff_ffff_ffffn || (rest === '' && count > LONGEST_BURST)) throw wrongBurst()
  return BigInt.asUintN(64, count * factorOf(rest[0]))
}

/** Whether a burst of packets is more than the tool takes. */
export function isLongBurst(burst: bigint): boolean {
  return burst > LONGEST_BURST
}

/** A rate of packets in the largest unit that holds it well, and that unit in milliseconds. */
export function formatPacketRate(average: bigint): readonly [text: string, quantum: number] {
  let best = 0
  while (best + 1 < RATE_UNITS.length) {
    const whole = SCALE * BigInt((RATE_UNITS[best + 1] as (typeof RATE_UNITS)[number])[1])
    if (average > whole || whole / average < whole % average) break
    best++
  }
  const [name, seconds] = RATE_UNITS[best] as (typeof RATE_UNITS)[number]
  return [`${(SCALE * BigInt(seconds)) / average}/${name}`, seconds * 1000]
}

/** A rate of bytes in the largest unit that gives it back. */
export function formatByteRate(average: bigint): string {
  const bytes = bytesOf(average)
  for (const [name, unit] of BYTE_UNITS) {
    // The tool masks with 32 bits.
    if (bytes >= unit && costOf(BigInt.asUintN(32, bytes & ~(unit - 1n))) === average) {
      return `${bytes / unit}${name}b/s`
    }
  }
  return `${bytes}b/s`
}

/** A burst of so many times the rate's bytes, in the largest unit that is not more. */
export function formatByteBurst(average: bigint, times: bigint): string {
  const bytes = bytesOf(average) * times
  for (const [name, unit] of BYTE_UNITS) if (bytes >= unit) return `${bytes / unit}${name}b`
  return `${bytes}b`
}
