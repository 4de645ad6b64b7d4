/**
 * The lists of `-m recent`: addresses with the kernel ticks at which they were seen.
 *
 * A table keeps up to 100 addresses; a new one pushes out that which was updated longest ago. Each address
 * keeps a ring of stamps whose size is a power of two, large enough for the greatest `--hitcount` among the
 * rules of the table. Tables are shared by both families and all rules that name them.
 *
 * Source: Linux xt_recent.c with its default parameters.
 */

import { maskWords, sameWords, type Words } from '../util/words.ts'
import { formatIpv4Address } from '../wire/address.ts'

/** Source: module parameter ip_list_tot. */
const MOST_ENTRIES = 100
/** Stamps where no rule of the table has a `--hitcount`. */
const DEFAULT_STAMPS = 32

/** One address of a table. */
export interface RecentEntry {
  readonly family: 4 | 6
  readonly address: Words
  /** TTL or hop limit when it was last set; 0 matches every one. */
  ttl: number
  /** Where the next stamp goes, before it is wrapped; 1..size. */
  index: number
  /** Kernel ticks; the ring, oldest not necessarily first. */
  readonly stamps: number[]
}

/** How many stamps a rule with this `--hitcount` (0 for none) needs. Source: Linux recent_mt_check(). */
export function stampsFor(hitcount: number): number {
  return hitcount === 0 ? DEFAULT_STAMPS : 2 ** Math.ceil(Math.log2(hitcount))
}

export class RecentTable {
  /** Bits of addresses that count, set by the first rule of the table. */
  readonly mask: Words
  private size: number
  /** By family and address; entries with a TTL of their own may share an address. Oldest update first. */
  private entries: RecentEntry[] = []

  constructor(mask: Words, size: number) {
    this.mask = mask
    this.size = size
  }

  /** Makes room for more stamps; the kernel forgets everything when it must. */
  grow(size: number): void {
    if (size <= this.size) return
    this.size = size
    this.entries = []
  }

  /** The entry of an address; `ttl` 0 asks for any. Source: recent_entry_lookup(). */
  find(family: 4 | 6, address: Words, ttl: number): RecentEntry | null {
    const wanted = maskWords(address, this.mask)
    const fits = (one: RecentEntry): boolean =>
      one.family === family && sameWords(one.address, wanted) && (ttl === 0 || one.ttl === 0 || one.ttl === ttl)
    return this.entries.find(fits) ?? null
  }

  /** Source: recent_entry_init(). */
  add(family: 4 | 6, address: Words, ttl: number, now: number): void {
    if (this.entries.length >= MOST_ENTRIES) this.entries.shift()
    this.entries.push({ family, address: maskWords(address, this.mask), ttl, index: 1, stamps: [now] })
  }

  /** Source: recent_entry_update(). */
  update(entry: RecentEntry, now: number): void {
    entry.index &= this.size - 1
    entry.stamps[entry.index++] = now
    this.remove(entry)
    this.entries.push(entry)
  }

  remove(entry: RecentEntry): void {
    this.entries.splice(this.entries.indexOf(entry), 1)
  }

  /** Forgets the entry updated longest ago where that was before `time`, unless it is `kept`. Source: recent_entry_reap(). */
  reap(time: number, kept: RecentEntry | null): void {
    const oldest = this.entries[0]
    if (oldest === undefined || oldest === kept) return
    if (time > (oldest.stamps[oldest.index - 1] as number)) this.entries.shift()
  }

  clear(): void {
    this.entries = []
  }

  list(): readonly RecentEntry[] {
    return this.entries
  }

  /** As `/proc/net/xt_recent/NAME` shows it, oldest update first. Source: recent_seq_show(). */
  toString(): string {
    return this.entries.map((entry) => `${this.lineOf(entry)}\n`).join('')
  }

  private lineOf({ family, address, ttl, index, stamps }: RecentEntry): string {
    const last = stamps[(index - 1) & (this.size - 1)]
    const source = family === 4 ? formatIpv4Address(address[0]) : longIpv6(address)
    return `src=${source} ttl: ${ttl} last_seen: ${last} oldest_pkt: ${index} ${stamps.join(', ')}`
  }
}

/** All eight groups with all digits, as the kernel's %pI6 prints them. */
function longIpv6(address: Words): string {
  const digits = address.map((word) => word.toString(16).padStart(8, '0')).join('')
  return (digits.match(/.{4}/g) as string[]).join(':')
}
