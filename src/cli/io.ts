import { readFileSync, readSync } from 'node:fs'
import { getSystemErrorMap } from 'node:util'

/** Where a command reads and writes, so that tests can run it in the process. */
export interface CommandIo {
  /** Data. */
  readonly out: (text: string) => void
  /** Everything else: errors, progress, assumptions. */
  readonly error: (text: string) => void
  readonly environment: Readonly<Record<string, string | undefined>>
  /** Whether stdout is a terminal that shows colours. */
  readonly isTerminal: boolean
  /** Whether stderr is one, where progress can be shown. Default false. */
  readonly errorIsTerminal?: boolean
  /** The next bytes of standard input; empty at its end. Absent: standard input is empty. */
  readonly read?: () => Uint8Array
  /** The first character typed within so many seconds, empty without one. Absent: nobody answers. */
  readonly answer?: (seconds: number) => Promise<string>
}

/** Exit codes of hookline's own commands. */
export const EXIT = { ok: 0, findings: 1, usage: 2, environment: 3, bug: 70 } as const

/** Something outside of the command line is missing or forbidden: a file that cannot be read, a permission. */
export class EnvironmentError extends Error {
  constructor(message: string) {
    super(message)
    this.name = 'EnvironmentError'
  }
}

/** The bytes of a file, `-` for standard input. Throws {@link EnvironmentError} with the file's name and the reason. */
export function readBytes(file: string, io: CommandIo): Uint8Array {
  if (file !== '-') return reading(file, () => readFileSync(file))
  return Buffer.concat([...chunksOf(file, io)])
}

/** The same as text in UTF-8. */
export function readText(file: string, io: CommandIo): string {
  return new TextDecoder().decode(readBytes(file, io))
}

/** The bytes of standard input, as they come. */
export function* chunksOf(file: string, io: CommandIo): Generator<Uint8Array, void, undefined> {
  for (;;) {
    const chunk = reading(file, () => io.read?.() ?? new Uint8Array(0))
    if (chunk.length === 0) return
    yield chunk
  }
}

/** Reads standard input of the process: waits where nothing is there yet. */
function readStandardInput(): Uint8Array {
  const buffer = new Uint8Array(65536)
  for (;;) {
    try {
      return buffer.subarray(0, readSync(0, buffer))
    } catch (error) {
      if (!isSystemError(error)) throw error
      if (error.code === 'EOF') return new Uint8Array(0)
      if (error.code !== 'EAGAIN') throw error
      Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 10)
    }
  }
}

function reading<T>(file: string, run: () => T): T {
  try {
    return run()
  } catch (error) {
    if (!isSystemError(error)) throw error
    throw new EnvironmentError(`cannot read ${file === '-' ? 'standard input' : file}: ${reasonOf(error)}`)
  }
}

/** Whether the system refused a call. */
export function isSystemError(error: unknown): error is Error & { code: string; errno: number } {
  return error instanceof Error && 'syscall' in error
}

/** `no such file or directory`, without the call and the path that Node puts around it. */
function reasonOf(error: { code: string; errno: number }): string {
  return getSystemErrorMap().get(error.errno)?.[1] ?? error.code
}

/** The process's own streams. */
export function processIo(): CommandIo {
  return {
    out: (text) => void process.stdout.write(text),
    error: (text) => void process.stderr.write(text),
    environment: process.env,
    isTerminal: process.stdout.isTTY === true,
    errorIsTerminal: process.stderr.isTTY === true,
    read: readStandardInput,
    answer: async (seconds) => (await import('./answer.ts')).readAnswer(seconds),
  }
}
