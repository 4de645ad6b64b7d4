import type { Words } from '../util/words.ts'

/** All entries of one prefix length, found by a hash of the network. */
interface Level<T> {
  readonly length: number
  readonly mask: Words
  readonly buckets: Map<number, { readonly network: Words; readonly entries: T[] }[]>
}

/**
 * Values by address prefix, for longest-prefix-first lookups: one hash table for each prefix length in use.
 *
 * Lookups allocate nothing; their cost grows with the number of different prefix lengths (at most 33 or 129), not
 * with the number of entries. IPv4 addresses use the first word only.
 */
export class PrefixMap<T> {
  private readonly levels: Level<T>[] = []

  /** How many prefix lengths are in use; level 0 is the longest. */
  get levelCount(): number {
    return this.levels.length
  }

  /** The prefix length of a level. */
  lengthOf(level: number): number {
    return (this.levels[level] as Level<T>).length
  }

  /** The values of the prefix of this level that the address is in, in the order they were put; undefined without any. */
  at(level: number, a: number, b: number, c: number, d: number): readonly T[] | undefined {
    const { mask, buckets } = this.levels[level] as Level<T>
    const w = (a & mask[0]) >>> 0
    const x = (b & mask[1]) >>> 0
    const y = (c & mask[2]) >>> 0
    const z = (d & mask[3]) >>> 0
    const bucket = buckets.get(hash(w, x, y, z))
    if (bucket === undefined) return undefined
    for (const { network, entries } of bucket) {
      if (network[0] === w && network[1] === x && network[2] === y && network[3] === z) return entries
    }
    return undefined
  }

  /** The values of exactly this prefix, to be changed in place; made empty when there were none. */
  entriesFor(network: Words, length: number): T[] {
    let index = this.levels.findIndex((one) => one.length <= length)
    if (index < 0) index = this.levels.length
    if (this.levels[index]?.length !== length) {
      this.levels.splice(index, 0, { length, mask: prefixMask(length), buckets: new Map() })
    }
    const { mask, buckets } = this.levels[index] as Level<T>
    const masked: Words = [
      (network[0] & mask[0]) >>> 0,
      (network[1] & mask[1]) >>> 0,
      (network[2] & mask[2]) >>> 0,
      (network[3] & mask[3]) >>> 0,
    ]
    const key = hash(masked[0], masked[1], masked[2], masked[3])
    const bucket = buckets.get(key) ?? []
    buckets.set(key, bucket)
    const known = bucket.find((one) => masked.every((word, i) => word === one.network[i]))
    if (known) return known.entries
    const entries: T[] = []
    bucket.push({ network: masked, entries })
    return entries
  }
}

/** A mask of 0..128 leading ones; an IPv4 length of up to 32 fills the first word only. */
export function prefixMask(length: number): Words {
  return [wordMask(length), wordMask(length - 32), wordMask(length - 64), wordMask(length - 96)]
}

function wordMask(bits: number): number {
  return bits <= 0 ? 0 : bits >= 32 ? 0xffffffff : (-1 << (32 - bits)) >>> 0
}

function hash(a: number, b: number, c: number, d: number): number {
  if ((b | c | d) === 0) return a | 0
  return Math.imul(Math.imul(Math.imul(a, 0x85ebca6b) ^ b, 0xc2b2ae35) ^ c, 0x27d4eb2f) ^ d
}
