import type { Host } from '../../host/host.ts'
import { type FlowPacket, type TracedFlowPacket, type TracingHost, traceEach } from '../../trace/flow.ts'
import { concat, fromHex } from '../../util/bytes.ts'
import { UsageError } from '../../util/errors.ts'
import { parseMac } from '../../wire/address.ts'
import type { Assumption } from './assumptions.ts'
import { noDevice } from './extend-host.ts'
import { numberOption, type TraceOptions } from './options.ts'
import { endsOf, type PacketSource } from './packets.ts'

/** One packet's trace. */
export interface TracedPacket extends TracedFlowPacket {
  /** Counted from 1. */
  readonly number: number
  readonly family: 4 | 6
  /** Where it went: the device it left by, or was delivered from; null when nowhere. */
  readonly reached: string | null
}

/** What became of the packets; `problem` is why the rest of them could not be sent. */
export interface TracedFlow {
  readonly traced: readonly TracedPacket[]
  readonly assumptions: readonly Assumption[]
  readonly problem: UsageError | null
}

/** Sends the packets one after the other on the host's one state. Throws UsageError for options that do not fit the host. */
export function runFlow(tracing: TracingHost, packets: readonly PacketSource[], options: TraceOptions): TracedFlow {
  const { host } = tracing
  const assumptions: Assumption[] = []
  const entrance = new Entrance(host, options, assumptions)
  let at = 0
  const flow = packets.map((one): FlowPacket => {
    at += one.after ?? 0
    if (one.bytes === 'reply') return { packet: 'reply', at }
    return { ...entrance.of(one), bytes: one.bytes, at }
  })
  const traced: TracedPacket[] = []
  try {
    for (const one of traceEach(tracing, flow)) traced.push(describe(one, traced.length + 1))
  } catch (error) {
    if (!(error instanceof UsageError) || traced.length === 0) throw error
    return { traced, assumptions, problem: error }
  }
  return { traced, assumptions, problem: null }
}

function describe(one: TracedFlowPacket, number: number): TracedPacket {
  const { bytes, verdict, outputs, deliveries } = one
  const seen = verdict === 'DELIVERED' ? deliveries : verdict === 'FORWARDED' ? outputs : []
  const reached = seen.find((sighting) => sighting.isOwn)?.device ?? null
  return { ...one, number, family: endsOf(bytes).family, reached }
}

/** How packets come into the host, by the options of the command line and their own words. */
class Entrance {
  private readonly host: Host
  private readonly options: TraceOptions
  private readonly assumptions: Assumption[]
  private readonly numbers: {
    readonly uid: number | undefined
    readonly gid: number | undefined
    readonly mark: number | undefined
  }
  private readonly sender: Uint8Array | undefined
  private assumed: string | undefined

  constructor(host: Host, options: TraceOptions, assumptions: Assumption[]) {
    this.host = host
    this.options = options
    this.assumptions = assumptions
    this.numbers = {
      uid: numberOption('--uid', options.uid),
      gid: numberOption('--gid', options.gid),
      mark: numberOption('--mark', options.mark),
    }
    this.sender = options.mac === undefined ? undefined : macOf(options.mac)
    if (options.in !== undefined) this.check('--in', options.in)
    if (options.out !== undefined) this.check('--out', options.out)
  }

  /** Throws UsageError where it is not said, or said of a packet that cannot have it. */
  of({ bytes, from, mark, frame }: PacketSource): Pick<FlowPacket, 'in' | 'out' | 'uid' | 'gid' | 'mark' | 'frame'> {
    const { options, numbers } = this
    const isLocal = from === undefined ? options.local === true : from === 'local'
    if (isLocal) {
      const { uid = 0, gid = 0 } = numbers
      return { uid, gid, mark: numbers.mark ?? mark ?? 0, out: options.out }
    }
    const wrong = (['uid', 'gid', 'mark'] as const).find((name) => numbers[name] !== undefined)
    if (wrong !== undefined) {
      throw new UsageError(`--${wrong} is of packets that a process of the host sends: add --local, or leave it away`)
    }
    if (mark !== undefined) throw new UsageError('"mark" is of packets that a process of the host sends: add --local')
    if (from !== undefined) this.check('in', from)
    const device = from ?? options.in ?? this.onlyDevice()
    const isIpv6 = bytes !== 'reply' && (bytes[0] ?? 0) >> 4 === 6
    return { in: device, frame: frame ?? this.header(device, isIpv6) }
  }

  /** An Ethernet header from the sender that `--mac` names to the device. */
  private header(device: string, isIpv6: boolean): Uint8Array | undefined {
    if (this.sender === undefined) return undefined
    const own = this.host.config.devices.find((one) => one.name === device)?.mac ?? new Uint8Array(6)
    return concat(own, this.sender, fromHex(isIpv6 ? '86dd' : '0800'))
  }

  private check(what: string, device: string): void {
    const devices = this.host.config.devices.map((one) => one.name)
    if (!devices.includes(device)) throw new UsageError(`${what} ${device}: ${noDevice(device, devices)}`)
  }

  /** The host's only device besides lo, where the command line names none. */
  private onlyDevice(): string {
    if (this.assumed !== undefined) return this.assumed
    const devices = this.host.config.devices.filter((one) => one.link !== 'loopback').map((one) => one.name)
    const [only] = devices
    if (devices.length !== 1 || only === undefined) {
      const choices = [...devices.map((one) => `--in ${one}`), '--local'].join(', ')
      throw new UsageError(`say where the packet comes from: ${choices}`)
    }
    this.assumptions.push({
      en: `the packet arrives on ${only} (--in or --local say otherwise)`,
      zh: `数据包从 ${only} 进入（可用 --in 或 --local 另行指定）`,
      family: null,
    })
    this.assumed = only
    return only
  }
}

function macOf(text: string): Uint8Array {
  try {
    return parseMac(text)
  } catch (error) {
    throw error instanceof UsageError ? new UsageError(`--mac: ${error.message}`) : error
  }
}
