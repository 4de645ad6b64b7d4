/** What a host sends because of a packet: ICMP errors of its stack and the answers of REJECT. */

import type { ReplyKind } from '../expression/action.ts'
import { CT_INFO } from '../packet/connection.ts'
import type { Device } from '../packet/device.ts'
import { isLinkLocal6 } from '../route/address6.ts'
import { type Destination, mtuOf } from '../route/destination.ts'
import type { Words } from '../util/words.ts'
import { checksum } from '../wire/checksum.ts'
import type { Host } from './host.ts'
import { icmpAllowed, peerAllowed } from './icmp-limit.ts'
import { type EchoedOptions, echoOptions, withOptions } from './ipv4-echo.ts'
import { redirect6 } from './ipv6-redirect.ts'
import { sendGenerated } from './path.ts'
import { icmpError, type ReplyRoute, rejectReply } from './reply.ts'
import { rerouteIpv4 } from './reroute.ts'
import { Traveller } from './traveller.ts'

/** The kernel's own sockets belong to nobody: no user matches, but a socket exists. */
const KERNEL_SOCKET = { uid: -1, gid: -1, supplementaryGroups: [] }

/** A route back, and the source address that belongs to it. */
interface WayBack {
  readonly destination: Destination
  readonly source: Words
  /** IPv4 options that the answer repeats. */
  readonly options: EchoedOptions | null
}

/**
 * Sends an ICMP or ICMPv6 error about a packet, unless none may be sent. `info` is the second word of its header.
 *
 * Source: Linux __icmp_send(), icmp6_send().
 */
export function sendIcmpError(host: Host, packet: Traveller, type: number, code: number, info = 0): void {
  const back = wayBack(host, packet)
  if (back === null) return
  const bytes = icmpError({ packet, type, code, info, ...replyRoute(host, packet, back) })
  if (bytes === null || !icmpAllowed(host, packet, back.destination, type)) return
  emit(host, packet, bytes, back, `ICMP${packet.family === 6 ? 'v6' : ''} type ${type} code ${code}`)
}

/**
 * Sends what REJECT answers with. Source: Linux nf_send_unreach(), nf_send_unreach6(), nf_send_reset(), nf_send_reset6().
 */
export function sendReject(host: Host, packet: Traveller, kind: ReplyKind): void {
  if (kind === 'tcp-reset') return packet.family === 4 ? sendReset4(host, packet) : sendReset6(host, packet)
  const back = wayBack(host, packet)
  if (back === null) return
  const bytes = rejectReply(packet, kind, replyRoute(host, packet, back))
  if (bytes === null || !icmpAllowed(host, packet, back.destination, packet.family === 4 ? 3 : 1)) return
  emit(host, packet, bytes, back, kind)
}

function replyRoute(host: Host, packet: Traveller, { destination, source }: WayBack): ReplyRoute {
  const { route } = packet
  return {
    source,
    toMany: route !== null && (route.isBroadcast || route.isMulticast),
    mtu: mtuOf(destination),
    hopLimit: destination.isMulticast ? 1 : hopLimit(host, destination),
  }
}

/** Source: Linux ip4_dst_hoplimit(), ip6_dst_hoplimit(). */
function hopLimit(host: Host, destination: Destination): number {
  if (destination.family === 4) return host.sysctls.number('net.ipv4.ip_default_ttl', 64)
  const device = destination.device.name.replaceAll('.', '/')
  const inherited = host.sysctls.number('net.ipv6.conf.default.hop_limit', 64)
  return host.sysctls.number(`net.ipv6.conf.${device}.hop_limit`, inherited)
}

/** The mark of an answer: the packet's own where the host reflects marks. Source: Linux IP4_REPLY_MARK(), IP6_REPLY_MARK(). */
function replyMark(host: Host, packet: Traveller): number {
  const name = packet.family === 4 ? 'net.ipv4.fwmark_reflect' : 'net.ipv6.fwmark_reflect'
  return host.sysctls.number(name, 0) === 0 ? 0 : packet.mark
}

