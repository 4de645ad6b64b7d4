import type { Arrival4 } from '../route/routing4.ts'
import { checksum } from '../wire/checksum.ts'
import type { Traveller } from './traveller.ts'

/** What the options of a packet ask of the hosts on the way; offsets count from the IP header, 0 for none. */
export interface OptionState {
  sourceRoute: number
  isStrict: boolean
  /** This host is a stop of the source route; the next one is {@link nextHop}. */
  isStop: boolean
  nextHop: number
  recordRoute: number
  recordsAddress: boolean
  timestamp: number
  stampsAddress: boolean
  stampsTime: boolean
  routerAlert: boolean
  cipso: number
  /** Bytes were rewritten: the header checksum is made anew when the packet is forwarded. */
  isChanged: boolean
}

/** What reading options needs to know of the host. */
export interface OptionHost {
  /** The host's own address for this packet, 32 bits. Source: Linux fib_compute_spec_dst(). */
  specificDestination(): number
  /** Whether an address is neither the host's nor a broadcast or multicast. */
  isForeign(address: number): boolean
  /** Milliseconds since midnight UTC. */
  timestamp(): number
}

const END = 0
const NOOP = 1
const RECORD_ROUTE = 7
const TIMESTAMP = 68
const LOOSE_SOURCE_ROUTE = 131
const CIPSO = 134
const STRICT_SOURCE_ROUTE = 137
const ROUTER_ALERT = 148

/**
 * Reads the options of a received packet and fills in this host's part of recorded routes and timestamps.
 *
 * Null, with the state in `packet.options`, or the offset from the IP header of the byte that is wrong.
 * Source: Linux __ip_options_compile() with an sk_buff; RFC 791 section 3.1.
 */
export function compileOptions(packet: Traveller, host: OptionHost): number | null {
  const state: OptionState = {
    sourceRoute: 0,
    isStrict: false,
    isStop: false,
    nextHop: 0,
    recordRoute: 0,
    recordsAddress: false,
    timestamp: 0,
    stampsAddress: false,
    stampsTime: false,
    routerAlert: false,
    cipso: 0,
    isChanged: false,
  }
  packet.options = state
  const { bytes, network, transport } = packet
  for (let at = network + 20; at < transport; ) {
    const type = bytes[at] as number
    if (type === END) {
      for (at++; at < transport; at++) {
        if (bytes[at] === END) continue
        bytes[at] = END
        state.isChanged = true
      }
      return null
    }
    if (type === NOOP) {
      at++
      continue
    }
    const length = bytes[at + 1] as number
    if (transport - at < 2 || length < 2 || length > transport - at) return at - network
    const bad = compileOption(packet, state, host, type, at, length)
    if (bad >= 0) return bad - network
    at += length
  }
  return null
}

/** -1, or the absolute offset of the byte that is wrong. */
function compileOption(
  packet: Traveller,
  state: OptionState,
  host: OptionHost,
  type: number,
  at: number,
  length: number,
): number {
  const { bytes, network } = packet
  switch (type) {
    case STRICT_SOURCE_ROUTE:
    case LOOSE_SOURCE_ROUTE:
      if (length < 3) return at + 1
      if ((bytes[at + 2] as number) < 4) return at + 2
      if (state.sourceRoute !== 0) return at
      state.isStrict = type === STRICT_SOURCE_ROUTE
      state.sourceRoute = at - network
      return -1
    case RECORD_ROUTE:
      return recordRoute(packet, state, host, at, length)
    case TIMESTAMP:
      return stamp(packet, state, host, at, length)
    case ROUTER_ALERT:
      if (length < 4) return at + 1
      if (bytes[at + 2] === 0 && bytes[at + 3] === 0) state.routerAlert = true
      return -1
    case CIPSO:
      if (state.cipso !== 0) return at
      state.cipso = at - network
      return checkLabel(packet, at, length)
    default:
      return -1
  }
}

/** The offset of what is wrong with a security label, or -1. Source: Linux cipso_v4_validate() without NetLabel. */
function checkLabel({ bytes, view }: Traveller, at: number, length: number): number {
  if (length < 8) return at + 1
  if (view.getUint32(at + 2) === 0) return at + 2
  for (let tag = 6; tag < length; ) {
    if (tag + 1 === length) return at + tag
    const size = bytes[at + tag + 1] as number
    if (size === 0 || size > length - tag) return at + tag + 1
    tag += size
  }
  return -1
}

