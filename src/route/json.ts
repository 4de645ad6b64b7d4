import { UsageError } from '../util/errors.ts'
import type { Words } from '../util/words.ts'
import { tryParseIpv4Address, tryParseIpv6Address } from '../wire/address.ts'

/** An address of either family. */
export interface EitherAddress {
  readonly family: 4 | 6
  readonly words: Words
}

/**
 * One entry of a JSON array that a tool wrote, read key by key. Every reader throws UsageError with the file's name
 * and the entry's index when the value is not what it must be.
 */
export class JsonEntry {
  readonly where: string
  private readonly values: Readonly<Record<string, unknown>>

  constructor(where: string, value: unknown) {
    this.where = where
    if (typeof value !== 'object' || value === null || Array.isArray(value)) {
      throw new UsageError(`${where}: expected an object, found ${shorten(value)}`)
    }
    this.values = value as Readonly<Record<string, unknown>>
  }

  /** Whether the key is there, with any value. */
  has(key: string): boolean {
    return Object.hasOwn(this.values, key)
  }

  /** Text, or undefined without the key; numbers are taken as text where tools print either. */
  text(key: string): string | undefined {
    const value = this.values[key]
    if (value === undefined) return undefined
    if (typeof value === 'string') return value
    if (typeof value === 'number') return String(value)
    return this.fail(key, 'text', value)
  }

  /** A whole number of 0..`max`, written as a number or as text in decimal or hex; `fallback` without the key. */
  number(key: string, max: number, fallback: number): number {
    const value = this.values[key]
    if (value === undefined) return fallback
    const number = typeof value === 'string' && value !== '' ? Number(value) : value
    if (typeof number === 'number' && Number.isInteger(number) && number >= 0 && number <= max) return number
    return this.fail(key, `a whole number of 0 to ${max}`, value)
  }

  /** An address, or null without the key. */
  address(key: string): EitherAddress | null {
    const value = this.values[key]
    if (value === undefined) return null
    return (typeof value === 'string' ? eitherAddress(value) : null) ?? this.fail(key, 'an address', value)
  }

  /** A list of entries; empty without the key. */
  list(key: string): JsonEntry[] {
    const value = this.values[key]
    if (value === undefined) return []
    if (!Array.isArray(value)) return this.fail(key, 'a list', value)
    return value.map((one, index) => new JsonEntry(`${this.where}: ${key} ${index + 1}`, one))
  }

  /** A list of words such as flags; empty without the key. */
  words(key: string): readonly string[] {
    const value = this.values[key]
    if (value === undefined) return []
    if (!Array.isArray(value) || value.some((one) => typeof one !== 'string'))
      return this.fail(key, 'a list of words', value)
    return value as string[]
  }

  /** An object inside, or null without the key. */
  inner(key: string): JsonEntry | null {
    const value = this.values[key]
    return value === undefined ? null : new JsonEntry(`${this.where}: ${key}`, value)
  }

  /** Runs a reader of text and adds the place to what it throws. */
  within<T>(key: string, read: () => T): T {
    try {
      return read()
    } catch (error) {
      if (error instanceof UsageError) throw new UsageError(`${this.where}: ${key}: ${error.message}`)
      throw error
    }
  }

  /** Throws that the value of a key is not `expected`. */
  fail(key: string, expected: string, value: unknown = this.values[key]): never {
    throw new UsageError(`${this.where}: ${key}: expected ${expected}, found ${shorten(value)}`)
  }
}

/** The entries of a file that holds a JSON array of objects. Throws UsageError. */
export function jsonEntries(text: string, file: string): JsonEntry[] {
  let parsed: unknown[]
  try {
    parsed = parseLists(text)
  } catch (error) {
    if (error instanceof UsageError) throw new UsageError(`${file}: ${error.message}`)
    throw new UsageError(`${file}: not JSON: ${(error as Error).message}`)
  }
  // iproute2 prints {} for what its filter left out.
  const filled = parsed.map((value, index) => ({ value, index })).filter(({ value }) => !isEmptyObject(value))
  return filled.map(({ value, index }) => new JsonEntry(`${file}: entry ${index + 1}`, value))
}

/** One list, or several behind each other, as `ip -j route; ip -6 -j route` into one file leaves them. Throws UsageError or SyntaxError. */
export function parseLists(text: string): unknown[] {
  const parts = text.split(/(?<=\])\s*(?=\[)/).filter((part) => part.trim() !== '')
  return parts.flatMap((part) => {
    const list: unknown = JSON.parse(part)
    if (!Array.isArray(list)) throw new UsageError('expected a list, as ip -j prints it')
    return list as unknown[]
  })
}

/** An address written in either family's form, else null. */
export function eitherAddress(text: string): EitherAddress | null {
  const v4 = tryParseIpv4Address(text)
  if (v4 !== undefined) return { family: 4, words: [v4, 0, 0, 0] }
  const v6 = tryParseIpv6Address(text)
  return v6 === undefined ? null : { family: 6, words: v6 }
}

function isEmptyObject(value: unknown): boolean {
  return typeof value === 'object' && value !== null && !Array.isArray(value) && Object.keys(value).length === 0
}

function shorten(value: unknown): string {
  const text = JSON.stringify(value) ?? 'nothing'
  return text.length > 60 ? `${text.slice(0, 60)}…` : text
}
