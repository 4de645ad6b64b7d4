import { chmodSync, existsSync, mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { type CommandIo, EnvironmentError, EXIT, isSystemError } from './io.ts'
import { MULTIPLEXERS, PROGRAMS } from './iptables/programs.ts'

/** Options of `hookline shim`. */
export interface ShimOptions {
  /** The host directory that the commands act on where HOOKLINE_HOST is not set. */
  readonly host?: string
  /** Replace files that are not ours. */
  readonly force?: boolean
}

/** The second line of each command, by which it is known as ours. */
const MARK = '# Written by hookline shim: iptables on a host directory instead of the kernel.'

const quoted = (word: string): string => `'${word.replaceAll("'", "'\\''")}'`

function scriptFor(name: string, host: string): string {
  // The one file that holds them all goes by the name of the link to it, as the real one does.
  const isAll = MULTIPLEXERS.includes(name)
  const called = isAll ? '"$name"' : quoted(name)
  const command = [process.execPath, resolve(process.argv[1] ?? '')].map(quoted).join(' ')
  const dispatch = isAll ? `name=\${0##*/}\n` : ''
  return `#!/bin/sh\n${MARK}\n: "\${HOOKLINE_HOST:=${host.replace(/["$`\\]/g, '\\$&')}}"\nexport HOOKLINE_HOST\n${dispatch}exec ${command} ${called} "$@"\n`
}

/** The names of the commands that stand in for those of iptables. */
function shimNames(): string[] {
  return [...PROGRAMS.keys(), 'iptables-xml', ...MULTIPLEXERS].sort()
}

/** Writes the compatible commands into a directory, to be put first on PATH. Throws EnvironmentError. */
export function runShim(directory: string, options: ShimOptions, io: CommandIo): number {
  const host = resolve(options.host ?? io.environment.HOOKLINE_HOST ?? join(directory, 'host'))
  const names = shimNames()
  try {
    mkdirSync(directory, { recursive: true })
    mkdirSync(host, { recursive: true })
    const foreign = options.force ? [] : names.filter((name) => isForeign(join(directory, name)))
    if (foreign.length > 0) {
      throw new EnvironmentError(`${join(directory, foreign[0] as string)} exists and is not ours; --force replaces it`)
    }
    for (const name of names) writeScript(join(directory, name), scriptFor(name, host))
  } catch (error) {
    if (!isSystemError(error)) throw error
    throw new EnvironmentError(`cannot write to ${directory}: ${error.message}`)
  }
  io.out(`export PATH=${quoted(resolve(directory))}:"$PATH"\n`)
  io.error(
    `${names.length} commands are in ${directory} and act on ${host}.\n` +
      'The line above puts them first on PATH; HOOKLINE_HOST names another host directory.\n',
  )
  return EXIT.ok
}

function isForeign(file: string): boolean {
  return existsSync(file) && !readFileSync(file, 'utf8').includes(MARK)
}

function writeScript(file: string, text: string): void {
  writeFileSync(`${file}.new`, text)
  chmodSync(`${file}.new`, 0o755)
  renameSync(`${file}.new`, file)
}
