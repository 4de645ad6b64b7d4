/** What the printers of the upper layers share. */

import type { PseudoHeader } from '../wire/address.ts'
import { wrongChecksum } from './language-build.ts'

/** The bytes of an upper layer, and what belongs to its checksum. */
export interface Upper {
  readonly bytes: Uint8Array
  readonly at: number
  readonly end: number
  readonly family: 4 | 6
  readonly protocol: number
  readonly addresses: PseudoHeader
  /** Whether the packet was cut off. */
  readonly cut: boolean
}

/** The parts of a line about the upper layer; its data is `payload`..the end of the packet. */
export interface Shape {
  readonly kind: string
  readonly ports?: readonly [number, number]
  readonly words: readonly string[]
  readonly payload: number
  /** Where a packet inside begins. */
  readonly inner?: number
  /** Whether the header itself is cut off, and the line must end in `cut`. */
  readonly headerCut?: true
  /** The TTL that the language takes where none is written; 64 where missing. */
  readonly ttl?: number
  /** Why a header could not be read. */
  readonly malformed?: string
}

/** `name value`, or nothing where the value is the one that needs no word. */
export function word(name: string, value: number, silent = 0): string[] {
  return value === silent ? [] : [`${name} ${value}`]
}

/** `name 0x…`, or nothing where the value is the one that needs no word. */
export function hexWord(name: string, value: number, silent = 0): string[] {
  return value === silent ? [] : [`${name} 0x${value.toString(16)}`]
}

/** What to say about a checksum that is not `right`. */
export function checksumWord(held: number, right: number): string[] {
  if (held === right) return []
  return held === wrongChecksum(right) ? ['badsum'] : [`csum 0x${held.toString(16).padStart(4, '0')}`]
}
