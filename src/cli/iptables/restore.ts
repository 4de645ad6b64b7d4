import { readFileSync } from 'node:fs'
import type { Counters } from '../../netfilter/glossary.ts'
import { UsageError } from '../../util/errors.ts'
import { answerTo, EditedTable, parseCommand, parseCounters, type Token, tokenize } from '../../xtables/index.ts'
import { isSystemError, readText } from '../io.ts'
import { badOption, readArguments } from './arguments.ts'
import { printError, runOn } from './command.ts'
import { helpText } from './help.ts'
import type { Tables } from './rules-file.ts'
import {
  addTable,
  loadTables,
  openTable,
  ProgramExit,
  readingContext,
  type Session,
  speaker,
  storeTables,
  tryHelp,
  versionLine,
} from './session.ts'

interface RestoreFlags {
  readonly counters: boolean
  readonly verbose: boolean
  readonly testing: boolean
  readonly noflush: boolean
  readonly table: string | null
}

const USAGE = (
  name: string,
): string => `Usage: ${name} [-c] [-v] [-V] [-t] [-h] [-n] [-w secs] [-W usecs] [-T table] [-M command] [file]
\t   [ --counters ]
\t   [ --verbose ]
\t   [ --version]
\t   [ --test ]
\t   [ --help ]
\t   [ --noflush ]
\t   [ --wait=<seconds>
\t   [ --table=<TABLE> ]
\t   [ --modprobe=<command> ]
`

/** Runs `iptables-restore`; gives the exit status. Source: iptables-restore(8); iptables-restore.c ip46tables_restore_main(). */
export function runRestore(argv: readonly string[], session: Session): number {
  const { program, io, store } = session
  const { options, rest } = readArguments(argv, {
    short: 'bcvVthnw:W:M:T:46',
    long: {
      counters: 'c',
      verbose: 'v',
      version: 'V',
      test: 't',
      help: 'h',
      noflush: 'n',
      modprobe: 'M',
      table: 'T',
      wait: 'w',
      'wait-interval': 'W',
      ipv4: '4',
      ipv6: '6',
    },
    valued: 'MT',
    trailing: 'wW',
  })
  const given = new Set<string>()
  for (const [letter, value] of options) {
    if (letter === 'V') {
      io.out(versionLine(program))
      return 0
    }
    if (letter === 'h') {
      io.error(USAGE(program.name))
      return 0
    }
    if (letter === '?') {
      throw new ProgramExit(1, `${badOption(program.name, value)}Try \`${program.name} -h' for more information.\n`)
    }
    if (letter === 'b') io.error('-b/--binary option is not implemented\n')
    if ((letter === 'w' || letter === 'W') && value !== '' && !/^\s*[-+]?\d/.test(value)) {
      io.error(`${speaker(program)}wait seconds not numeric\n${tryHelp(program, 0)}`)
      return 2
    }
    given.add(letter)
  }
  if (rest.length > 1) throw new ProgramExit(1, 'Unknown arguments found on commandline\n')
  if (given.has('W')) io.error('Ignoring deprecated --wait-interval option.\n')
  if (given.has('W') && !given.has('w')) throw new ProgramExit(1, 'Option --wait-interval requires option --wait\n')
  const text = rest[0] === undefined ? readText('-', io) : readFile(rest[0])
  const flags: RestoreFlags = {
    counters: given.has('c'),
    verbose: given.has('v'),
    testing: given.has('t'),
    noflush: given.has('n'),
    table: options.findLast(([letter]) => letter === 'T')?.[1] ?? null,
  }
  const run = (): number => new Restoring(flags, session).run(text)
  return flags.testing ? run() : store.locked(run)
}

function readFile(file: string): string {
  try {
    return readFileSync(file, 'utf8')
  } catch (error) {
    if (!isSystemError(error)) throw error
    const reason =
      error.code === 'ENOENT'
        ? 'No such file or directory'
        : error.code === 'EISDIR'
          ? 'Is a directory'
          : 'Permission denied'
    throw new ProgramExit(1, `Can't open ${file}: ${reason}\n`)
  }
}

/** One run over a text: each table is committed by itself, so that those before an error stay. */
class Restoring {
  private readonly flags: RestoreFlags
  private readonly session: Session
  private readonly context: ReturnType<typeof readingContext>
  /** What the host has; null from a commit on until it is asked for again. */
  private committed: Tables | null
  private table: EditedTable | null = null
  private lineNumber = 0

  constructor(flags: RestoreFlags, session: Session) {
    this.flags = flags
    this.session = session
    this.context = readingContext(session)
    this.committed = loadTables(session.store, session.program.family)
  }

  run(text: string): number {
    const { trail = {} } = this.session
    trail.text = text
    const lines = text.split('\n')
    if (lines.at(-1) === '') lines.pop()
    for (const line of lines) {
      trail.line = ++this.lineNumber
      try {
        this.read(line)
      } catch (error) {
        return this.fail(error)
      }
    }
    if (this.table === null) return 0
    const { program, io } = this.session
    io.error(`${program.name}: COMMIT expected at line ${this.lineNumber + 1}\n`)
    return 1
  }

  /** A refusal of the kernel is only named by its line; ours goes to the hints as its cause. */
  private fail(error: unknown): number {
    const { program } = this.session
    if (error instanceof UsageError && error.errno !== undefined) {
      const exit = new ProgramExit(1, `${program.name}: line ${this.lineNumber} failed\n`)
      exit.cause = error
      throw exit
    }
    if (error instanceof UsageError) {
      const status = printError(error, this.session, this.lineNumber)
      const exit = new ProgramExit(status, '')
      exit.cause = error
      throw exit
    }
    throw error
  }

