import { type Batch, type BatchPacket, createBatch } from '../../host/batch.ts'
import type { HostOptions } from '../../host/host.ts'
import { suggestion } from '../../packet/language-lexer.ts'
import { UsageError } from '../../util/errors.ts'
import { withExcerpt } from '../excerpt.ts'
import { type CommandIo, chunksOf, EXIT, readBytes } from '../io.ts'
import { languageOf } from '../language.ts'
import { traceMessages } from './messages.ts'
import { DEFAULT_SEED, type TraceOptions } from './options.ts'
import { Progress } from './progress.ts'
import { assumedOfHost, type HostSource, namingFiles } from './sources.ts'

/** Lines of output written at once. */
const CHUNK = 1000

/**
 * `--batch FILE`: packets as NDJSON, a result line for each, in order, on one state; with `--final` a last line
 * with counters and connections. The format is in docs/batch.md.
 *
 * Throws UsageError with file, line and column for a line that is no packet; the results before it are written.
 */
export function runBatch(
  file: string,
  source: HostSource,
  options: TraceOptions & Required<Pick<HostOptions, 'clock'>>,
  io: CommandIo,
): number {
  const { seed = DEFAULT_SEED, clock } = options
  const bytes = file === '-' ? null : readBytes(file, io)
  const batch = namingFiles(() => createBatch(source.files, { seed, clock }), source)
  const language = options.lang ?? languageOf(io.environment)
  const assumed = assumedOfHost(batch.assumptions, source)
  if (assumed.length > 0) {
    io.error(`${traceMessages(language).assumed}\n${assumed.map((one) => `  - ${one[language]}\n`).join('')}`)
  }
  const progress = new Progress(io)
  const reader = new LineReader(batch, file, io)
  let results: string[] = []
  const flush = (): void => {
    if (results.length > 0) io.out(`${results.join('\n')}\n`)
    results = []
  }
  try {
    for (const text of bytes === null ? textsOf(file, io) : [new TextDecoder().decode(bytes)]) {
      for (const line of reader.split(text)) {
        const result = reader.run(line)
        if (result === null) continue
        results.push(result)
        if (results.length < CHUNK) continue
        flush()
        progress.show(reader.packets)
      }
      // What comes through a pipe is answered when it comes.
      if (file === '-') flush()
    }
    const last = reader.run(reader.rest)
    if (last !== null) results.push(last)
    if (options.final) results.push(JSON.stringify({ final: batch.final() }))
  } finally {
    progress.end()
    flush()
  }
  return EXIT.ok
}

/** The text of standard input, as it comes. */
function* textsOf(file: string, io: CommandIo): Generator<string, void, undefined> {
  const decoder = new TextDecoder()
  for (const chunk of chunksOf(file, io)) yield decoder.decode(chunk, { stream: true })
}

/** Takes lines of packets, counting them for errors. */
class LineReader {
  /** Packets that were run. */
  packets = 0
  /** What stands behind the last end of a line. */
  rest = ''
  private number = 0
  private readonly batch: Batch
  private readonly file: string
  private readonly io: CommandIo
  private readonly ignored = new Set<string>()

  constructor(batch: Batch, file: string, io: CommandIo) {
    this.batch = batch
    this.file = file === '-' ? 'standard input' : file
    this.io = io
  }

  split(text: string): string[] {
    const lines = (this.rest + text).split('\n')
    this.rest = lines.pop() ?? ''
    return lines
  }

  /** The result of a line as JSON; null for an empty one. */
  run(line: string): string | null {
    this.number++
    if (line.trim() === '') return null
    let packet: BatchPacket | undefined
    try {
      packet = this.read(line)
      const result = JSON.stringify(this.batch.run(packet))
      this.packets++
      return result
    } catch (error) {
      if (!(error instanceof UsageError)) throw error
      const column = error.place === undefined ? 1 : columnOf(line, packet, error.place.column)
      const place = { file: this.file, line: 1, column }
      const shown = withExcerpt(new UsageError(error.message, { place }), line)
      throw new UsageError(shown.message, { place: { ...place, line: this.number } })
    }
  }

  /** A line of a batch. Throws UsageError for anything but an object whose known fields have the right type. */
  private read(line: string): BatchPacket {
    let value: unknown
    try {
      value = JSON.parse(line)
    } catch (error) {
      const { message } = error as Error
      const position = Number(/ at position (\d+)/.exec(message)?.[1] ?? 0)
      const told = message.replace(/ (in JSON )?at position \d+.*$/, '')
      throw new UsageError(`not JSON: ${told}`, { place: { line: 1, column: position + 1 } })
    }
    if (typeof value !== 'object' || value === null || Array.isArray(value)) {
      throw new UsageError('expected an object such as {"in":"eth0","packet":"udp 10.0.0.5:53 > 10.0.0.1:53"}')
    }
    const fields = value as Record<string, unknown>
    for (const key in fields) {
      const type = TYPES[key]
      const given = fields[key]
      if (given === null) delete fields[key]
      else if (type === undefined) this.ignore(key)
      else if (!hasType(given, type)) {
        const column = line.indexOf(`"${key}"`) + 1
        throw new UsageError(`"${key}": expected ${EXPECTED[type]}`, { place: { line: 1, column } })
      }
    }
    return fields as BatchPacket
  }

  /** Told once for each name. */
  private ignore(key: string): void {
    if (this.ignored.has(key)) return
    this.ignored.add(key)
    const hint = suggestion(key, Object.keys(TYPES))
    this.io.error(`hookline: ${this.file}:${this.number}: "${key}" is no field of a packet${hint}; ignored\n`)
  }
}

type FieldType = 'text' | 'yes or no' | 'number' | 'seconds'

const TYPES: Readonly<Record<string, FieldType>> = {
  in: 'text',
  local: 'yes or no',
  hex: 'text',
  packet: 'text',
  frame: 'text',
  mac: 'text',
  uid: 'number',
  gid: 'number',
  mark: 'number',
  out: 'text',
  at: 'seconds',
} satisfies Record<keyof BatchPacket, FieldType>

const EXPECTED: Readonly<Record<FieldType, string>> = {
  text: 'text',
  'yes or no': 'true or false',
  number: 'a whole number of 0 to 4294967295',
  seconds: 'seconds, a number not below 0',
}

function hasType(value: unknown, type: FieldType): boolean {
  switch (type) {
    case 'text':
      return typeof value === 'string'
    case 'yes or no':
      return typeof value === 'boolean'
    case 'number':
      return Number.isInteger(value) && (value as number) >= 0 && (value as number) <= 0xffffffff
    case 'seconds':
      return Number.isFinite(value) && (value as number) >= 0
  }
}

/** The column in the line of a column in the packet's text; of the line itself where it could not be read. */
function columnOf(line: string, packet: BatchPacket | undefined, column: number): number {
  if (packet === undefined) return column
  const text = packet.packet ?? packet.hex ?? packet.frame ?? ''
  const quoted = line.indexOf(JSON.stringify(text))
  return quoted < 0 ? 1 : quoted + 1 + column
}
