import { UsageError } from '../../../util/errors.ts'
import { RefusedRule, tokenize } from '../../../xtables/index.ts'
import { excerpt } from '../../excerpt.ts'
import type { CommandIo } from '../../io.ts'
import { type Language, languageOf } from '../../language.ts'
import { tokensOf } from '../command.ts'
import { runOnStore } from '../main.ts'
import { PROGRAMS, type Program } from '../programs.ts'
import type { Tables } from '../rules-file.ts'
import { loadTables, ProgramExit, type Trail } from '../session.ts'
import { memoryStore, type RuleStore } from '../store.ts'
import { hintFor } from './cases.ts'
import { type Line, restoredLine, shellLine } from './lines.ts'
import { remarksOn } from './remarks.ts'
import type { Attempt, Hint } from './types.ts'
import { SPELLINGS, valueFor } from './words.ts'

/** A call of a compatible program. */
export interface Call {
  readonly program: Program
  readonly argv: readonly string[]
  readonly io: CommandIo
  readonly store: RuleStore
}

/** How many mistakes in one command are corrected one after the other. */
const MOST_FIXES = 6

const LABELS = { en: { hint: 'hint: ', try: 'try:  ' }, zh: { hint: '提示：', try: '试试：' } } as const

/** Runs a program and prints on stderr what its error may come from. The exit status is that of the program. */
export function runWithHints(call: Call): number {
  const { program, argv, io, store } = call
  const texts = { 4: store.read(4) ?? '', 6: store.read(6) ?? '' }
  const before = (): RuleStore => memoryStore(texts[4] === '' && texts[6] === '' ? {} : known(texts))
  const trail: Trail = {}
  const status = runOnStore(program, argv, io, store, trail)
  try {
    const language = languageOf(io.environment)
    if (status !== 0) io.error(explain({ ...call, trail, before }, language))
    else if (program.kind !== 'save') io.error(remarksOn(program, argv, store, trail, language))
  } catch {
    // A hint that fails is none: the program has said what it had to say.
  }
  return status
}

const known = (texts: Readonly<Record<4 | 6, string>>): Partial<Record<4 | 6, string>> => ({
  ...(texts[4] === '' ? {} : { 4: texts[4] }),
  ...(texts[6] === '' ? {} : { 6: texts[6] }),
})

interface Failed extends Call {
  readonly trail: Trail
  readonly before: () => RuleStore
}

/** The caret, the hint and the corrected command for a call that failed; empty where nothing is known. */
function explain(failed: Failed, language: Language): string {
  const read = attemptOf(failed)
  if (read === null) return ''
  const { attempt, line, lineNumber } = read
  const hint = hintFor(attempt)
  if (hint === null) return ''
  const shown = [excerpt(line.text, line.columns[hint.at] ?? 1), `${LABELS[language].hint}${hint.text[language]}`]
  const fixed = fixedCommands(failed, attempt, hint, lineNumber)
  shown.push(...(fixed?.hints ?? []).map((more) => `${LABELS[language].hint}${more.text[language]}`))
  const name = nameOf(attempt.program, hint.family ?? attempt.program.family)
  for (const words of fixed?.commands ?? []) {
    const text = attempt.isRestored ? restoredLine(words).text : shellLine(name, words).text
    shown.push(`${LABELS[language].try}${text}`)
  }
  return `${shown.join('\n')}\n`
}

function nameOf({ name }: Program, family: 4 | 6): string {
  return name.replace(/^ip6?tables/, family === 4 ? 'iptables' : 'ip6tables')
}

interface ReadAttempt {
  readonly attempt: Attempt
  readonly line: Line
  /** In a restored text, from 1; else 0. */
  readonly lineNumber: number
}

