#!/usr/bin/env node
import { realpathSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { UsageError } from '../util/errors.ts'
import { type CommandIo, EnvironmentError, EXIT, readStandardInput } from './io.ts'

/**
 * Runs a command line (without `node` and the script) and gives its exit code.
 *
 * 0 clean, 1 findings, 2 usage or parse error, 3 something of the environment is missing, 70 a bug of ours.
 */
export async function main(argv: readonly string[], io: CommandIo = processIo()): Promise<number> {
  try {
    if (argv[0] === '--version' || argv[0] === '-V') {
      const { version } = await import('./version.ts')
      io.out(`hookline ${version()}\n`)
      return EXIT.ok
    }
    const { runProgram } = await import('./program.ts')
    return await runProgram(argv, io)
  } catch (error) {
    return report(error, io)
  }
}

function report(error: unknown, io: CommandIo): number {
  if (error instanceof UsageError) {
    const { place } = error
    const where = place ? `${place.file ? `${place.file}:` : 'line '}${place.line}:${place.column}: ` : ''
    io.error(`hookline: ${where}${error.message}\n`)
    return EXIT.usage
  }
  if (error instanceof EnvironmentError || isSystemError(error)) {
    io.error(`hookline: ${error.message}\n`)
    return EXIT.environment
  }
  io.error(
    `hookline: this is a bug in hookline, please report it\n${error instanceof Error ? error.stack : String(error)}\n`,
  )
  return EXIT.bug
}

function isSystemError(error: unknown): error is Error & { code: string } {
  return error instanceof Error && 'syscall' in error
}

function processIo(): CommandIo {
  return {
    out: (text) => void process.stdout.write(text),
    error: (text) => void process.stderr.write(text),
    environment: process.env,
    isTerminal: process.stdout.isTTY === true,
    errorIsTerminal: process.stderr.isTTY === true,
    read: readStandardInput,
  }
}

/** Whether this file is what node was started with, also through a link in node_modules/.bin. */
function isStarted(): boolean {
  const started = process.argv[1]
  return started !== undefined && realpathSync(started) === fileURLToPath(import.meta.url)
}

if (isStarted()) {
  // A reader that goes away (| head) is no error.
  process.stdout.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code === 'EPIPE') process.exit(EXIT.ok)
    throw error
  })
  process.exitCode = await main(process.argv.slice(2))
}
