#!/usr/bin/env node
import { realpathSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import type { CommandIo } from './io.ts'
import type { Program } from './iptables/programs.ts'
import { version } from './version.ts'

// Everything else is loaded when it is needed: `--version` answers as fast as Node starts.

/**
 * Runs a command line (without `node` and the script) and gives its exit code.
 *
 * 0 clean, 1 findings, 2 usage or parse error, 3 something of the environment is missing, 70 a bug of ours.
 */
export async function main(argv: readonly string[], io?: CommandIo): Promise<number> {
  if (argv[0] === '--version' || argv[0] === '-V') {
    const write = io?.out ?? ((text: string): void => void process.stdout.write(text))
    write(`hookline ${version()}\n`)
    return 0
  }
  const compatible = await compatibleProgram(argv)
  if (compatible !== null) {
    const { runProgram } = await import('./iptables/main.ts')
    return runProgram(compatible.program, compatible.argv, io ?? (await import('./io.ts')).processIo())
  }
  const { runProgram } = await import('./program.ts')
  return runProgram(argv, io ?? (await import('./io.ts')).processIo())
}

/** The program of iptables that the first word names, and its arguments. */
async function compatibleProgram(
  argv: readonly string[],
): Promise<{ program: Program; argv: readonly string[] } | null> {
  if (!/^(x?ip6?tables|xtables)/.test(argv[0] ?? '')) return null
  const { MULTIPLEXERS, programNamed } = await import('./iptables/programs.ts')
  const [name = '', ...rest] = MULTIPLEXERS.includes(argv[0] as string) ? argv.slice(1) : argv
  const program = programNamed(name)
  return program === undefined ? null : { program, argv: rest }
}

/** Whether this file is what node was started with, also through a link in node_modules/.bin. */
function isStarted(): boolean {
  const started = process.argv[1]
  return started !== undefined && realpathSync(started) === fileURLToPath(import.meta.url)
}

if (isStarted()) {
  // A reader that goes away (| head) is no error.
  process.stdout.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code === 'EPIPE') process.exit(0)
    throw error
  })
  main(process.argv.slice(2)).then((code) => {
    process.exitCode = code
  })
}
