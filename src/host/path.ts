/**
 * The way of a packet through a host, from top to bottom.
 *
 *     receive ─ checks ─ PREROUTING ─ route ─┬─ local:   reassembly ─ INPUT ─ delivered
 *                                            └─ forward: TTL, MTU ─ FORWARD ─┐
 *     a process ─ send.ts ─ route ─ OUTPUT ──────────────────────────────────┴─ POSTROUTING ─ fragments ─ device
 *
 * What the hooks run, and in which order, is the table of hooks.ts. Whatever a packet makes the host send goes through
 * OUTPUT and POSTROUTING itself, at once, in the middle of the packet's own way; what comes back by `lo` waits until
 * the packet that caused it is done.
 */

import { VERDICT, type Verdict } from '../expression/action.ts'
import type { Hook } from '../expression/environment.ts'
import type { Device } from '../packet/device.ts'
import { decrementTtl } from '../packet/mangle.ts'
import { PKTTYPE } from '../packet/packet.ts'
import { isLinkLocal6, isLoopback6, isMulticast6, isUnspecified6, multicastScope6 } from '../route/address6.ts'
import { describeDestination } from '../route/describe.ts'
import { type Destination, forwardMtuOf, mtuOf } from '../route/destination.ts'
import { sendIcmpError, sendRedirect6 } from './answers.ts'
import { exceedsMtu, fragment } from './fragment.ts'
import { runHook } from './hooks.ts'
import type { Host } from './host.ts'
import { redirectAllowed, routeErrorAllowed } from './icmp-limit.ts'
import { checkIpv4, routeIpv4 } from './ipv4-input.ts'
import { arrivalOf, forwardOptions } from './ipv4-options.ts'
import { checkIpv6, listensTo, routeIpv6 } from './ipv6-input.ts'
import { Traveller } from './traveller.ts'

const ICMP = { unreachable: 3, redirect: 5, timeExceeded: 11 } as const
const ICMP6 = { unreachable: 1, tooBig: 2, timeExceeded: 3 } as const
const FRAGMENTATION_NEEDED = 4

/** A packet arrives on a device. Source: Linux ip_rcv(), ipv6_rcv(). */
export function receive(host: Host, packet: Traveller, device: Device): void {
  packet.inDevice = device
  packet.outDevice = null
  packet.arrivalIndex = arrivalIndex(packet, device)
  forgetControlBlock(packet)
  const version = packet.network < packet.end ? packet.view.getUint8(packet.network) >> 4 : 0
  const refused = version === 6 ? checkIpv6(host, packet, device) : checkIpv4(packet)
  if (refused !== null) return drop(host, packet, 'receive', refused)
  if (!passes(host, 'PREROUTING', packet)) return
  const unroutable = packet.family === 6 ? routeIpv6(host, packet, device) : routeIpv4(host, packet, device)
  if (unroutable !== null) return drop(host, packet, 'routing', unroutable)
  reportRoute(host, packet, (packet.route as Destination).input)
  switch ((packet.route as Destination).input) {
    case 'local':
      return deliver(host, packet)
    case 'forward':
      return packet.family === 6 ? forwardIpv6(host, packet, device) : forwardIpv4(host, packet)
    case 'multicast':
      if (listensTo(host, device, packet.destination)) return deliver(host, packet)
      return drop(host, packet, 'routing', 'multicast group not joined')
    case 'error':
      return answerNoRoute(host, packet, device)
    case 'drop':
      return drop(host, packet, 'routing', 'no way for received packets')
  }
}

/** By `lo` an IPv6 packet counts as received by the device that its address belongs to. Source: Linux ip6_rcv_core(). */
function arrivalIndex(packet: Traveller, device: Device): number {
  return packet.route?.route?.nexthops[0]?.device?.index ?? device.index
}

/** What the stack noted of the packet does not survive the loopback device. Source: ip_rcv_core() clears IPCB(). */
function forgetControlBlock(packet: Traveller): void {
  packet.options = null
  packet.isForwarded = false
  packet.fragMaxSize = 0
  packet.fragDontFragment = false
}

/** The packet is for this host. Source: Linux ip_local_deliver(), ip6_input(). */
function deliver(host: Host, packet: Traveller): void {
  if (packet.family === 4 && (packet.fragmentOffset !== 0 || packet.moreFragments)) {
    const result = host.reassemble(packet, 'local')
    if (result === 'held') return host.end(packet, 'STOLEN')
    if (result === 'dropped') return drop(host, packet, 'reassembly', host.reassemblyProblem)
  }
  if (!passes(host, 'INPUT', packet)) return
  host.deliver(packet)
}

