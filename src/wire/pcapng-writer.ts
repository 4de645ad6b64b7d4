/** Writing pcapng files, with comments for each packet. Source: draft-ietf-opsawg-pcapng. */

import { concat } from '../util/bytes.ts'
import { UsageError } from '../util/errors.ts'
import { PCAPNG_BLOCK, PCAPNG_MAGIC, PCAPNG_OPTION } from './pcapng.ts'

/** A packet to write. */
export interface PcapngPacket {
  /** From the link header on. */
  readonly bytes: Uint8Array
  /** A value of {@link LINKTYPE} or another, 0..65535. */
  readonly linktype: number
  /** Whole seconds since 1970, 0 where missing. */
  readonly seconds?: number | undefined
  /** 0..999,999,999. */
  readonly nanoseconds?: number | undefined
  /** The name of the interface. */
  readonly interface?: string | undefined
  /** That of `bytes` where missing. */
  readonly originalLength?: number | undefined
  readonly comments?: readonly string[] | undefined
}

/** Writes a pcapng file piece by piece; the pieces one after another are the file. */
export interface PcapngWriter {
  /** The head of the file: to be written once, first. */
  header(): Uint8Array
  /** A packet, after the description of its interface where that is new. Throws {@link UsageError} for a time out of range. */
  packet(packet: PcapngPacket): Uint8Array
}

/** A new writer: little-endian, times in nanoseconds, one interface for each link type and name. */
export function pcapngWriter(application = 'hookline'): PcapngWriter {
  const interfaces = new Map<string, number>()
  return {
    header: () => block(PCAPNG_BLOCK.section, sectionBody(), [{ code: 4, bytes: utf8(application) }]),
    packet: (packet) => {
      const key = `${packet.linktype} ${packet.interface ?? ''}`
      const known = interfaces.get(key)
      if (known !== undefined) return packetBlock(packet, known)
      interfaces.set(key, interfaces.size)
      return concat(interfaceBlock(packet), packetBlock(packet, interfaces.size - 1))
    },
  }
}

/** The pcapng file with these packets. Throws {@link UsageError} for a time out of range. */
export function writePcapng(packets: Iterable<PcapngPacket>): Uint8Array {
  const writer = pcapngWriter()
  const parts = [writer.header()]
  for (const packet of packets) parts.push(writer.packet(packet))
  return concat(...parts)
}

interface Option {
  readonly code: number
  readonly bytes: Uint8Array
}

function sectionBody(): Uint8Array {
  const body = new Uint8Array(16)
  const view = new DataView(body.buffer)
  view.setUint32(0, PCAPNG_MAGIC, true)
  view.setUint16(4, 1, true)
  // The length of the section is not known beforehand.
  view.setBigInt64(8, -1n, true)
  return body
}

function interfaceBlock({ linktype, interface: name }: PcapngPacket): Uint8Array {
  const body = new Uint8Array(8)
  new DataView(body.buffer).setUint16(0, linktype, true)
  const resolution = { code: PCAPNG_OPTION.resolution, bytes: Uint8Array.of(9) }
  return block(PCAPNG_BLOCK.interface, body, [
    ...(name === undefined ? [] : [{ code: PCAPNG_OPTION.interfaceName, bytes: utf8(name) }]),
    resolution,
  ])
}

function packetBlock(packet: PcapngPacket, index: number): Uint8Array {
  const { bytes, seconds = 0, nanoseconds = 0 } = packet
  const fits = Number.isInteger(seconds) && seconds >= 0 && seconds < 1.8e10
  if (!fits || !Number.isInteger(nanoseconds) || nanoseconds < 0 || nanoseconds > 999_999_999) {
    throw new UsageError(`a packet has the time ${seconds} s and ${nanoseconds} ns: expected whole numbers since 1970`)
  }
  const ticks = BigInt(seconds) * 1_000_000_000n + BigInt(nanoseconds)
  const head = new Uint8Array(20)
  const view = new DataView(head.buffer)
  view.setUint32(0, index, true)
  view.setUint32(4, Number(ticks >> 32n), true)
  view.setUint32(8, Number(ticks & 0xffffffffn), true)
  view.setUint32(12, bytes.length, true)
  view.setUint32(16, packet.originalLength ?? bytes.length, true)
  const comments = (packet.comments ?? []).map((text) => ({ code: PCAPNG_OPTION.comment, bytes: utf8(text) }))
  return block(PCAPNG_BLOCK.enhancedPacket, concat(head, padded(bytes)), comments)
}

function block(type: number, body: Uint8Array, options: readonly Option[]): Uint8Array {
  const tail = options.length === 0 ? [] : [...options.map(optionBytes), new Uint8Array(4)]
  const whole = concat(new Uint8Array(8), body, ...tail, new Uint8Array(4))
  const view = new DataView(whole.buffer)
  view.setUint32(0, type, true)
  view.setUint32(4, whole.length, true)
  view.setUint32(whole.length - 4, whole.length, true)
  return whole
}

function optionBytes({ code, bytes }: Option): Uint8Array {
  const head = new Uint8Array(4)
  const view = new DataView(head.buffer)
  view.setUint16(0, code, true)
  view.setUint16(2, bytes.length, true)
  return concat(head, padded(bytes))
}

function padded(bytes: Uint8Array): Uint8Array {
  return concat(bytes, new Uint8Array(-bytes.length & 3))
}

/** `text` in UTF-8, cut to what an option can hold. */
function utf8(text: string): Uint8Array {
  return new TextEncoder().encode(text).subarray(0, 0xffff)
}
