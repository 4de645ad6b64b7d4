/**
 * The tables of `-m hashlimit`: a bucket of credits, or a measured rate, for each group of packets.
 *
 * A table belongs to all rules of its family that name it and is set up by the first. Entries live until the garbage
 * collector finds them expired; a packet that finds the table full is dropped. The collector runs a little later than
 * its interval says, as timers of that length do; an idle kernel may delay it further.
 *
 * Source: Linux 6.18 xt_hashlimit.c.
 */

import { timerGrain } from '../expression/kernel-timer.ts'
import { OUTCOME, type Outcome } from '../expression/test.ts'
import type { Packet } from '../packet/packet.ts'
import type { Words } from '../util/words.ts'
import { formatIpv4Address, prefixMask } from '../wire/address.ts'
import { PROTOCOL } from '../wire/protocols.ts'
import { Uint64 } from './uint64.ts'

const HZ = 250
const U32 = 2 ** 32
/** Source: CREDITS_PER_JIFFY_BYTES at HZ 250. */
const BYTE_CREDITS_PER_TICK = 2 ** 24
/** A second's credits: all that a bucket of bytes holds. */
const BYTE_CREDITS = BYTE_CREDITS_PER_TICK * HZ
/** CREDITS_PER_JIFFY is 2^39: this much in the upper half of the number. */
const CREDITS_PER_TICK_HIGH = 2 ** 7
/** Of a second's credits, those of a millionth, in whole numbers. Source: user2credits() of revision 3. */
const CREDITS_PER_UNIT = (250n << 39n) / 1_000_000n
/** Buckets that the kernel gives a table on a machine with a gigabyte of memory or more. */
const DEFAULT_SIZE = 8192

/** How a table is set up. Source: Linux struct hashlimit_cfg3. */
export interface HashlimitSettings {
  readonly bySource: boolean
  readonly byDestination: boolean
  readonly bySourcePort: boolean
  readonly byDestinationPort: boolean
  /** Prefix lengths of the addresses that make a group. */
  readonly sourceLength: number
  readonly destinationLength: number
  /** Whether bytes count instead of packets. */
  readonly bytes: boolean
  /** Whether the rate is measured instead of limited. */
  readonly rateMatch: boolean
  /** Millionths of a second between packets; with `bytes` what 16 bytes cost. */
  readonly average: bigint
  /** Packets, or refills of a bucket of bytes. */
  readonly burst: bigint
  /** Buckets and entries; 0: as the kernel likes. */
  readonly size: number
  readonly max: number
  /** Milliseconds. */
  readonly gcInterval: number
  readonly expire: number
  /** Seconds over which a rate is measured. */
  readonly interval: number
}

/** Credits of a period in millionths of a second. Source: Linux user2credits(). */
export function creditsOf(period: bigint): bigint {
  return BigInt.asUintN(64, period * CREDITS_PER_UNIT)
}

/** Credits of 16 bytes. Source: Linux user2credits_byte(). */
export function byteCreditsOf(cost: bigint): bigint {
  return (BigInt.asUintN(32, cost) * BigInt(BYTE_CREDITS)) >> 32n
}

/** Kernel ticks, rounded up; what is negative as a signed number never ends. Source: Linux msecs_to_jiffies(). */
function ticksOf(milliseconds: number): number {
  return milliseconds >= 2 ** 31 ? Number.POSITIVE_INFINITY : Math.ceil((milliseconds * HZ) / 1000)
}

/**
 * One group of packets.
 *
 * The three numbers have two meanings, in the same memory as in the kernel, where rules may use one table in different
 * ways: `credit`, its most (for bytes: refills left) and the price of a packet; or, where rates are measured, the
 * interval (lower half) and whether the last one was over the rate (upper half), what came since, and the rate.
 */
class Entry {
  readonly key: Uint32Array
  next: Entry | undefined
  /** Kernel ticks. */
  expires = 0
  touched = 0
  readonly credit = new Uint64()
  readonly cap = new Uint64()
  readonly cost = new Uint64()

