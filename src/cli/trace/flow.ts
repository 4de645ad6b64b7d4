import type { Host } from '../../host/host.ts'
import type { Report } from '../../host/report.ts'
import { Traveller } from '../../host/traveller.ts'
import { printPacket } from '../../packet/print.ts'
import { replyTo } from '../../packet/reply.ts'
import { UsageError } from '../../util/errors.ts'
import { endsOf, type PacketSource, readPacket } from './packets.ts'
import type { TraceRecorder } from './record.ts'
import type { TracedPacket } from './render-text.ts'

/** How the packets of the command line are sent. */
export interface FlowOptions {
  readonly in?: string
  readonly out?: string
  readonly local?: boolean
  readonly mark?: string
  readonly uid?: string
  readonly gid?: string
  readonly then: readonly string[]
}

/** A traced packet with its IP version. */
export type FlowPacket = TracedPacket & { readonly family: 4 | 6 }

/** Where a packet enters: a device, or a process of the host. */
type Entrance = string | null

/** Sends the packets, then those of `--then`, all on the host's one state. */
export function runFlow(
  host: Host,
  recorder: TraceRecorder,
  packets: readonly PacketSource[],
  options: FlowOptions,
): FlowPacket[] {
  const entrance: Entrance = options.local ? null : (options.in ?? onlyDevice(host))
  const traced: FlowPacket[] = []
  let last: { readonly report: Report; readonly from: Entrance } | null = null
  const send = (source: PacketSource, from: Entrance): void => {
    const report = sendOne(host, source, from, options)
    traced.push(describe(traced.length + 1, source, from, report, recorder))
    last = { report, from }
  }
  for (const source of packets) send(source, entrance)
  for (const text of options.then) {
    if (text !== 'reply') send(readPacket(text), entrance)
    else {
      const reply = replyOf(last as { report: Report; from: Entrance } | null)
      send(reply.source, reply.from)
    }
  }
  return traced
}

/** The device a packet arrives on when the command line names none: the host's only one besides lo. */
function onlyDevice(host: Host): string {
  const devices = host.config.devices.filter((one) => one.link !== 'loopback').map((one) => one.name)
  if (devices.length === 1) return devices[0] as string
  throw new UsageError(`say where the packet comes from: --in ${devices.join(' | --in ') || 'DEVICE'} | --local`)
}

function sendOne(host: Host, source: PacketSource, from: Entrance, options: FlowOptions): Report {
  const packet = new Traveller().load(source.bytes.slice())
  if (from !== null) return host.inject(packet, host.deviceNamed(from))
  const mark = options.mark === undefined ? source.mark : number('--mark', options.mark)
  const uid = options.uid === undefined ? 0 : number('--uid', options.uid)
  const gid = options.gid === undefined ? 0 : number('--gid', options.gid)
  return host.sendFromProcess(packet, { uid, gid, mark, device: '' })
}

function number(option: string, text: string): number {
  const value = Number(text)
  if (Number.isInteger(value) && value >= 0 && value <= 0xffffffff) return value
  throw new UsageError(`${option} "${text}": expected a number from 0 to 4294967295`)
}

/** What the receiver of the packet before answers, and where it comes in. */
function replyOf(last: { readonly report: Report; readonly from: Entrance } | null): {
  source: PacketSource
  from: Entrance
} {
  const delivered = last?.report.deliveries.find((one) => one.isOwn)
  const sent = last?.report.outputs.find((one) => one.isOwn)
  const seen = delivered ?? sent
  if (seen === undefined) throw new UsageError('--then reply: the packet before it reached nobody who could answer')
  const bytes = replyTo(seen.bytes)
  if (bytes === null) throw new UsageError(`--then reply: nobody answers ${printPacket(seen.bytes)}`)
  return { source: { bytes, mark: 0 }, from: delivered === undefined ? seen.device : null }
}

function describe(
  number: number,
  source: PacketSource,
  from: Entrance,
  report: Report,
  recorder: TraceRecorder,
): FlowPacket {
  const { verdict } = report
  const own = verdict === 'DELIVERED' ? report.deliveries : report.outputs
  const place = own.find((one) => one.isOwn)?.device ?? null
  const where =
    place === null ? null : verdict === 'DELIVERED' ? `on ${place}` : verdict === 'FORWARDED' ? `to ${place}` : null
  return {
    number,
    text: printPacket(source.bytes),
    device: from,
    family: endsOf(source.bytes).family,
    verdict,
    where,
    steps: recorder.take(),
  }
}