/** What failed, as the cases look at it; null where it is not about a command. */
function attemptOf({ program, argv, trail, before }: Failed): ReadAttempt | null {
  const { error } = trail
  const cause = error instanceof ProgramExit && error.cause instanceof UsageError ? error.cause : error
  if (!(cause instanceof UsageError) && !(cause instanceof ProgramExit)) return null
  const message = cause.message.replace(/^\n+|\n+$/g, '')
  const tables = loadTables(before(), program.family)
  if (program.kind === 'command') {
    const at = placeOf(
      cause,
      tokensOf(argv).map(({ column }) => column),
    )
    const table = valueFor(argv, SPELLINGS.table) ?? 'filter'
    const attempt = { program, words: argv, isRestored: false, table, tables, error: cause, message, at }
    return { attempt, line: shellLine(program.name, argv), lineNumber: 0 }
  }
  if (program.kind !== 'restore' || trail.text === undefined || trail.line === undefined) return null
  const lines = trail.text.split('\n')
  // A rule that the kernel refuses fails at its COMMIT, and knows where it was read.
  const refusedAt = cause instanceof RefusedRule ? cause.place?.line : undefined
  const lineNumber = refusedAt ?? trail.line
  const text = lines[lineNumber - 1] ?? ''
  const counters = /^\[[^\]]*\]/.exec(text)?.[0] ?? ''
  const tokens = tokenize(`${' '.repeat(counters.length)}${text.slice(counters.length)}`, true)
  const columns = tokens.map(({ column }) => column)
  const table =
    lines
      .slice(0, lineNumber)
      .findLast((one) => one.startsWith('*'))
      ?.slice(1)
      .trim() ?? ''
  const attempt: Attempt = {
    program,
    words: tokens.map((token) => token.text),
    isRestored: true,
    table,
    tables: restoredSoFar(program, lines.slice(0, lineNumber - 1), before) ?? tables,
    error: cause,
    message,
    at: refusedAt === undefined ? placeOf(cause, columns) : null,
  }
  return { attempt, line: { text, columns }, lineNumber }
}

/** The index of the word at the place of an error. */
function placeOf(error: Error, columns: readonly number[]): number | null {
  const column = error instanceof UsageError ? error.place?.column : undefined
  const at = column === undefined ? -1 : columns.indexOf(column)
  return at < 0 ? null : at
}

/** The tables that the lines before the failing one make; null where they do not make any. */
function restoredSoFar(program: Program, lines: readonly string[], before: () => RuleStore): Tables | null {
  const store = before()
  const status = runSilently({ program, argv: [], store, input: `${lines.join('\n')}\nCOMMIT\n` }).status
  return status === 0 ? loadTables(store, program.family) : null
}

interface Try {
  readonly program: Program
  readonly argv: readonly string[]
  readonly store: RuleStore
  readonly input?: string
}

function runSilently({ program, argv, store, input = '' }: Try): { status: number; trail: Trail } {
  const trail: Trail = {}
  let rest: Uint8Array = new TextEncoder().encode(input)
  const io: CommandIo = {
    out: () => undefined,
    error: () => undefined,
    environment: {},
    isTerminal: false,
    read: () => {
      const all = rest
      rest = new Uint8Array(0)
      return all
    },
  }
  return { status: runOnStore(program, argv, io, store, trail), trail }
}

interface Fixed {
  readonly commands: readonly (readonly string[])[]
  /** What else was wrong, in the order found. */
  readonly hints: readonly Hint[]
}

/** The corrected commands, tried on a copy of the rules; null where they are not accepted either. */
function fixedCommands(failed: Failed, attempt: Attempt, hint: Hint, lineNumber: number): Fixed | null {
  let commands = hint.fix
  const family = hint.family ?? attempt.program.family
  const program = PROGRAMS.get(nameOf(attempt.program, family)) ?? attempt.program
  const hints: Hint[] = []
  for (let count = 0; count < MOST_FIXES && commands !== undefined && commands.length > 0; count++) {
    const outcome = tryCommands({ ...failed, program }, attempt, commands, lineNumber)
    if (outcome === null) return { commands, hints }
    if (commands.length > 1) return null
    const next = hintFor(outcome)
    if (next === null || next.fix === undefined) return null
    hints.push(next)
    commands = next.fix
  }
  return null
}

/** Null where all commands are accepted, else the one that is not. */
function tryCommands(
  failed: Failed,
  attempt: Attempt,
  commands: readonly (readonly string[])[],
  lineNumber: number,
): Attempt | null {
  const store = failed.before()
  if (!attempt.isRestored) {
    for (const argv of commands) {
      const { status, trail } = runSilently({ program: failed.program, argv, store })
      const next = status === 0 ? null : (attemptOf({ ...failed, argv, trail })?.attempt ?? attempt)
      if (next !== null && !isOnlyMissing(next, attempt)) return next
    }
    return null
  }
  const lines = (failed.trail.text ?? '').split('\n').slice(0, lineNumber - 1)
  const input = [...lines, ...commands.map((words) => restoredLine(words).text), 'COMMIT', ''].join('\n')
  const keeps = failed.argv.some((word) => /^-[a-z]*n|^--nof/.test(word))
  const { status, trail } = runSilently({ program: failed.program, argv: keeps ? ['-n'] : [], store, input })
  return status === 0 ? null : (attemptOf({ ...failed, trail })?.attempt ?? attempt)
}

/** Whether a corrected `-C` or `-D` is in order, and only the rule is not there. */
function isOnlyMissing(next: Attempt, { message }: Attempt): boolean {
  return next.message.startsWith('Bad rule (') && next.message !== message
}