  constructor(key: Uint32Array) {
    this.key = key
  }

  clone(): Entry {
    const made = new Entry(this.key)
    made.expires = this.expires
    made.touched = this.touched
    for (const name of ['credit', 'cap', 'cost'] as const) made[name].copy(this[name])
    return made
  }
}

/** Words of a key: source 0..3, destination 4..7, both ports 8. */
const KEY_WORDS = 9

export class HashlimitTable {
  private readonly settings: HashlimitSettings
  private readonly family: 4 | 6
  private readonly clock: () => number
  private readonly sourceMask: Words
  private readonly destinationMask: Words
  private readonly lifetime: number
  private readonly most: number
  private readonly gcPeriod: number
  private nextGc: number
  /** First entries of chains by hash. */
  private readonly chains = new Map<number, Entry>()
  private count = 0
  /** What new entries begin with. */
  private readonly credit: Uint64
  private readonly cap: Uint64
  private readonly cost: Uint64
  /** How much an interval may see where rates are measured; the kernel does not set it for other tables. */
  private readonly burst: Uint64 | null
  private readonly key = new Uint32Array(KEY_WORDS)
  private readonly price = new Uint64()

  /** `clock` tells kernel ticks. */
  constructor(settings: HashlimitSettings, family: 4 | 6, clock: () => number) {
    this.settings = settings
    this.family = family
    this.clock = clock
    this.sourceMask = prefixMask(family, settings.sourceLength)
    this.destinationMask = prefixMask(family, settings.destinationLength)
    this.lifetime = ticksOf(settings.expire)
    const size = settings.size || DEFAULT_SIZE
    this.most = settings.max === 0 ? 8 * size : Math.max(settings.max, size)
    const delay = ticksOf(settings.gcInterval)
    const grain = delay === Number.POSITIVE_INFINITY ? 1 : timerGrain(delay)
    this.gcPeriod = (Math.floor(delay / grain) + 1) * grain
    this.nextGc = (Math.floor((clock() + delay) / grain) + 1) * grain
    const start = startOf(settings)
    this.credit = Uint64.of(start.credit)
    this.cap = Uint64.of(start.cap)
    this.cost = Uint64.of(start.cost)
    this.burst = start.burst === null ? null : Uint64.of(start.burst)
  }

  /**
   * Whether a packet is within the limit, asked as a rule in this way asks; hotdrop where it has no ports to go by or
   * the table is full. Source: Linux hashlimit_mt_common().
   */
  ask(packet: Packet, now: number, { bytes, rateMatch }: Pick<HashlimitSettings, 'bytes' | 'rateMatch'>): Outcome {
    if (!this.readKey(packet)) return OUTCOME.hotdrop
    if (now >= this.nextGc) this.collect(now)
    const entry = this.touch(now)
    if (entry === null) return OUTCOME.hotdrop
    if (rateMatch) {
      if (this.burst === null) return OUTCOME.unknown
      entry.cap.add(0, bytes ? packet.length : 1)
      return entry.credit.high === 0 && !this.burst.isBelow(entry.cap) ? OUTCOME.yes : OUTCOME.no
    }
    const { price } = this
    if (bytes) this.priceBytes(packet.length, entry)
    else price.copy(entry.cost)
    if (entry.credit.isBelow(price)) return OUTCOME.no
    entry.credit.subtract(price)
    return OUTCOME.yes
  }

  /** What the packet's group has, for explanations; changes nothing. */
  describe(packet: Packet): string {
    if (!this.readKey(packet)) return 'no ports'
    const found = this.find(hashOf(this.key))
    if (found === undefined) return 'a new group'
    const entry = this.recalculated(found)
    if (this.settings.rateMatch) return `${entry.cap.value} in this interval`
    return `${entry.credit.value} credits`
  }

