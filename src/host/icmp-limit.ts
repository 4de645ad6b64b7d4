/** How many ICMP errors a host sends to one address: token buckets in virtual time. */

import type { Destination } from '../route/destination.ts'
import type { Words } from '../util/words.ts'
import type { Host } from './host.ts'
import type { Traveller } from './traveller.ts'

/** Kernel ticks a second. */
const HZ = 250
const BURST = 6

/** What the host remembers of an address it answered. Source: Linux struct inet_peer. */
export interface Peer {
  tokens: number
  /** In ticks. */
  last: number
  redirects: number
}

/** A peer never heard of: it may be answered a whole burst. Source: Linux inet_getpeer(). */
export function newPeer(jiffies: number): Peer {
  return { tokens: 0, last: jiffies - 60 * HZ, redirects: 0 }
}

/**
 * Whether a routing error may be answered: five at once to one sender, then one a second.
 *
 * Source: Linux ip_error(), ip_rt_error_burst, ip_rt_error_cost.
 */
export function routeErrorAllowed(host: Host, packet: Traveller): boolean {
  const cost = host.sysctls.number('net.ipv4.route.error_cost', HZ)
  const burst = host.sysctls.number('net.ipv4.route.error_burst', 5 * HZ)
  const now = host.jiffies()
  const peer = host.peer(packet.family, packet.source)
  peer.tokens = Math.min(peer.tokens + now - peer.last, burst)
  peer.last = now
  if (peer.tokens < cost) return false
  peer.tokens -= cost
  return true
}

/** Whether the sender may be told of a better way. Source: Linux ip_rt_send_redirect(). */
export function redirectAllowed(host: Host, packet: Traveller): boolean {
  const load = host.sysctls.number('net.ipv4.route.redirect_load', HZ / 50)
  const most = host.sysctls.number('net.ipv4.route.redirect_number', 9)
  const silence = host.sysctls.number('net.ipv4.route.redirect_silence', (HZ / 50) << 10)
  const now = host.jiffies()
  const peer = host.peer(packet.family, packet.source)
  if (now - peer.last > silence) peer.redirects = 0
  if (peer.redirects >= most) {
    peer.last = now
    return false
  }
  if (peer.redirects !== 0 && now - peer.last <= load << peer.redirects) return false
  peer.last = now
  peer.redirects++
  return true
}

/**
 * Whether the sysctls of ICMP let an error go. Hosts that say nothing of `icmp_ratelimit` are not limited: their
 * answers would depend on time that passes nowhere else.
 *
 * Source: Linux icmpv4_xrlim_allow(), icmpv6_xrlim_allow(), inet_peer_xrlim_allow().
 */
export function icmpAllowed(host: Host, packet: Traveller, destination: Destination, type: number): boolean {
  const { sysctls } = host
  if (destination.device.link === 'loopback') return true
  const isV4 = packet.family === 4
  const name = isV4 ? 'net.ipv4.icmp_ratelimit' : 'net.ipv6.icmp.ratelimit'
  if (!sysctls.has(name)) return true
  const limit = sysctls.number(name, 0)
  if (isV4) {
    const mask = sysctls.number('net.ipv4.icmp_ratemask', 0x1818)
    if (((mask >>> type) & 1) === 0) return true
  } else if (type === 2) return true
  // Wider prefixes get more.
  const shift = isV4 ? 0 : (128 - (destination.route?.prefix ?? 128)) >> 5
  return peerAllowed(host, isV4 ? 4 : 6, packet.source, limit >> shift)
}

/**
 * Whether an address may be sent something again: six at once, then one each `interval` ms. An interval of 0 always
 * allows it, but uses up what is left for others.
 *
 * Source: Linux inet_peer_xrlim_allow().
 */
export function peerAllowed(host: Host, family: 4 | 6, address: Words, interval: number): boolean {
  const timeout = Math.floor((interval * HZ) / 1000)
  const now = host.jiffies()
  const peer = host.peer(family, address)
  peer.tokens = Math.min(peer.tokens + now - peer.last, BURST * timeout)
  peer.last = now
  if (peer.tokens < timeout) return false
  peer.tokens -= timeout
  return true
}
