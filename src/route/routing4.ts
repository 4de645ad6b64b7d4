import type { Device } from '../packet/device.ts'
import { type Words, ZERO_WORDS } from '../util/words.ts'
import { isLimitedBroadcast4, isLocalMulticast4, isLoopback4, isMulticast4, isZeroNet4 } from './address4.ts'
import type { Destination, Refusal } from './destination.ts'
import type { DeviceSettings, SettingsOf } from './device-settings.ts'
import { type Fib4, type FibResult, isOnLink, selectNextHop } from './fib4.ts'
import { type Flow, flowTo, LOOPBACK_INDEX } from './flow.ts'
import { type NextHop, type Realm, type Route, type RouteError, type RouteType, SCOPE, withRealm } from './route.ts'
import type { SourceSelection4 } from './source4.ts'

/** A received packet, as far as routing reads it. */
export interface Arrival4 {
  readonly source: number
  readonly destination: number
  readonly tos: number
  readonly protocol: number
  readonly sport: number
  readonly dport: number
  readonly mark: number
}

/** A packet to be sent, as far as routing reads it. */
export interface Departure4 {
  /** 0: to be chosen. */
  readonly source: number
  readonly destination: number
  /** Interface index the socket is bound to; 0 for any. */
  readonly oif: number
  readonly mark: number
  readonly tos: number
  readonly protocol: number
  /** Ports, where policy rules may see them. */
  readonly sport?: number
  readonly dport?: number
  readonly uid: number
  /** Any source may be used, not only the host's own addresses. */
  readonly anySource: boolean
}

/** Where a packet of our own goes, and the source address that belongs to it. */
export interface OutputRoute {
  readonly destination: Destination
  readonly source: number
}

/** Group 224.0.0.1, which every interface joins. Source: Linux ip_mc_up(), IGMP_ALL_HOSTS. */
const ALL_HOSTS = 0xe0000001

const REFUSE = {
  source: { refused: 'martian source' },
  local: { refused: 'own address as source' },
  reverse: { refused: 'reverse path filter' },
  destination: { refused: 'martian destination' },
  multicast: { refused: 'multicast group not joined' },
} as const satisfies Record<string, Refusal>

/** IPv4 routing decisions of one host. Everything that a decision depends on is fixed at construction. */
export class Routing4 {
  readonly fib: Fib4
  readonly sources: SourceSelection4
  private readonly devices: ReadonlyMap<number, Device>
  private readonly settings: SettingsOf
  private readonly loopback: Device
  private readonly flow: Flow = flowTo(ZERO_WORDS)
  private readonly result: FibResult = { route: null, nexthop: null, realm: 0 }
  private readonly scratch: FibResult = { route: null, nexthop: null, realm: 0 }
  /** What the route back to the source said when that was checked last. */
  private sourceRealm: Realm = 0

  constructor(
    fib: Fib4,
    sources: SourceSelection4,
    devices: readonly Device[],
    settings: SettingsOf,
    loopback: Device,
  ) {
    this.fib = fib
    this.sources = sources
    this.devices = new Map(devices.map((one) => [one.index, one]))
    this.settings = settings
    this.loopback = loopback
  }

  /**
   * Where a received packet goes. Refused: dropped without an answer (martians, reverse path filter, groups that
   * are not joined). Source: Linux ip_route_input_rcu(), ip_route_input_slow().
   */
  input(arrival: Arrival4, device: Device): Destination | Refusal {
    const settings = this.settings(device.index)
    const { source, destination } = arrival
    this.sourceRealm = 0
    if (isMulticast4(destination)) return this.inputMulticast(arrival, device, settings)
    if (isMulticast4(source) || isLimitedBroadcast4(source)) return REFUSE.source
    if (isLimitedBroadcast4(destination) || (source === 0 && destination === 0)) {
      return this.inputBroadcast(arrival, device, settings)
    }
    if (isZeroNet4(source)) return REFUSE.source
    if (isZeroNet4(destination)) return REFUSE.destination
    if (!settings.routeLocalnet) {
      if (isLoopback4(destination)) return REFUSE.destination
      if (isLoopback4(source)) return REFUSE.source
    }
    const error = this.find(arrival, destination, source, device.index, 0, arrival.mark, this.result)
    if (error !== null) return this.unreachable(device, settings.forwarding ? error : 'EHOSTUNREACH')
    const route = this.result.route as Route
    if (route.type === 'broadcast') {
      if (settings.bcForwarding) return this.inputForward(arrival, device, settings)
      return this.inputBroadcast(arrival, device, settings)
    }
    if (route.type === 'local') {
      const valid = this.validateSource(arrival, source, destination, 0, device, settings)
      return typeof valid === 'boolean' ? this.delivered(device, 'local', route) : valid
    }
    if (!settings.forwarding) return this.unreachable(device, 'EHOSTUNREACH')
    if (route.type !== 'unicast') return REFUSE.destination
    return this.inputForward(arrival, device, settings)
  }

