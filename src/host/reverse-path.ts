import type { Device } from '../packet/device.ts'
import { isLimitedBroadcast4, isLocalMulticast4, isMulticast4, isZeroNet4 } from '../route/address4.ts'
import { isLinkLocal6, isMulticast6, isUnspecified6 } from '../route/address6.ts'
import type { FibResult } from '../route/fib4.ts'
import { flowTo } from '../route/flow.ts'
import type { Words } from '../util/words.ts'
import type { Host } from './host.ts'
import type { Traveller } from './traveller.ts'

/** The options of `-m rpfilter`. */
export interface ReverseOptions {
  readonly loose: boolean
  readonly validMark: boolean
  readonly acceptLocal: boolean
}

/**
 * Whether a packet's source would be reached by the device it came in on (`loose`: by any).
 *
 * Source: Linux ipt_rpfilter.c, ip6t_rpfilter.c rpfilter_mt().
 */
export function reversePathHolds(host: Host, packet: Traveller, options: ReverseOptions): boolean {
  const device = packet.inDevice
  if (device === null || device.link === 'loopback' || packet.isLoopedBack) return true
  return packet.family === 4 ? holds4(host, packet, options) : holds6(host, packet, options)
}

function holds4(host: Host, packet: Traveller, options: ReverseOptions): boolean {
  const { view, network, inDevice } = packet
  const source = view.getUint32(network + 12)
  const destination = view.getUint32(network + 16)
  const noHost = isLimitedBroadcast4(destination) || isLocalMulticast4(destination)
  if (isZeroNet4(source) && noHost) return true
  const isUnicast = !isMulticast4(destination) && !isLimitedBroadcast4(destination) && !isZeroNet4(destination)
  const flow = flowTo([source, 0, 0, 0], {
    source: [isUnicast ? destination : 0, 0, 0, 0],
    hasSource: true,
    mark: options.validMark ? packet.mark : 0,
    tos: view.getUint8(network + 1) & 0x1c,
  })
  const found: FibResult = { route: null, nexthop: null, realm: 0 }
  if (host.routing4.fib.lookup(flow, found) !== null || found.route === null) return false
  const { type, nexthops } = found.route
  if (type !== 'unicast' && !(type === 'local' && options.acceptLocal)) return false
  return options.loose || nexthops.some((one) => one.device === inDevice)
}

function holds6(host: Host, packet: Traveller, options: ReverseOptions): boolean {
  const { source, destination, inDevice, view, network } = packet
  if (isUnspecified6(source)) return true
  const knowsDestination = !isMulticast6(destination) && !isUnspecified6(destination)
  const strict = isLinkLocal6(source)
  const oif = strict || !options.loose ? (inDevice?.index ?? 0) : 0
  const flow = flowTo(source, {
    source: knowsDestination ? destination : [0, 0, 0, 0],
    hasSource: knowsDestination,
    oif,
    mark: options.validMark ? packet.mark : 0,
    tos: (view.getUint16(network) >>> 4) & 0xff,
    protocol: packet.protocol,
  })
  const { sources } = host.routing6
  const isOwn = (address: Words, at: Device | null) =>
    isLinkLocal6(address) ? at !== null && sources.has(address, at) : sources.has(address, null)
  const { type, nexthop } = host.routing6.fib.lookup(flow, { oif, strict, plain: isOwn })
  if (type === 'local') return options.acceptLocal
  if (type !== 'unicast' && type !== 'multicast') return false
  return options.loose || nexthop?.device === inDevice
}
