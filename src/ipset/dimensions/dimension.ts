import type { Packet } from '../../packet/packet.ts'
import type { Words } from '../../util/words.ts'
import type { Side } from '../set.ts'

/** What a set was made with, as far as its values depend on it. */
export interface SetFacts {
  /** IPv4 where the type has no family. */
  readonly family: 4 | 6
  /** Bits of addresses that count (netmask, bitmask); null for all. */
  readonly mask: Words | null
  /** Bits of marks that count. */
  readonly markMask: number
}

/** One of the values that make up an element, such as an address or a port. */
export interface Dimension<V> {
  /** Whether it is a network: then elements of several lengths are tried for a packet, longest first. */
  readonly isNet?: true
  /** What a packet has; null where it has none. */
  read(packet: Packet, side: Side, facts: SetFacts): V | null
  /** All values a text stands for, such as those of a range. Throws UsageError. */
  parse(text: string, facts: SetFacts): readonly V[]
  /** Equal values have equal keys. */
  key(value: V): string
  /** Where equal keys are not enough: whether an element's value stands for the wanted one. */
  fits?(element: V, wanted: V): boolean
  format(value: V, facts: SetFacts): string
}
