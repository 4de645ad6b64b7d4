/** Routing a packet of the host again, because a rule of OUTPUT changed what its route depends on. */

import { isLinkLocal6, isMulticast6 } from '../route/address6.ts'
import type { Host } from './host.ts'
import type { Traveller } from './traveller.ts'

/**
 * Finds a new route for an IPv4 packet by its header and mark. False where there is none.
 *
 * Any source address of the host, or of nobody, is kept; another one does not influence the route.
 * Source: Linux ip_route_me_harder() with RTN_UNSPEC.
 */
export function rerouteIpv4(host: Host, packet: Traveller): boolean {
  const { view, network } = packet
  const source = view.getUint32(network + 12)
  const type = host.routing4.addressType(source, 0)
  const anySource = type === 'local' || type === 'unicast'
  const found = host.routing4.output({
    source: anySource ? source : 0,
    destination: view.getUint32(network + 16),
    oif: packet.boundTo,
    mark: packet.mark,
    tos: view.getUint8(network + 1),
    protocol: packet.protocol,
    ...portsOf(packet),
    uid: packet.owner?.uid ?? 0,
    anySource,
  })
  if (typeof found === 'string') return false
  packet.route = found.destination
  return found.destination.error === null
}

/** The same for IPv6. Source: Linux ip6_route_me_harder(). */
export function rerouteIpv6(host: Host, packet: Traveller): boolean {
  const { destination, route } = packet
  const onLink = isMulticast6(destination) || isLinkLocal6(destination)
  const found = host.routing6.output({
    source: packet.source,
    destination,
    oif: packet.boundTo !== 0 ? packet.boundTo : onLink ? (route?.device.index ?? 0) : 0,
    strict: packet.boundTo !== 0,
    mark: packet.mark,
    trafficClass: (packet.view.getUint16(packet.network) >>> 4) & 0xff,
    protocol: packet.protocol,
    ...portsOf(packet),
    uid: packet.owner?.uid ?? 0,
  })
  if (found.error !== null) return false
  packet.route = found
  return true
}

function portsOf({ view, transport, end, fragmentOffset }: Traveller): { sport: number; dport: number } {
  if (fragmentOffset !== 0 || transport + 4 > end) return { sport: 0, dport: 0 }
  return { sport: view.getUint16(transport), dport: view.getUint16(transport + 2) }
}
