import { UsageError } from '../../util/errors.ts'
import type { Token } from '../../xtables/index.ts'

/**
 * Splits a command as a shell does: spaces part words, single and double quotes hold them together, a backslash keeps
 * the next character. Columns count from 1. Throws UsageError for an open quote.
 */
export function shellWords(text: string): Token[] {
  const tokens: Token[] = []
  let at = 0
  while (at < text.length) {
    while (/\s/.test(text[at] ?? '')) at++
    if (at >= text.length) break
    const column = at + 1
    let word = ''
    let quote = ''
    for (; at < text.length; at++) {
      const one = text[at] as string
      if (quote === '' && /\s/.test(one)) break
      if (one === quote) quote = ''
      else if (quote === '' && (one === '"' || one === "'")) quote = one
      else if (one === '\\' && quote !== "'" && at + 1 < text.length) word += text[++at]
      else word += one
    }
    if (quote !== '') throw new UsageError('a quote is not closed', { place: { line: 1, column } })
    tokens.push({ text: word, column, quoted: false })
  }
  return tokens
}
