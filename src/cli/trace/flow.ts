import type { Host } from '../../host/host.ts'
import { type FlowPacket, type TracingHost, traceFlow } from '../../trace/flow.ts'
import { UsageError } from '../../util/errors.ts'
import { endsOf, type PacketSource, readPacket } from './packets.ts'
import type { TracedPacket } from './render-text.ts'

/** How the packets of the command line are sent. */
export interface FlowOptions {
  readonly in?: string
  readonly local?: boolean
  readonly mark?: string
  readonly uid?: string
  readonly gid?: string
  readonly then: readonly string[]
}

/** A traced packet with its IP version. */
export type TracedFlow = TracedPacket & { readonly family: 4 | 6 }

/** Sends the packets, then those of `--then`, all on the host's one state. */
export function runFlow(tracing: TracingHost, packets: readonly PacketSource[], options: FlowOptions): TracedFlow[] {
  const device = options.local ? undefined : (options.in ?? onlyDevice(tracing.host))
  const entrance = {
    in: device,
    uid: number('--uid', options.uid) ?? 0,
    gid: number('--gid', options.gid) ?? 0,
  }
  const given = number('--mark', options.mark)
  const asked = ({ bytes, mark }: PacketSource): FlowPacket => ({ ...entrance, bytes, mark: given ?? mark })
  const flow = [
    ...packets.map(asked),
    ...options.then.map((text): FlowPacket => (text === 'reply' ? { packet: 'reply' } : asked(readPacket(text)))),
  ]
  return traceFlow(tracing, flow).map(({ bytes, device: from, packet, verdict, outputs, deliveries, steps }, index) => {
    const reached = verdict === 'DELIVERED' ? deliveries : verdict === 'FORWARDED' ? outputs : []
    const place = reached.find((one) => one.isOwn)?.device
    return {
      number: index + 1,
      text: packet,
      device: from,
      family: endsOf(bytes).family,
      verdict,
      where: place === undefined ? null : verdict === 'DELIVERED' ? `on ${place}` : `to ${place}`,
      steps,
    }
  })
}

/** The device a packet arrives on when the command line names none: the host's only one besides lo. */
function onlyDevice(host: Host): string {
  const devices = host.config.devices.filter((one) => one.link !== 'loopback').map((one) => one.name)
  if (devices.length === 1) return devices[0] as string
  throw new UsageError(`say where the packet comes from: --in ${devices.join(' | --in ') || 'DEVICE'} | --local`)
}

function number(option: string, text: string | undefined): number | undefined {
  if (text === undefined) return undefined
  const value = Number(text)
  if (Number.isInteger(value) && value >= 0 && value <= 0xffffffff) return value
  throw new UsageError(`${option} "${text}": expected a number from 0 to 4294967295`)
}
