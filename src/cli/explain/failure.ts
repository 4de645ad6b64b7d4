import { TABLE_NAMES } from '../../netfilter/glossary.ts'
import { UsageError } from '../../util/errors.ts'
import { EditedTable } from '../../xtables/index.ts'
import { excerpt } from '../excerpt.ts'
import { hintFor } from '../iptables/hints/cases.ts'
import { shellLine } from '../iptables/hints/lines.ts'
import type { Attempt, Hint } from '../iptables/hints/types.ts'
import { find, SPELLINGS, valueFor } from '../iptables/hints/words.ts'
import { PROGRAMS, type Program } from '../iptables/programs.ts'
import type { Tables } from '../iptables/rules-file.ts'
import type { Language } from '../language.ts'
import { readCommand, type Written } from './read.ts'
import { shellWords } from './words.ts'

/** How many mistakes in one command are corrected one after the other. */
const MOST_FIXES = 6

const LABELS = { en: { hint: 'hint: ', try: 'try:  ' }, zh: { hint: '提示：', try: '试试：' } } as const

/** The error with the line, a caret, and what was probably meant. */
export function explainedError(error: UsageError, written: Written, text: string, language: Language): UsageError {
  const columns = written.tokens.map(({ column }) => column)
  const hint = hintFor(attemptOf(error, written))
  const column = hint === null ? (error.place?.column ?? columns[0] ?? 1) : (columns[hint.at] ?? 1)
  const lines = [error.message, excerpt(text, column)]
  if (hint !== null) {
    lines.push(`${LABELS[language].hint}${hint.text[language]}`)
    const { commands, hints } = fixed(hint, written)
    lines.push(...hints.map((more) => `${LABELS[language].hint}${more.text[language]}`))
    const program = hint.family === undefined ? written.program : hint.family === 4 ? 'iptables' : 'ip6tables'
    lines.push(...commands.map((words) => `${LABELS[language].try}${shellLine(program ?? '', words).text}`))
  }
  return new UsageError(lines.join('\n'))
}

function attemptOf(error: UsageError, { family, tokens }: Written): Attempt {
  const words = tokens.map(({ text }) => text)
  const column = error.place?.column
  const at = column === undefined ? -1 : tokens.findIndex((token) => token.column === column)
  const table = find(words, SPELLINGS.table) < 0 ? 'filter' : (valueFor(words, SPELLINGS.table) ?? 'filter')
  const tables: Tables = new Map()
  const name = TABLE_NAMES.find((one) => one === table)
  if (name !== undefined) tables.set(name, new EditedTable(family, name))
  const program = PROGRAMS.get(family === 4 ? 'iptables' : 'ip6tables') as Program
  return { program, words, isRestored: false, table, tables, error, message: error.message, at: at < 0 ? null : at }
}

/** The corrected commands where they can be read, with what else was wrong. */
function fixed(hint: Hint, written: Written): { commands: readonly (readonly string[])[]; hints: readonly Hint[] } {
  const hints: Hint[] = []
  let commands = hint.fix ?? []
  const family = hint.family ?? written.family
  for (let count = 0; count < MOST_FIXES && commands.length > 0; count++) {
    const failed = commands.flatMap((words) => {
      const tokens = shellWords(shellLine('', words).text)
      const one: Written = { ...written, family, tokens }
      try {
        readCommand(one)
        return []
      } catch (error) {
        if (!(error instanceof UsageError)) throw error
        return [attemptOf(error, one)]
      }
    })
    const [first] = failed
    if (first === undefined) return { commands, hints }
    const next = commands.length > 1 ? null : hintFor(first)
    if (next === null) break
    hints.push(next)
    commands = next.fix ?? []
  }
  return { commands: [], hints: [] }
}
