/** The addresses that NETMAP and REDIRECT stand for. */

import type { Hook } from '../expression/environment.ts'
import type { Packet } from '../packet/packet.ts'
import type { Words } from '../util/words.ts'

const LOOPBACK4: Words = [0x7f000001, 0, 0, 0]
const LOOPBACK6: Words = [0, 0, 0, 1]

/**
 * NETMAP: the host part of `address` in the network that the first and last address span.
 *
 * Source: Linux netmap_tg4(), netmap_tg6().
 */
export function netmapped(address: Words, first: Words, last: Words): Words {
  const word = (i: 0 | 1 | 2 | 3) => {
    const mask = ~(first[i] ^ last[i])
    return ((address[i] & ~mask) | (first[i] & mask)) >>> 0
  }
  return [word(0), word(1), word(2), word(3)]
}

/**
 * REDIRECT: loopback for the host's own packets, else the incoming device's first address (IPv6: of the scope that
 * the destination has); null without one.
 *
 * Source: Linux nf_nat_redirect_ipv4(), nf_nat_redirect_ipv6().
 */
export function redirectAddress(packet: Packet, hook: Hook): Words | null {
  const isV4 = packet.family === 4
  if (hook === 'OUTPUT') return isV4 ? LOOPBACK4 : LOOPBACK6
  const scope = isV4 ? 0 : scopeOf(packet.destination)
  for (const { family, address } of packet.inDevice?.addresses ?? []) {
    if (family !== packet.family) continue
    if (isV4) {
      // The kernel asks only the first and takes 0.0.0.0 for none.
      return address[0] === 0 ? null : address
    }
    if (isMapped(address) || (scope !== 0 && (scope & scopeOf(address)) === 0)) continue
    return address
  }
  return null
}

/** IPV6_ADDR_SCOPE_MASK bits of ipv6_addr_type(): loopback 0x10, link-local 0x20, site-local 0x40, IPv4-compatible 0x80. */
function scopeOf(address: Words): number {
  const [first, second, third, fourth] = address
  const top = first >>> 16
  if (top >>> 8 === 0xff) {
    const scope = top & 15
    return scope === 1 ? 0x10 : scope === 2 ? 0x20 : scope === 5 ? 0x40 : 0
  }
  if ((top & 0xffc0) === 0xfe80) return 0x20
  if ((top & 0xffc0) === 0xfec0) return 0x40
  if (first !== 0 || second !== 0 || third !== 0 || fourth === 0) return 0
  return fourth === 1 ? 0x10 : 0x80
}

function isMapped(address: Words): boolean {
  return address[0] === 0 && address[1] === 0 && address[2] === 0xffff
}