  private read(line: string): void {
    if (line === '') return
    if (line.startsWith('#')) {
      if (this.flags.verbose) this.session.io.out(`${line}\n`)
      return
    }
    if (line === 'COMMIT' && this.table !== null) return this.commit(this.table)
    if (line.startsWith('*') && this.table === null) return this.begin(line)
    if (this.table !== null)
      return line.startsWith(':') ? this.declare(line, this.table) : this.command(line, this.table)
    if (this.flags.table === null) this.stop(`line ${this.lineNumber} failed`)
  }

  private stop(text: string): never {
    throw new ProgramExit(1, `${this.session.program.name}: ${text}\n`)
  }

  private begin(line: string): void {
    const { program } = this.session
    const name = words(line.slice(1))[0]
    if (name === undefined) throw new UsageError(`${program.name}: line ${this.lineNumber} table name invalid`)
    if (this.flags.table !== null && this.flags.table !== name) return
    // A table that does not exist yet comes into a copy: what is not committed is not there.
    const existing = openTable(new Map(this.tables()), name, program.family)
    if (existing === undefined) {
      throw new UsageError(`${program.name}: unable to initialize table '${name}'`)
    }
    this.table = this.flags.noflush ? existing : emptied(existing)
    if (!this.flags.verbose || this.flags.noflush) return
    const chains = existing.ordered()
    for (const one of chains) this.session.io.out(`Flushing chain \`${one.name}'\n`)
    for (const one of chains) if (one.policy === null) this.session.io.out(`Deleting chain \`${one.name}'\n`)
  }

  private declare(line: string, table: EditedTable): void {
    const { program } = this.session
    const [name, policy, counters] = words(line.slice(1))
    if (name === undefined) throw new UsageError(`${program.name}: line ${this.lineNumber} chain name invalid`)
    if (name.length > 28) throw new UsageError(`Invalid chain name \`${name}' (28 chars max)`)
    const existing = table.chains.get(name)
    if (existing === undefined) table.create(name)
    else if (existing.policy === null) {
      if (!this.flags.noflush) throw new UsageError(`error creating chain '${name}':File exists`)
      existing.rules = []
    }
    if (policy === undefined) throw new UsageError(`${program.name}: line ${this.lineNumber} policy invalid`)
    if (policy === '-') return
    const counted = this.flags.counters ? parsePolicyCounters(counters) : { packets: 0, bytes: 0 }
    if (counted === null) throw new UsageError(`invalid policy counters for chain '${name}'`)
    try {
      table.setPolicy(name, policy, counted)
    } catch (error) {
      if (!(error instanceof UsageError)) throw error
      const reason = answerTo(error).replace(/\..*$/s, '')
      throw new UsageError(`Can't set policy \`${policy}' on \`${name}' line ${this.lineNumber}: ${reason}`, {
        exitStatus: 1,
      })
    }
  }

  private command(line: string, table: EditedTable): void {
    const { program, io } = this.session
    const { tokens, counters } = this.tokens(line)
    const command = parseCommand(tokens, {
      ...this.context,
      table: table.name,
      hasChain: (name) => table.chains.get(name)?.policy === null,
      restored: { program: program.name, line: this.lineNumber },
    })
    if (command.kind === 'help') io.out(helpText(program, command.about))
    if (command.kind === 'version') io.out(versionLine(program))
    if (command.kind === 'help' || command.kind === 'version') throw new ProgramExit(0, '')
    if (command.kind !== 'command') return
    // With --noflush, -v says no more than the comments.
    const verbose = command.verbose + (this.flags.verbose && !this.flags.noflush ? 1 : 0)
    runOn(table, { ...command, verbose, counters: counters ?? command.counters }, this.session, this.lineNumber)
  }

  /** The words of a line, with the counters in brackets before it where they count. */
  private tokens(line: string): { tokens: Token[]; counters: Counters | null } {
    if (!line.startsWith('[')) return { tokens: tokenize(line, true), counters: null }
    const match = /^\[([^:\]]*):([^\]]*)\]/.exec(line)
    if (match === null) throw new UsageError(`Bad line ${this.lineNumber}: need ]`)
    const tokens = tokenize(`${' '.repeat(match[0].length)}${line.slice(match[0].length)}`, true)
    return { tokens, counters: this.flags.counters ? parseCounters(match[1] ?? '', match[2] ?? '') : null }
  }

  private commit(table: EditedTable): void {
    const { store, program } = this.session
    table.commit()
    this.table = null
    if (this.flags.testing) return
    const tables = this.tables()
    addTable(tables, table)
    storeTables(store, program.family, tables)
    // Read again where a further table follows: as text, its rules are neither checked nor compared once more.
    this.committed = null
  }

  private tables(): Tables {
    this.committed ??= loadTables(this.session.store, this.session.program.family)
    return this.committed
  }
}

/** The table as before, with its policies, and without chains of users and rules. */
function emptied(table: EditedTable): EditedTable {
  const fresh = new EditedTable(table.family, table.name)
  for (const { name, policy, counters } of table.chains.values()) {
    if (policy !== null) fresh.setPolicy(name, policy, counters)
  }
  return fresh
}

function words(text: string): string[] {
  return text.split(/[ \t\n]+/).filter((word) => word !== '')
}

/** `[packets:bytes]`; null for anything else. */
function parsePolicyCounters(text: string | undefined): Counters | null {
  const match = /^\[(\d+):(\d+)\]$/.exec(text ?? '')
  return match === null ? null : { packets: Number(match[1]), bytes: Number(match[2]) }
}
