import type { Device } from '../packet/device.ts'
import { parsePacketText } from '../packet/language.ts'
import { PKTTYPE } from '../packet/packet.ts'
import { equalBytes, fromHex, toHex } from '../util/bytes.ts'
import { UsageError } from '../util/errors.ts'
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
  /** The whole Ethernet frame in hex, instead of `hex`. */
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
    }),
  }
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
  if (line.frame !== undefined) packet.pkttype = addressedTo(packet.frame as Uint8Array, device)
  return host.inject(packet, device)
}

const ETHERNET_HEADER = 14

/** Points the packet at the line's bytes; the mark that the packet language gives, else 0. */
function loadLine(packet: Traveller, line: BatchPacket): number {
  const given = [line.hex, line.packet, line.frame].filter((one) => one !== undefined)
  if (given.length !== 1) throw new UsageError('a packet needs exactly one of "hex", "packet" and "frame"')
  if (line.frame !== undefined) {
    loadFrame(packet, fromHex(line.frame))
    return 0
  }
  const { bytes, mark = 0 } = line.hex === undefined ? parsePacketText(line.packet as string) : asBytes(line.hex)
  packet.load(bytes)
  if (line.mac !== undefined) packet.frame = frameFrom(line.mac)
  return mark
}

function asBytes(hex: string): { bytes: Uint8Array; mark?: number } {
  return { bytes: fromHex(hex) }
}

function loadFrame(packet: Traveller, frame: Uint8Array): void {
  packet.load(frame, Math.min(ETHERNET_HEADER, frame.length))
  packet.frame = frame.slice(0, ETHERNET_HEADER)
}

/** Whom a frame is for, seen from a device. Source: Linux eth_type_trans(). */
function addressedTo(frame: Uint8Array, device: Device): number {
  const destination = frame.subarray(0, 6)
  if (destination.every((byte) => byte === 0xff)) return PKTTYPE.broadcast
  if (((frame[0] ?? 0) & 1) !== 0) return PKTTYPE.multicast
  const { mac } = device
  return mac !== null && !equalBytes(destination, mac) ? PKTTYPE.otherhost : PKTTYPE.host
}

function frameFrom(mac: string): Uint8Array {
  const frame = new Uint8Array(14)
  frame.set(fromHex(mac).subarray(0, 6), 6)
  return frame
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
