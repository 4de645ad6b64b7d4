/** Rewriting TCP options and flags: the targets TCPMSS, TCPOPTSTRIP and ECN. */

import { replace16, replace32, replaceProtocol16 } from '../wire/checksum.ts'
import { ensureWritable } from './mangle-buffer.ts'
import { skipExtensionHeaders } from './mangle-ipv6.ts'
import type { Packet } from './packet.ts'

const TCP_HEADER = 20
const OPTION_NOP = 1
const OPTION_MSS = 2
const MSS_LENGTH = 4

/** Gathers the packet in one buffer; the TCP header's length with its options, or -1 where it is cut short or impossible. */
function wholeHeaderLength(packet: Packet, transport: number): number {
  ensureWritable(packet, packet.length)
  const length = packet.end - transport
  if (length < TCP_HEADER) return -1
  const headerLength = (packet.view.getUint8(transport + 12) >>> 4) * 4
  return length < headerLength || headerLength < TCP_HEADER ? -1 : headerLength
}

/**
 * TCPMSS: lowers the maximum segment size option to `mss`, or to what fits `pathMtu` when `mss` is null; adds the
 * option to a segment without one and without data. False: the packet must be dropped.
 *
 * `pathMtu` is in bytes, the smaller of both directions. Source: Linux tcpmss_mangle_packet(), tcpmss_tg4(), tcpmss_tg6().
 */
export function setTcpMss(packet: Packet, mss: number | null, pathMtu: number): boolean {
  const transport = tcpHeader(packet)
  if (transport < 0) return false
  if (packet.fragmentOffset !== 0) return true
  const headerLength = wholeHeaderLength(packet, transport)
  if (headerLength < 0) return false
  const { view } = packet
  const length = packet.end - transport

  let wanted = mss ?? 0
  if (mss === null) {
    const headers = (packet.family === 4 ? 20 : 40) + TCP_HEADER
    if (pathMtu <= headers) return false
    wanted = (pathMtu - headers) & 0xffff
  }
  for (let at = TCP_HEADER; at <= headerLength - MSS_LENGTH; at += optionLength(view, transport + at, packet.end)) {
    const option = transport + at
    if (view.getUint8(option) !== OPTION_MSS || view.getUint8(option + 1) !== MSS_LENGTH) continue
    const old = view.getUint16(option + 2)
    if (old <= wanted) return true
    view.setUint16(option + 2, wanted)
    view.setUint16(transport + 16, replaceProtocol16(view.getUint16(transport + 16), old, wanted))
    return true
  }
  if (length > headerLength || headerLength >= 60) return true
  addMss(packet, transport, Math.min(wanted, packet.family === 4 ? 536 : 1220))
  return true
}

/**
 * TCPOPTSTRIP: overwrites the options whose kind `strips` accepts with no-operations. False: drop the packet.
 *
 * Source: Linux tcpoptstrip_mangle_packet().
 */
export function stripTcpOptions(packet: Packet, strips: (kind: number) => boolean): boolean {
  const transport = tcpHeader(packet)
  if (transport < 0) return false
  if (packet.fragmentOffset !== 0) return true
  const headerLength = wholeHeaderLength(packet, transport)
  if (headerLength < 0) return false
  const { view } = packet

  let size = 0
  for (let at = TCP_HEADER; at < headerLength - 1; at += size) {
    size = optionLength(view, transport + at, packet.end)
    if (at + size > headerLength) break
    if (!strips(view.getUint8(transport + at))) continue
    for (let i = at; i < at + size; i++) {
      const shift = i % 2 === 0 ? 8 : 0
      const old = view.getUint8(transport + i) << shift
      view.setUint16(transport + 16, replaceProtocol16(view.getUint16(transport + 16), old, OPTION_NOP << shift))
      view.setUint8(transport + i, OPTION_NOP)
    }
  }
  return true
}

/**
 * The target ECN on TCP: sets the ECE and CWR flags to 0 or 1, null leaves one alone. False: drop the packet.
 *
 * IPv4 only, as the target. Source: Linux set_ect_tcp().
 */
export function setTcpEcn(packet: Packet, ece: number | null, cwr: number | null): boolean {
  const { view, transport } = packet
  const offset = transport - packet.network
  if (packet.length < offset + TCP_HEADER) return false
  const flags = view.getUint8(transport + 13)
  let wanted = flags
  if (ece !== null) wanted = (wanted & ~0x40) | (ece << 6)
  if (cwr !== null) wanted = (wanted & ~0x80) | (cwr << 7)
  if (wanted === flags) return true
  ensureWritable(packet, offset + TCP_HEADER)
  const old = view.getUint16(transport + 12)
  view.setUint8(transport + 13, wanted)
  const check = replaceProtocol16(view.getUint16(transport + 16), old, view.getUint16(transport + 12))
  view.setUint16(transport + 16, check)
  return true
}

/** Absolute offset of the transport header as the TCP targets find it, or -1. */
function tcpHeader(packet: Packet): number {
  if (packet.family === 4) return packet.transport
  const { view, network } = packet
  return skipExtensionHeaders(view, network + 40, packet.end, view.getUint8(network + 6)).at
}

/** The length of the option at `at`; odd ones count as one byte so that a walk always goes on. */
function optionLength(view: DataView, at: number, end: number): number {
  if (view.getUint8(at) <= OPTION_NOP || at + 1 >= end) return 1
  return view.getUint8(at + 1) || 1
}

function addMss(packet: Packet, transport: number, mss: number): void {
  const start = packet.network
  const at = transport - start
  const length = packet.length - at
  const bytes = new Uint8Array(packet.length + MSS_LENGTH)
  bytes.set(packet.bytes.subarray(start, transport + TCP_HEADER))
  bytes.set(packet.bytes.subarray(transport + TCP_HEADER, packet.end), at + TCP_HEADER + MSS_LENGTH)
  const view = new DataView(bytes.buffer)
  const option = ((OPTION_MSS << 24) | (MSS_LENGTH << 16) | mss) >>> 0
  view.setUint32(at + TCP_HEADER, option)

  let check = replaceProtocol16(view.getUint16(at + 16), length, length + MSS_LENGTH)
  check = replace32(check, 0, option)
  const old = view.getUint16(at + 12)
  // The kernel's 4-bit field: the flags beside it stay.
  view.setUint16(at + 12, (old + 0x1000) & 0xffff)
  view.setUint16(at + 16, replaceProtocol16(check, old, view.getUint16(at + 12)))

  if (packet.family === 4) {
    const total = view.getUint16(2)
    view.setUint16(10, replace16(view.getUint16(10), total, (total + MSS_LENGTH) & 0xffff))
    view.setUint16(2, total + MSS_LENGTH)
  } else {
    view.setUint16(4, view.getUint16(4) + MSS_LENGTH)
  }
  packet.replaceBytes(bytes)
}
