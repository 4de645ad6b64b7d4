/** What a set answers, and how it is asked. */

import type { Packet } from '../packet/packet.ts'

/** Which of a packet's two addresses, ports or devices is looked up. */
export type Side = 'src' | 'dst'

/** What an element can give to packets: mark under a mask, priority, queue. Source: Linux struct ip_set_skbinfo. */
export interface SkbInfo {
  readonly mark: number
  readonly mask: number
  readonly priority: number
  readonly queue: number
}

/** What an element gives where nothing was said. */
export const NO_SKBINFO: SkbInfo = { mark: 0, mask: 0, priority: 0, queue: 0 }

/** A comparison of a counter. */
export interface CounterTest {
  readonly operator: 'equal' | 'unequal' | 'less' | 'greater'
  readonly value: bigint
}

/** How a packet is looked up. Source: Linux struct ip_set_adt_opt. */
export interface Lookup {
  readonly sides: readonly Side[]
  /** Elements listed with nomatch hold, and the others do not. */
  readonly returnNomatch: boolean
  readonly updatesCounters: boolean
  /** For the sets in a set. */
  readonly updatesSubcounters: boolean
  /** What the counters are compared with once this packet is counted; null for no comparison. */
  readonly packets: CounterTest | null
  readonly bytes: CounterTest | null
  /** Written by the set: what the element that was found gives to the packet. */
  skbinfo: SkbInfo
}

/** How a packet's element is added or taken out. */
export interface Change {
  readonly sides: readonly Side[]
  /** Seconds the element stays, 0 for ever; null for what the set was made with. */
  readonly timeout: number | null
  /** An element that is there already is taken for a new one. */
  readonly replaces: boolean
}

/** `nomatch`: an exception was found. */
export type Found = 'yes' | 'no' | 'nomatch'

/** What every type of set can do. Time is in kernel ticks. */
export interface NamedSet {
  readonly name: string
  /** Sides a rule must give at least. */
  readonly dimension: number
  /** Packets of another family are never found; null for either. */
  readonly family: 4 | 6 | null
  /** Whether its elements may be exceptions. */
  readonly listsNomatch: boolean
  test(packet: Packet, lookup: Lookup, ticks: number): Found
  /** Whether the element was added. */
  add(packet: Packet, change: Change, ticks: number): boolean
  /** Whether there was such an element. */
  remove(packet: Packet, change: Change, ticks: number): boolean
  /** The lines of `ipset save`, `create` first. */
  lines(ticks: number): string[]
}
