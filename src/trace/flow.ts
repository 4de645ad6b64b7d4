import { setFrame } from '../host/batch.ts'
import type { HostFiles } from '../host/config.ts'
import { readHost } from '../host/config.ts'
import { Host, type HostOptions } from '../host/host.ts'
import type { Report, Sighting } from '../host/report.ts'
import { Traveller } from '../host/traveller.ts'
import { parsePacketText } from '../packet/language.ts'
import { printPacket } from '../packet/print.ts'
import { replyTo } from '../packet/reply.ts'
import { UsageError } from '../util/errors.ts'
import { type StepRecord, TraceRecorder } from './record.ts'
import { decidingStep, type FinalVerdict } from './verdict.ts'

/** A packet to trace: where it enters, and what it is. */
export interface FlowPacket {
  /** The device it arrives on; absent for a packet that a process of the host sends. */
  readonly in?: string | undefined
  /** In the packet language, such as `tcp 10.0.0.5:40000 > 192.0.2.10:22 [S]`; `reply` answers the packet before. */
  readonly packet?: string
  /** Its bytes from the network header on, instead. */
  readonly bytes?: Uint8Array
  /** nfmark of a packet that a process sends. */
  readonly mark?: number
  /** Owner of the sending process. Default 0. */
  readonly uid?: number
  readonly gid?: number
  /** The device that the sending socket is bound to. */
  readonly out?: string | undefined
  /** The Ethernet header it arrived with (14 bytes, or 18 with a VLAN tag), for `-m mac` and `-m pkttype`. */
  readonly frame?: Uint8Array | undefined
  /** Seconds of virtual time since the start; never goes back. Absent: no time has passed. */
  readonly at?: number | undefined
}

/** What became of a packet, and every step of its way. */
export interface TracedFlowPacket {
  /** As the packet language writes it. */
  readonly packet: string
  readonly bytes: Uint8Array
  /** The device it arrived on; null when a process sent it. */
  readonly device: string | null
  readonly verdict: FinalVerdict
  /** The rule or policy that decided: `filter/FORWARD:4`, `filter/INPUT policy`; null where no rule did. */
  readonly decidedBy: string | null
  /** The error that the sending process got, by the kernel's name; null where the packet was sent. */
  readonly error: string | null
  /** What left the host: the packet itself, and answers of the host. */
  readonly outputs: readonly Sighting[]
  /** What reached a process of the host. */
  readonly deliveries: readonly Sighting[]
  readonly steps: readonly StepRecord[]
}

/** A host that packets can be traced through; it keeps its state from one packet to the next. */
export interface TracingHost {
  readonly host: Host
  /** What had to be assumed, one sentence each. */
  readonly assumptions: readonly string[]
  readonly recorder: TraceRecorder
}

/** How a tracing host is made. */
export interface TracingOptions extends Omit<HostOptions, 'tracer'> {
  /** Whether rules that did not match are kept with their reasons. Default true. */
  readonly keepMisses?: boolean
}

/**
 * A host from the texts of its files: rules, and whatever of addresses, routes and sysctls is known.
 *
 * Throws UsageError with file, line and column for a text that cannot be read.
 */
export function createHost(files: HostFiles, options: TracingOptions = {}): TracingHost {
  const config = readHost(files)
  const recorder = new TraceRecorder({ keepMisses: options.keepMisses ?? true })
  return { host: new Host(config, { ...options, tracer: recorder.tracer }), assumptions: config.assumptions, recorder }
}

/** Sends packets through a host, one after the other on the same state. Throws UsageError for one that cannot be read. */
export function traceFlow(tracing: TracingHost, packets: readonly FlowPacket[]): TracedFlowPacket[] {
  return [...traceEach(tracing, packets)]
}

/** The same, each packet when the one before has been looked at. */
export function* traceEach(
  { host, recorder }: TracingHost,
  packets: Iterable<FlowPacket>,
): Generator<TracedFlowPacket, void, undefined> {
  let before: TracedFlowPacket | undefined
  for (const one of packets) {
    const isReply = one.packet === 'reply'
    const bytes = isReply ? replyBytes(before) : bytesOf(one)
    const device = isReply ? entranceOfReply(before) : one.in
    const report = send(host, bytes.slice(), { ...one, in: device })
    const steps = recorder.take()
    before = {
      packet: printPacket(bytes),
      bytes,
      device: device ?? null,
      verdict: report.verdict,
      decidedBy: decidingStep(steps, report.verdict),
      error: report.error,
      outputs: report.outputs,
      deliveries: report.deliveries,
      steps,
    }
    yield before
  }
}

function send(host: Host, bytes: Uint8Array, sender: FlowPacket): Report {
  const { in: device, out = '', mark = 0, uid = 0, gid = 0, frame, at } = sender
  if (at !== undefined) host.clock.moveTo(at * 1000)
  const packet = new Traveller().load(bytes)
  if (device === undefined) return host.sendFromProcess(packet, { uid, gid, mark, device: out })
  const arrived = host.deviceNamed(device)
  if (frame !== undefined) setFrame(packet, frame, arrived)
  return host.inject(packet, arrived)
}

function bytesOf({ bytes, packet }: FlowPacket): Uint8Array {
  if (bytes !== undefined) return bytes
  if (packet === undefined) throw new UsageError('a packet needs "packet" or "bytes"')
  return parsePacketText(packet).bytes
}

/** The packet as whoever would answer it saw it. */
function seenBy(before: TracedFlowPacket | undefined): Sighting {
  const seen = [...(before?.deliveries ?? []), ...(before?.outputs ?? [])].find((one) => one.isOwn)
  if (seen === undefined) throw new UsageError('reply: the packet before it reached nobody who could answer')
  return seen
}

function replyBytes(before: TracedFlowPacket | undefined): Uint8Array {
  const { bytes } = seenBy(before)
  const reply = replyTo(bytes)
  if (reply === null) throw new UsageError(`reply: nobody answers ${printPacket(bytes)}`)
  return reply
}

/** The device a reply comes in by; undefined where a process of the host sends it. */
function entranceOfReply(before: TracedFlowPacket | undefined): string | undefined {
  const delivered = before?.deliveries.some((one) => one.isOwn) ?? false
  return delivered ? undefined : seenBy(before).device
}
