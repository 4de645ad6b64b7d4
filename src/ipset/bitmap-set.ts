/** The sets that have a place for every number of a range: `bitmap:ip` and `bitmap:port`. */

import type { Packet } from '../packet/packet.ts'
import {
  type ExtensionOptions,
  type Extensions,
  extensionsFor,
  formatExtensions,
  isExpired,
  matchExtensions,
} from './extensions.ts'
import type { Change, Found, Lookup, NamedSet, Side } from './set.ts'

/** What a bitmap is made with. */
export interface BitmapSettings {
  readonly name: string
  readonly type: string
  readonly family: 4 | null
  readonly first: number
  readonly last: number
  /** How many numbers share a place. */
  readonly step: number
  readonly extensions: ExtensionOptions
  /** The number of a packet; null where it has none. */
  readonly read: (packet: Packet, side: Side) => number | null
  readonly format: (number: number) => string
  /** The words of its `create` line behind the type. */
  readonly words: string
}

/** A bitmap; elements are kept by the first number of their place. Source: Linux ip_set_bitmap_gen.h. */
export class BitmapSet implements NamedSet {
  readonly name: string
  readonly dimension = 1
  readonly family: 4 | null
  readonly listsNomatch = false
  private readonly settings: BitmapSettings
  private readonly elements = new Map<number, Extensions>()

  constructor(settings: BitmapSettings) {
    this.settings = settings
    this.name = settings.name
    this.family = settings.family
  }

  test(packet: Packet, lookup: Lookup, ticks: number): Found {
    const element = this.elements.get(this.placeFor(packet, lookup.sides) ?? -1)
    if (element === undefined) return 'no'
    return matchExtensions(this.settings.extensions, element, packet, lookup, ticks) ? 'yes' : 'no'
  }

  add(packet: Packet, change: Change, ticks: number): boolean {
    const place = this.placeFor(packet, change.sides)
    if (place === null) return false
    const extensions = extensionsFor(this.settings.extensions, packet, change, ticks)
    return this.insert(place, () => extensions, change.replaces, ticks) === 'added'
  }

  remove(packet: Packet, change: Change, ticks: number): boolean {
    const place = this.placeFor(packet, change.sides)
    const element = place === null ? undefined : this.elements.get(place)
    if (place === null || element === undefined) return false
    this.elements.delete(place)
    return !isExpired(element, ticks)
  }

  /** Adds a number. Source: Linux mtype_add(). */
  insert(
    number: number,
    extensions: (existing: Extensions | null) => Extensions,
    replaces: boolean,
    ticks: number,
  ): 'added' | 'exists' | 'refused' {
    const place = this.placeOf(number)
    if (place === null) return 'refused'
    const existing = this.elements.get(place)
    if (existing !== undefined && !replaces && !isExpired(existing, ticks)) return 'exists'
    this.elements.set(place, extensions(existing ?? null))
    return 'added'
  }

  lines(ticks: number): string[] {
    const { type, words, format, extensions } = this.settings
    const living = [...this.elements].filter(([, element]) => !isExpired(element, ticks)).sort(([a], [b]) => a - b)
    const adds = living.map(
      ([number, element]) => `add ${this.name} ${format(number)}${formatExtensions(extensions, element, ticks)}`,
    )
    return [`create ${this.name} ${type}${words}`, ...adds]
  }

  private placeFor(packet: Packet, sides: Lookup['sides']): number | null {
    const number = this.settings.read(packet, sides[0] ?? 'dst')
    return number === null ? null : this.placeOf(number)
  }

  private placeOf(number: number): number | null {
    const { first, last, step } = this.settings
    return number < first || number > last ? null : number - ((number - first) % step)
  }
}
