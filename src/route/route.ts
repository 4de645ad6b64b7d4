import type { Device } from '../packet/device.ts'
import { UsageError } from '../util/errors.ts'
import type { Words } from '../util/words.ts'

/** What a route does with a packet. Numbers: linux/rtnetlink.h RTN_*. */
export const ROUTE_TYPES = {
  unicast: 1,
  local: 2,
  broadcast: 3,
  anycast: 4,
  multicast: 5,
  blackhole: 6,
  unreachable: 7,
  prohibit: 8,
  throw: 9,
} as const
export type RouteType = keyof typeof ROUTE_TYPES

/** Why there is no route, by the kernel's error names. */
export type RouteError = 'EINVAL' | 'EHOSTUNREACH' | 'ENETUNREACH' | 'EACCES' | 'EAGAIN' | 'ENODEV' | 'EADDRNOTAVAIL'

/** Distances: a larger number is nearer. Source: linux/rtnetlink.h RT_SCOPE_*. */
export const SCOPE = { universe: 0, site: 200, link: 253, host: 254, nowhere: 255 } as const

/** The tables that every host has. Source: linux/rtnetlink.h RT_TABLE_*. */
export const TABLE = { default: 253, main: 254, local: 255 } as const

/** One way a route may take. */
export interface NextHop {
  readonly device: Device | null
  readonly gateway: Words | null
  /** Family of the gateway: an IPv4 route may go via an IPv6 neighbour. */
  readonly gatewayFamily: 4 | 6
  /** 1..256. */
  readonly weight: number
  /** {@link SCOPE} of the next hop itself: `host` for what is on the link. */
  readonly scope: number
  readonly dead: boolean
  /** See {@link Realm}; IPv4 only, absent for none. */
  readonly realm?: Realm
}

/**
 * Where a packet comes from and goes to, as routes and policy rules say for the rules' `-m realm`: the realm of the
 * source in the upper 16 bits, that of the destination in the lower; 0 where nothing was said.
 * Source: ip-route(8) "realm"; linux/rtnetlink.h RTA_FLOW.
 */
export type Realm = number

/** What is not said by the first is taken from the second. Source: Linux set_class_tag(). */
export function withRealm(realm: Realm, other: Realm): Realm {
  const lower = (realm & 0xffff) === 0 ? other & 0xffff : 0
  const upper = realm >>> 16 === 0 ? other & 0xffff0000 : 0
  return (realm | lower | upper) >>> 0
}

/** One entry of a routing table. */
export interface Route {
  readonly family: 4 | 6
  /** 1..2^32-1, or above for a table known by name only; see {@link parseTable}. */
  readonly table: number
  readonly type: RouteType
  readonly destination: Words
  /** Prefix length, 0..32 or 0..128. */
  readonly prefix: number
  /** The DSCP bits and the old TOS bits as one byte; 0 for any. IPv4 only. */
  readonly tos: number
  /** Lower is preferred. */
  readonly metric: number
  readonly scope: number
  /** The source address for packets of our own; null: chosen from the device. */
  readonly preferredSource: Words | null
  /** At least one, except for types without a way (blackhole, unreachable, prohibit, throw). */
  readonly nexthops: readonly NextHop[]
  /** In bytes; 0: the device's. */
  readonly mtu: number
}

const SCOPE_NAMES: Readonly<Record<string, number>> = {
  global: SCOPE.universe,
  universe: SCOPE.universe,
  site: SCOPE.site,
  link: SCOPE.link,
  host: SCOPE.host,
  nowhere: SCOPE.nowhere,
}

/** The number of a scope written as a name or number. Throws UsageError. */
export function parseScope(text: string): number {
  const named = SCOPE_NAMES[text]
  if (named !== undefined) return named
  return parseNumber(text, 255, 'a scope such as global, link or host')
}

/**
 * The number of a table written as a name or number. A name that the host's own rt_tables file defines gets a number
 * above all that exist, the same one wherever the name is met. Throws UsageError for what is neither.
 */
export function parseTable(text: string): number {
  const named = (TABLE as Readonly<Record<string, number>>)[text]
  if (named !== undefined) return named
  if (!/^[A-Za-z_][\w.-]*$/.test(text)) return parseNumber(text, 0xffffffff, 'a table name or number')
  let hash = 7
  for (let i = 0; i < text.length; i++) hash = Math.imul(hash ^ text.charCodeAt(i), 0x01000193)
  return 0x1_0000_0000 + (hash >>> 0)
}

function parseNumber(text: string, max: number, expected: string): number {
  const value = Number(text)
  if (text !== '' && Number.isInteger(value) && value >= 0 && value <= max) return value
  throw new UsageError(`expected ${expected}, found ${JSON.stringify(text)}`)
}