  /** Source: Linux ip_mkroute_input(), __mkroute_input(). */
  private inputForward(arrival: Arrival4, device: Device, settings: DeviceSettings): Destination | Refusal {
    const route = this.result.route as Route
    let nexthop = this.result.nexthop as NextHop
    if (route.nexthops.length > 1) {
      const chosen = selectNextHop(route.nexthops, [arrival.source, 0, 0, 0], [arrival.destination, 0, 0, 0])
      if (chosen !== null) nexthop = chosen
    }
    const out = nexthop.device
    if (out === null) return REFUSE.destination
    const { source, destination } = arrival
    const onLink = this.validateSource(arrival, source, destination, out.index, device, settings)
    if (typeof onLink !== 'boolean') return onLink
    let redirect = false
    if (onLink && out === device && settings.sendRedirects) {
      const gateway = nexthop.gatewayFamily === 4 && nexthop.gateway !== null ? nexthop.gateway[0] : 0
      redirect = settings.sharedMedia || this.sources.sharesLink(out, source, gateway)
    }
    return {
      ...this.via(out, nexthop, route, route.type),
      input: 'forward',
      isInput: true,
      redirect,
      realm: withRealm(withRealm(nexthop.realm ?? 0, this.result.realm), this.sourceRealm),
    }
  }

  private inputBroadcast(arrival: Arrival4, device: Device, settings: DeviceSettings): Destination | Refusal {
    if (!isZeroNet4(arrival.source)) {
      const valid = this.validateSource(arrival, arrival.source, 0, 0, device, settings)
      if (typeof valid !== 'boolean') return valid
    }
    return this.delivered(device, 'broadcast', null)
  }

  /** Source: Linux ip_route_input_mc(), ip_mc_validate_source(). */
  private inputMulticast(arrival: Arrival4, device: Device, settings: DeviceSettings): Destination | Refusal {
    const { source, destination } = arrival
    if (!isMember(destination)) return REFUSE.multicast
    if (isMulticast4(source) || isLimitedBroadcast4(source)) return REFUSE.source
    if (isLoopback4(source) && !settings.routeLocalnet) return REFUSE.source
    if (isZeroNet4(source)) {
      if (!isLocalMulticast4(destination) && arrival.protocol !== 2) return REFUSE.source
    } else {
      const valid = this.validateSource(arrival, source, 0, 0, device, settings)
      if (typeof valid !== 'boolean') return valid
    }
    return this.delivered(device, 'multicast', null)
  }

  /**
   * Whether a packet with this source may come in by the device: true where the source is directly connected,
   * false where it is elsewhere, or the refusal. Source: Linux fib_validate_source().
   */
  private validateSource(
    arrival: Arrival4,
    source: number,
    destination: number,
    oif: number,
    device: Device,
    settings: DeviceSettings,
  ): boolean | Refusal {
    const { rpFilter } = settings
    this.sourceRealm = 0
    if (rpFilter === 0 && !this.fib.hasRealms && (device.index !== oif || !settings.sendRedirects)) {
      if (settings.acceptLocal) return false
      if (!this.fib.hasCustomRules && !this.fib.hasCustomLocalRoutes) {
        return this.sources.ownerOf(source) === null ? false : REFUSE.local
      }
    }
    const mark = settings.srcValidMark ? arrival.mark : 0
    const { scratch } = this
    const iif = oif === 0 ? LOOPBACK_INDEX : oif
    if (this.find(arrival, source, destination, iif, 0, mark, scratch) !== null) {
      return rpFilter === 0 ? false : REFUSE.reverse
    }
    const route = scratch.route as Route
    if (route.type !== 'unicast') {
      if (route.type !== 'local') return REFUSE.source
      if (!settings.acceptLocal) return REFUSE.local
    }
    this.sourceRealm = realmOfSource(scratch)
    const uses = route.nexthops.some((one) => one.device === device)
    if (uses || (route.type === 'local' && device === this.loopback)) return isOnLink(scratch.nexthop as NextHop)
    if (!this.sources.hasAddresses(device)) {
      this.sourceRealm = 0
      return rpFilter === 0 ? false : REFUSE.reverse
    }
    if (rpFilter === 1) return REFUSE.reverse
    if (this.find(arrival, source, destination, iif, device.index, mark, scratch) !== null) return false
    return (scratch.route as Route).type === 'unicast' && isOnLink(scratch.nexthop as NextHop)
  }

