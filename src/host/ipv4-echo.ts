/** The IP options that an ICMP error repeats from the packet it is about. */

import { checksum } from '../wire/checksum.ts'
import type { Traveller } from './traveller.ts'

/** Options for an answer, padded to whole words. */
export interface EchoedOptions {
  readonly bytes: Uint8Array
  /** First stop of a reversed source route, 32 bits: where the answer is routed to. 0 for none. */
  readonly firstStop: number
  /** Fills in what only the sender knows: its address, the final destination and the time. */
  readonly complete: (header: Uint8Array, source: number, destination: number, time: number) => void
}

/** What echoing asks of the host. */
export interface EchoHost {
  /** Whether an address is neither the host's nor a broadcast or multicast. */
  isForeign(address: number): boolean
}

const TIMESTAMP_PRESPECIFIED = 3

/**
 * The options of the answer to a packet: null without any, `invalid` where the answer must not be sent.
 *
 * Source: Linux __ip_options_echo(), ip_options_build().
 */
export function echoOptions(packet: Traveller, host: EchoHost): EchoedOptions | null | 'invalid' {
  const { options } = packet
  if (options === null) return null
  const out: number[] = []
  const fills: ((header: DataView, source: number, destination: number, time: number) => void)[] = []
  let firstStop = 0
  if (options.recordRoute !== 0) {
    const option = optionAt(packet, options.recordRoute)
    const pointer = option[2] as number
    if (options.recordsAddress && pointer <= option.length) {
      if (pointer + 3 > option.length) return 'invalid'
      option[2] = pointer + 4
      const at = 20 + out.length + pointer - 1
      fills.push((header, source) => header.setUint32(at, source))
    }
    out.push(...option)
  }
  if (options.timestamp !== 0) {
    const option = optionAt(packet, options.timestamp)
    const start = 20 + out.length
    const fill = echoTimestamp(packet, host, option)
    if (fill === 'invalid') return 'invalid'
    const pointer = option[2] as number
    if (fill.address) fills.push((header, source) => header.setUint32(start + pointer - 9, source))
    if (fill.time) fills.push((header, _source, _destination, time) => header.setUint32(start + pointer - 5, time))
    out.push(...option)
  }
  if (options.sourceRoute !== 0) {
    const reversed = reverseRoute(packet, options.sourceRoute)
    if (reversed !== null) {
      firstStop = reversed.firstStop
      const at = 20 + out.length + reversed.bytes.length - 4
      fills.push((header, _source, destination) => header.setUint32(at, destination))
      out.push(...reversed.bytes)
    }
  }
  if (options.cipso !== 0) out.push(...optionAt(packet, options.cipso))
  if (out.length === 0) return null
  while (out.length % 4 !== 0) out.push(0)
  return {
    bytes: Uint8Array.from(out),
    firstStop,
    complete: (header, source, destination, time) => {
      const view = new DataView(header.buffer, header.byteOffset, header.byteLength)
      for (const fill of fills) fill(view, source, destination, time)
    },
  }
}

function optionAt({ bytes, network }: Traveller, offset: number): number[] {
  const at = network + offset
  return [...bytes.subarray(at, at + (bytes[at + 1] as number))]
}

/** Moves the pointer over what the answer's sender will fill in. */
function echoTimestamp(
  packet: Traveller,
  host: EchoHost,
  option: number[],
): { address: boolean; time: boolean } | 'invalid' {
  const { options } = packet
  let pointer = option[2] as number
  const fill = { address: false, time: false }
  if (pointer > option.length || options === null) return fill
  if (options.stampsAddress) {
    if (pointer + 3 > option.length) return 'invalid'
    fill.address = true
    pointer += 4
  }
  if (options.stampsTime) {
    if (pointer + 3 > option.length) return 'invalid'
    if (((option[3] as number) & 15) !== TIMESTAMP_PRESPECIFIED) {
      fill.time = true
      pointer += 4
    } else if (pointer + 7 <= option.length) {
      const view = new DataView(Uint8Array.from(option).buffer)
      if (!host.isForeign(view.getUint32(pointer - 1))) {
        fill.time = true
        pointer += 8
      }
    }
  }
  option[2] = pointer
  return fill
}

/** The stops already passed, in the other direction; null where there are too few. */
function reverseRoute(packet: Traveller, offset: number): { bytes: number[]; firstStop: number } | null {
  const { view, network } = packet
  const option = optionAt(packet, offset)
  let from = Math.min(option[2] as number, option.length + 1) - 4
  if (from <= 3) return null
  const stop = (pointer: number) => option.slice(pointer - 1, pointer + 3)
  const [a = 0, b = 0, c = 0, d = 0] = stop(from)
  const stops: number[] = []
  for (from -= 4; from > 3; from -= 4) stops.push(...stop(from))
  // The first stop may be the sender itself, which the answer goes to anyway.
  let length = stops.length + 4
  const [e = 0, f = 0, g = 0, h = 0] = option.slice(from + 3, from + 7)
  if (view.getUint32(network + 12) === ((e << 24) | (f << 16) | (g << 8) | h) >>> 0) length -= 4
  if (length <= 3) return null
  const bytes = [option[0] as number, length + 3, 4, ...stops, 0, 0, 0, 0].slice(0, length + 3)
  return { bytes, firstStop: ((a << 24) | (b << 16) | (c << 8) | d) >>> 0 }
}

/** An ICMP error with options behind its header; it quotes less where it would grow past `limit` bytes. */
export function withOptions(error: Uint8Array, options: Uint8Array, limit: number): Uint8Array {
  const bytes = new Uint8Array(Math.min(error.length + options.length, limit))
  const start = 20 + options.length
  bytes.set(error.subarray(0, 20))
  bytes.set(options, 20)
  bytes.set(error.subarray(20, bytes.length - options.length), start)
  const view = new DataView(bytes.buffer)
  view.setUint8(0, 0x40 | (start / 4))
  view.setUint16(2, bytes.length)
  view.setUint16(start + 2, 0)
  view.setUint16(start + 2, checksum(bytes, start, bytes.length))
  return bytes
}
