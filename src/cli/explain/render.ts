import { saveRule } from '../../xtables/index.ts'
import type { Language } from '../language.ts'
import type { Outcome } from './outcome.ts'
import type { Part } from './parts.ts'
import type { ReadCommand } from './read.ts'

/** Longest option that has its meaning beside it and not below. */
const WIDEST = 36

/** The explanation for people. */
export function renderText(line: string, parts: readonly Part[], outcome: Outcome, language: Language): string {
  const width = Math.min(WIDEST, Math.max(...parts.map((part) => indented(part).length)))
  const rows = parts.map((part) => {
    const words = indented(part)
    const note = part.note === null ? '' : language === 'zh' ? `（${part.note.zh}）` : ` (${part.note.en})`
    const meaning = `${part.meaning[language]}${note}`
    return words.length > width
      ? `  ${words}\n  ${' '.repeat(width)}  ${meaning}`
      : `  ${words.padEnd(width)}  ${meaning}`.trimEnd()
  })
  const sums = [outcome.condition, outcome.effect].flatMap((text) => (text === null ? [] : [text[language]]))
  const sections = [line, outcome.place[language], rows.join('\n'), sums.join('\n')]
  return `${sections.filter((section) => section !== '').join('\n\n')}\n`
}

/** Options of an extension stand below it. */
function indented({ kind, words }: Part): string {
  return kind === 'option' ? `  ${words}` : words
}

/** The document of `-o json`, as schemas/explanation.schema.json describes it; the same in every language. */
export function renderJson(read: ReadCommand, parts: readonly Part[], outcome: Outcome): string {
  const { family, table, isTableAssumed, isBare, command } = read
  const document = {
    schemaVersion: 1,
    kind: 'explanation',
    family,
    command: isBare ? null : command.name,
    table,
    tableAssumed: isTableAssumed,
    chain: isBare ? null : command.chain,
    rules: command.rules.map((rule) => saveRule(rule, table).trimStart()),
    parts: parts.map(({ words, column, kind, extension, inverted, meaning, note }) => ({
      text: words,
      column,
      kind,
      extension,
      inverted,
      meaning,
      note,
    })),
    place: outcome.place,
    condition: outcome.condition,
    effect: outcome.effect,
    after: outcome.after,
  }
  return `${JSON.stringify(document, null, 2)}\n`
}