/** Source: Linux ip_error(), ip6_pkt_discard(), ip6_pkt_prohibit(). */
function answerNoRoute(host: Host, packet: Traveller, device: Device): void {
  const { error } = packet.route as Destination
  if (packet.family === 6) {
    sendIcmpError(host, packet, ICMP6.unreachable, error === 'EACCES' ? 1 : 0)
    return drop(host, packet, 'routing', 'no route')
  }
  const codes: Readonly<Record<string, number>> = { EHOSTUNREACH: 1, ENETUNREACH: 0, EACCES: 13 }
  const code = codes[error ?? '']
  if (host.settingsOf(device.index).forwarding && code !== undefined && routeErrorAllowed(host, packet)) {
    sendIcmpError(host, packet, ICMP.unreachable, code)
  }
  const refused =
    code === 1 && !host.settingsOf(device.index).forwarding ? 'IPv4 forwarding is off' : 'host unreachable'
  drop(host, packet, 'routing', code === 1 ? refused : code === 13 ? 'prohibited' : 'no route')
}

/** Source: Linux ip_forward(), ip_forward_finish(). */
function forwardIpv4(host: Host, packet: Traveller): void {
  const route = packet.route as Destination
  if (packet.pkttype !== PKTTYPE.host) return drop(host, packet, 'forward', 'addressed to many on its link')
  const { options, view, network } = packet
  if (view.getUint8(network + 8) <= 1) {
    sendIcmpError(host, packet, ICMP.timeExceeded, 0)
    return drop(host, packet, 'forward', 'time to live exceeded')
  }
  if (options?.isStrict && route.gateway !== null) {
    sendIcmpError(host, packet, ICMP.unreachable, 5)
    return drop(host, packet, 'forward', 'strict source route failed')
  }
  packet.isForwarded = true
  const mtu = mtuOf(route)
  if (exceedsMtu(packet, mtu)) {
    sendIcmpError(host, packet, ICMP.unreachable, FRAGMENTATION_NEEDED, mtu)
    return drop(host, packet, 'forward', 'fragmentation needed')
  }
  decrementTtl(packet)
  if (route.redirect && !options?.sourceRoute && redirectAllowed(host, packet)) {
    sendIcmpError(host, packet, ICMP.redirect, 1, route.gateway?.[0] ?? view.getUint32(network + 16))
  }
  if (host.updatesPriority) packet.priority = priorityOf(view.getUint8(network + 1))
  packet.outDevice = route.device
  if (!passes(host, 'FORWARD', packet)) return
  if (packet.options !== null) {
    const device = packet.inDevice as Device
    forwardOptions(packet, () => host.routing4.forwardingSource(arrivalOf(packet), device, packet.route as Destination))
  }
  output(host, packet)
}

/** skb->priority by the old TOS bits. Source: Linux rt_tos2priority(), ip_tos2prio[]. */
function priorityOf(tos: number): number {
  return [0, 2, 6, 4][(tos & 0x1e) >> 3] as number
}

/** Source: Linux ip6_forward(). */
function forwardIpv6(host: Host, packet: Traveller, device: Device): void {
  const route = packet.route as Destination
  if (!host.forwards6) return drop(host, packet, 'forward', 'IPv6 forwarding is off')
  if (packet.pkttype !== PKTTYPE.host) return drop(host, packet, 'forward', 'addressed to many on its link')
  if (packet.view.getUint8(packet.network + 7) <= 1) {
    sendIcmpError(host, packet, ICMP6.timeExceeded, 0)
    return drop(host, packet, 'forward', 'hop limit exceeded')
  }
  if (device === route.device) {
    sendRedirect6(host, packet, device, route.gateway)
  } else {
    const { source } = packet
    if (isUnspecified6(source) || isMulticast6(source) || isLoopback6(source)) {
      return drop(host, packet, 'forward', 'source address that cannot be forwarded')
    }
    if (isLinkLocal6(source)) {
      sendIcmpError(host, packet, ICMP6.unreachable, 2)
      return drop(host, packet, 'forward', 'link-local source')
    }
  }
  packet.isForwarded = true
  const mtu = forwardMtuOf(route)
  if (exceedsMtu(packet, mtu)) {
    sendIcmpError(host, packet, ICMP6.tooBig, 0, mtu)
    return drop(host, packet, 'forward', 'packet too big')
  }
  decrementTtl(packet)
  packet.outDevice = route.device
  if (!passes(host, 'FORWARD', packet)) return
  output(host, packet)
}

/**
 * A packet of the host itself, with its route: what a socket sends, an ICMP error, a reset. POSTROUTING sees it come in
 * by `arrival`, which only copies of other packets have.
 *
 * Source: Linux __ip_local_out(), ip6_local_out(), ip_output().
 */
export function sendGenerated(host: Host, packet: Traveller, arrival: Device | null = null): void {
  packet.inDevice = null
  packet.outDevice = (packet.route as Destination).device
  reportRoute(host, packet, 'output')
  const before = packet.route
  if (!passes(host, 'OUTPUT', packet)) return
  if (packet.route !== before) reportRoute(host, packet, 'reroute')
  packet.inDevice = arrival
  output(host, packet)
}

