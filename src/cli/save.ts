import { readFileSync } from 'node:fs'
import { extensions } from '../host/extensions.ts'
import { restoreRuleset } from '../xtables/restore.ts'
import { saveRuleset } from '../xtables/save-ruleset.ts'
import { type CommandIo, EXIT } from './io.ts'

/** `hookline save FILE`: reads rules and prints them as iptables-save does. */
export function runSave(file: string, options: { counters?: boolean; ipv6?: boolean }, io: CommandIo): number {
  const family = options.ipv6 || /\.v6$/.test(file) ? 6 : 4
  const ruleset = restoreRuleset(readFileSync(file, 'utf8'), family, extensions(), { file })
  io.out(saveRuleset(ruleset, { counters: options.counters === true }))
  return EXIT.ok
}
