/**
 * Finding bytes in packets as the kernel's text search does.
 *
 * `kmp` looks through the whole packet; `bm` looks through each piece of a packet put together from fragments
 * by itself, so it does not find what lies across two. Source: Linux skb_find_text(), ts_bm.c, ts_kmp.c.
 */

import type { Packet } from '../packet/packet.ts'

/** What to look for, and where: offsets in bytes from the network header, `to` exclusive. */
export interface Search {
  readonly algorithm: 'bm' | 'kmp'
  readonly pattern: Uint8Array
  readonly ignoreCase: boolean
  readonly from: number
  readonly to: number
}

/** Upper case in Latin-1. Source: Linux toupper() with the table of lib/ctype.c. */
function upper(byte: number): number {
  const isLower = (byte >= 0x61 && byte <= 0x7a) || (byte >= 0xdf && byte !== 0xf7)
  return isLower ? byte - 32 : byte
}

/** Makes a search ready: a function that says whether a packet has the pattern. */
export function searcher({ algorithm, pattern, ignoreCase, from, to }: Search): (packet: Packet) => boolean {
  const fold = Uint8Array.from({ length: 256 }, (_, byte) => (ignoreCase ? upper(byte) : byte))
  const wanted = pattern.map((byte) => fold[byte] as number)
  const failure = failureTable(wanted)

  /** Knuth, Morris and Pratt: looks at each byte once, also in hostile packets. */
  const isIn = (bytes: Uint8Array, start: number, end: number): boolean => {
    let matched = 0
    for (let at = start; at < end; at++) {
      const byte = fold[bytes[at] as number]
      while (matched > 0 && wanted[matched] !== byte) matched = failure[matched - 1] as number
      if (wanted[matched] === byte) matched++
      if (matched === wanted.length) return true
    }
    return false
  }

  return ({ bytes, network, end, pieces }) => {
    const first = network + from
    const last = Math.min(network + to, end)
    if (algorithm === 'kmp' || pieces === null) return isIn(bytes, first, last)
    let start = network
    for (const size of pieces) {
      if (isIn(bytes, Math.max(start, first), Math.min(start + size, last))) return true
      start += size
    }
    return false
  }
}

/** For each prefix of the pattern, the length of its longest proper prefix that is also its end. */
function failureTable(pattern: Uint8Array): Uint8Array {
  const table = new Uint8Array(pattern.length)
  let matched = 0
  for (let at = 1; at < pattern.length; at++) {
    while (matched > 0 && pattern[matched] !== pattern[at]) matched = table[matched - 1] as number
    if (pattern[matched] === pattern[at]) matched++
    table[at] = matched
  }
  return table
}
