import { UsageError } from '../util/errors.ts'
import type { ExtensionOptions, Extensions, GivenExtensions } from './extensions.ts'
import { extensionsOf } from './extensions.ts'
import type { NamedSet } from './set.ts'

/** The options of a `create` line: flags without a word are empty. */
export type CreateOptions = ReadonlyMap<string, string>

/** What an `add` line says behind its element. */
export interface AddOptions extends GivenExtensions {
  readonly nomatch: boolean
  readonly wildcard: boolean
  /** Where a set stands in a list of sets. */
  readonly beside: { readonly place: 'before' | 'after'; readonly name: string } | null
  /** An element that is there already is no error. */
  readonly replaces: boolean
}

/** A set that is being filled from a file. */
export interface SetBuilder {
  readonly set: NamedSet
  /** Adds all elements a text stands for. Throws UsageError. */
  add(text: string, options: AddOptions, ticks: number): void
}

/** A type of sets. */
export interface SetType {
  /** As after `create NAME`. */
  readonly name: string
  /** Older names. */
  readonly aliases?: readonly string[]
  /** Options of its `create` line with the number of words behind each, beside those that every type has. */
  readonly options: Readonly<Record<string, 0 | 1>>
  /** Throws UsageError. */
  create(name: string, options: CreateOptions, find: (name: string) => NamedSet | null): SetBuilder
}

/** Options that every type has. */
export const COMMON_OPTIONS: Readonly<Record<string, 0 | 1>> = { timeout: 1, counters: 0, comment: 0, skbinfo: 0 }

/** Source: Linux ip_set_timeout.h IPSET_MAX_TIMEOUT. */
const MOST_SECONDS = 2147483

/** Seconds as `timeout` takes them. Throws UsageError. */
export function parseSeconds(text: string): number {
  return parseCount(text, 'timeout', MOST_SECONDS)
}

/** A whole number, decimal or hexadecimal. Throws UsageError. */
export function parseCount(text: string, what: string, most: number): number {
  const value = /^(\d+|0x[0-9a-f]+)$/i.test(text) ? Number(text) : Number.NaN
  if (value <= most) return value
  throw new UsageError(`${what} "${text}": expected a number of 0 to ${most}`)
}

/** What the elements of a set carry. Throws UsageError. */
export function extensionOptions(options: CreateOptions): ExtensionOptions {
  const timeout = options.get('timeout')
  return {
    timeout: timeout === undefined ? null : parseSeconds(timeout),
    counters: options.has('counters'),
    comment: options.has('comment'),
    skbinfo: options.has('skbinfo'),
  }
}

/** What an added element carries. Throws UsageError where its set does not have it. */
export function givenExtensions(
  options: ExtensionOptions,
  given: AddOptions,
  ticks: number,
): (existing: Extensions | null) => Extensions {
  const lacks = (what: string): UsageError => new UsageError(`the set was created without ${what}`)
  if (given.timeout !== null && options.timeout === null) throw lacks('timeout')
  if ((given.packets !== null || given.bytes !== null) && !options.counters) throw lacks('counters')
  if (given.comment !== null && !options.comment) throw lacks('comment')
  const { mark, mask, priority, queue } = given.skbinfo
  if ((mark || mask || priority || queue) && !options.skbinfo) throw lacks('skbinfo')
  return extensionsOf(options, given, ticks)
}

/** The error for what came of an element that could not be added. */
export function additionError(set: string, problem: 'exists' | 'full' | 'refused'): UsageError {
  switch (problem) {
    case 'exists':
      return new UsageError(`the set ${set} has this element already`)
    case 'full':
      return new UsageError(`the set ${set} is full (maxelem)`)
    case 'refused':
      return new UsageError(`the set ${set} cannot have this element`)
  }
}
