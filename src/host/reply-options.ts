/** The IPv4 options that an answer takes over from the packet it answers. */

import type { Packet } from '../packet/packet.ts'

/** What was found in the options of the packet; offsets count from its IP header, 0 for none. */
export interface EchoedOptions {
  readonly sourceRoute: number
  readonly recordRoute: number
  /** This host recorded its address, so the answer records one too. */
  readonly recordsAddress: boolean
  readonly timestamp: number
  readonly stampsAddress: boolean
  readonly stampsTime: boolean
  readonly cipso: boolean
}

/** What the answer's options need to know of the host. */
export interface EchoingHost {
  /** The answer's source address. */
  readonly source: number
  /** Milliseconds since midnight UTC. */
  readonly timestamp: number
  /** Whether an address is neither the host's nor a broadcast or multicast. */
  isForeign(address: number): boolean
}

/** The option bytes of the answer (a multiple of 4), and where it goes first when it is source-routed. */
export interface Echo {
  readonly bytes: Uint8Array
  readonly firstHop: number | null
}

const CIPSO = 134
const PRESPECIFIED = 3

/**
 * The options of an answer to `packet`; null when the packet's are damaged and no answer is sent.
 *
 * Source: Linux __ip_options_echo(), ip_options_build().
 */
export function echoOptions(packet: Packet, options: EchoedOptions, host: EchoingHost): Echo | null {
  const parts: number[] = []
  if (options.recordRoute !== 0 && !echoRecordRoute(packet, options, host, parts)) return null
  if (options.timestamp !== 0 && !echoTimestamp(packet, options, host, parts)) return null
  const firstHop = options.sourceRoute === 0 ? null : echoSourceRoute(packet, options.sourceRoute, parts)
  if (options.cipso) parts.push(...optionAt(packet, findOption(packet, CIPSO)))
  while (parts.length % 4 !== 0) parts.push(0)
  return { bytes: Uint8Array.from(parts), firstHop }
}

function optionAt(packet: Packet, offset: number): Uint8Array {
  if (offset === 0) return new Uint8Array(0)
  const at = packet.network + offset
  return packet.bytes.slice(at, at + packet.bytes[at + 1]!)
}

function findOption(packet: Packet, type: number): number {
  const { bytes, network, transport } = packet
  for (let at = network + 20; at < transport && bytes[at] !== 0; at += bytes[at] === 1 ? 1 : bytes[at + 1]! || 1) {
    if (bytes[at] === type) return at - network
  }
  return 0
}

function writeAddress(option: Uint8Array, at: number, value: number): void {
  new DataView(option.buffer).setUint32(at, value)
}

function echoRecordRoute(packet: Packet, options: EchoedOptions, host: EchoingHost, parts: number[]): boolean {
  const option = optionAt(packet, options.recordRoute)
  const pointer = option[2]!
  if (options.recordsAddress && pointer <= option.length) {
    if (pointer + 3 > option.length) return false
    option[2] = pointer + 4
    writeAddress(option, pointer - 1, host.source)
  }
  parts.push(...option)
  return true
}

function echoTimestamp(packet: Packet, options: EchoedOptions, host: EchoingHost, parts: number[]): boolean {
  const option = optionAt(packet, options.timestamp)
  const view = new DataView(option.buffer)
  let pointer = option[2]!
  if (pointer > option.length) {
    parts.push(...option)
    return true
  }
  let stampsTime = false
  let stampsAddress = false
  if (options.stampsAddress) {
    if (pointer + 3 > option.length) return false
    stampsAddress = true
    pointer += 4
  }
  if (options.stampsTime) {
    if (pointer + 3 > option.length) return false
    if ((option[3]! & 15) !== PRESPECIFIED) {
      stampsTime = true
      pointer += 4
    } else if (pointer + 7 <= option.length && !host.isForeign(view.getUint32(pointer - 1))) {
      stampsTime = true
      pointer += 8
    }
  }
  option[2] = pointer
  if (stampsAddress) writeAddress(option, pointer - 9, host.source)
  if (stampsTime) writeAddress(option, pointer - 5, host.timestamp)
  parts.push(...option)
  return true
}

/** Turns the route round: the hops passed, last one first, then the packet's source. */
function echoSourceRoute(packet: Packet, offset: number, parts: number[]): number | null {
  const { view, network } = packet
  const at = network + offset
  const length = view.getUint8(at + 1)
  let from = Math.min(view.getUint8(at + 2), length + 1) - 4
  if (from <= 3) return null
  const source = view.getUint32(network + 12)
  const firstHop = view.getUint32(at + from - 1)
  const hops: number[] = []
  for (from -= 4; from > 3; from -= 4) hops.push(view.getUint32(at + from - 1))
  // The packet's source must not be a stop and the end both.
  const oldest = view.getUint32(at + from + 3)
  const size = 4 * (hops.length + 1) - (oldest === source ? 4 : 0)
  if (size <= 3) return null
  const option = new Uint8Array(size + 3)
  option[0] = view.getUint8(at)
  option[1] = option.length
  option[2] = 4
  hops.slice(0, size / 4 - 1).forEach((hop, i) => {
    writeAddress(option, 3 + 4 * i, hop)
  })
  writeAddress(option, option.length - 4, source)
  parts.push(...option)
  return firstHop
}
