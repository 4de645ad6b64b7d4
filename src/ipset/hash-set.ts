/** The sets that find their elements by value: all `hash:` types. */

import type { Packet } from '../packet/packet.ts'
import type { Dimension, SetFacts } from './dimensions/dimension.ts'
import { type Net, netOf } from './dimensions/net.ts'
import {
  type ExtensionOptions,
  type Extensions,
  extensionsFor,
  formatExtensions,
  isExpired,
  matchExtensions,
} from './extensions.ts'
import type { Change, Found, Lookup, NamedSet } from './set.ts'

/** The values of one element, one for each dimension of the type. */
export type Values = readonly unknown[]

/** What a hash set is made with. */
export interface HashSettings {
  readonly name: string
  readonly type: HashType
  readonly family: 4 | 6
  readonly facts: SetFacts
  readonly extensions: ExtensionOptions
  readonly maxelem: number
  /** A full set drops elements for new ones. */
  readonly forceadd: boolean
  /** The words of its `create` line behind the type. */
  readonly words: string
}

/** What makes a hash type what it is. */
export interface HashType {
  readonly name: string
  readonly dimensions: readonly Dimension<unknown>[]
  /** Whether its elements are of a family. */
  readonly hasFamily: boolean
  /** Values that cannot be elements. */
  readonly refuses?: (values: Values) => boolean
}

/** One element. */
interface Element extends Extensions {
  readonly values: Values
  /** Listed with nomatch: an exception. */
  nomatch: boolean
}

/**
 * A set of the hash types.
 *
 * Invariants: `lengths[i]` counts the prefix lengths of the elements' networks in dimension i, longest first in
 * `tried[i]`; elements with the same key stand together in the order in which they came.
 *
 * Where the kernel's answer depends on its hash's random start (which element a full set with forceadd drops), the
 * oldest element is taken. Elements whose time is over keep their prefix length in use until room is needed; the
 * kernel collects them now and then.
 *
 * Source: Linux ip_set_hash_gen.h.
 */
export class HashSet implements NamedSet {
  readonly name: string
  readonly dimension: number
  readonly family: 4 | 6 | null
  readonly listsNomatch: boolean
  private readonly settings: HashSettings
  private readonly buckets = new Map<string, Element[]>()
  private readonly lengths: readonly Map<number, number>[]
  private readonly tried: number[][]
  private readonly nets: readonly number[]
  private size = 0

  constructor(settings: HashSettings) {
    const { dimensions, hasFamily } = settings.type
    this.settings = settings
    this.name = settings.name
    this.dimension = dimensions.length
    this.family = hasFamily ? settings.family : null
    this.lengths = dimensions.map(() => new Map())
    this.tried = dimensions.map(() => [])
    this.nets = dimensions.flatMap((one, index) => (one.isNet ? [index] : []))
    this.listsNomatch = this.nets.length > 0
  }

  test(packet: Packet, lookup: Lookup, ticks: number): Found {
    const values = this.read(packet, lookup.sides)
    return values === null ? 'no' : (this.search([...values], 0, packet, lookup, ticks) ?? 'no')
  }

  add(packet: Packet, change: Change, ticks: number): boolean {
    const values = this.read(packet, change.sides)
    if (values === null) return false
    const extensions = extensionsFor(this.settings.extensions, packet, change, ticks)
    return this.insert(this.shorten(values), () => extensions, false, change.replaces, ticks) === 'added'
  }

  remove(packet: Packet, change: Change, ticks: number): boolean {
    const values = this.read(packet, change.sides)
    if (values === null) return false
    const found = this.find(this.shorten(values))
    if (found === null || isExpired(found, ticks)) return false
    this.drop(found)
    return true
  }

  /** Adds an element. `refused`: it cannot be one of this type. Source: Linux mtype_add(). */
  insert(
    values: Values,
    extensions: (existing: Extensions | null) => Extensions,
    nomatch: boolean,
    replaces: boolean,
    ticks: number,
  ): 'added' | 'exists' | 'full' | 'refused' {
    if (this.settings.type.refuses?.(values)) return 'refused'
    const existing = this.find(values)
    if (existing !== null) {
      if (!replaces && !isExpired(existing, ticks)) return 'exists'
      Object.assign(existing, extensions(existing))
      existing.nomatch = nomatch
      return 'added'
    }
    if (this.size >= this.settings.maxelem && !this.makeRoom(ticks)) return 'full'
    const key = this.key(values)
    const bucket = this.buckets.get(key)
    const element: Element = { values, nomatch, ...extensions(null) }
    if (bucket === undefined) this.buckets.set(key, [element])
    else bucket.push(element)
    this.size++
    for (const index of this.nets) this.countLength(index, (values[index] as Net).length, 1)
    return 'added'
  }

