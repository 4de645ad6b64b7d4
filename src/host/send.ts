/** Packets that a process sends through a raw socket with its own IP header (IPPROTO_RAW). */

import { checksum } from '../wire/checksum.ts'
import type { Host } from './host.ts'
import { sendGenerated } from './path.ts'
import type { Traveller } from './traveller.ts'

/** What the sending socket brings along. */
export interface SenderSocket {
  readonly uid: number
  readonly gid: number
  /** SO_MARK. */
  readonly mark: number
  /** Name of the device it is bound to; empty for none. */
  readonly device: string
}

/**
 * Sends the packet; the error that the process gets when the packet never reaches OUTPUT, else null.
 *
 * Source: Linux raw_sendmsg(), raw_send_hdrinc(), rawv6_sendmsg(), rawv6_send_hdrinc().
 */
export function sendLocally(host: Host, packet: Traveller, socket: SenderSocket): string | null {
  const version = packet.length > 0 ? packet.view.getUint8(packet.network) >> 4 : 0
  if (packet.length < (version === 6 ? 40 : 20)) return 'EINVAL'
  packet.owner = { uid: socket.uid, gid: socket.gid, supplementaryGroups: [] }
  packet.mark = socket.mark
  packet.boundTo = socket.device === '' ? 0 : host.deviceNamed(socket.device).index
  const error = version === 6 ? prepareIpv6(host, packet) : prepareIpv4(host, packet)
  if (error !== null) return error
  sendGenerated(host, packet)
  return null
}

function prepareIpv4(host: Host, packet: Traveller): string | null {
  const { view, network, length } = packet
  if (length > 0xffff) return 'EMSGSIZE'
  const route = host.routing4.output({
    source: 0,
    destination: view.getUint32(network + 16),
    oif: packet.boundTo,
    mark: packet.mark,
    tos: 0,
    protocol: 255,
    uid: packet.owner?.uid ?? 0,
    anySource: false,
  })
  if (typeof route === 'string') return route
  // The socket has no SO_BROADCAST.
  if (route.destination.isBroadcast) return 'EACCES'
  if (length > route.destination.device.mtu) return 'EMSGSIZE'
  const headerLength = (view.getUint8(network) & 15) * 4
  if (headerLength > length || headerLength < 20) return 'EINVAL'
  packet.route = route.destination
  if (view.getUint32(network + 12) === 0) view.setUint32(network + 12, route.source)
  view.setUint16(network + 2, length)
  // A packet that must not be fragmented needs no identification.
  const mayFragment = (view.getUint16(network + 6) & 0x4000) === 0
  if (view.getUint16(network + 4) === 0 && mayFragment) view.setUint16(network + 4, host.nextIdentification())
  view.setUint16(network + 10, 0)
  view.setUint16(network + 10, checksum(packet.bytes, network, network + headerLength))
  return packet.parse() ? null : 'EINVAL'
}

function prepareIpv6(host: Host, packet: Traveller): string | null {
  packet.parse()
  const { destination } = packet
  const to = destination.every((word) => word === 0) ? ([0, 0, 0, 1] as const) : destination
  const departure = {
    source: null,
    destination: to,
    oif: packet.boundTo,
    strict: packet.boundTo !== 0,
    mark: packet.mark,
    trafficClass: 0,
    protocol: 255,
    uid: packet.owner?.uid ?? 0,
  }
  let route = host.routing6.output(departure)
  const source = host.routing6.sourceFor(route, to)
  if (source === null) return 'EADDRNOTAVAIL'
  if (route.error !== null) route = host.routing6.output({ ...departure, source })
  if (route.error !== null) return route.error
  if (packet.length > route.device.mtu) return 'EMSGSIZE'
  packet.route = route
  return null
}
