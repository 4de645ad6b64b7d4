import { UsageError } from '../util/errors.ts'

/** A word of a line, with its column (1-based) and whether quotes surrounded any of it. */
export interface Token {
  readonly text: string
  readonly column: number
  readonly quoted: boolean
}

/**
 * Splits a line into words as iptables-restore does: white space separates, double quotes hold words
 * together, a backslash inside them keeps the next character, and a closing quote ends its word (`"a""b"` is
 * two). Throws UsageError for an open quote, unless `isExact`: then the line's end closes it, and only blanks and
 * tabs separate, as iptables-restore has it.
 *
 * Source: iptables xshared.c add_param_to_argv().
 */
export function tokenize(line: string, isExact = false): Token[] {
  const tokens: Token[] = []
  let at = 0
  while (at < line.length) {
    while (at < line.length && isSpace(line.charCodeAt(at), isExact)) at++
    if (at >= line.length) break
    const column = at + 1
    let word = ''
    let quoted = false
    let open = false
    for (; at < line.length; at++) {
      const character = line[at] as string
      if (open) {
        if (character === '\\' && at + 1 < line.length) word += line[++at]
        else if (character === '"') {
          open = false
          at++
          break
        } else word += character
      } else if (character === '"') {
        open = true
        quoted = true
      } else if (isSpace(line.charCodeAt(at), isExact)) break
      else word += character
    }
    if (open && !isExact) throw new UsageError('a quote is not closed', { place: { line: 1, column } })
    tokens.push({ text: word, column, quoted })
  }
  return tokens
}

function isSpace(code: number, isExact: boolean): boolean {
  return code === 32 || code === 9 || (code >= 10 && code <= 13 && !isExact)
}