  private find(
    arrival: Arrival4,
    destination: number,
    source: number,
    iif: number,
    oif: number,
    mark: number,
    result: FibResult,
  ): RouteError | null {
    const { flow } = this
    flow.destination = [destination, 0, 0, 0]
    flow.source = [source, 0, 0, 0]
    flow.hasSource = true
    flow.iif = iif
    flow.oif = oif
    flow.mark = mark
    flow.tos = arrival.tos & 0xfc
    flow.protocol = arrival.protocol
    flow.sport = arrival.sport
    flow.dport = arrival.dport
    flow.uid = 0
    return this.fib.lookup(flow, result)
  }

  /**
   * Where a packet of our own goes, or why it cannot. Source: Linux ip_route_output_key_hash_rcu().
   */
  output(departure: Departure4): OutputRoute | RouteError {
    let { source, destination, oif } = departure
    let device: Device | undefined
    if (source !== 0) {
      if (isMulticast4(source) || isLimitedBroadcast4(source)) return 'EINVAL'
      if (oif === 0 && (isMulticast4(destination) || isLimitedBroadcast4(destination))) {
        const owner = this.deviceWith(source)
        if (owner === null) return 'EINVAL'
        return this.made(source, destination, owner, null, null, 'unicast')
      }
      if (!departure.anySource && this.deviceWith(source) === null) return 'EINVAL'
    }
    if (oif !== 0) {
      device = this.devices.get(oif)
      if (device === undefined) return 'ENODEV'
      if (!device.up) return 'ENETUNREACH'
      if (isLocalMulticast4(destination) || isLimitedBroadcast4(destination) || departure.protocol === 2) {
        if (source === 0) source = this.sources.select(device, 0, SCOPE.link)
        return this.made(source, destination, device, null, null, 'unicast')
      }
      if (source === 0) {
        if (isMulticast4(destination)) source = this.sources.select(device, 0, SCOPE.universe)
        else if (destination === 0) source = this.sources.select(device, 0, SCOPE.host)
      }
    }
    if (destination === 0) {
      destination = source
      if (destination === 0) destination = source = 0x7f000001
      return this.made(source, destination, this.loopback, null, null, 'local')
    }
    const error = this.findOutput(departure, source, destination, oif)
    if (error !== null) {
      if (device === undefined) return error
      // The tables are taken to be wrong: what is asked for by device is on the link.
      if (source === 0) source = this.sources.select(device, 0, SCOPE.link)
      return this.made(source, destination, device, null, null, 'unicast')
    }
    const route = this.result.route as Route
    if (route.type === 'local') {
      if (source === 0) source = route.preferredSource?.[0] ?? destination
      return this.made(source, destination, this.loopback, route, null, 'local')
    }
    let nexthop = this.result.nexthop as NextHop
    if (oif === 0 && route.nexthops.length > 1) {
      nexthop = selectNextHop(route.nexthops, [source, 0, 0, 0], [destination, 0, 0, 0]) ?? nexthop
    }
    if (source === 0) source = this.sources.ofRoute(route, nexthop)
    if (nexthop.device === null) return 'ENETUNREACH'
    return this.made(source, destination, nexthop.device, route, nexthop, route.type)
  }

  private findOutput(departure: Departure4, source: number, destination: number, oif: number): RouteError | null {
    const { flow } = this
    flow.destination = [destination, 0, 0, 0]
    flow.source = [source, 0, 0, 0]
    flow.hasSource = true
    flow.iif = LOOPBACK_INDEX
    flow.oif = oif
    flow.mark = departure.mark
    flow.tos = departure.tos & 0xfc
    flow.protocol = departure.protocol
    flow.sport = departure.sport ?? 0
    flow.dport = departure.dport ?? 0
    flow.uid = departure.uid
    return this.fib.lookup(flow, this.result)
  }

