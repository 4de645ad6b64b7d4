import { type Destination, mtuOf } from '../route/destination.ts'
import type { Host } from './host.ts'
import type { Traveller } from './traveller.ts'

/**
 * The largest packet that fits on the way of a packet and on the way back to its source, in bytes: what
 * `TCPMSS --clamp-mss-to-pmtu` goes by. Source: Linux tcpmss_mangle_packet(), tcpmss_reverse_mtu().
 */
export function pathMtu(host: Host, packet: Traveller): number {
  const there = packet.route === null ? Number.POSITIVE_INFINITY : mtuOf(packet.route)
  const back = wayBack(host, packet)
  return Math.min(there, back === null ? Number.POSITIVE_INFINITY : mtuOf(back))
}

function wayBack(host: Host, packet: Traveller): Destination | null {
  const way = { oif: 0, mark: 0, protocol: 0, uid: 0 }
  if (packet.family === 4) {
    const destination = packet.view.getUint32(packet.network + 12)
    const found = host.routing4.output({ ...way, source: 0, destination, tos: 0, anySource: false })
    return typeof found === 'string' ? null : found.destination
  }
  const destination = packet.source
  const found = host.routing6.output({ ...way, source: null, destination, trafficClass: 0, strict: false })
  return found.error === null ? found : null
}
