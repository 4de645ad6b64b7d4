import { readFileSync } from 'node:fs'
import { createColors } from 'picocolors'
import type { HostFiles } from '../../host/config.ts'
import { createHost } from '../../trace/flow.ts'
import { UsageError } from '../../util/errors.ts'
import { type CommandIo, EXIT } from '../io.ts'
import { type Language, languageOf } from '../language.ts'
import { runBatch } from './batch.ts'
import { runFlow } from './flow.ts'
import { describeAdHocHost, readHostDirectory } from './host-files.ts'
import { traceMessages } from './messages.ts'
import { endsOf, type PacketSource, readPackets } from './packets.ts'
import { renderMonitor } from './render-monitor.ts'
import { renderText } from './render-text.ts'
import { tableHandles } from './table-handles.ts'

/** The options of `hookline trace`, as the command line gives them. */
export interface TraceOptions {
  readonly rules: readonly string[]
  readonly rules6: readonly string[]
  readonly host?: string
  readonly route: readonly string[]
  readonly address: readonly string[]
  readonly in?: string
  readonly out?: string
  readonly local?: boolean
  readonly mark?: string
  readonly uid?: string
  readonly gid?: string
  readonly pcap?: string
  readonly then: readonly string[]
  readonly output: 'text' | 'json' | 'xtables-monitor'
  readonly all?: boolean
  readonly quiet?: boolean
  readonly lang?: Language
  readonly batch?: string
  readonly final?: boolean
}

/** `hookline trace`: one or more packets through the rules of a host. */
export async function runTrace(texts: readonly string[], options: TraceOptions, io: CommandIo): Promise<number> {
  if (options.batch !== undefined) return runBatch(options.batch, hostFilesOf(options, null).files, options, io)
  const packets = readPackets(texts, options)
  if (packets.length === 0) {
    throw new UsageError("a packet is missing, such as 'tcp 203.0.113.9:51000 > 192.0.2.10:22 [S]'")
  }
  const { files, assumptions, places } = hostFilesOf(options, packets[0] as PacketSource)
  const keepMisses = options.quiet !== true && options.output !== 'xtables-monitor'
  const tracing = namingFiles(() => createHost(files, { keepMisses }), places)
  const { host, recorder } = tracing
  const traced = runFlow(tracing, packets, options)
  const assumed = [...assumptions, ...tracing.assumptions, ...recorder.assumptions]
  const language = options.lang ?? languageOf(io.environment)
  switch (options.output) {
    case 'json':
      io.out(`${JSON.stringify({ schemaVersion: 1, kind: 'trace', assumptions: assumed, packets: traced }, null, 2)}\n`)
      break
    case 'xtables-monitor':
      for (const one of traced) {
        const { family } = one
        io.out(renderMonitor(one.steps, family, one.number, tableHandles(host.config.rulesets[family])))
      }
      break
    case 'text': {
      const messages = traceMessages(language)
      const colors = createColors(io.isTerminal && !io.environment.NO_COLOR)
      if (assumed.length > 0 && options.quiet !== true) {
        io.error(`${messages.assumed}\n${assumed.map((one) => `  - ${one}\n`).join('')}`)
      }
      const detail = options.all ? 'all' : options.quiet ? 'quiet' : 'normal'
      io.out(traced.map((one) => renderText(one, messages, colors, detail)).join('\n'))
    }
  }
  return EXIT.ok
}

/** What is known of the host: its directory, the rules files, and what the command line says. */
function hostFilesOf(
  options: TraceOptions,
  first: PacketSource | null,
): { files: HostFiles; assumptions: readonly string[]; places: ReadonlyMap<string, string> } {
  const places = new Map<string, string>()
  let files: HostFiles = options.host === undefined ? {} : readHostDirectory(options.host)
  if (options.host !== undefined) {
    for (const name of ['rules.v4', 'rules.v6']) places.set(name, `${options.host.replace(/\/$/, '')}/${name}`)
  }
  for (const file of [...options.rules, ...options.rules6]) {
    const isIpv6 = options.rules6.includes(file) || /\.v6$|ip6tables/.test(file)
    places.set(isIpv6 ? 'rules.v6' : 'rules.v4', file)
    files = { ...files, [isIpv6 ? 'rulesV6' : 'rulesV4']: readFileSync(file, 'utf8') }
  }
  if (options.host === undefined && places.size === 0) {
    throw new UsageError('rules are missing: give -r FILE or --host DIR')
  }
  if (files.addr !== undefined || first === null) return { files, assumptions: [], places }
  const described = describeAdHocHost({
    inDevice: options.in ?? null,
    outDevice: options.out ?? null,
    local: options.local === true,
    routes: options.route,
    addresses: options.address,
    ...endsOf(first.bytes),
  })
  return {
    files: { ...described.files, ...files, addr: described.files.addr as string },
    assumptions: described.assumptions,
    places,
  }
}

/** Names the file that the user gave in errors, not the one of a host directory. */
function namingFiles<T>(run: () => T, places: ReadonlyMap<string, string>): T {
  try {
    return run()
  } catch (error) {
    const place = error instanceof UsageError ? error.place : undefined
    if (place?.file === undefined || !(error instanceof UsageError)) throw error
    const file = places.get(place.file) ?? place.file
    throw new UsageError(error.message, { place: { ...place, file }, exitStatus: error.exitStatus })
  }
}
