/** What a parser of untrusted bytes returns, and the range check of the builders. */

import { UsageError } from '../util/errors.ts'

/** Bytes that are no such header: `malformed` says why, for people. Parsers return it and never throw. */
export interface Malformed {
  readonly ok: false
  readonly malformed: string
}

/** Either the fields `T` (with `ok: true`) or {@link Malformed}. */
export type Parsed<T> = ({ readonly ok: true } & T) | Malformed

/** The {@link Malformed} value with this reason, such as `ipv4: header length 16, at least 20 expected`. */
export function malformed(reason: string): Malformed {
  return { ok: false, malformed: reason }
}

/**
 * `value` when it is a whole number of 0..`max`, or `fallback` when it is undefined.
 *
 * Throws {@link UsageError} otherwise, naming the field.
 */
export function fieldValue(name: string, value: number | undefined, max: number, fallback = 0): number {
  if (value === undefined) return fallback
  if (Number.isInteger(value) && value >= 0 && value <= max) return value
  throw new UsageError(`${name} is ${value}: expected a whole number of 0 to ${max}`)
}
