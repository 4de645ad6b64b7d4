import { createColors } from 'picocolors'
import type { HostFiles } from '../../host/config.ts'
import { createHost } from '../../trace/flow.ts'
import { VirtualClock } from '../../util/clock.ts'
import { UsageError } from '../../util/errors.ts'
import { type CommandIo, EXIT } from '../io.ts'
import { languageOf } from '../language.ts'
import { type Assumption, relevant } from './assumptions.ts'
import { runBatch } from './batch.ts'
import { runFlow, type TracedPacket } from './flow.ts'
import { traceMessages } from './messages.ts'
import { checkOptions, DEFAULT_SEED, type TraceOptions } from './options.ts'
import { endsOf, type PacketSource, readCaptureFile, readPacket } from './packets.ts'
import { renderJson } from './render-json.ts'
import { renderMonitor } from './render-monitor.ts'
import { renderText } from './render-text.ts'
import { assumedOfRules, assumedOfSteps } from './rule-assumptions.ts'
import { assumedOfHost, namingFiles, readHostSource } from './sources.ts'
import { tableHandles } from './table-handles.ts'

/** What a virtual clock says where neither `--time` nor a capture does. */
const DEFAULT_TIME = '2026-01-01T00:00:00Z'

/** `hookline trace`: one or more packets through the rules of a host, or a batch of them. */
export function runTrace(texts: readonly string[], options: TraceOptions, io: CommandIo): number {
  checkOptions(options, texts)
  if (options.batch !== undefined) {
    const source = readHostSource(options, null, [], io)
    return runBatch(options.batch, source, { ...options, clock: clockOf(options, null) }, io)
  }
  const packets = texts.map(readPacket)
  const capture = options.pcap === undefined ? null : readCaptureFile(options.pcap, io)
  if (capture !== null && capture.skipped > 0) {
    const skipped =
      capture.skipped === 1 ? '1 record without an IP packet is' : `${capture.skipped} records without an IP packet are`
    io.error(`hookline: ${options.pcap}: ${skipped} left out\n`)
  }
  packets.push(...(capture?.packets ?? []), ...(options.then ?? []).map(readPacket))
  const first = (packets[0] as PacketSource).bytes
  if (first === 'reply') throw new UsageError('a reply needs a packet before it')
  const named = packets.map(({ from }) => from).filter((from) => from !== undefined && from !== 'local')
  const source = readHostSource(options, endsOf(first), named as string[], io)
  const keepMisses = options.quiet !== true && options.output !== 'xtables-monitor'
  const settings = { keepMisses, seed: options.seed ?? DEFAULT_SEED, clock: clockOf(options, capture?.start ?? null) }
  const tracing = namingFiles(() => createHost(source.files, settings), source)
  const arriving = source.isDescribed ? packets.map(toThisHost) : packets
  const { traced, problem, assumptions } = runFlow(tracing, arriving, options)
  const steps = traced.flatMap((one) => one.steps)
  const assumed = relevant(
    [
      ...source.assumptions,
      ...assumptions,
      ...assumedOfHost([...tracing.assumptions, ...tracing.recorder.assumptions], source),
      ...assumedOfRules(source.files, options, first, capture === null ? DEFAULT_TIME : null),
      ...assumedOfSteps(steps, options),
    ],
    new Set(traced.map((one) => one.family)),
    steps,
  )
  write(source.files, traced, assumed, options, io)
  if (problem === null) return EXIT.ok
  if (!problem.message.startsWith('reply:')) throw problem
  io.error(`hookline: no ${problem.message}\n`)
  return EXIT.findings
}

function write(
  { rulesV4 = '', rulesV6 = '' }: HostFiles,
  traced: readonly TracedPacket[],
  assumptions: readonly Assumption[],
  options: TraceOptions,
  io: CommandIo,
): void {
  switch (options.output ?? 'text') {
    case 'json':
      return io.out(renderJson(traced, assumptions))
    case 'xtables-monitor':
      for (const { steps, family, number } of traced) {
        io.out(renderMonitor(steps, family, number, tableHandles(family === 4 ? rulesV4 : rulesV6)))
      }
      return
    case 'text': {
      const language = options.lang ?? languageOf(io.environment)
      const messages = traceMessages(language)
      const colors = createColors(io.isTerminal && !io.environment.NO_COLOR)
      if (assumptions.length > 0 && options.quiet !== true) {
        io.error(`${messages.assumed}\n${assumptions.map((one) => `  - ${one[language]}\n`).join('')}`)
      }
      const detail = options.all ? 'all' : options.quiet ? 'quiet' : 'normal'
      const separator = detail === 'quiet' ? '' : '\n'
      io.out(traced.map((one) => renderText(one, messages, colors, detail)).join(separator))
    }
  }
}

/** Frames of a capture are for the host: of one that the command line describes nobody knows the Ethernet addresses. */
function toThisHost(packet: PacketSource): PacketSource {
  const { frame } = packet
  if (frame === undefined || ((frame[0] ?? 0) & 1) === 1) return packet
  return { ...packet, frame: frame.map((byte, at) => (at < 6 ? 0 : byte)) }
}

/** The clock of the host: it stands still between packets that name no time. Throws UsageError for a time that is none. */
function clockOf({ time }: TraceOptions, captured: number | null): VirtualClock {
  if (time === undefined) return new VirtualClock(captured ?? Date.parse(DEFAULT_TIME))
  const start = /^\d{4}-\d\d-\d\d([T ]\d\d:\d\d(:\d\d)?Z?)?$/.test(time) ? Date.parse(zoned(time)) : Number.NaN
  if (Number.isNaN(start)) {
    throw new UsageError(`--time: expected a time in UTC such as 2026-03-29T18:30:00, found "${time}"`)
  }
  return new VirtualClock(start)
}

function zoned(time: string): string {
  const [date = '', clock = '00:00'] = time.replace(/Z$/, '').split(/[T ]/)
  return `${date}T${clock}Z`
}
