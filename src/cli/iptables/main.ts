import { type CommandIo, EXIT } from '../io.ts'
import { printError, runCommand } from './command.ts'
import { directoryStore } from './directory-store.ts'
import type { Program } from './programs.ts'
import { runRestore } from './restore.ts'
import { runSave } from './save.ts'
import { ProgramExit, type Session, type Trail } from './session.ts'
import type { RuleStore } from './store.ts'
import { runXml } from './xml.ts'

/**
 * Runs a compatible program on the rules of a host directory: that of `--host DIR` as its first words, or of
 * HOOKLINE_HOST. Gives iptables' exit status. On a terminal a hint follows what iptables would print.
 */
export async function runProgram(program: Program, argv: readonly string[], io: CommandIo): Promise<number> {
  if (program.kind === 'xml') return runXml(argv, io)
  const hasHost = argv[0] === '--host' && argv[1] !== undefined
  const directory = hasHost ? argv[1] : io.environment.HOOKLINE_HOST
  if (!directory) {
    io.error(`hookline: ${program.name}: which host? Set HOOKLINE_HOST to a host directory, or give --host DIR first\n`)
    return EXIT.environment
  }
  const call = { program, argv: hasHost ? argv.slice(2) : argv, io, store: directoryStore(directory) }
  if (program.kind === 'apply') {
    const [{ runApply }, { applyTools }] = await Promise.all([import('./apply.ts'), import('./apply-tools.ts')])
    return runApply(call.argv, call, applyTools(directory, io))
  }
  if (!hasHints(io)) return runOnStore(program, call.argv, io, call.store)
  const { runWithHints } = await import('./hints/run.ts')
  return runWithHints(call)
}

/** Whether hints are wanted: HOOKLINE_HINTS=1 or 0 says so, else a terminal does. */
function hasHints({ environment, errorIsTerminal }: CommandIo): boolean {
  const wanted = environment.HOOKLINE_HINTS
  return wanted === '1' || (wanted !== '0' && errorIsTerminal === true)
}

/** The same on any store of rules, without hints; what they need to know goes to the trail. */
export function runOnStore(
  program: Program,
  argv: readonly string[],
  io: CommandIo,
  store: RuleStore,
  trail: Trail = {},
): number {
  const session: Session = { program, io, store, trail }
  try {
    switch (program.kind) {
      case 'command':
        return runCommand(argv, session)
      case 'save':
        return runSave(argv, session)
      case 'restore':
        return runRestore(argv, session)
      case 'xml':
        return runXml(argv, io)
      case 'apply':
        throw new ProgramExit(1, `${program.name}: waits for an answer, and nobody can give one here\n`)
    }
  } catch (error) {
    trail.error = error
    return printError(error, session)
  }
}