function recordRoute(packet: Traveller, state: OptionState, host: OptionHost, at: number, length: number): number {
  const { bytes, view, network } = packet
  if (state.recordRoute !== 0) return at
  if (length < 3) return at + 1
  const pointer = bytes[at + 2] as number
  if (pointer < 4) return at + 2
  if (pointer <= length) {
    if (pointer + 3 > length) return at + 2
    view.setUint32(at + pointer - 1, host.specificDestination())
    state.isChanged = true
    bytes[at + 2] = pointer + 4
    state.recordsAddress = true
  }
  state.recordRoute = at - network
  return -1
}

function stamp(packet: Traveller, state: OptionState, host: OptionHost, at: number, length: number): number {
  const { bytes, view, network } = packet
  if (state.timestamp !== 0) return at
  if (length < 4) return at + 1
  const pointer = bytes[at + 2] as number
  if (pointer < 5) return at + 2
  const kind = (bytes[at + 3] as number) & 15
  if (pointer <= length) {
    if (pointer + 3 > length) return at + 2
    let time = -1
    if (kind === 0) {
      time = at + pointer - 1
      bytes[at + 2] = pointer + 4
      state.stampsTime = true
    } else if (kind === 1) {
      if (pointer + 7 > length) return at + 2
      view.setUint32(at + pointer - 1, host.specificDestination())
      time = at + pointer + 3
      bytes[at + 2] = pointer + 8
      state.stampsAddress = true
      state.stampsTime = true
    } else if (kind === 3) {
      if (pointer + 7 > length) return at + 2
      if (!host.isForeign(view.getUint32(at + pointer - 1))) {
        time = at + pointer + 3
        bytes[at + 2] = pointer + 8
        state.stampsTime = true
      }
    }
    if (time >= 0) {
      view.setUint32(time, host.timestamp())
      state.isChanged = true
    }
  } else if (kind !== 3) {
    const overflow = (bytes[at + 3] as number) >> 4
    if (overflow === 15) return at + 3
    bytes[at + 3] = kind | ((overflow + 1) << 4)
    state.isChanged = true
  }
  state.timestamp = at - network
  return -1
}

/**
 * Corrects the addresses written on arrival to the one of the way out, takes the next stop of a source route, and
 * makes the header checksum anew.
 *
 * Source: Linux ip_forward_options().
 */
export function forwardOptions(packet: Traveller, outgoingAddress: () => number): void {
  const { options, view, bytes, network, transport } = packet
  if (options === null) return
  if (options.recordsAddress) {
    const at = network + options.recordRoute
    view.setUint32(at + (bytes[at + 2] as number) - 5, outgoingAddress())
    options.isChanged = true
  }
  if (options.isStop) {
    takeNextStop(packet, options, outgoingAddress)
    // The kernel corrects a stamped address only on source-routed packets.
    if (options.stampsAddress) {
      const at = network + options.timestamp
      view.setUint32(at + (bytes[at + 2] as number) - 9, outgoingAddress())
      options.isChanged = true
    }
  }
  if (!options.isChanged) return
  options.isChanged = false
  view.setUint16(network + 10, 0)
  view.setUint16(network + 10, checksum(bytes, network, transport))
}

function takeNextStop(packet: Traveller, options: OptionState, outgoingAddress: () => number): void {
  const { view, bytes, network } = packet
  const at = network + options.sourceRoute
  const length = bytes[at + 1] as number
  for (let pointer = bytes[at + 2] as number; pointer + 3 <= length; pointer += 4) {
    if (view.getUint32(at + pointer - 1) !== options.nextHop) continue
    view.setUint32(network + 16, options.nextHop)
    view.setUint32(at + pointer - 1, outgoingAddress())
    bytes[at + 2] = pointer + 4
    options.isChanged = true
    return
  }
}

/** The packet as routing reads it. */
export function arrivalOf(packet: Traveller): Arrival4 {
  const { view, network, transport, end, protocol, fragmentOffset } = packet
  const hasPorts = fragmentOffset === 0 && transport + 4 <= end
  return {
    source: view.getUint32(network + 12),
    destination: view.getUint32(network + 16),
    tos: view.getUint8(network + 1),
    protocol,
    sport: hasPorts ? view.getUint16(transport) : 0,
    dport: hasPorts ? view.getUint16(transport + 2) : 0,
    mark: packet.mark,
  }
}