function wayBack(host: Host, packet: Traveller): WayBack | null {
  return packet.family === 4 ? wayBack4(host, packet) : wayBack6(host, packet)
}

/** Source: Linux __icmp_send(), icmp_route_lookup(). */
function wayBack4(host: Host, packet: Traveller): WayBack | null {
  const { route, view, network } = packet
  const options = echoOptions(packet, { isForeign: (one) => host.routing4.addressType(one, 0) === 'unicast' })
  if (options === 'invalid') return null
  const to = view.getUint32(network + 12)
  let source = 0
  if (route?.isLocal) source = view.getUint32(network + 16)
  else if (route?.isInput && packet.inDevice !== null && host.errorsUseInbound) {
    source = host.routing4.sources.select(packet.inDevice, to, 253)
  }
  const tos = (view.getUint8(network + 1) & 0x1e) | 0xc0
  const found = host.routing4.output({
    source,
    destination: options?.firstStop || to,
    oif: 0,
    mark: replyMark(host, packet),
    tos,
    protocol: 1,
    uid: 0,
    anySource: false,
  })
  if (typeof found === 'string') return null
  return { destination: found.destination, source: [found.source, 0, 0, 0], options }
}

/** Source: Linux icmp6_send(), icmpv6_route_lookup(). */
function wayBack6(host: Host, packet: Traveller): WayBack | null {
  const { routing6 } = host
  const about = packet.destination
  const to = packet.source
  const arrival = host.devices.get(packet.arrivalIndex) ?? null
  const oif = isLinkLocal6(to) ? ((packet.inDevice ?? packet.bufferDevice)?.index ?? 0) : 0
  let source: Words | null = isOwn6(host, about, packet.inDevice) ? about : null
  const departure = {
    source,
    destination: to,
    oif,
    strict: false,
    mark: replyMark(host, packet),
    trafficClass: 0,
    protocol: 58,
    uid: 0,
  }
  if (source === null) {
    // The kernel asks whether a route has a source of its own before it knows mark and device.
    const first = routing6.output({ ...departure, oif: 0, mark: 0 })
    const hasOwnSource = first.error === null && first.route !== null && first.route.preferredSource !== null
    if (!hasOwnSource && arrival !== null) source = routing6.sources.select(arrival, to)
    source ??= routing6.sourceFor(routing6.output(departure), to)
    if (source === null) return null
  }
  const destination = routing6.output({ ...departure, source })
  // Nobody in particular would get it.
  if (destination.error !== null || routing6.isAnycast(destination, to)) return null
  return { destination, source, options: null }
}

function isOwn6(host: Host, address: Words, device: Device | null): boolean {
  const { sources } = host.routing6
  const there = isLinkLocal6(address) ? device : null
  return sources.has(address, there) || host.routing6.hasAnycast(address)
}

/** The reset takes the packet's addresses and is routed as if it came from the host. Source: Linux nf_send_reset(). */
function sendReset4(host: Host, packet: Traveller): void {
  const { route } = packet
  if (route === null) return
  const bytes = rejectReply(packet, 'tcp-reset', {
    source: packet.destination,
    toMany: route.isBroadcast || route.isMulticast,
    hopLimit: 64,
  })
  if (bytes === null) return
  const answer = answerOf(bytes)
  answer.checksumPartial = true
  answer.mark = replyMark(host, packet)
  answer.route = route
  if (!rerouteIpv4(host, answer)) return
  const destination = answer.route
  bytes[8] = hopLimit(host, destination)
  refreshHeader(bytes)
  if (bytes.length > mtuOf(destination)) return
  attachConnection(host, answer, packet, true)
  send(host, answer, 'tcp-reset')
}

/** Source: Linux nf_send_reset6(). */
function sendReset6(host: Host, packet: Traveller): void {
  const destination = host.routing6.output({
    source: packet.destination,
    destination: packet.source,
    oif: 0,
    strict: false,
    mark: replyMark(host, packet),
    trafficClass: 0,
    protocol: 6,
    uid: 0,
  })
  if (destination.error !== null) return
  const bytes = rejectReply(packet, 'tcp-reset', {
    source: packet.destination,
    toMany: false,
    hopLimit: hopLimit(host, destination),
  })
  if (bytes === null) return
  const answer = answerOf(bytes)
  answer.mark = replyMark(host, packet)
  answer.route = destination
  attachConnection(host, answer, packet, true)
  send(host, answer, 'tcp-reset')
}

