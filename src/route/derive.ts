import type { Device, DeviceAddress } from '../packet/device.ts'
import type { Words } from '../util/words.ts'
import { isMulticast6, isUnspecified6 } from './address6.ts'
import { prefixMask } from './prefix-map.ts'
import { type Route, type RouteType, SCOPE, TABLE } from './route.ts'

/** Which of the routes that the kernel makes for addresses are wanted. */
export interface DeriveOptions {
  readonly family: 4 | 6
  /** Also the connected networks in the table main, not only the table local. */
  readonly connected: boolean
  /** Whether the device is one of an IPv6 router, which answers to the subnet-router addresses. */
  readonly forwards: (device: Device) => boolean
}

/**
 * The routes that the kernel makes by itself for the addresses of the devices.
 *
 * Source: Linux fib_add_ifaddr(); addrconf.c addrconf_prefix_route(), ipv6_add_addr(), addrconf_add_mroute().
 */
export function deriveRoutes(devices: readonly Device[], options: DeriveOptions): Route[] {
  const routes: Route[] = []
  for (const device of devices) {
    if (options.family === 4) ipv4Routes(device, options, routes)
    else ipv6Routes(device, options, routes)
  }
  return routes
}

function ipv4Routes(device: Device, { connected }: DeriveOptions, routes: Route[]): void {
  const own = device.addresses.filter((one) => one.family === 4)
  for (const one of own) {
    const source = one.secondary ? (primaryOf(one, own) ?? one.address) : one.address
    const add = (type: RouteType, table: number, destination: Words, prefix: number) =>
      routes.push(made(4, type, table, destination, prefix, device, source, 0))
    add('local', TABLE.local, one.address, 32)
    if (!device.up) continue
    const mask = prefixMask(one.prefix)[0]
    const network = ((one.peer ?? one.address)[0] & mask) >>> 0
    const last = (network | ~mask) >>> 0
    if (one.broadcast !== null && one.broadcast[0] !== 0xffffffff) add('broadcast', TABLE.local, one.broadcast, 32)
    if (network === 0 || one.secondary || (network === one.address[0] && one.prefix === 32)) continue
    if (device.link === 'loopback') add('local', TABLE.local, [network, 0, 0, 0], one.prefix)
    else if (connected) add('unicast', TABLE.main, [network, 0, 0, 0], one.prefix)
    if (one.prefix < 31 && one.broadcast?.[0] !== last) add('broadcast', TABLE.local, [last, 0, 0, 0], 32)
  }
}

function primaryOf(secondary: DeviceAddress, all: readonly DeviceAddress[]): Words | null {
  const mask = prefixMask(secondary.prefix)[0]
  const primary = all.find(
    (one) =>
      !one.secondary &&
      one.prefix === secondary.prefix &&
      (((one.peer ?? one.address)[0] ^ secondary.address[0]) & mask) === 0,
  )
  return primary?.address ?? null
}

function ipv6Routes(device: Device, { connected, forwards }: DeriveOptions, routes: Route[]): void {
  const own = device.addresses.filter((one) => one.family === 6 && !isMulticast6(one.address))
  const add = (type: RouteType, table: number, destination: Words, prefix: number, metric: number) =>
    routes.push(made(6, type, table, destination, prefix, device, null, metric))
  for (const one of own) {
    add('local', TABLE.local, one.address, 128, 0)
    if (device.link === 'loopback' || !device.up) continue
    const subject = one.peer ?? one.address
    const mask = prefixMask(one.prefix)
    const network = subject.map((word, i) => (word & (mask[i] as number)) >>> 0) as unknown as Words
    if (connected) add('unicast', TABLE.main, network, one.prefix, 256)
    if (connected && one.peer !== null) add('unicast', TABLE.main, one.address, 128, 256)
    if (forwards(device) && one.prefix < 127 && !isUnspecified6(network)) add('anycast', TABLE.local, network, 128, 0)
  }
  if (own.length > 0 && device.link !== 'loopback' && device.up) {
    add('multicast', TABLE.local, [0xff000000, 0, 0, 0], 8, 256)
  }
}

function made(
  family: 4 | 6,
  type: RouteType,
  table: number,
  destination: Words,
  prefix: number,
  device: Device,
  preferredSource: Words | null,
  metric: number,
): Route {
  const scope = family === 6 ? SCOPE.universe : type === 'local' ? SCOPE.host : SCOPE.link
  const hop = type === 'local' ? SCOPE.nowhere : SCOPE.host
  return {
    family,
    table,
    type,
    destination,
    prefix,
    tos: 0,
    metric,
    scope,
    preferredSource,
    nexthops: [{ device, gateway: null, gatewayFamily: family, weight: 1, scope: hop, dead: false }],
    mtu: 0,
  }
}
