import type { HostFiles } from '../../host/config.ts'
import { HOST_FILE_NAMES } from '../../host/file-names.ts'
import { UsageError } from '../../util/errors.ts'
import { withExcerpt } from '../excerpt.ts'
import type { CommandIo } from '../io.ts'
import { type Assumption, assumptionOf } from './assumptions.ts'
import { describeHost } from './described-host.ts'
import { extendHost } from './extend-host.ts'
import { hintFor } from './hints.ts'
import { readHostDirectory } from './host-directory.ts'
import type { TraceOptions } from './options.ts'
import type { Ends } from './packets.ts'
import { readRulesFiles } from './rules-files.ts'

/** What is known of the host, and where the user wrote it. */
export interface HostSource {
  readonly files: HostFiles
  readonly assumptions: readonly Assumption[]
  /** The user's name for each part, by the name that errors use (`rules.v4`). */
  readonly names: ReadonlyMap<string, string>
  /** Whether the command line describes the host's addresses and routes: no file of them is missing then. */
  readonly isDescribed: boolean
}

/** What the first packet says of a host that nothing else describes. */
const NO_PACKET: Ends = { family: 4, source: '192.0.2.1', destination: '192.0.2.2' }

/**
 * The host's directory, the rules files, and what the command line adds to them.
 *
 * `first` has the addresses of the first packet, for what must be assumed of a host without addresses; null in a batch.
 * `devices` are those that packets name themselves.
 */
export function readHostSource(
  options: TraceOptions,
  first: Ends | null,
  devices: readonly string[],
  io: CommandIo,
): HostSource {
  const { host, rules = [], rules6 = [], route = [], address = [] } = options
  const names = new Map<string, string>()
  let files: HostFiles = {}
  if (host !== undefined) {
    files = readHostDirectory(host, io)
    for (const name of Object.values(HOST_FILE_NAMES)) names.set(name, `${host.replace(/\/+$/, '')}/${name}`)
  }
  for (const { name, text, family } of readRulesFiles(rules, rules6, io)) {
    const part = family === 4 ? 'rulesV4' : 'rulesV6'
    names.set(HOST_FILE_NAMES[part], name === '-' ? 'standard input' : name)
    files = { ...files, [part]: text }
  }
  const ends = first ?? NO_PACKET
  if (files.addr !== undefined) {
    const wanted = { addresses: address, routes: route, family: ends.family }
    const source = { files, assumptions: assumedOfFamilies(files), names, isDescribed: false }
    return { ...source, files: namingFiles(() => extendHost(files, wanted), source) }
  }
  if (first === null && route.length + address.length === 0) {
    return { files, assumptions: assumedOfFamilies(files), names, isDescribed: false }
  }
  const described = describeHost({
    inDevice: options.in ?? null,
    outDevice: options.out ?? null,
    devices,
    local: options.local === true,
    hasRoutes: files.route !== undefined,
    routes: route,
    addresses: address,
    ...ends,
  })
  const { addr, route: routes, ...others } = described.files
  const whole = { ...others, ...files, addr: addr as string, route: joined(files.route, routes as string) }
  return {
    files: whole,
    assumptions: [...described.assumptions, ...assumedOfFamilies(files), ...assumedOfDevices(whole)],
    names,
    isDescribed: true,
  }
}

/** Two lists behind each other, which is how a host directory may have them too. */
function joined(first: string | undefined, second: string): string {
  return first === undefined ? second : `${first.trimEnd()}\n${second}`
}

/** Without rules of a family, nothing filters it. */
function assumedOfFamilies({ rulesV4, rulesV6 }: HostFiles): Assumption[] {
  const assumed: Assumption[] = []
  for (const [text, family] of [
    [rulesV4, 4],
    [rulesV6, 6],
  ] as const) {
    if (text !== undefined) continue
    assumed.push({
      en: `there are no IPv${family} rules: nothing filters IPv${family} packets`,
      zh: `没有 IPv${family} 规则：IPv${family} 数据包不受任何过滤`,
      family,
    })
  }
  return assumed
}

/** Devices that rules name and the described host does not have: no packet leaves by them. */
function assumedOfDevices(files: HostFiles & { readonly addr: string }): Assumption[] {
  const has = (JSON.parse(files.addr) as { ifname: string }[]).map((one) => one.ifname)
  const named = `${files.rulesV4 ?? ''}\n${files.rulesV6 ?? ''}`.matchAll(/^(?:\[\d+:\d+\] )?-A .*? -o (\S+)/gm)
  const missing = [...new Set([...named].map((match) => match[1] as string))].filter(
    (name) => !has.some((device) => device === name || (name.endsWith('+') && device.startsWith(name.slice(0, -1)))),
  )
  return missing.map((name) => ({
    en: `the host has no device ${name}, which rules name with -o (--route '… dev ${name}' gives it one)`,
    zh: `本机没有规则中 -o 所指的网卡 ${name}（可用 --route '… dev ${name}' 添加）`,
    family: null,
    matters: (steps) =>
      steps.some((one) => one.step === 'rule' && one.failure?.field === 'out' && one.failure.label === `-o ${name}`),
  }))
}

/** Runs a reader of the host's files; its errors get the user's name of the file, the line itself and a hint. */
export function namingFiles<T>(run: () => T, { files, names }: HostSource): T {
  try {
    return run()
  } catch (error) {
    if (!(error instanceof UsageError)) throw error
    const { place } = error
    if (place?.file === undefined) throw new UsageError(renamed(error.message, names), { exitStatus: error.exitStatus })
    const part = (Object.keys(HOST_FILE_NAMES) as (keyof HostFiles)[]).find(
      (one) => HOST_FILE_NAMES[one] === place.file,
    )
    const named = new UsageError(error.message, {
      place: { ...place, file: names.get(place.file) ?? place.file },
      exitStatus: error.exitStatus,
    })
    const text = part === undefined ? '' : (files[part] ?? '')
    throw withExcerpt(named, text, hintFor(error.message, text.split('\n')[place.line - 1] ?? ''))
  }
}

/** Messages about JSON files begin with the file's name. */
function renamed(message: string, names: ReadonlyMap<string, string>): string {
  const file = /^[\w.]+(?=: )/.exec(message)?.[0]
  const name = file === undefined ? undefined : names.get(file)
  return file === undefined || name === undefined ? message : `${name}${message.slice(file.length)}`
}

/** What reading the host took; of a described host, what it says of its files is left out. */
export function assumedOfHost(sentences: readonly string[], { isDescribed }: HostSource): Assumption[] {
  return sentences.filter((one) => !isDescribed || !/^(addr|route)\.json/.test(one)).map(assumptionOf)
}
