import { UsageError } from '../util/errors.ts'
import type { Token } from './tokens.ts'

/** An option as getopt_long finds it on the command line. */
export interface Found {
  /** As written, without its value. */
  readonly spelling: string
  /** The value attached with `=` or directly to a letter. */
  readonly attached: string | null
}

/** Walks over the words of a command line. Source: getopt_long(3) with options and other words in their order. */
export class WordScanner {
  private readonly tokens: readonly Token[]
  private at = 0

  constructor(tokens: readonly Token[]) {
    this.tokens = tokens
  }

  /** Whether every word was taken. */
  get isDone(): boolean {
    return this.at >= this.tokens.length
  }

  /** The next word whatever it is; there must be one. */
  take(): Token {
    return this.tokens[this.at++] as Token
  }

  /** The next word, left where it is. */
  peek(): Token | undefined {
    return this.tokens[this.at]
  }

  /** The words up to the next option, for an extension that is not known. */
  restOfUnknown(): string[] {
    const words: string[] = []
    while (this.at < this.tokens.length) {
      const next = this.tokens[this.at] as Token
      if (!next.quoted && (next.text === '!' || next.text.startsWith('-'))) break
      words.push(next.text)
      this.at++
    }
    return words
  }

  /** The next word, where it is neither an option nor `!`. Source: iptables xshared.c xs_has_arg(). */
  nextArgument(): string | null {
    const next = this.tokens[this.at]
    if (next === undefined || next.text.startsWith('-') || next.text.startsWith('!')) return null
    this.at++
    return next.text
  }

  /** The value of an option that needs one: attached, or the next word whatever it is. */
  required(found: Found): string {
    if (found.attached !== null) return found.attached
    const next = this.tokens[this.at]
    if (next === undefined) throw new UsageError(`option "${found.spelling}" requires an argument`)
    this.at++
    return next.text
  }

  /** Whether a `!` stands between an option and its value, where files of iptables before 1.4.3 have it; taken if so. */
  takeInnerInversion(outer: boolean, found: Found): boolean {
    const next = this.tokens[this.at]
    const isOld = next?.text === '!' && !next.quoted && this.at + 1 < this.tokens.length
    if (found.attached !== null || !isOld) return false
    if (outer) throw new UsageError('multiple consecutive ! not allowed')
    this.at++
    return true
  }
}