  /**
   * As `/proc/net/ipt_hashlimit/NAME` shows it, newest entry first; the kernel's order is that of its hash. Reading the
   * file lets time pass for the entries, this changes nothing. Source: Linux dl_seq_print().
   */
  toString(): string {
    const now = this.clock()
    const lines: string[] = []
    for (const first of this.chains.values()) {
      for (let entry: Entry | undefined = first; entry !== undefined; entry = entry.next) {
        if (entry.expires > this.lastGc(now)) lines.push(this.lineOf(this.recalculated(entry), now))
      }
    }
    return lines.reverse().join('')
  }

  private lineOf({ key, expires, credit, cap, cost }: Entry, now: number): string {
    const ports = key[8] as number
    const left = Math.trunc((expires - now) / HZ)
    const there = `${left} ${this.addressOf(key, 0)}:${ports >>> 16}->${this.addressOf(key, 4)}:${ports & 0xffff}`
    return `${there} ${credit.value} ${cap.value} ${cost.value}\n`
  }

  private addressOf(key: Uint32Array, at: 0 | 4): string {
    if (this.family === 4) return formatIpv4Address(key[at] as number)
    const digits = [...key.subarray(at, at + 4)].map((word) => word.toString(16).padStart(8, '0')).join('')
    return (digits.match(/.{4}/g) as string[]).join(':')
  }

  /** The group a packet belongs to, into `key`; false where its ports cannot be read. Source: hashlimit_init_dst(). */
  private readKey(packet: Packet): boolean {
    const { key, settings, family } = this
    const { view, network } = packet
    const source = network + (family === 4 ? 12 : 8)
    const destination = network + (family === 4 ? 16 : 24)
    for (let index = 0; index < (family === 4 ? 1 : 4); index++) {
      const at = 4 * index
      key[index] = settings.bySource ? view.getUint32(source + at) & (this.sourceMask[index] as number) : 0
      key[index + 4] = settings.byDestination
        ? view.getUint32(destination + at) & (this.destinationMask[index] as number)
        : 0
    }
    key[8] = 0
    if (!settings.bySourcePort && !settings.byDestinationPort) return true
    if (family === 6) {
      if (packet.fragmentOffset !== 0) return true
      if (packet.protocol < 0 || packet.protocol === PROTOCOL.none) return false
    }
    const offset = portsOffset(packet.protocol)
    if (offset < 0) return true
    const at = packet.transport + offset
    if (at + 4 > packet.end) return false
    const ports = view.getUint32(at)
    key[8] = ports & ((settings.bySourcePort ? 0xffff0000 : 0) | (settings.byDestinationPort ? 0xffff : 0))
    return true
  }

  private find(hash: number): Entry | undefined {
    let entry = this.chains.get(hash)
    while (entry !== undefined && !isSameKey(entry.key, this.key)) entry = entry.next
    return entry
  }

  /** The entry of `key`, brought up to date or made; null where the table is full. */
  private touch(now: number): Entry | null {
    const hash = hashOf(this.key)
    let entry = this.find(hash)
    if (entry === undefined) {
      if (this.count >= this.most) return null
      entry = new Entry(this.key.slice())
      entry.credit.copy(this.credit)
      entry.cap.copy(this.cap)
      entry.cost.copy(this.cost)
      entry.touched = now
      entry.next = this.chains.get(hash)
      this.chains.set(hash, entry)
      this.count++
    } else this.recalculate(entry, now)
    entry.expires = now + this.lifetime
    return entry
  }

  private recalculated(entry: Entry): Entry {
    const copy = entry.clone()
    this.recalculate(copy, this.clock())
    return copy
  }

  /** Lets time pass for an entry. Source: Linux rateinfo_recalc(). */
  private recalculate(entry: Entry, now: number): void {
    const passed = now - entry.touched
    if (passed === 0) return
    const { credit, cap, cost } = entry
    const { rateMatch, bytes } = this.settings
    if (rateMatch) {
      const interval = (credit.low * HZ) % U32
      if (passed < interval) return
      entry.touched = now
      const seen = BigInt.asUintN(64, cap.value * BigInt(interval))
      credit.high = seen > BigInt.asUintN(64, BigInt(passed) * cost.value) ? 1 : 0
      cap.set(0, 0)
      return
    }
    entry.touched = now
    if (!bytes) {
      credit.add((passed * CREDITS_PER_TICK_HIGH) % U32, 0)
      if (cap.isBelow(credit)) credit.copy(cap)
      return
    }
    const earned = BYTE_CREDITS_PER_TICK * passed
    const whole = credit.high * U32 + credit.low + earned
    if (whole > BYTE_CREDITS) credit.set(0, BYTE_CREDITS)
    else credit.set(0, whole)
  }

