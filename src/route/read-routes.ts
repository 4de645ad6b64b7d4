import type { Device } from '../packet/device.ts'
import type { Words } from '../util/words.ts'
import { eitherAddress, type JsonEntry, jsonEntries } from './json.ts'
import { prefixMask } from './prefix-map.ts'
import {
  type NextHop,
  parseScope,
  parseTable,
  type Realm,
  ROUTE_TYPES,
  type Route,
  type RouteType,
  SCOPE,
  TABLE,
} from './route.ts'

/**
 * The routes of `ip -j route show table all` (IPv4, IPv6, or one after the other), in the order printed.
 *
 * Throws UsageError with file name and entry number. A route by a device that the host does not have is left out.
 */
export function readRoutes(text: string, devices: readonly Device[], file = 'route.json'): Route[] {
  const byName = new Map(devices.map((one) => [one.name, one]))
  const seen = new Set<string>()
  const routes: Route[] = []
  let family: 4 | 6 = 4
  for (const entry of jsonEntries(text, file)) {
    const told = familyOf(entry)
    family = told ?? family
    const route = readRoute(entry, family, byName)
    // The same IPv6 routes may be printed twice: with all families, and on their own.
    const key = JSON.stringify(route, (name, value) => (name === 'device' ? (value as Device | null)?.name : value))
    if (seen.has(key)) continue
    seen.add(key)
    routes.push(route)
  }
  return routes
}

/** The family that an entry is of, where any of its addresses tells; IPv6 routes always have a preference. */
function familyOf(entry: JsonEntry): 4 | 6 | null {
  const named = entry.text('family')
  if (named === 'inet' || named === 'inet6') return named === 'inet' ? 4 : 6
  const destination = eitherAddress((entry.text('dst') ?? '').split('/')[0] as string)
  if (destination) return destination.family
  const hop = entry.list('nexthops')[0]
  const gateway = entry.address('gateway') ?? hop?.address('gateway') ?? entry.address('prefsrc')
  if (gateway) return gateway.family
  return entry.has('pref') ? 6 : 4
}

function readRoute(entry: JsonEntry, family: 4 | 6, devices: ReadonlyMap<string, Device>): Route {
  const type = readType(entry)
  const prefix = readPrefix(entry, family)
  const scope = entry.text('scope')
  const hasWay = type !== 'blackhole' && type !== 'unreachable' && type !== 'prohibit' && type !== 'throw'
  const metrics = entry.list('metrics')
  const source = entry.address('prefsrc')
  return {
    family,
    table: entry.within('table', () => parseTable(entry.text('table') ?? defaultTable(type))),
    type,
    destination: prefix.network,
    prefix: prefix.length,
    tos: readTos(entry),
    metric: entry.number('metric', 0xffffffff, 0),
    scope: scope === undefined ? defaultScope(type) : entry.within('scope', () => parseScope(scope)),
    preferredSource: source === null || source.family !== family ? null : source.words,
    nexthops: hasWay ? readNextHops(entry, family, type, devices) : [],
    mtu: metrics.reduce((mtu, one) => one.number('mtu', 0xffffffff, mtu), 0),
  }
}

function readType(entry: JsonEntry): RouteType {
  const text = entry.text('type') ?? 'unicast'
  if (Object.hasOwn(ROUTE_TYPES, text)) return text as RouteType
  return entry.fail('type', `one of ${Object.keys(ROUTE_TYPES).join(', ')}`)
}

function defaultTable(type: RouteType): string {
  return String(type === 'local' || type === 'broadcast' || type === 'anycast' ? TABLE.local : TABLE.main)
}

function defaultScope(type: RouteType): number {
  if (type === 'local') return SCOPE.host
  return type === 'broadcast' || type === 'multicast' || type === 'anycast' ? SCOPE.link : SCOPE.universe
}

function readPrefix(entry: JsonEntry, family: 4 | 6): { network: Words; length: number } {
  const text = entry.text('dst') ?? entry.fail('dst', 'a prefix or default')
  const zero: Words = [0, 0, 0, 0]
  if (text === 'default' || text === 'all') return { network: zero, length: 0 }
  const [address = '', bits] = text.split('/')
  const parsed = eitherAddress(address)
  const full = family === 4 ? 32 : 128
  const length = bits === undefined ? full : Number(bits)
  if (parsed === null || !Number.isInteger(length) || length < 0 || length > full || bits === '') {
    return entry.fail('dst', 'a prefix such as 192.0.2.0/24, or default')
  }
  const mask = prefixMask(length)
  const network = parsed.words.map((word, i) => (word & (mask[i] as number)) >>> 0) as unknown as Words
  return { network, length }
}

/** `tos` is printed in hex, or by a name of rt_dsfield. */
function readTos(entry: JsonEntry): number {
  const text = entry.text('tos')
  if (text === undefined) return 0
  const names: Readonly<Record<string, number>> = { default: 0, lowdelay: 0x10, throughput: 0x08, reliability: 0x04 }
  return names[text] ?? entry.number('tos', 255, 0)
}

function readNextHops(
  entry: JsonEntry,
  family: 4 | 6,
  type: RouteType,
  devices: ReadonlyMap<string, Device>,
): NextHop[] {
  const several = entry.list('nexthops')
  const entries = several.length === 0 ? [entry] : several
  return entries.map((one) => {
    const via = one.inner('via')
    const gateway = one.address('gateway') ?? via?.address('host') ?? null
    const name = one.text('dev')
    const flags = one.words('flags')
    return {
      device: name === undefined ? null : (devices.get(name) ?? null),
      gateway: gateway?.words ?? null,
      gatewayFamily: gateway?.family ?? family,
      weight: one.number('weight', 256, 1) || 1,
      scope: gateway !== null ? SCOPE.link : type === 'local' ? SCOPE.nowhere : SCOPE.host,
      dead: flags.includes('dead') || name === undefined || !devices.get(name)?.up,
      ...readRealm(one.inner('flow'), 'from', 'to'),
    }
  })
}

/** A realm by its two parts, each a number or the one name that every host knows; nothing where neither is there. */
export function readRealm(entry: JsonEntry | null, from: string, to: string): { readonly realm?: Realm } {
  const read = (key: string): number => (entry?.text(key) === 'cosmos' ? 0 : (entry?.number(key, 0xffff, 0) ?? 0))
  const realm = ((read(from) << 16) | read(to)) >>> 0
  return realm === 0 ? {} : { realm }
}
