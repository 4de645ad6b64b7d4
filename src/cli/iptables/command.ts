import { UsageError } from '../../util/errors.ts'
import {
  answerTo,
  type Command,
  type CommandContext,
  type CommandOutcome,
  type EditedTable,
  listLine,
  listTable,
  parseCommand,
  saveRule,
  type Token,
} from '../../xtables/index.ts'
import { isSystemError } from '../io.ts'
import { helpText } from './help.ts'
import { LockBusy } from './lock.ts'
import { nameOfAddress } from './resolve.ts'
import type { Tables } from './rules-file.ts'
import {
  IPTABLES_VERSION,
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

/** Whether a command line only looks: it then takes no lock. */
function looksOnly(argv: readonly string[]): boolean {
  return argv.some((word) => /^-[vnx]*[LSCVh]/.test(word) || /^--(lis|che|ver|he)/.test(word))
}

/** The words of a command line with the columns they have when it is written with one space between them. */
export function tokensOf(argv: readonly string[]): Token[] {
  let column = 1
  return argv.map((text) => {
    const token = { text, column, quoted: false }
    column += text.length + 1
    return token
  })
}

/** Runs `iptables` or `ip6tables`; gives the exit status. Throws UsageError and ProgramExit. */
export function runCommand(argv: readonly string[], session: Session): number {
  const { store } = session
  if (!looksOnly(argv)) return store.locked(() => attempt(argv, session, 'change')) as number
  const status = attempt(argv, session, 'look')
  if (status !== null) return status
  try {
    return store.locked(() => attempt(argv, session, 'change')) as number
  } catch (error) {
    // Who may only look sees the table that looking would make.
    if (isSystemError(error) && attempt(argv, session, 'only look') !== null) return 0
    throw error
  }
}

/** With `look`, null where something would have to be written; with `only look`, where more than a new table would. */
function attempt(argv: readonly string[], session: Session, mode: 'look' | 'change' | 'only look'): number | null {
  const { program, io, store } = session
  const { family } = program
  let tables: Tables | undefined
  const load = (): Tables => {
    tables ??= loadTables(store, family)
    return tables
  }
  const warnings: string[] = []
  const flush = (): void => {
    for (const warning of warnings.splice(0)) io.error(warning)
  }
  const command = parseOr(flush, tokensOf(argv), {
    ...readingContext(session),
    hasChain: (name, table) =>
      [...load()].some(([one, { chains }]) => one === table && chains.get(name)?.policy === null),
    warn: (text) => void warnings.push(text),
  })
  switch (command.kind) {
    case 'version':
      io.out(command.inverted ? `Not ${IPTABLES_VERSION} ;-)\n` : versionLine(program))
      return 0
    case 'help':
      io.out(helpText(program, command.about))
      return 0
    case 'skip':
      return 0
    case 'command':
      break
  }
  const existed = load().has(command.table as never)
  const table = openTable(load(), command.table, family)
  if (table === undefined) {
    throw new ProgramExit(
      3,
      `${speaker(program)}can't initialize ${program.name} table \`${command.table}': Table does not exist (do you need to insmod?)\n` +
        `Perhaps ${program.name} or your kernel needs to be upgraded.\n`,
    )
  }
  const changes = !existed || command.also !== null || !LOOKING.includes(command.name)
  if (changes && mode === 'look') return null
  if (changes && mode === 'only look' && !LOOKING.includes(command.name)) return null
  flush()
  try {
    runOn(table, command, session)
    table.commit()
  } catch (error) {
    if (!(error instanceof UsageError) || error.errno === undefined) throw error
    throw refusal(error, program.name)
  }
  if (changes && mode === 'change') storeTables(store, family, load())
  return 0
}

/** Reads a command line; what was said about it comes before its error. */
function parseOr(flush: () => void, tokens: readonly Token[], context: CommandContext): CommandOutcome {
  try {
    return parseCommand(tokens, context)
  } catch (error) {
    flush()
    throw error
  }
}

const LOOKING: readonly Command['name'][] = ['list', 'list rules', 'check']

/** What iptables prints when the table does not take a command; `cause` is ours. */
function refusal(error: UsageError, name: string): ProgramExit {
  const exit = new ProgramExit(error.errno === 'EAGAIN' ? 4 : 1, `${name}: ${answerTo(error)}\n`)
  exit.cause = error
  return exit
}

/** Carries out one command and prints what it prints; `line` is where a restored text has it. */
export function runOn(table: EditedTable, command: Command, session: Session, line = 0): void {
  const { io } = session
  const { name, chain, number, verbose } = command
  if (verbose > 0) io.out(progress(table, command))
  table.run(command, line)
  if (name === 'list') {
    io.out(
      listTable(table, chain, number, {
        numeric: command.numeric,
        verbose: verbose > 0,
        exact: command.exact,
        lineNumbers: command.lineNumbers,
        nameOf: nameOfAddress,
      }),
    )
  }
  if (name === 'list rules') io.out(rulesText(table, command))
  if (command.also !== null) runOn(table, { ...command, name: command.also, also: null }, session)
}

/** What `-v` says before anything is done. Source: iptables.c append_entry(), for_each_chain4(). */
function progress(table: EditedTable, { name, chain, rules }: Command): string {
  switch (name) {
    case 'append':
    case 'insert':
    case 'replace':
    case 'delete':
    case 'check':
      return rules.map((rule) => `${listLine(rule, table.name)}\n`).join('')
    case 'flush':
      return eachChain(table, chain, 'Flushing', false)
    case 'zero':
      return eachChain(table, chain, 'Zeroing', false)
    case 'delete chain':
      return eachChain(table, chain, 'Deleting', chain === null)
    default:
      return ''
  }
}

function eachChain(table: EditedTable, chain: string | null, doing: string, isOfUsers: boolean): string {
  const names =
    chain === null ? table.ordered().filter(({ policy }) => !isOfUsers || policy === null) : [{ name: chain }]
  return names.map(({ name }) => `${doing} chain \`${name}'\n`).join('')
}

/** `-S`. Source: iptables.c list_rules(). */
function rulesText(table: EditedTable, { chain, number, verbose }: Command): string {
  const chains = table.some(chain)
  const heads =
    number > 0
      ? []
      : chains.map(({ name, policy, counters }) => {
          const counted = verbose > 0 && policy !== null ? ` -c ${counters.packets} ${counters.bytes}` : ''
          return policy === null ? `-N ${name}\n` : `-P ${name} ${policy}${counted}\n`
        })
  const lines = chains.flatMap(({ name, rules }) =>
    rules.flatMap((rule, at) => {
      if (number > 0 && number !== at + 1) return []
      const text = verbose > 0 ? saveRule(rule.spec, table.name, rule.counters) : rule.text && ` ${rule.text}`
      return [`-A ${name}${text}\n`]
    }),
  )
  return heads.join('') + lines.join('')
}

/** Prints an error as iptables does; gives the exit status. */
export function printError(error: unknown, session: Session, line = -1): number {
  const { program, io } = session
  if (error instanceof LockBusy) {
    io.error('Another app is currently holding the xtables lock. Perhaps you want to use the -w option?\n')
    return 4
  }
  if (isSystemError(error)) {
    io.error(`hookline: ${program.name}: ${error.message}\n`)
    return 4
  }
  if (error instanceof ProgramExit) {
    io.error(error.message)
    return error.exitStatus
  }
  if (!(error instanceof UsageError)) throw error
  const { place } = error
  if (place?.file !== undefined) {
    // Not what was asked, but what somebody wrote into the host's file.
    io.error(`hookline: ${place.file}:${place.line}:${place.column}: ${error.message}\n`)
    return 4
  }
  if (error.errno !== undefined) return printError(refusal(error, program.name), session, line)
  if (error.verbatim.startsWith('Bad argument')) io.error(`${error.verbatim}\n`)
  else if (error.verbatim !== '') io.error(`${speaker(program)}${error.verbatim}\n`)
  if (error.exitStatus === 2) io.error(tryHelp(program, line))
  else if (error.exitStatus === 3) io.error(`Perhaps ${program.name} or your kernel needs to be upgraded.\n`)
  return error.exitStatus
}
