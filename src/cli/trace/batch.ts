import { readFileSync } from 'node:fs'
import { type BatchPacket, createBatch } from '../../host/batch.ts'
import type { HostFiles } from '../../host/config.ts'
import { UsageError } from '../../util/errors.ts'
import { type CommandIo, EXIT } from '../io.ts'

/** Lines of output written at once. */
const CHUNK = 2000

/**
 * `--batch FILE`: packets as NDJSON, a result line for each, in order, on one state; with `final` a last line
 * with counters and connections.
 */
export function runBatch(
  file: string,
  files: HostFiles,
  options: { readonly final?: boolean; readonly output: string },
  io: CommandIo,
): number {
  if (options.output !== 'json') throw new UsageError('--batch writes JSON lines: add -o json')
  const batch = createBatch(files)
  for (const text of batch.assumptions) io.error(`hookline: assumed: ${text}\n`)
  const text = readFileSync(file === '-' ? 0 : file, 'utf8')
  let chunk: string[] = []
  const flush = (): void => {
    if (chunk.length > 0) io.out(`${chunk.join('\n')}\n`)
    chunk = []
  }
  for (const [index, line] of text.split('\n').entries()) {
    if (line.trim() === '') continue
    try {
      chunk.push(JSON.stringify(batch.run(readLine(line))))
    } catch (error) {
      flush()
      if (!(error instanceof UsageError)) throw error
      throw new UsageError(error.message, { place: { file, line: index + 1, column: error.place?.column ?? 1 } })
    }
    if (chunk.length >= CHUNK) flush()
  }
  if (options.final) chunk.push(JSON.stringify({ final: batch.final() }))
  flush()
  return EXIT.ok
}

const KEYS = ['in', 'local', 'hex', 'packet', 'frame', 'mac', 'uid', 'gid', 'mark', 'out', 'at'] as const

/** A line of a batch. Throws UsageError for anything but an object with the known fields. */
function readLine(line: string): BatchPacket {
  let value: unknown
  try {
    value = JSON.parse(line)
  } catch (error) {
    throw new UsageError(`not JSON: ${(error as Error).message}`)
  }
  if (typeof value !== 'object' || value === null || Array.isArray(value)) throw new UsageError('expected an object')
  const fields = value as Record<string, unknown>
  const wrong = KEYS.find((key) => fields[key] !== undefined && typeof fields[key] !== typeOf(key))
  if (wrong !== undefined) throw new UsageError(`"${wrong}" must be a ${typeOf(wrong)}`)
  return fields as unknown as BatchPacket
}

function typeOf(key: (typeof KEYS)[number]): string {
  if (key === 'local') return 'boolean'
  return ['uid', 'gid', 'mark', 'at'].includes(key) ? 'number' : 'string'
}