/** A routed packet leaves. Source: Linux ip_output(), ip_mc_output(), ip6_output(). */
function output(host: Host, packet: Traveller): void {
  const route = packet.route as Destination
  if (route.output === 'drop' || route.output === 'error') return drop(host, packet, 'output', 'no way out')
  packet.outDevice = route.device
  if (packet.family === 6 && host.settingsOf(route.device.index).disableIpv6) {
    return drop(host, packet, 'output', 'IPv6 is off on the device')
  }
  if (packet.family === 4 && route.output === 'multicast') {
    const copy = packet.clone()
    if (passes(host, 'POSTROUTING', copy)) loopBack(host, copy, route.device)
    if (route.isMulticast && packet.view.getUint8(packet.network + 8) === 0) {
      return drop(host, packet, 'output', 'time to live 0 stays on the host')
    }
  }
  if (!passes(host, 'POSTROUTING', packet)) return
  finish(host, packet)
}

/** Cuts what does not fit and hands it to the device. Source: Linux ip_finish_output(), ip6_finish_output(). */
function finish(host: Host, packet: Traveller): void {
  const route = packet.route as Destination
  const mtu = mtuOf(route)
  if (packet.fragMaxSize === 0 && packet.length <= mtu) return transmit(host, packet, route.device)
  const pieces = fragment(packet, mtu, host.randomNumber)
  if (pieces === 'drop') return drop(host, packet, 'output', 'cannot be fragmented')
  if (pieces === 'needs-icmp') {
    if (packet.family === 6) sendIcmpError(host, packet, ICMP6.tooBig, 0, mtu)
    else sendIcmpError(host, packet, ICMP.unreachable, FRAGMENTATION_NEEDED, mtu)
    return drop(host, packet, 'output', 'fragmentation needed')
  }
  for (const bytes of pieces) {
    const piece = new Traveller().load(bytes)
    piece.parse()
    piece.adopt(packet)
    transmit(host, piece, route.device)
  }
}

/** The last step: out by a device, or back in by `lo`. Source: Linux ip_finish_output2(), ip6_finish_output2(), loopback_xmit(). */
function transmit(host: Host, packet: Traveller, device: Device): void {
  if (packet.family === 6 && isMulticast6(packet.destination)) {
    const group = packet.destination
    if (device.link !== 'loopback' && listensTo(host, device, group)) {
      const copy = packet.clone()
      if (passes(host, 'POSTROUTING', copy)) loopBack(host, copy, device)
      if (packet.view.getUint8(packet.network + 7) === 0) {
        return drop(host, packet, 'output', 'hop limit 0 stays on the host')
      }
    }
    if (multicastScope6(group) <= 1 && device.link !== 'loopback') {
      return drop(host, packet, 'output', 'interface-local group')
    }
  }
  if (device.link === 'loopback') {
    packet.owner = null
    packet.pkttype = PKTTYPE.host
    return host.queue(packet, device)
  }
  host.send(packet, device)
}

/** What `-m pkttype` tells by the destination. Source: linux/if_packet.h. */
const PACKET_LOOPBACK = 5

/** A copy of what goes to many comes back by the device it leaves from. Source: Linux dev_loopback_xmit(). */
function loopBack(host: Host, packet: Traveller, device: Device): void {
  packet.isLoopedBack = true
  packet.pkttype = PACKET_LOOPBACK
  packet.owner = null
  host.queue(packet, device)
}

/** Runs a hook; false where the packet's way ends there. */
function passes(host: Host, hook: Hook, packet: Traveller): boolean {
  const verdict = runHook(host, hook, packet)
  if (verdict === VERDICT.accept) return true
  host.end(packet, fateOf(verdict))
  return false
}

function fateOf(verdict: Verdict): 'DROPPED' | 'QUEUED' | 'STOLEN' | 'UNKNOWN' {
  if (verdict === VERDICT.queue) return 'QUEUED'
  if (verdict === VERDICT.stolen) return 'STOLEN'
  return verdict === VERDICT.unknown ? 'UNKNOWN' : 'DROPPED'
}

function drop(host: Host, packet: Traveller, where: string, reason: string): void {
  const { tracer } = host
  if (tracer !== null) tracer({ kind: 'drop', where, reason, packet })
  host.end(packet, 'DROPPED')
}

function reportRoute(host: Host, packet: Traveller, decision: Destination['input'] | 'output' | 'reroute'): void {
  const { tracer } = host
  const { route } = packet
  if (tracer === null || route === null) return
  tracer({
    kind: 'route',
    decision,
    // In words only for a tracer that asks.
    get detail() {
      return describeDestination(route)
    },
    packet,
  })
}
