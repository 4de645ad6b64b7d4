import { saveSets, setsOf } from '../ipset/index.ts'
import type { Device } from '../packet/device.ts'
import { parsePacketText } from '../packet/language.ts'
import { type Packet, PKTTYPE } from '../packet/packet.ts'
import { equalBytes, fromHex, getU16, toHex } from '../util/bytes.ts'
import { UsageError } from '../util/errors.ts'
import { ETHERTYPE } from '../wire/protocols.ts'
import { saveRuleset } from '../xtables/index.ts'
import { type HostFiles, readHost } from './config.ts'
import { Host, type HostOptions } from './host.ts'
import { PathSteps } from './path-steps.ts'
import type { Report } from './report.ts'
import { Traveller } from './traveller.ts'

/** One line of a batch: a packet that arrives (`in`) or that a process sends (`local`). */
export interface BatchPacket {
  readonly in?: string
  readonly local?: boolean
  /** The bytes from the network header on. */
  readonly hex?: string
  /** The same in the packet language, such as `tcp 10.0.0.5:1 > 10.0.0.1:22 [S]`. */
  readonly packet?: string
  /** The whole Ethernet frame in hex, or beside `hex` or `packet` its header alone. */
  readonly frame?: string
  /** Source address of layer 2, for a packet without a frame. */
  readonly mac?: string
  readonly uid?: number
  readonly gid?: number
  readonly mark?: number
  /** The device the sending socket is bound to. */
  readonly out?: string
  /** Seconds of virtual time since the start; never goes back. */
  readonly at?: number
}

/** A packet at a device. */
export interface DevicePacket {
  readonly dev: string
  readonly hex: string
}

/** What became of one packet. */
export interface BatchResult {
  /** Counted from 1. */
  readonly n: number
  readonly verdict: Report['verdict']
  readonly outputs: readonly DevicePacket[]
  readonly delivered: DevicePacket | null
  /** The packet's own steps: `table:chain:rule|return|policy:number`. */
  readonly path: readonly string[]
  /** Why a process could not send, by the kernel's name. */
  readonly error?: string
}

/** What is left when the last packet is through. */
export interface BatchFinal {
  /** `iptables-save -c`. */
  readonly save4: string
  /** `ip6tables-save -c`. */
  readonly save6: string
  /** `conntrack -L -o extended`. */
  readonly conntrack: string
  /** `ipset save`, where the host directory tells of its sets. */
  readonly ipset?: string
}

/** A host that takes packets line by line. */
export interface Batch {
  readonly host: Host
  /** What had to be assumed, one sentence each. */
  readonly assumptions: readonly string[]
  /** Takes one packet. Throws UsageError for a line that is none. */
  run(line: BatchPacket): BatchResult
  final(): BatchFinal
}

/**
 * A host from the texts of its directory, to send packets through. No socket listens on it, and what is delivered is
 * reported, not answered.
 *
 * Throws UsageError with the file's name for texts that cannot be read.
 */
export function createBatch(files: HostFiles, options: Omit<HostOptions, 'tracer'> = {}): Batch {
  const config = readHost(files)
  const path = new PathSteps()
  const host = new Host(config, { ...options, tracer: path.tracer })
  const packet = new Traveller()
  let n = 0
  return {
    host,
    assumptions: config.assumptions,
    run(line) {
      n++
      const report = sendLine(host, packet, line)
      return { n, ...summary(report), path: path.take() }
    },
    final: () => ({
      save4: config.rulesets[4] === null ? '' : saveRuleset(config.rulesets[4], { counters: true }),
      save6: config.rulesets[6] === null ? '' : saveRuleset(config.rulesets[6], { counters: true }),
      conntrack: host.tracking.list(),
      ...savedSets(host),
    }),
  }
}

function savedSets(host: Host): Pick<BatchFinal, 'ipset'> {
  const sets = setsOf(host.environment)
  return sets === null ? {} : { ipset: saveSets(sets, host.jiffies()) }
}

/** Sends one line's packet through a host. Throws UsageError. */
export function sendLine(host: Host, packet: Traveller, line: BatchPacket): Report {
  if (line.at !== undefined) host.clock.moveTo(line.at * 1000)
  const written = loadLine(packet, line)
  if (line.local) {
    const { uid = 0, gid = 0, mark = written, out = '' } = line
    return host.sendFromProcess(packet, { uid, gid, mark: mark >>> 0, device: out })
  }
  if (line.in === undefined) throw new UsageError('a packet needs "in" with a device, or "local": true')
  const device = host.deviceNamed(line.in)
  const header = frameHeader(line)
  if (header !== null) setFrame(packet, header, device)
  return host.inject(packet, device)
}

/** Points the packet at the line's bytes; the mark that the packet language gives, else 0. */
function loadLine(packet: Traveller, line: BatchPacket): number {
  const { hex, packet: text, frame } = line
  if ((hex === undefined) === (text === undefined) && (hex !== undefined || frame === undefined)) {
    throw new UsageError('a packet needs exactly one of "hex" and "packet", or a whole "frame"')
  }
  if (text !== undefined) {
    const { bytes, mark = 0 } = parsePacketText(text)
    packet.load(bytes)
    return mark
  }
  if (hex !== undefined) packet.load(fromHex(hex))
  else {
    const bytes = fromHex(frame as string)
    packet.load(bytes, Math.min(headerLength(bytes), bytes.length))
  }
  return 0
}

/** The Ethernet header of a line: of its frame, or made of its source address; null without either. */
function frameHeader({ frame, mac }: BatchPacket): Uint8Array | null {
  if (frame !== undefined) {
    const bytes = fromHex(frame)
    return bytes.slice(0, headerLength(bytes))
  }
  if (mac === undefined) return null
  const header = new Uint8Array(ETHERNET_HEADER)
  header.set(fromHex(mac).subarray(0, 6), 6)
  return header
}

const ETHERNET_HEADER = 14
const VLAN_TAG = 4

function headerLength(frame: Uint8Array): number {
  return getU16(frame, 12) === ETHERTYPE.vlan ? ETHERNET_HEADER + VLAN_TAG : ETHERNET_HEADER
}

/**
 * Gives a packet the Ethernet header (14 bytes, 18 with a VLAN tag) it arrived with, and with it whom layer 2 addressed.
 *
 * A destination of zeros stands for the device's own. Source: Linux eth_type_trans().
 */
export function setFrame(packet: Packet, header: Uint8Array, device: Device | null = null): void {
  packet.frame = header
  const destination = header.subarray(0, 6)
  const mac = device?.mac ?? null
  const isOwn = mac === null || destination.every((byte) => byte === 0) || equalBytes(destination, mac)
  if (destination.every((byte) => byte === 0xff)) packet.pkttype = PKTTYPE.broadcast
  else if (((header[0] ?? 0) & 1) !== 0) packet.pkttype = PKTTYPE.multicast
  else packet.pkttype = isOwn ? PKTTYPE.host : PKTTYPE.otherhost
}

function summary(report: Report): Omit<BatchResult, 'n' | 'path'> {
  const { verdict } = report
  const known = verdict !== 'UNKNOWN'
  const delivery = known ? report.deliveries.find((one) => one.isOwn) : undefined
  return {
    verdict,
    outputs: known ? report.outputs.map(({ device, bytes }) => ({ dev: device, hex: toHex(bytes) })) : [],
    delivered: delivery === undefined ? null : { dev: delivery.device, hex: toHex(delivery.bytes) },
    ...(report.error === null ? {} : { error: report.error }),
  }
}
