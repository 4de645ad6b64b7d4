import { UsageError } from '../util/errors.ts'

/** Characters of a long line that are shown. */
const WIDTH = 110

/**
 * A line of text with a caret below a column (from 1), both indented by two spaces. Of a long line only the part
 * around the column is shown.
 */
export function excerpt(line: string, column: number): string {
  const at = Math.min(Math.max(column, 1), line.length + 1) - 1
  const from = at < WIDTH - 20 ? 0 : at - WIDTH + 40
  const shown = line.slice(from, from + WIDTH)
  const before = line.slice(from, at)
  const left = from > 0 ? '… ' : ''
  const right = from + WIDTH < line.length ? ' …' : ''
  return `  ${left}${shown}${right}\n  ${' '.repeat(left.length)}${blank(before)}^`
}

/** Spaces as wide as the text is on a terminal; tabs stay tabs. */
function blank(text: string): string {
  return [...text].map((one) => (one === '\t' ? one : isWide(one) ? '  ' : ' ')).join('')
}

/** Whether a terminal gives the character two columns: CJK, Hangul, full-width forms, emoji. Source: UAX #11. */
function isWide(character: string): boolean {
  return /[\u1100-\u115f\u2e80-\ua4cf\uac00-\ud7a3\uf900-\ufaff\ufe30-\ufe4f\uff00-\uff60\uffe0-\uffe6]|[\u{1f300}-\u{1faff}\u{20000}-\u{3fffd}]/u.test(
    character,
  )
}

/** The error with the line of `text` that it is about, and a hint where there is one. An error without a place stays as it is. */
export function withExcerpt(error: UsageError, text: string, hint = ''): UsageError {
  const { place } = error
  const line = place === undefined ? undefined : text.split('\n')[place.line - 1]?.replace(/\r$/, '')
  if (place === undefined || line === undefined) return error
  const message = `${error.message}${hint}\n${excerpt(line, place.column)}`
  return new UsageError(message, { place, exitStatus: error.exitStatus })
}
