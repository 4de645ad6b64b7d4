import { UsageError } from '../../util/errors.ts'
import type { Token } from '../../xtables/index.ts'
import { type CommandIo, EXIT } from '../io.ts'
import { shellLine } from '../iptables/hints/lines.ts'
import { type Language, languageOf } from '../language.ts'
import { explainedError } from './failure.ts'
import { outcomeOf } from './outcome.ts'
import { partsOf } from './parts.ts'
import { readCommand, withoutProgram } from './read.ts'
import { renderJson, renderText } from './render.ts'
import { shellWords } from './words.ts'

/** The options of `hookline explain`. */
export interface ExplainOptions {
  readonly output?: 'text' | 'json'
  readonly lang?: Language
  readonly ipv6?: boolean
}

/** `hookline explain`: says what a rule or a command means, part by part. Throws UsageError with hints. */
export function runExplain(words: readonly string[], options: ExplainOptions, io: CommandIo): number {
  const language = options.lang ?? languageOf(io.environment)
  const text = (words.length === 1 ? (words[0] as string) : shellLine('', words).text).trim()
  if (text.includes('\n')) throw new UsageError('one rule or command at a time')
  const tokens: readonly Token[] = shellWords(text)
  const written = withoutProgram(tokens, options.ipv6 ? 6 : 4)
  try {
    const read = readCommand(written)
    const parts = partsOf(read)
    const outcome = outcomeOf(read, parts)
    io.out(options.output === 'json' ? renderJson(read, parts, outcome) : renderText(text, parts, outcome, language))
    return EXIT.ok
  } catch (error) {
    if (!(error instanceof UsageError)) throw error
    throw explainedError(error, written, text, language)
  }
}
