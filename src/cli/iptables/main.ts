import { type CommandIo, EXIT } from '../io.ts'
import { printError, runCommand } from './command.ts'
import { directoryStore } from './directory-store.ts'
import type { Program } from './programs.ts'
import { runRestore } from './restore.ts'
import { runSave } from './save.ts'
import { ProgramExit, type Session } from './session.ts'
import type { RuleStore } from './store.ts'

/**
 * Runs a compatible program on the rules of a host directory: that of `--host DIR` as its first words, or of
 * HOOKLINE_HOST. Gives iptables' exit status.
 */
export function runProgram(program: Program, argv: readonly string[], io: CommandIo): number {
  const hasHost = argv[0] === '--host' && argv[1] !== undefined
  const directory = hasHost ? argv[1] : io.environment.HOOKLINE_HOST
  if (!directory) {
    io.error(`hookline: ${program.name}: which host? Set HOOKLINE_HOST to a host directory, or give --host DIR first\n`)
    return EXIT.environment
  }
  return runOnStore(program, hasHost ? argv.slice(2) : argv, io, directoryStore(directory))
}

/** The same on any store of rules. */
export function runOnStore(program: Program, argv: readonly string[], io: CommandIo, store: RuleStore): number {
  const session: Session = { program, io, store }
  try {
    switch (program.kind) {
      case 'command':
        return runCommand(argv, session)
      case 'save':
        return runSave(argv, session)
      case 'restore':
        return runRestore(argv, session)
      case 'apply':
      case 'xml':
        throw new ProgramExit(1, `${program.name}: not there yet\n`)
    }
  } catch (error) {
    return printError(error, session)
  }
}
