import type { HostFiles } from '../../host/config.ts'
import { suggestion } from '../../packet/language-lexer.ts'
import { parseLists } from '../../route/json.ts'
import { UsageError } from '../../util/errors.ts'
import {
  addressEntry,
  connectedNetwork,
  type DeviceAddress,
  type RouteEntry,
  routeEntry,
  withDevice,
} from './host-entries.ts'

interface AddrEntry {
  readonly ifname: string
  readonly addr_info?: readonly { readonly family: string; readonly local: string; readonly prefixlen: number }[]
}

/**
 * The files of a host directory with the addresses and routes of the command line added to them.
 *
 * A default route without a gateway is of `family`. Throws UsageError for a device that the host does not have.
 */
export function extendHost(
  files: HostFiles,
  wanted: { readonly addresses: readonly string[]; readonly routes: readonly string[]; readonly family: 4 | 6 },
): HostFiles {
  if (wanted.addresses.length + wanted.routes.length === 0) return files
  const links = readList<AddrEntry>(files.addr, 'addr.json')
  const devices = [...links, ...readList<AddrEntry>(files.link, 'link.json')].map((one) => one.ifname)
  const added = wanted.addresses.map((text) => {
    const { device, address } = addressEntry(text)
    if (device === undefined) throw new UsageError(`--address "${text}": say which device: add dev DEVICE`)
    checkDevice('--address', text, device, devices)
    return { ...address, device }
  })
  const addr = links.map((link) => ({
    ...link,
    addr_info: [...(link.addr_info ?? []), ...added.filter((one) => one.device === link.ifname).map(asEntry)],
  }))
  const addresses = addr.flatMap(({ ifname, addr_info }) =>
    addr_info.map(({ family, local, prefixlen }): DeviceAddress => {
      return { device: ifname, family: family === 'inet6' ? 6 : 4, text: local, prefix: prefixlen }
    }),
  )
  const routes = wanted.routes.map((text) => {
    const route = withDevice(routeEntry(text, wanted.family), addresses)
    if (route.dev !== undefined) checkDevice('--route', text, route.dev, devices)
    return route
  })
  // Where the host says nothing of routes, those of its networks must not get lost.
  const known = files.route === undefined ? addresses : added
  const connected = known.map(connectedNetwork).filter((one) => one !== null)
  const before = readList<RouteEntry>(files.route, 'route.json')
  const kept = before.filter((one) => !routes.some((route) => replaces(route, one)))
  const local = added.filter(({ family }) => before.some((one) => one.table === 'local' && familyOf(one) === family))
  const all = [...kept, ...local.map(localRoute), ...connected, ...routes]
  return { ...files, addr: JSON.stringify(addr), route: JSON.stringify(all) }
}

/** Whether a route takes the place of another, as `ip route replace` does. */
function replaces(route: RouteEntry, other: RouteEntry): boolean {
  const same = (key: string, fallback: unknown): boolean =>
    String(route[key] ?? fallback) === String(other[key] ?? fallback)
  const isSame = same('dst', '') && same('table', 'main') && same('metric', 0) && same('tos', 0)
  return isSame && familyOf(route) === familyOf(other)
}

/** The IP version of an entry, of which ip says nothing. */
function familyOf({ family, gateway, dst, ...others }: RouteEntry): 4 | 6 {
  if (family !== undefined) return family === 'inet6' ? 6 : 4
  return String(gateway ?? dst).includes(':') || 'pref' in others ? 6 : 4
}

/** What makes an address the host's own, where route.json has the table local. */
function localRoute({ family, text, device }: DeviceAddress): RouteEntry {
  const inet = family === 4 ? 'inet' : 'inet6'
  return { type: 'local', dst: text, dev: device, table: 'local', scope: 'host', family: inet, flags: [] }
}

function asEntry({
  family,
  text,
  prefix,
}: DeviceAddress): Record<string, unknown> & { family: string; local: string; prefixlen: number } {
  return { family: family === 4 ? 'inet' : 'inet6', local: text, prefixlen: prefix, scope: 'global' }
}

function checkDevice(option: string, text: string, device: string, devices: readonly string[]): void {
  if (devices.includes(device)) return
  throw new UsageError(`${option} "${text}": ${noDevice(device, devices)}`)
}

/** That a host has no device of this name, which ones it has, and which one may have been meant. */
export function noDevice(device: string, devices: readonly string[]): string {
  return `there is no device "${device}"${suggestion(device, devices)} (the host has ${[...new Set(devices)].join(', ')})`
}

/** The entries of a file. Throws UsageError with its name. */
function readList<T>(text: string | undefined, file: string): T[] {
  try {
    return text === undefined ? [] : (parseLists(text) as T[])
  } catch (error) {
    throw new UsageError(`${file}: ${error instanceof UsageError ? '' : 'not JSON: '}${(error as Error).message}`)
  }
}