  /** What a packet of bytes costs, into `price`; an empty bucket is refilled while it may be. Source: hashlimit_byte_cost(). */
  private priceBytes(length: number, entry: Entry): void {
    const { price } = this
    price.product(entry.cost, (length >>> 4) + 1)
    if (price.high !== 0 || price.low > BYTE_CREDITS) price.set(0, BYTE_CREDITS)
    if (!entry.credit.isBelow(price) || entry.cap.isZero()) return
    entry.cap.subtract(ONE)
    entry.credit.set(0, BYTE_CREDITS)
  }

  /** When the collector ran last. */
  private lastGc(now: number): number {
    if (now < this.nextGc) return this.gcPeriod === Number.POSITIVE_INFINITY ? 0 : this.nextGc - this.gcPeriod
    return this.nextGc + Math.floor((now - this.nextGc) / this.gcPeriod) * this.gcPeriod
  }

  private collect(now: number): void {
    const at = this.lastGc(now)
    this.nextGc = at + this.gcPeriod
    for (const [hash, first] of this.chains) {
      let kept: Entry | undefined
      let last: Entry | undefined
      for (let entry: Entry | undefined = first; entry !== undefined; entry = entry.next) {
        if (entry.expires <= at) this.count--
        else {
          if (last === undefined) kept = entry
          else last.next = entry
          last = entry
        }
      }
      if (last !== undefined) last.next = undefined
      if (kept === undefined) this.chains.delete(hash)
      else if (kept !== first) this.chains.set(hash, kept)
    }
  }
}

const ONE = Uint64.of(1n)

/** What an entry begins with. Source: Linux rateinfo_init(). */
function startOf({ bytes, rateMatch, average, burst, interval }: HashlimitSettings): {
  credit: bigint
  cap: bigint
  cost: bigint
  burst: bigint | null
} {
  if (rateMatch && bytes) {
    const rate = (0xffffffffn / average - 1n) << 4n
    return { credit: BigInt(interval), cap: 0n, cost: rate, burst: burst === 0n ? rate : burst * rate }
  }
  if (rateMatch) {
    const rate = 1_000_000n / average
    return { credit: BigInt(interval), cap: 0n, cost: rate, burst: burst + rate }
  }
  if (bytes) return { credit: BigInt(BYTE_CREDITS), cap: burst, cost: byteCreditsOf(average), burst: null }
  const credit = creditsOf(average * burst)
  return { credit, cap: credit, cost: creditsOf(average), burst: null }
}

/** Where a protocol's ports are in its header; negative for one without. Source: Linux proto_ports_offset(). */
function portsOffset(protocol: number): number {
  switch (protocol) {
    case PROTOCOL.tcp:
    case PROTOCOL.udp:
    case PROTOCOL.dccp:
    case PROTOCOL.esp:
    case PROTOCOL.sctp:
    case PROTOCOL.udplite:
      return 0
    case PROTOCOL.ah:
      return 4
    default:
      return -1
  }
}

function hashOf(key: Uint32Array): number {
  let hash = 0
  for (let index = 0; index < KEY_WORDS; index++) {
    hash = Math.imul(hash ^ (key[index] as number), 0x9e3779b1)
    hash ^= hash >>> 15
  }
  return hash & 0x3fffffff
}

function isSameKey(one: Uint32Array, other: Uint32Array): boolean {
  for (let index = 0; index < KEY_WORDS; index++) if (one[index] !== other[index]) return false
  return true
}
