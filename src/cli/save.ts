import { extensions } from '../host/extensions.ts'
import { UsageError } from '../util/errors.ts'
import { restoreRuleset } from '../xtables/restore.ts'
import { saveRuleset } from '../xtables/save-ruleset.ts'
import { withExcerpt } from './excerpt.ts'
import { type CommandIo, EXIT } from './io.ts'
import { hintFor } from './trace/hints.ts'
import { readRulesFiles } from './trace/rules-files.ts'

/** `hookline save FILE`: reads rules and prints them as iptables-save does. */
export function runSave(file: string, options: { counters?: boolean; ipv6?: boolean }, io: CommandIo): number {
  const [rules] = readRulesFiles(options.ipv6 ? [] : [file], options.ipv6 ? [file] : [], io)
  if (rules === undefined) return EXIT.usage
  const { name, text, family } = rules
  try {
    const ruleset = restoreRuleset(text, family, extensions(), { file: name === '-' ? 'standard input' : name })
    io.out(saveRuleset(ruleset, { counters: options.counters === true }))
    return EXIT.ok
  } catch (error) {
    if (!(error instanceof UsageError)) throw error
    const line = text.split('\n')[(error.place?.line ?? 1) - 1] ?? ''
    throw withExcerpt(error, text, hintFor(error.message, line))
  }
}
