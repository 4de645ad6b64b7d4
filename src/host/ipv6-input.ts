/** What the IPv6 stack checks of a received packet before PREROUTING. */

import type { Device } from '../packet/device.ts'
import { PKTTYPE } from '../packet/packet.ts'
import { isLoopback6, isMulticast6, multicastScope6 } from '../route/address6.ts'
import type { Words } from '../util/words.ts'
import { sendIcmpError } from './answers.ts'
import type { Host } from './host.ts'
import type { Traveller } from './traveller.ts'

const PARAMETER_PROBLEM = 4
const HOP_BY_HOP = 0
const OPTION_PAD1 = 0
const OPTION_PADN = 1
const OPTION_ROUTER_ALERT = 5
const OPTION_IOAM = 49
const OPTION_JUMBO = 194
/** How many options of one header the kernel reads (net.ipv6.max_hbh_opts_number). */
const MAX_OPTIONS = 8

/**
 * Checks the header of a received packet, cuts what is behind its length and reads hop-by-hop options. Null, or why
 * it is dropped before any hook. Source: Linux ip6_rcv_core().
 */
export function checkIpv6(host: Host, packet: Traveller, device: Device): string | null {
  if (packet.pkttype === PKTTYPE.otherhost) return 'addressed to another host on its link'
  const settings = host.settingsOf(device.index)
  if (settings.disableIpv6) return 'IPv6 is off on the device'
  const { view, network } = packet
  const available = packet.end - network
  if (available < 40) return 'header cut short'
  if (view.getUint8(network) >> 4 !== 6) return 'wrong version'
  packet.parse()
  const refused = checkAddresses(packet, device, settings.dropUnicastInL2Multicast6)
  if (refused !== null) return refused
  const payload = view.getUint16(network + 4)
  const next = view.getUint8(network + 6)
  if (payload !== 0 || next !== HOP_BY_HOP) {
    if (payload + 40 > available) return 'shorter than its length field says'
    packet.end = network + payload + 40
    packet.parse()
  }
  return next === HOP_BY_HOP ? readHopByHop(host, packet) : null
}

function checkAddresses(packet: Traveller, device: Device, dropUnicastToMany: boolean): string | null {
  const { source, destination } = packet
  const looped = device.link === 'loopback'
  if ((isLoopback6(source) || isLoopback6(destination)) && !looped) return 'loopback address from outside'
  const toGroup = isMulticast6(destination)
  if (toGroup && multicastScope6(destination) === 1 && !looped && !packet.isLoopedBack) return 'interface-local group'
  const manyOnLink = packet.pkttype === PKTTYPE.broadcast || packet.pkttype === PKTTYPE.multicast
  if (!toGroup && manyOnLink && dropUnicastToMany) return 'unicast address in a link-layer multicast'
  if (toGroup && multicastScope6(destination) === 0) return 'group of scope 0'
  return isMulticast6(source) ? 'multicast source' : null
}

/**
 * Reads the hop-by-hop options header. Null, or why the packet is dropped.
 *
 * Source: Linux ipv6_parse_hopopts(), ip6_parse_tlv(), ip6_tlvopt_unknown().
 */
function readHopByHop(host: Host, packet: Traveller): string | null {
  const { bytes, network, end } = packet
  const start = network + 40
  if (start + 8 > end || start + ((bytes[start + 1] as number) + 1) * 8 > end) return 'hop-by-hop header cut short'
  const stop = start + ((bytes[start + 1] as number) + 1) * 8
  let padding = 0
  let options = 0
  for (let at = start + 2; at < stop; ) {
    const type = bytes[at] as number
    if (type === OPTION_PAD1) {
      if (++padding > 7) return 'too much padding in the hop-by-hop header'
      at++
      continue
    }
    if (stop - at < 2) return 'hop-by-hop option cut short'
    const length = (bytes[at + 1] as number) + 2
    if (length > stop - at) return 'hop-by-hop option cut short'
    if (type === OPTION_PADN) {
      padding += length
      if (padding > 7) return 'too much padding in the hop-by-hop header'
      for (let i = 2; i < length; i++) if (bytes[at + i] !== 0) return 'padding that is not zero'
    } else {
      if (++options > MAX_OPTIONS) return 'too many hop-by-hop options'
      const refused = readOption(host, packet, at, type, length)
      if (refused !== null) return refused
      padding = 0
    }
    at += length
  }
  return null
}

function readOption(host: Host, packet: Traveller, at: number, type: number, length: number): string | null {
  const { network } = packet
  if (type === OPTION_ROUTER_ALERT) return length === 4 ? null : 'bad router alert'
  if (type === OPTION_JUMBO) return readJumbo(host, packet, at, length)
  if (type === OPTION_IOAM) return ((at - network) & 3) === 0 ? null : 'bad alignment of an IOAM option'
  const action = type >> 6
  if (action === 0) return null
  // Groups are told of an unknown option only where the option itself says so.
  const tells = action === 2 || (action === 3 && !isMulticast6(packet.destination))
  if (tells) sendIcmpError(host, packet, PARAMETER_PROBLEM, 2, at - network)
  return 'unknown hop-by-hop option'
}

/** Source: Linux ipv6_hop_jumbo(); RFC 2675. */
function readJumbo(host: Host, packet: Traveller, at: number, length: number): string | null {
  const { view, network, end } = packet
  if (length !== 6 || ((at - network) & 3) !== 2) return 'bad jumbo option'
  const size = view.getUint32(at + 2)
  if (size <= 65535) {
    sendIcmpError(host, packet, PARAMETER_PROBLEM, 0, at + 2 - network)
    return 'jumbo length too small'
  }
  if (view.getUint16(network + 4) !== 0) {
    sendIcmpError(host, packet, PARAMETER_PROBLEM, 0, at - network)
    return 'jumbo option beside a length'
  }
  return size > end - network - 40 ? 'shorter than its jumbo length says' : null
}

/**
 * Whether the device listens to a multicast group: all nodes, and all routers of the link where it forwards, and the
 * solicited-node groups of its addresses where it resolves neighbours. Source: Linux ipv6_chk_mcast_addr(),
 * ipv6_add_dev(), addrconf_join_solict().
 */
export function listensTo(host: Host, device: Device, group: Words): boolean {
  const [a, b, c, d] = group
  if ((b | c) === 0 && (a === 0xff010000 || a === 0xff020000)) {
    if (d === 1) return true
    if (d === 2 && a === 0xff020000) return device.link !== 'loopback' && host.settingsOf(device.index).forwarding6
  }
  if (a !== 0xff020000 || b !== 0 || c !== 1 || d >>> 24 !== 0xff || device.link !== 'ether') return false
  return device.addresses.some((one) => one.family === 6 && (one.address[3] & 0xffffff) === (d & 0xffffff))
}

/** Routes a packet that passed PREROUTING. Never refuses: what has no way says so in its route. Source: Linux ip6_rcv_finish_core(). */
export function routeIpv6(host: Host, packet: Traveller, device: Device): string | null {
  if (packet.route !== null) return null
  const { view, network, transport, end } = packet
  const hasPorts = packet.fragmentOffset === 0 && transport + 4 <= end
  packet.route = host.routing6.input(
    {
      source: packet.source,
      destination: packet.destination,
      trafficClass: (view.getUint16(network) >>> 4) & 0xff,
      protocol: packet.protocol,
      sport: hasPorts ? view.getUint16(transport) : 0,
      dport: hasPorts ? view.getUint16(transport + 2) : 0,
      mark: packet.mark,
    },
    device,
  )
  return null
}
