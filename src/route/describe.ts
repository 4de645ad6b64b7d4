import { formatAddress } from '../wire/address.ts'
import type { Destination } from './destination.ts'
import { type Route, TABLE } from './route.ts'

/**
 * The route that decided, in the words of `ip route`: `172.17.0.0/16 dev docker0`, `default via 192.0.2.1 dev eth0`,
 * `local 192.0.2.10 dev eth0`. Where no route was found, the kernel's name of the error; where none was needed, the
 * type (`broadcast`) or the device.
 *
 * Tables are named only where they are neither main nor local. Source: ip-route(8).
 */
export function describeDestination(destination: Destination): string {
  const { route, error, family, gateway, device, type } = destination
  if (route === null) return error ?? (destination.isLocal || destination.isBroadcast ? type : `dev ${device.name}`)
  const words = [describePrefix(route)]
  if (route.type !== 'unicast') words.unshift(route.type)
  if (gateway !== null) words.push(`via ${formatAddress(gatewayFamily(route, family), gateway)}`)
  // A local route leads to lo, but is written with the device of the address.
  const out = route.nexthops.length > 1 ? device : (route.nexthops[0]?.device ?? null)
  if (out !== null) words.push(`dev ${out.name}`)
  const usual = [TABLE.main, TABLE.local] as readonly number[]
  if (!usual.includes(route.table) && route.table <= 0xffffffff) words.push(`table ${route.table}`)
  return words.join(' ')
}

function describePrefix({ family, destination, prefix }: Route): string {
  if (prefix === 0) return 'default'
  const address = formatAddress(family, destination)
  return prefix === (family === 4 ? 32 : 128) ? address : `${address}/${prefix}`
}

function gatewayFamily(route: Route, family: 4 | 6): 4 | 6 {
  return route.nexthops[0]?.gatewayFamily ?? family
}