  lines(ticks: number): string[] {
    const { extensions, facts, type, words } = this.settings
    const lines = [`create ${this.name} ${type.name}${words}`]
    for (const element of this.elements()) {
      if (isExpired(element, ticks)) continue
      const text = type.dimensions.map((one, index) => one.format(element.values[index], facts)).join(',')
      const flags = `${element.nomatch ? ' nomatch' : ''}${element.values.some(isWildcard) ? ' wildcard' : ''}`
      lines.push(`add ${this.name} ${text}${formatExtensions(extensions, element, ticks, flags)}`)
    }
    return lines
  }

  private *elements(): Generator<Element> {
    for (const bucket of this.buckets.values()) yield* bucket
  }

  private read(packet: Packet, sides: Lookup['sides']): Values | null {
    const { facts, type } = this.settings
    const values: unknown[] = []
    for (const [index, dimension] of type.dimensions.entries()) {
      const value = dimension.read(packet, sides[index] ?? 'dst', facts)
      if (value === null) return null
      values.push(value)
    }
    return values
  }

  /** Packets add and take out the networks with the longest prefix that the set has. Source: Linux INIT_CIDR(). */
  private shorten(values: Values): Values {
    if (this.nets.length === 0) return values
    const shortened = [...values]
    for (const index of this.nets) {
      const length = this.tried[index]?.[0]
      if (length !== undefined) shortened[index] = netOf(this.settings.facts, (values[index] as Net).address, length)
    }
    return shortened
  }

  /** Tries the prefix lengths of each network, the first network outermost; null where nothing was found. Source: Linux mtype_test_cidrs(). */
  private search(values: unknown[], at: number, packet: Packet, lookup: Lookup, ticks: number): Found | null {
    const index = this.nets[at]
    if (index === undefined) return this.searchBucket(values, packet, lookup, ticks)
    const whole = values[index] as Net
    for (const length of this.tried[index] as number[]) {
      values[index] = netOf(this.settings.facts, whole.address, length)
      const found = this.search(values, at + 1, packet, lookup, ticks)
      if (found !== null) return found
    }
    values[index] = whole
    return null
  }

  private searchBucket(values: Values, packet: Packet, lookup: Lookup, ticks: number): Found | null {
    const bucket = this.buckets.get(this.key(values))
    if (bucket === undefined) return null
    let met = 0
    for (const element of bucket) {
      met++
      if (!this.fits(element, values)) continue
      if (matchExtensions(this.settings.extensions, element, packet, lookup, ticks)) {
        return element.nomatch ? 'nomatch' : 'yes'
      }
      met = 0
    }
    // A network listed with other devices only ends the search: shorter prefixes are not tried.
    return met > 0 ? 'no' : null
  }

  private find(values: Values): Element | null {
    return this.buckets.get(this.key(values))?.find((one) => this.fits(one, values)) ?? null
  }

  private fits(element: Element, wanted: Values): boolean {
    return this.settings.type.dimensions.every((one, index) => one.fits?.(element.values[index], wanted[index]) ?? true)
  }

  private key(values: Values): string {
    const { dimensions } = this.settings.type
    if (dimensions.length === 1) return (dimensions[0] as Dimension<unknown>).key(values[0])
    return dimensions.map((one, index) => one.key(values[index])).join(' ')
  }

  private drop(element: Element): void {
    const key = this.key(element.values)
    const bucket = (this.buckets.get(key) ?? []).filter((one) => one !== element)
    if (bucket.length === 0) this.buckets.delete(key)
    else this.buckets.set(key, bucket)
    this.size--
    for (const index of this.nets) this.countLength(index, (element.values[index] as Net).length, -1)
  }

  private makeRoom(ticks: number): boolean {
    for (const element of this.elements()) if (isExpired(element, ticks)) this.drop(element)
    if (this.size < this.settings.maxelem) return true
    if (!this.settings.forceadd) return false
    const [oldest] = this.elements()
    if (oldest !== undefined) this.drop(oldest)
    return this.size < this.settings.maxelem
  }

  private countLength(index: number, length: number, change: number): void {
    const lengths = this.lengths[index] as Map<number, number>
    const count = (lengths.get(length) ?? 0) + change
    if (count === 0) lengths.delete(length)
    else lengths.set(length, count)
    if (count === 0 || (count === 1 && change === 1)) this.tried[index] = [...lengths.keys()].sort((a, b) => b - a)
  }
}

function isWildcard(value: unknown): boolean {
  return typeof value === 'object' && value !== null && 'wildcard' in value && value.wildcard === true
}
