/**
 * SYN cookies: the sequence number of a SYN-ACK says what the host would otherwise have to remember.
 *
 * Built as the kernel builds them, but with another keyed hash: the kernel's keys are random and cannot be asked, so
 * that no cookie could ever be compared. The upper 8 bits count minutes, the lower 24 hold the number of the segment
 * size in a table, both hidden behind hashes of the connection's ends.
 *
 * Source: Linux syncookies.c secure_tcp_syn_cookie(), check_tcp_syn_cookie(), __cookie_v4_init_sequence().
 */

import type { Packet } from '../packet/packet.ts'
import { jhashWords } from '../util/jhash.ts'
import type { Words } from '../util/words.ts'

/** The segment sizes that a cookie can say. Source: Linux msstab[] of each family. */
const SIZES = { 4: [536, 1300, 1440, 1460], 6: [1220, 1420, 1440, 8940] } as const
const LONGEST_AGE = 2
const DATA_BITS = 0xffffff

/** What the cookies of a host are hidden with, 32 random bits each. */
export type CookieKeys = readonly [number, number]

/** The cookie for a SYN with this segment size, in the given minute. */
export function synCookie(packet: Packet, mss: number, minute: number, keys: CookieKeys): number {
  const { view, transport } = packet
  const sizes = SIZES[packet.family === 6 ? 6 : 4]
  let index = sizes.length - 1
  while (index > 0 && mss < sizes[index]!) index--
  const sequence = view.getUint32(transport + 4)
  const [first, second] = [hashOf(packet, keys[0], 0), hashOf(packet, keys[1], minute)]
  return (first + sequence + ((minute << 24) >>> 0) + ((second + index) & DATA_BITS)) >>> 0
}

/** Whether the packet acknowledges a cookie of the last two minutes. */
export function acknowledgesCookie(packet: Packet, minute: number, keys: CookieKeys): boolean {
  const { view, transport } = packet
  const sequence = (view.getUint32(transport + 4) - 1) >>> 0
  const cookie = (view.getUint32(transport + 8) - 1 - hashOf(packet, keys[0], 0) - sequence) >>> 0
  const age = (minute - (cookie >>> 24)) & 0xff
  if (age >= LONGEST_AGE) return false
  const index = (cookie - hashOf(packet, keys[1], minute - age)) & DATA_BITS
  return index < SIZES[packet.family === 6 ? 6 : 4].length
}

function hashOf({ source, destination, view, transport }: Packet, key: number, minute: number): number {
  const mixed = (address: Words): number => jhashWords([address[0], address[1], address[2]], address[3] ^ key)
  return jhashWords([mixed(source), mixed(destination), view.getUint32(transport)], key ^ minute)
}
