import type { Device } from '../packet/device.ts'
import { sameWords, type Words, ZERO_WORDS } from '../util/words.ts'
import { isMulticast6, isUnspecified6, needsDevice6 } from './address6.ts'
import type { Destination } from './destination.ts'
import type { Fib6, Found6 } from './fib6.ts'
import { type Flow, flowTo, LOOPBACK_INDEX } from './flow.ts'
import type { Route, RouteError, RouteType } from './route.ts'
import type { SourceSelection6 } from './source6.ts'

/** A received packet, as far as routing reads it. */
export interface Arrival6 {
  readonly source: Words
  readonly destination: Words
  readonly trafficClass: number
  /** The transport protocol, behind extension headers. */
  readonly protocol: number
  readonly sport: number
  readonly dport: number
  readonly mark: number
}

/** A packet to be sent. */
export interface Departure6 {
  /** Null: not chosen yet. */
  readonly source: Words | null
  readonly destination: Words
  readonly oif: number
  /** Only routes by {@link oif} will do: the socket is bound to it. */
  readonly strict: boolean
  readonly mark: number
  readonly trafficClass: number
  readonly protocol: number
  /** Ports, where policy rules may see them. */
  readonly sport?: number
  readonly dport?: number
  readonly uid: number
}

/** Errors of routes that lead nowhere. Source: Linux ip6_rt_init_dst_reject(). */
const ERRORS: Partial<Record<RouteType, RouteError>> = {
  blackhole: 'EINVAL',
  prohibit: 'EACCES',
  throw: 'EAGAIN',
  unreachable: 'ENETUNREACH',
}

/** IPv6 routing decisions of one host. */
export class Routing6 {
  readonly fib: Fib6
  readonly sources: SourceSelection6
  private readonly loopback: Device
  private readonly flow: Flow = flowTo(ZERO_WORDS)

  constructor(fib: Fib6, sources: SourceSelection6, loopback: Device) {
    this.fib = fib
    this.sources = sources
    this.loopback = loopback
  }

  /** Where a received packet goes. Source: Linux ip6_route_input(). */
  input(arrival: Arrival6, device: Device): Destination {
    const flow = this.fill(arrival.destination, arrival.source, device.index, 0, arrival.mark, arrival.trafficClass)
    flow.protocol = arrival.protocol
    flow.sport = arrival.sport
    flow.dport = arrival.dport
    const strict = needsDevice6(arrival.destination)
    return this.decision(this.fib.lookup(flow, { oif: device.index, strict }), arrival.destination, true)
  }

  /** The route of a packet of our own; look at {@link Destination.error}. Source: Linux ip6_route_output_flags(). */
  output(departure: Departure6): Destination {
    const { source, destination, oif } = departure
    const anySource = source === null || isUnspecified6(source)
    const flow = this.fill(destination, source, LOOPBACK_INDEX, oif, departure.mark, departure.trafficClass)
    flow.protocol = departure.protocol
    flow.sport = departure.sport ?? 0
    flow.dport = departure.dport ?? 0
    flow.uid = departure.uid
    const strict = departure.strict || needsDevice6(destination) || (oif !== 0 && anySource)
    return this.decision(this.fib.lookup(flow, { oif, strict }), destination, false)
  }

  /** The source address for a packet of our own by this decision; null where the host has none. Source: Linux ip6_route_get_saddr(). */
  sourceFor(decision: Destination, destination: Words): Words | null {
    const { route } = decision
    if (decision.error === null && route !== null && route.preferredSource !== null) return route.preferredSource
    const device = decision.error === null ? (route?.nexthops[0]?.device ?? null) : null
    return this.sources.select(device, destination)
  }

  private fill(
    destination: Words,
    source: Words | null,
    iif: number,
    oif: number,
    mark: number,
    trafficClass: number,
  ): Flow {
    const { flow } = this
    flow.destination = destination
    flow.source = source ?? ZERO_WORDS
    flow.hasSource = source !== null && !isUnspecified6(source)
    if (iif !== LOOPBACK_INDEX) flow.hasSource = true
    flow.iif = iif
    flow.oif = oif
    flow.mark = mark
    flow.tos = trafficClass
    flow.protocol = 0
    flow.sport = 0
    flow.dport = 0
    flow.uid = 0
    return flow
  }

  /** Source: Linux ip6_rt_init_dst(), ip6_rt_get_dev_rcu(). */
  private decision(found: Found6, address: Words, isInput: boolean): Destination {
    const { type, route, nexthop } = found
    const error = ERRORS[type] ?? null
    const isLocal = type === 'local' || type === 'anycast'
    const isMulticast = isMulticast6(address)
    const device = isLocal || error !== null ? this.loopback : (nexthop?.device ?? this.loopback)
    const silent = type === 'blackhole'
    return {
      family: 6,
      input: error !== null ? (silent ? 'drop' : 'error') : isLocal ? 'local' : isMulticast ? 'multicast' : 'forward',
      output: error !== null ? (silent ? 'drop' : 'error') : 'unicast',
      error,
      type,
      isLocal,
      isBroadcast: false,
      isMulticast,
      isInput,
      device,
      gateway: nexthop?.gateway ?? null,
      mtu: route?.mtu ?? 0,
      redirect: false,
      route,
    }
  }

  /** Whether the host has joined an anycast address. Source: Linux ipv6_chk_acast_addr_src(). */
  hasAnycast(address: Words): boolean {
    const flow = this.fill(address, null, LOOPBACK_INDEX, 0, 0, 0)
    return this.fib.lookup(flow, { oif: 0, strict: false }).type === 'anycast'
  }

  /** Whether a decision leads to an anycast address. */
  isAnycast({ type, route, gateway }: Destination, address: Words): boolean {
    return isAnycast(type, route, gateway, address)
  }

  /**
   * What kind of address this is to the host, for `addrtype`: unreachable, anycast or local by the routing tables,
   * else multicast or unicast by its form. Source: Linux xt_addrtype.c match_lookup_rt6().
   */
  addressType(address: Words, device: Device | null): RouteType {
    const oif = device?.index ?? 0
    const flow = this.fill(address, null, LOOPBACK_INDEX, oif, 0, 0)
    const strict = needsDevice6(address) || oif !== 0
    const found = this.fib.lookup(flow, { oif, strict })
    if (ERRORS[found.type] !== undefined) return 'unreachable'
    if (isAnycast(found.type, found.route, found.nexthop?.gateway ?? null, address)) return 'anycast'
    if (device === null ? found.type === 'local' : this.sources.has(address, device)) return 'local'
    return isMulticast6(address) ? 'multicast' : 'unicast'
  }
}

/** Anycast by type, or the subnet-router address of a connected network. Source: Linux ipv6_anycast_destination(). */
function isAnycast(type: RouteType, route: Route | null, gateway: Words | null, address: Words): boolean {
  if (type === 'anycast') return true
  if (route === null || route.prefix >= 127 || type !== 'unicast') return false
  return gateway === null && sameWords(route.destination, address)
}
