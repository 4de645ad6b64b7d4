import { accessSync, constants, existsSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Family } from '../../netfilter/glossary.ts'
import { type CommandIo, isSystemError } from '../io.ts'
import { badOption, readArguments } from './arguments.ts'
import { runOnStore } from './main.ts'
import { PROGRAMS, type Program, type ProgramKind } from './programs.ts'
import { ProgramExit, type Session } from './session.ts'

/** What iptables-apply waits for, so that tests need not. */
export interface ApplyTools {
  /** The first character that the user types within so many seconds; empty where there is none, or a line's end. */
  readonly answer: (seconds: number) => Promise<string>
  /** Runs a command on the host for at most so many seconds; whether it ended well. */
  readonly run: (command: string, seconds: number) => Promise<boolean>
  /** Calls this where the process is to end, instead of ending it, until what is given back is called. */
  readonly onInterrupt: (listener: () => void) => () => void
}

const VERSION = '1.1'

const SYNTAX = {
  short: 't:w:chV',
  long: { timeout: 't', write: 'w', command: 'c', help: 'h', version: 'V' },
  valued: 'tw',
}

/** Where the files are that are not named. */
const defaultFile = (family: Family, end: string): string =>
  `/etc/network/${family === 4 ? 'iptables' : 'ip6tables'}.up.${end}`

const help = ({ name, family }: Program): string => `${name} ${VERSION} -- new rules, taken back unless you confirm them

Usage: ${name} [-hV] [-t timeout] [-w savefile] {[rulesfile]|-c [runcmd]}

Puts the rules of a file, as iptables-save prints them, on the host directory, or runs a command that changes its
rules. Then asks whether you can still reach the machine. Without a "y" in time all is as it was before.

  -t, --timeout seconds   how long to wait for the answer, and for the command (default: 10)
  -w, --write savefile    after a "y", save the rules there ('' stands for ${defaultFile(family, 'rules')})
  -c, --command           run a command instead of reading a file (default: ${defaultFile(family, 'run')})
  -h, --help              print this
  -V, --version           print the version

The default rulesfile is ${defaultFile(family, 'rules')}.
`

interface Wanted {
  readonly seconds: number
  readonly saveFile: string | null
  readonly isCommand: boolean
  /** The command, or the file of rules. */
  readonly source: string
}

/**
 * Runs `iptables-apply` or `ip6tables-apply`: changes the rules, asks, and takes the change back without a "y".
 * Gives the exit status: 255 where it was taken back. What is taken back is exact to the byte.
 *
 * Source: iptables-apply(8).
 */
export async function runApply(argv: readonly string[], session: Session, tools: ApplyTools): Promise<number> {
  try {
    const wanted = readWanted(argv, session)
    return wanted === null ? 0 : await apply(wanted, session, tools)
  } catch (error) {
    if (!(error instanceof ProgramExit)) throw error
    session.io.error(error.message)
    return error.exitStatus
  }
}

async function apply(wanted: Wanted, session: Session, tools: ApplyTools): Promise<number> {
  // A session that the new rules cut off ends with a signal: the change is not to outlive it.
  let isInterrupted = false
  const release = tools.onInterrupt(() => {
    isInterrupted = true
  })
  try {
    return await changeAndAsk(wanted, session, {
      ...tools,
      answer: async (seconds) => {
        const answer = isInterrupted ? '' : await tools.answer(seconds)
        return isInterrupted ? '' : answer
      },
    })
  } finally {
    release()
  }
}

async function changeAndAsk(wanted: Wanted, session: Session, tools: ApplyTools): Promise<number> {
  const { io } = session
  const revert = rememberRules(wanted, session)
  if (!(await change(wanted, session, tools))) {
    revert()
    return wanted.isCommand ? 7 : 5
  }
  io.out('Can you establish NEW connections to the machine? (y/N) ')
  const answer = (await tools.answer(wanted.seconds)).trim()
  io.out('\n')
  if (/^y/i.test(answer)) {
    if (wanted.saveFile !== null) save(wanted.saveFile, session)
    io.out('... then my job is done. See you next time.\n')
    return 0
  }
  const reason = answer === '' ? 'Timeout! Something happened (or did not).' : 'No affirmative response!'
  io.out(`${reason} Better play it safe...\n`)
  revert()
  return 255
}

