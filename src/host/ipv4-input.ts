/** What the IPv4 stack checks of a received packet before and after PREROUTING. */

import type { Device } from '../packet/device.ts'
import { PKTTYPE } from '../packet/packet.ts'
import { isRefused } from '../route/destination.ts'
import { checksum } from '../wire/checksum.ts'
import { sendIcmpError } from './answers.ts'
import type { Host } from './host.ts'
import { arrivalOf, compileOptions, type OptionHost } from './ipv4-options.ts'
import type { Traveller } from './traveller.ts'

const PARAMETER_PROBLEM = 12

/**
 * Checks the header of a packet that was received, and cuts what is behind its length. Null, or why it is dropped
 * before any hook. Source: Linux ip_rcv_core().
 */
export function checkIpv4(packet: Traveller): string | null {
  if (packet.pkttype === PKTTYPE.otherhost) return 'addressed to another host on its link'
  const { view, network } = packet
  const available = packet.end - network
  if (available < 20) return 'header cut short'
  const headerLength = (view.getUint8(network) & 15) * 4
  if (view.getUint8(network) >> 4 !== 4 || headerLength < 20 || headerLength > available) return 'bad header length'
  if (checksum(packet.bytes, network, network + headerLength) !== 0) return 'bad header checksum'
  const total = view.getUint16(network + 2)
  if (total > available) return 'shorter than its length field says'
  if (total < headerLength) return 'length field shorter than the header'
  packet.end = network + total
  packet.parse()
  return null
}

/**
 * Routes a packet that passed PREROUTING and reads its options. Null, or why it is dropped.
 *
 * Source: Linux ip_rcv_finish_core(), ip_rcv_options().
 */
export function routeIpv4(host: Host, packet: Traveller, device: Device): string | null {
  if (packet.route === null) {
    const decision = host.routing4.input(arrivalOf(packet), device)
    if (isRefused(decision)) return decision.refused
    packet.route = decision
  }
  if (packet.transport - packet.network > 20) {
    const refused = readOptions(host, packet, device)
    if (refused !== null) return refused
  }
  const { isBroadcast, isMulticast } = packet.route
  const toMany = packet.pkttype === PKTTYPE.broadcast || packet.pkttype === PKTTYPE.multicast
  if (!isBroadcast && !isMulticast && toMany && host.settingsOf(device.index).dropUnicastInL2Multicast) {
    return 'unicast address in a link-layer multicast'
  }
  return null
}

function readOptions(host: Host, packet: Traveller, device: Device): string | null {
  const wrong = compileOptions(packet, optionHost(host, packet, device))
  if (wrong !== null) {
    sendIcmpError(host, packet, PARAMETER_PROBLEM, 0, (wrong << 24) >>> 0)
    return 'bad IP option'
  }
  if (packet.options === null || packet.options.sourceRoute === 0) return null
  if (!host.settingsOf(device.index).acceptSourceRoute) return 'source routing is not accepted'
  return followSourceRoute(host, packet, device)
}

function optionHost(host: Host, packet: Traveller, device: Device): OptionHost {
  const destination = packet.route as NonNullable<Traveller['route']>
  return {
    specificDestination: () => host.routing4.specificDestination(arrivalOf(packet), device, destination),
    isForeign: (address) => host.routing4.addressType(address, 0) === 'unicast',
    timestamp: () => host.timestamp(),
  }
}

/** Source: Linux ip_options_rcv_srr(). */
function followSourceRoute(host: Host, packet: Traveller, device: Device): string | null {
  const { options, route, view, bytes, network } = packet
  if (options === null || route === null) return null
  if (packet.pkttype !== PKTTYPE.host) return 'source route in a link-layer multicast'
  if (route.type === 'unicast') {
    if (!options.isStrict) return null
    sendIcmpError(host, packet, PARAMETER_PROBLEM, 0, 16 << 24)
    return 'strict source route left'
  }
  if (route.type !== 'local') return 'source route to many'
  const at = network + options.sourceRoute
  const length = bytes[at + 1] as number
  let pointer = bytes[at + 2] as number
  for (; pointer <= length; pointer += 4) {
    if (pointer + 3 > length) {
      sendIcmpError(host, packet, PARAMETER_PROBLEM, 0, ((options.sourceRoute + 2) << 24) >>> 0)
      return 'bad source route'
    }
    const next = view.getUint32(at + pointer - 1)
    const decision = host.routing4.input({ ...arrivalOf(packet), destination: next }, device)
    if (isRefused(decision)) return decision.refused
    if (decision.type !== 'unicast' && decision.type !== 'local') return 'source route to nowhere'
    packet.route = decision
    options.nextHop = next
    if (decision.type !== 'local') break
    view.setUint32(network + 16, next)
    options.isChanged = true
  }
  if (pointer <= length) {
    options.isStop = true
    options.isChanged = true
  }
  return null
}
