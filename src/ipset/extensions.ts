/** What elements carry beside their value: time, counters, data for packets. */

import type { Packet } from '../packet/packet.ts'
import { type Change, type CounterTest, type Lookup, NO_SKBINFO, type SkbInfo } from './set.ts'

/** Kernel ticks in a second. */
const HZ = 250

/** What the elements of a set carry. */
export interface ExtensionOptions {
  /** Seconds an element stays where it does not say, 0 for ever; null where elements have no time. */
  readonly timeout: number | null
  readonly counters: boolean
  readonly comment: boolean
  readonly skbinfo: boolean
}

/** What the `add` line of an element says. */
export interface GivenExtensions {
  /** Seconds; null for what the set says. */
  readonly timeout: number | null
  /** Null for none: those of an element that is added once more stay. */
  readonly packets: bigint | null
  readonly bytes: bigint | null
  readonly comment: string | null
  readonly skbinfo: SkbInfo
}

/** What one element carries. */
export interface Extensions {
  /** The last kernel tick of its life; null for ever. */
  expires: number | null
  packets: bigint
  bytes: bigint
  comment: string | null
  skbinfo: SkbInfo
}

/** The tick until which an element stays. Source: Linux ip_set_timeout_set(). */
function expiry(options: ExtensionOptions, seconds: number | null, ticks: number): number | null {
  if (options.timeout === null) return null
  const stays = seconds ?? options.timeout
  return stays === 0 ? null : ticks + stays * HZ
}

/** For an element of an `add` line, and the one it replaces. Source: Linux ip_set_init_counter(). */
export function extensionsOf(
  options: ExtensionOptions,
  given: GivenExtensions,
  ticks: number,
): (existing: Extensions | null) => Extensions {
  const { packets, bytes, comment, skbinfo } = given
  const expires = expiry(options, given.timeout, ticks)
  return (existing) => ({
    expires,
    packets: packets ?? existing?.packets ?? 0n,
    bytes: bytes ?? existing?.bytes ?? 0n,
    comment,
    skbinfo,
  })
}

/** For an element that a packet adds: the packet is its first. Source: Linux IP_SET_INIT_KEXT(). */
export function extensionsFor(options: ExtensionOptions, packet: Packet, change: Change, ticks: number): Extensions {
  return {
    expires: expiry(options, change.timeout, ticks),
    packets: 1n,
    bytes: BigInt(packet.length),
    comment: null,
    skbinfo: NO_SKBINFO,
  }
}

/** Whether the element's time is over. Source: Linux ip_set_timeout_expired(). */
export function isExpired({ expires }: Extensions, ticks: number): boolean {
  return expires !== null && expires < ticks
}

/** Whether an element that was found counts: its time is not over and its counters fit. Source: Linux ip_set_match_extensions(). */
export function matchExtensions(
  options: ExtensionOptions,
  element: Extensions,
  packet: Packet,
  lookup: Lookup,
  ticks: number,
): boolean {
  if (isExpired(element, ticks)) return false
  if (options.counters) {
    if (lookup.updatesCounters) {
      element.packets += 1n
      element.bytes += BigInt(packet.length)
    }
    if (!fits(element.packets, lookup.packets) || !fits(element.bytes, lookup.bytes)) return false
  }
  if (options.skbinfo) lookup.skbinfo = element.skbinfo
  return true
}

function fits(count: bigint, test: CounterTest | null): boolean {
  if (test === null) return true
  switch (test.operator) {
    case 'equal':
      return count === test.value
    case 'unequal':
      return count !== test.value
    case 'less':
      return count < test.value
    case 'greater':
      return count > test.value
  }
}

/** The words of a `create` line. */
export function formatOptions({ timeout, counters, comment, skbinfo }: ExtensionOptions): string {
  return `${timeout === null ? '' : ` timeout ${timeout}`}${counters ? ' counters' : ''}${comment ? ' comment' : ''}${skbinfo ? ' skbinfo' : ''}`
}

/** The words of an `add` line, `flags` among them. Source: ipset 7.17 print functions. */
export function formatExtensions(options: ExtensionOptions, element: Extensions, ticks: number, flags = ''): string {
  let text = options.timeout === null ? '' : ` timeout ${secondsLeft(element, ticks)}`
  text += flags
  if (options.counters) text += ` packets ${element.packets} bytes ${element.bytes}`
  if (options.comment && element.comment !== null) text += ` comment "${element.comment}"`
  return options.skbinfo ? text + formatSkbInfo(element.skbinfo) : text
}

/** Never 0 for an element that ends. Source: Linux ip_set_timeout_get(). */
function secondsLeft({ expires }: Extensions, ticks: number): number {
  return expires === null ? 0 : Math.max(1, Math.floor((expires - ticks) / HZ))
}

function formatSkbInfo({ mark, mask, priority, queue }: SkbInfo): string {
  const hex = (value: number): string => value.toString(16)
  let text = ''
  if (mark !== 0 || mask !== 0) text += ` skbmark 0x${hex(mark)}${mask === 0xffffffff ? '' : `/0x${hex(mask)}`}`
  if (priority !== 0) text += ` skbprio ${hex(priority >>> 16)}:${hex(priority & 0xffff)}`
  return queue === 0 ? text : `${text} skbqueue ${queue}`
}