/** Null where the help or the version was wanted. Throws ProgramExit. */
function readWanted(argv: readonly string[], { program, io }: Session): Wanted | null {
  const { options, rest } = readArguments(argv, SYNTAX)
  const bad = options.find(([letter]) => letter === '?')
  if (bad !== undefined) throw new ProgramExit(1, badOption(program.name, bad[1], SYNTAX))
  const told = options.find(([letter]) => letter === 'h' || letter === 'V')
  if (told !== undefined) {
    io.error(told[0] === 'h' ? help(program) : `${program.name} ${VERSION} (hookline)\n`)
    return null
  }
  const lastOf = (wanted: string): string | undefined => options.findLast(([letter]) => letter === wanted)?.[1]
  const seconds = secondsOf(lastOf('t') ?? '10')
  if (seconds === null) throw new ProgramExit(1, 'Error: timeout must be a positive number\n')
  const given = lastOf('w')
  const saveFile = given === '' ? defaultFile(program.family, 'rules') : (given ?? null)
  if (saveFile !== null && existsSync(saveFile) && !may(saveFile, constants.W_OK)) {
    throw new ProgramExit(8, `Error: savefile not writable: ${saveFile}\n`)
  }
  const isCommand = lastOf('c') !== undefined
  const source = rest[0] || defaultFile(program.family, isCommand ? 'run' : 'rules')
  if (isCommand) checkCommand(source, io)
  else if (!may(source, constants.R_OK)) throw new ProgramExit(2, `Error: rulesfile not readable: ${source}\n`)
  return { seconds, saveFile, isCommand, source }
}

/** As the shell reads numbers: octal with a leading 0, where it can be. */
function secondsOf(text: string): number | null {
  if (!/^\s*\+?\d+\s*$/.test(text)) return null
  const digits = text.trim().replace('+', '')
  return Number.parseInt(digits, /^0[0-7]+$/.test(digits) ? 8 : 10)
}

function may(file: string, mode: number): boolean {
  try {
    accessSync(file, mode)
    return true
  } catch {
    return false
  }
}

/** A name without a slash is looked for here, and then on PATH as any command. */
function checkCommand(command: string, { environment }: CommandIo): void {
  if (!may(command, constants.X_OK)) throw new ProgramExit(6, `Error: runcmd not executable: ${command}\n`)
  if (command.includes('/')) return
  const places = (environment.PATH ?? '').split(':')
  if (places.some((place) => may(join(place, command), constants.X_OK))) return
  throw new ProgramExit(127, `Error: needed command not found: ${command}\n`)
}

/** Gives what puts the rules back as they are now. A command may change those of both families. */
function rememberRules({ isCommand }: Wanted, { program, io, store }: Session): () => void {
  const families: readonly Family[] = isCommand ? [4, 6] : [program.family]
  let texts: (string | null)[]
  try {
    texts = families.map((family) => store.read(family))
  } catch (error) {
    if (!isSystemError(error)) throw error
    throw new ProgramExit(4, `Error: unknown error saving old iptables rules: ${error.message}\n`)
  }
  return () => {
    io.out('Reverting to old iptables rules... ')
    store.locked(() => {
      for (const [at, family] of families.entries()) {
        const text = texts[at] ?? null
        if (store.read(family) !== text) store.write(family, text)
      }
    })
    io.out('done.\n')
  }
}

async function change(wanted: Wanted, session: Session, tools: ApplyTools): Promise<boolean> {
  const { io } = session
  const { source, isCommand, seconds } = wanted
  io.out(isCommand ? `Running command '${source}'... ` : `Applying new iptables rules from '${source}'... `)
  const isDone = isCommand ? await tools.run(source, seconds) : restore(source, session)
  io.out(isDone ? 'done.\n' : 'failed.\n')
  const doing = isCommand ? 'running command' : 'applying new iptables rules'
  if (!isDone) io.error(`Error: unknown error ${doing}: ${source}\n`)
  return isDone
}

/** The program of the same family, such as iptables-restore. */
function sibling({ family }: Program, kind: ProgramKind): Program {
  return [...PROGRAMS.values()].find((one) => one.family === family && one.kind === kind) as Program
}

function restore(file: string, { program, io, store }: Session): boolean {
  let rest: Uint8Array = readOrEmpty(file)
  const read = (): Uint8Array => {
    const all = rest
    rest = new Uint8Array(0)
    return all
  }
  return runOnStore(sibling(program, 'restore'), [], { ...io, read }, store) === 0
}

/** A directory can be opened and holds nothing. */
function readOrEmpty(file: string): Uint8Array {
  try {
    return readFileSync(file)
  } catch (error) {
    if (isSystemError(error)) return new Uint8Array(0)
    throw error
  }
}

/** Throws ProgramExit where the file cannot be written. */
function save(file: string, { program, io, store }: Session): void {
  io.out(`Writing successfully applied rules to '${file}'...\n`)
  let text = ''
  const out = (part: string): void => {
    text += part
  }
  try {
    if (runOnStore(sibling(program, 'save'), [], { ...io, out }, store) === 0) return writeFileSync(file, text)
  } catch (error) {
    if (!isSystemError(error)) throw error
  }
  throw new ProgramExit(9, `Error: unknown error writing successfully applied rules: ${file}\n`)
}
