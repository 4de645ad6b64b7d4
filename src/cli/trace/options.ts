import { UsageError } from '../../util/errors.ts'
import type { Language } from '../language.ts'

/** The options of `hookline trace`, as the command line gives them. */
export interface TraceOptions {
  readonly rules?: readonly string[]
  readonly rules6?: readonly string[]
  readonly host?: string
  readonly route?: readonly string[]
  readonly address?: readonly string[]
  readonly in?: string
  readonly out?: string
  readonly local?: boolean
  readonly mark?: string
  readonly uid?: string
  readonly gid?: string
  readonly mac?: string
  readonly pcap?: string
  readonly then?: readonly string[]
  readonly output?: 'text' | 'json' | 'xtables-monitor'
  readonly all?: boolean
  readonly quiet?: boolean
  readonly lang?: Language
  readonly seed?: string
  readonly time?: string
  readonly batch?: string
  readonly final?: boolean
}

/** The seed of everything random where `--seed` names none. */
export const DEFAULT_SEED = 1

/** Options that say what one packet is, which the lines of a batch say themselves. */
const PACKET_OPTIONS = ['in', 'out', 'local', 'mark', 'uid', 'gid', 'mac', 'pcap', 'then', 'all', 'quiet'] as const

/** Throws UsageError for options that contradict each other, naming both and what to write instead. */
export function checkOptions(options: TraceOptions, packets: readonly string[]): void {
  if (options.rules === undefined && options.rules6 === undefined && options.host === undefined) {
    throw new UsageError('rules are missing: give -r FILE (iptables-save text) or --host DIR')
  }
  if (options.batch !== undefined) return checkBatch(options, packets)
  if (options.final) throw new UsageError('--final is the last line of a batch: add --batch FILE')
  if (options.local && options.in !== undefined) {
    throw new UsageError('--in and --local: a packet either arrives on a device or is sent by a process of the host')
  }
  if (options.local && options.mac !== undefined) {
    throw new UsageError('--mac is the sender of a packet that arrives, and --local packets are sent by the host')
  }
  if (options.all && options.quiet) throw new UsageError('--all and --quiet: one shows more, the other less')
  if (packets.length === 0 && options.pcap === undefined) {
    throw new UsageError(
      "a packet is missing, such as 'tcp 203.0.113.9:51000 > 192.0.2.10:22 [S]', or --pcap FILE, or --batch FILE",
    )
  }
  const inputs = [...(options.rules ?? []), ...(options.rules6 ?? []), options.pcap].filter((one) => one === '-')
  if (inputs.length > 1) throw new UsageError('only one file can be read from standard input (-)')
}

function checkBatch(options: TraceOptions, packets: readonly string[]): void {
  const misplaced = PACKET_OPTIONS.find((name) => options[name] !== undefined)
  if (misplaced !== undefined) {
    throw new UsageError(`--${misplaced} is for single packets: in a batch each line says it (see docs/batch.md)`)
  }
  if (packets.length > 0)
    throw new UsageError('packets come from the file of --batch, not from the command line as well')
  if (options.output !== undefined && options.output !== 'json') {
    throw new UsageError(`--batch writes JSON lines: -o json instead of -o ${options.output}`)
  }
}

/** A whole number of 0 to 2^32-1, in decimal or hexadecimal. Throws UsageError that names the option. */
export function numberOption(option: string, text: string | undefined): number | undefined {
  if (text === undefined) return undefined
  const value = /^(\d+|0x[0-9a-f]+)$/i.test(text) ? Number(text) : Number.NaN
  if (value <= 0xffffffff) return value
  throw new UsageError(`${option}: expected a number of 0 to 4294967295 (0xffffffff), found "${text}"`)
}
