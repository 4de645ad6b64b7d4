/** What capture files hold, whatever their format, and finding the network header in it. */

import { getU16 } from '../util/bytes.ts'
import type { Family } from './address.ts'
import { ETHERNET, isVlanType } from './ethernet.ts'
import { ETHERTYPE } from './protocols.ts'
import { malformed, type Parsed } from './result.ts'

/** Link types of capture files. `rawBsd` and `rawOpenbsd` are what some systems wrote for `raw`. Source: tcpdump.org "Link-Layer Header Types". */
export const LINKTYPE = {
  null: 0,
  ethernet: 1,
  rawBsd: 12,
  rawOpenbsd: 14,
  raw: 101,
  loop: 108,
  linuxSll: 113,
  ipv4: 228,
  ipv6: 229,
  linuxSll2: 276,
} as const

/** One captured packet. */
export interface CaptureRecord {
  /** When, in seconds since 1970, as near as a double can say it; the exact time is in the next two. */
  readonly timestamp: number
  /** Whole seconds since 1970. */
  readonly seconds: number
  /** 0..999,999,999. */
  readonly nanoseconds: number
  /** A value of {@link LINKTYPE} or another. */
  readonly linktype: number
  /** What was captured, from the link header on; a view of the file. */
  readonly bytes: Uint8Array
  /** How long the packet was; more than `bytes` has where the capture cut it. */
  readonly originalLength: number
  /** The name of the interface, or its number as text, where the format knows it. */
  readonly interface?: string
  readonly comments: readonly string[]
}

/** A packet without its link header. */
export interface NetworkLayer {
  readonly family: Family
  /** From the network header on, with whatever padding follows; a view. */
  readonly bytes: Uint8Array
  /** The Ethernet header with its VLAN tags, where the link has one; a view. */
  readonly frame?: Uint8Array
}

/**
 * The network header in `bytes`, which begin with the link header of `linktype`.
 *
 * Other protocols than IP and unknown link types come back as malformed; never throws.
 */
export function networkLayer(linktype: number, bytes: Uint8Array): Parsed<NetworkLayer> {
  switch (linktype) {
    case LINKTYPE.ethernet: {
      if (bytes.length < ETHERNET.length) return malformed(`ethernet: ${bytes.length} bytes, at least 14 expected`)
      const found = afterType(bytes, ETHERNET.type, ETHERNET.length, 'ethernet')
      return found.ok ? { ...found, frame: bytes.subarray(0, bytes.length - found.bytes.length) } : found
    }
    case LINKTYPE.linuxSll:
      return afterType(bytes, 14, 16, 'cooked capture')
    case LINKTYPE.linuxSll2:
      return afterType(bytes, 0, 20, 'cooked capture')
    case LINKTYPE.null:
    case LINKTYPE.loop:
      return afterFamily(bytes)
    case LINKTYPE.raw:
    case LINKTYPE.rawBsd:
    case LINKTYPE.rawOpenbsd:
      return byVersion(bytes, undefined)
    case LINKTYPE.ipv4:
      return byVersion(bytes, 4)
    case LINKTYPE.ipv6:
      return byVersion(bytes, 6)
    default:
      return malformed(`link type ${linktype} is not supported`)
  }
}

/** `bytes` behind a header of `length` whose EtherType is at `typeAt`, and behind the VLAN tags that may follow. */
function afterType(bytes: Uint8Array, typeAt: number, length: number, name: string): Parsed<NetworkLayer> {
  if (bytes.length < length) return malformed(`${name}: ${bytes.length} bytes, at least ${length} expected`)
  let type = getU16(bytes, typeAt)
  let at = length
  while (isVlanType(type)) {
    if (bytes.length < at + 4) return malformed(`${name}: VLAN tag is cut off`)
    type = getU16(bytes, at + 2)
    at += 4
  }
  const rest = bytes.subarray(at)
  if (type === ETHERTYPE.ipv4) return { ok: true, family: 4, bytes: rest }
  if (type === ETHERTYPE.ipv6) return { ok: true, family: 6, bytes: rest }
  return malformed(`${name}: EtherType 0x${type.toString(16).padStart(4, '0')} is not IP`)
}

/** The numbers of AF_INET6 on NetBSD, FreeBSD, macOS and Linux. */
const INET6: readonly number[] = [24, 28, 30, 10]

function afterFamily(bytes: Uint8Array): Parsed<NetworkLayer> {
  if (bytes.length < 4) return malformed(`loopback: ${bytes.length} bytes, at least 4 expected`)
  // The number is in the byte order of the machine that captured, which is not written down; it is small.
  const family = bytes[0]! | bytes[3]!
  const small = (bytes[0] === 0 || bytes[3] === 0) && bytes[1] === 0 && bytes[2] === 0
  if (small && family === 2) return { ok: true, family: 4, bytes: bytes.subarray(4) }
  if (small && INET6.includes(family)) return { ok: true, family: 6, bytes: bytes.subarray(4) }
  return malformed(`loopback: address family ${family} is not IP`)
}

function byVersion(bytes: Uint8Array, expected: Family | undefined): Parsed<NetworkLayer> {
  if (bytes.length === 0) return malformed('packet: no bytes')
  const version = bytes[0]! >> 4
  if ((version !== 4 && version !== 6) || (expected && expected !== version)) {
    return malformed(`packet: IP version ${version}, ${expected ?? '4 or 6'} expected`)
  }
  return { ok: true, family: version, bytes }
}