  /** Source: Linux __mkroute_output(). */
  private made(
    source: number,
    address: number,
    device: Device,
    route: Route | null,
    nexthop: NextHop | null,
    foundType: RouteType,
  ): OutputRoute | RouteError {
    const looped = device.link === 'loopback'
    if (isLoopback4(source) && !looped && !this.settings(device.index).routeLocalnet) return 'EINVAL'
    let type = foundType
    if (isLimitedBroadcast4(address)) type = 'broadcast'
    else if (isMulticast4(address)) type = 'multicast'
    else if (isZeroNet4(address)) return 'EINVAL'
    const isMulticast = type === 'multicast'
    const isBroadcast = type === 'broadcast'
    const isLocal = isMulticast ? isMember(address) : looped || isBroadcast
    const direct = isBroadcast || (isMulticast && (route === null || route.prefix < 4))
    const destination: Destination = {
      ...this.via(device, direct ? null : nexthop, direct ? null : route, type),
      input: isLocal ? 'local' : 'drop',
      output: (isBroadcast || isMulticast) && isLocal && !looped ? 'multicast' : 'unicast',
      isLocal,
      realm: withRealm(direct ? 0 : (nexthop?.realm ?? 0), route === null ? 0 : this.result.realm),
    }
    return { destination, source }
  }

  /** Source: Linux __ip_dev_find(). */
  private deviceWith(address: number): Device | null {
    const owner = this.sources.ownerOf(address)
    if (owner !== null) return owner
    if (this.fib.localType(address, 0, this.scratch) !== 'local') return null
    return this.scratch.nexthop?.device ?? null
  }

  /** What kind of address this is to the host; `deviceIndex` limits the question. Source: Linux inet_dev_addr_type(). */
  addressType(address: number, deviceIndex: number): RouteType {
    if (isZeroNet4(address) || isLimitedBroadcast4(address)) return 'broadcast'
    if (isMulticast4(address)) return 'multicast'
    return this.fib.localType(address, deviceIndex, this.scratch)
  }

  /**
   * The address of ours that a received packet belongs to, for options that record it.
   * Source: Linux fib_compute_spec_dst().
   */
  specificDestination(arrival: Arrival4, device: Device, destination: Destination): number {
    if (destination.isLocal && !destination.isBroadcast && !destination.isMulticast) return arrival.destination
    if (isZeroNet4(arrival.source)) return this.sources.select(device, arrival.source, SCOPE.link)
    const mark = this.settings(device.index).srcValidMark ? arrival.mark : 0
    if (this.find(arrival, arrival.source, 0, LOOPBACK_INDEX, 0, mark, this.scratch) === null) {
      return this.sources.ofRoute(this.scratch.route as Route, this.scratch.nexthop as NextHop)
    }
    return this.sources.select(device, arrival.source, SCOPE.universe)
  }

  /** The address a forwarding host writes into recorded routes. Source: Linux ip_rt_get_source(). */
  forwardingSource(arrival: Arrival4, device: Device, destination: Destination): number {
    if (!destination.isInput) return arrival.source
    const { destination: to, source: from } = arrival
    if (this.find(arrival, to, from, device.index, destination.device.index, arrival.mark, this.scratch) === null) {
      return this.sources.ofRoute(this.scratch.route as Route, this.scratch.nexthop as NextHop)
    }
    return this.sources.select(destination.device, destination.gateway?.[0] ?? to, SCOPE.universe)
  }

  private via(device: Device, nexthop: NextHop | null, route: Route | null, type: RouteType): Destination {
    const gateway: Words | null = nexthop?.gateway ?? null
    return {
      family: 4,
      input: 'drop',
      output: 'unicast',
      error: null,
      type,
      isLocal: false,
      isBroadcast: type === 'broadcast',
      isMulticast: type === 'multicast',
      isInput: false,
      device,
      gateway,
      mtu: route?.mtu ?? 0,
      redirect: false,
      route,
    }
  }

  private delivered(device: Device, type: RouteType, route: Route | null): Destination {
    const base = this.via(device, null, route, type)
    return { ...base, input: 'local', output: 'drop', isLocal: true, isInput: true, realm: this.sourceRealm }
  }

  private unreachable(device: Device, error: RouteError): Destination {
    const base = this.via(device, null, null, 'unreachable')
    return { ...base, input: 'error', output: 'drop', error, isInput: true }
  }
}

/** What the route back to a source, just found, says of a packet from there. Source: Linux fib_combine_itag(). */
function realmOfSource({ nexthop, realm }: FibResult): Realm {
  const own = ((nexthop?.realm ?? 0) << 16) >>> 0
  return ((own === 0 ? realm << 16 : own) | (realm >>> 16)) >>> 0
}

function isMember(group: number): boolean {
  return group === ALL_HOSTS
}
