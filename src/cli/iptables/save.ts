import { writeFileSync } from 'node:fs'
import { TABLE_NAMES } from '../../netfilter/glossary.ts'
import { UsageError } from '../../util/errors.ts'
import { saveTables } from '../../xtables/index.ts'
import { isSystemError } from '../io.ts'
import { badOption, readArguments } from './arguments.ts'
import { loadTables, ProgramExit, type Session, speaker, versionLine } from './session.ts'

/** Runs `iptables-save`; gives the exit status. Source: iptables-save(8); iptables-save.c do_iptables_save(). */
export function runSave(argv: readonly string[], session: Session): number {
  const { program, io, store } = session
  const { options, rest } = readArguments(argv, {
    short: 'bcdt:M:f:46V',
    long: { counters: 'c', version: 'V', dump: 'd', table: 't', modprobe: 'M', file: 'f', ipv4: '4', ipv6: '6' },
    valued: 'tMf',
  })
  for (const [letter, value] of options) {
    if (letter === 'b') io.error('-b/--binary option is not implemented\n')
    else if (letter === 'V') {
      io.out(versionLine(program))
      return 0
    } else if (letter === '?')
      throw new ProgramExit(
        1,
        `${badOption(program.name, value)}Look at manual page \`${program.name}.8' for more information.\n`,
      )
  }
  if (rest.length > 0) throw new ProgramExit(1, 'Unknown arguments found on commandline\n')
  const wanted = options.findLast(([letter]) => letter === 't')?.[1]
  const file = options.findLast(([letter]) => letter === 'f')?.[1]
  const tables = loadTables(store, program.family)
  const chosen = [...tables.values()].filter(({ name }) => wanted === undefined || name === wanted)
  if (wanted !== undefined && chosen.length === 0 && !TABLE_NAMES.some((name) => name === wanted)) {
    throw new UsageError(`Cannot initialize: Table does not exist (do you need to insmod?)`, { exitStatus: 1 })
  }
  const text = saveTables(chosen, { counters: options.some(([letter]) => letter === 'c'), date: new Date() })
  if (file === undefined) io.out(text)
  else writeOut(file, text, session)
  return 0
}

function writeOut(file: string, text: string, { program }: Session): void {
  try {
    writeFileSync(file, text)
  } catch (error) {
    if (!isSystemError(error)) throw error
    throw new ProgramExit(1, `${speaker(program)}fopen: ${error.code}\n`)
  }
}
