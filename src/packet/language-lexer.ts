/** The tokens of the packet language, and reading them one by one with errors that point at a column. */

import { fromHex } from '../util/bytes.ts'
import { UsageError } from '../util/errors.ts'

/** A word, a quoted text (its bytes), or one of `(`, `)`, `>`; `column` counts from 1. */
export interface Token {
  readonly kind: 'word' | 'string' | '(' | ')' | '>' | 'end'
  readonly text: string
  readonly column: number
  /** Of a quoted text. */
  readonly bytes?: Uint8Array
}

const ESCAPES: Readonly<Record<string, number>> = { n: 10, r: 13, t: 9, '0': 0, '"': 34, '\\': 92 }

/** The tokens of `text`, the last of kind `end`. Throws {@link UsageError} at a quoted text that does not end. */
export function tokensOf(text: string): Token[] {
  const tokens: Token[] = []
  let at = 0
  while (at < text.length) {
    const letter = text[at]!
    const column = at + 1
    if (/[\s,]/.test(letter)) at++
    else if (letter === '(' || letter === ')' || letter === '>') {
      tokens.push({ kind: letter, text: letter, column })
      at++
    } else if (letter === '"') {
      const { bytes, end } = readString(text, at)
      tokens.push({ kind: 'string', text: text.slice(at, end), column, bytes })
      at = end
    } else {
      const end = endOfWord(text, at)
      tokens.push({ kind: 'word', text: text.slice(at, end).replace(/,+$/, ''), column })
      at = end
    }
  }
  tokens.push({ kind: 'end', text: '', column: text.length + 1 })
  return tokens
}

function endOfWord(text: string, start: number): number {
  let at = start
  while (at < text.length && !/[\s()>"]/.test(text[at]!)) at++
  return at
}

function readString(text: string, start: number): { bytes: Uint8Array; end: number } {
  const encoder = new TextEncoder()
  const bytes: number[] = []
  let at = start + 1
  while (at < text.length && text[at] !== '"') {
    if (text[at] !== '\\') {
      const letter = String.fromCodePoint(text.codePointAt(at)!)
      bytes.push(...encoder.encode(letter))
      at += letter.length
      continue
    }
    const hex = /^\\x([0-9a-fA-F]{2})/.exec(text.slice(at, at + 4))
    const escaped = hex ? Number.parseInt(hex[1]!, 16) : ESCAPES[text[at + 1] ?? '']
    if (escaped === undefined) throw problem('expected \\n, \\r, \\t, \\0, \\", \\\\ or \\xNN', at + 1)
    bytes.push(escaped)
    at += hex ? 4 : 2
  }
  if (at >= text.length) throw problem('expected a closing " for the one here', start + 1)
  return { bytes: Uint8Array.from(bytes), end: at + 1 }
}

/** The {@link UsageError} that says `message` about this column of line 1. */
export function problem(message: string, column: number): UsageError {
  return new UsageError(message, { place: { line: 1, column } })
}

/** A position in the tokens, which the `take…` functions move on. */
export interface Cursor {
  readonly tokens: readonly Token[]
  at: number
}

/** The token that comes next; the `end` token for ever at the end. */
export function peek(cursor: Cursor): Token {
  return cursor.tokens[Math.min(cursor.at, cursor.tokens.length - 1)]!
}

/** Moves past the next token and returns it. */
export function take(cursor: Cursor): Token {
  const token = peek(cursor)
  cursor.at++
  return token
}

/** {@link problem} at the next token: `expected …, found …`. */
export function unexpected(cursor: Cursor, expected: string, hint = ''): UsageError {
  const token = peek(cursor)
  return problem(`expected ${expected}, found ${describe(token)}${hint}`, token.column)
}

/** The next token, which must be a word. */
export function takeWord(cursor: Cursor, expected: string): Token {
  if (peek(cursor).kind !== 'word') throw unexpected(cursor, expected)
  return take(cursor)
}

/** The next word as a whole number of 0..`max`, decimal or with `0x`; `name` is the word it belongs to. */
export function takeNumber(cursor: Cursor, name: string, max: number): number {
  const value = numberOf(peek(cursor))
  if (value === undefined || value > max) throw unexpected(cursor, `a number of 0 to ${max} after '${name}'`)
  cursor.at++
  return value
}

/** The number that a word writes, or `undefined`. */
export function numberOf(token: Token): number | undefined {
  if (token.kind !== 'word' || !/^(\d{1,15}|0[xX][0-9a-fA-F]{1,12})$/.test(token.text)) return undefined
  return Number(token.text)
}

/** The next token as bytes: `0x…` or a quoted text. */
export function takeBytes(cursor: Cursor, name: string): Uint8Array {
  const token = peek(cursor)
  if (token.kind === 'string') return take(cursor).bytes!
  if (token.kind !== 'word' || !/^0[xX]/.test(token.text)) {
    throw unexpected(cursor, `bytes such as 0x0a0b or "text" after '${name}'`)
  }
  cursor.at++
  return hexOf(token)
}

/** The bytes that the digits of a word write. */
export function hexOf(token: Token): Uint8Array {
  try {
    return fromHex(token.text)
  } catch (error) {
    if (!(error instanceof UsageError)) throw error
    throw problem(error.message, token.column + (error.place?.column ?? 1) - 1)
  }
}

/** ` (did you mean 'ttl'?)` where one of `names` is near to `text`, else nothing. */
export function suggestion(text: string, names: readonly string[]): string {
  const best = nearest(text, names)
  return best === undefined ? '' : `; did you mean '${best}'?`
}

/** The first of the names with the fewest changes from `text`, `most` at most; upper and lower case are the same. */
export function nearest(text: string, names: readonly string[], most = 2): string | undefined {
  let best: string | undefined
  let least = Math.min(most + 1, Math.ceil(text.length / 2) + 1)
  for (const name of names) {
    const distance = editDistance(text.toLowerCase().slice(0, 30), name.toLowerCase())
    if (distance < least) [best, least] = [name, distance]
  }
  return best
}

/** Insertions, deletions, changed letters and swapped neighbours between two words. */
function editDistance(a: string, b: string): number {
  let older: number[] = []
  let row = Array.from({ length: b.length + 1 }, (_, i) => i)
  for (let i = 1; i <= a.length; i++) {
    const next = [i]
    for (let j = 1; j <= b.length; j++) {
      let least = Math.min(next[j - 1]! + 1, row[j]! + 1, row[j - 1]! + (a[i - 1] === b[j - 1] ? 0 : 1))
      const swapped = i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1]
      if (swapped) least = Math.min(least, older[j - 2]! + 1)
      next.push(least)
    }
    older = row
    row = next
  }
  return row[b.length]!
}

function describe(token: Token): string {
  if (token.kind === 'end') return 'the end'
  return `'${token.text.length > 40 ? `${token.text.slice(0, 40)}…` : token.text}'`
}