/**
 * Tells the sender of a packet that leaves by where it came of the better way: the destination itself, or `gateway`.
 * Only from a link-local address, only to neighbours, and not more often than once a second for long.
 *
 * Source: Linux ip6_forward(), ndisc_send_redirect(); RFC 4861 section 4.5.
 */
export function sendRedirect6(host: Host, packet: Traveller, device: Device, gateway: Words | null): void {
  const { source: to, destination: about } = packet
  if (!peerAllowed(host, 6, about, 1000)) return
  const own = device.addresses.find((one) => one.family === 6 && isLinkLocal6(one.address))
  const target = gateway ?? about
  if (own === undefined || (gateway !== null && !isLinkLocal6(gateway))) return
  const destination = host.routing6.output({
    source: own.address,
    destination: to,
    oif: device.index,
    strict: false,
    mark: 0,
    trafficClass: 0,
    protocol: 58,
    uid: 0,
  })
  if (destination.error !== null || destination.gateway !== null || !peerAllowed(host, 6, to, 1000)) return
  const answer = answerOf(redirect6(packet, own.address, target))
  answer.owner = KERNEL_SOCKET
  answer.route = destination
  send(host, answer, 'ICMPv6 redirect')
}

function emit(host: Host, packet: Traveller, error: Uint8Array, back: WayBack, what: string): void {
  const { destination, options } = back
  let bytes = error
  if (options !== null) {
    const { view, network } = packet
    bytes = withOptions(error, options.bytes, Math.min(mtuOf(destination), 576))
    if (options.firstStop !== 0) new DataView(bytes.buffer).setUint32(16, options.firstStop)
    options.complete(bytes, back.source[0], view.getUint32(network + 12), host.timestamp())
  }
  if (packet.family === 4) {
    // The kernel's counter of identifications starts anywhere.
    const id = host.nextIdentification()
    bytes[4] = id >> 8
    bytes[5] = id & 255
    refreshHeader(bytes)
  }
  const answer = answerOf(bytes)
  answer.mark = replyMark(host, packet)
  answer.owner = KERNEL_SOCKET
  answer.route = destination
  attachConnection(host, answer, packet, false)
  send(host, answer, what)
}

/** A packet of the host's own. */
export function answerOf(bytes: Uint8Array): Traveller {
  const answer = new Traveller().load(bytes)
  answer.parse()
  answer.isOwn = false
  return answer
}

/**
 * The answer belongs to the connection of the packet, as related traffic of the other direction.
 *
 * Source: Linux nf_conntrack_attach(), nf_ct_set_closing().
 */
function attachConnection(host: Host, answer: Traveller, packet: Traveller, closes: boolean): void {
  const { ct, ctInfo } = packet
  if (ct === null) {
    // The kernel attaches "related to nothing", which rules take for invalid.
    if (ctInfo === CT_INFO.untracked) answer.ctInfo = CT_INFO.related
    return
  }
  answer.ct = ct
  answer.ctInfo = ctInfo >= CT_INFO.establishedReply ? CT_INFO.related : CT_INFO.relatedReply
  answer.borrowsConnection = true
  if (closes) host.setClosing(ct)
}

/** Sends an answer that has its route; `what` names it to the tracer. */
export function send(host: Host, answer: Traveller, what: string): void {
  const { tracer } = host
  if (tracer !== null) tracer({ kind: 'reply', bytes: answer.copyBytes(), what })
  host.asAnswer(() => sendGenerated(host, answer))
}

/** Computes the checksum of the IPv4 header at the start of `bytes`. */
export function refreshHeader(bytes: Uint8Array): void {
  const length = ((bytes[0] as number) & 15) * 4
  bytes[10] = 0
  bytes[11] = 0
  const check = checksum(bytes, 0, length)
  bytes[10] = check >> 8
  bytes[11] = check & 255
}
