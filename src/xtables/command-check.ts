import { UsageError } from '../util/errors.ts'
import type { CommandName } from './command.ts'

/** Letters of options that commands may or may not have, in the order in which they are checked. */
const CHECKED = ['n', 's', 'd', 'p', 'j', 'v', 'x', 'i', 'o', '0', 'c', 'f'] as const
export type CheckedOption = (typeof CHECKED)[number]

const RULE = 'nx0'
const NOTHING = 'nsdpjxio0cf'

/** The options that each command must not have. Source: iptables xshared.c commands_v_options[]. */
const ILLEGAL: Readonly<Record<CommandName, string>> = {
  insert: RULE,
  delete: `${RULE}c`,
  'delete number': NOTHING,
  replace: RULE,
  append: RULE,
  list: 'sdpjiocf',
  flush: NOTHING,
  zero: NOTHING,
  'new chain': NOTHING,
  'delete chain': NOTHING,
  policy: NOTHING.replace('c', ''),
  'rename chain': NOTHING,
  'list rules': NOTHING,
  'zero number': NOTHING,
  check: `${RULE}c`,
}

/** Throws iptables' text for an option that none of the commands takes. Source: iptables xshared.c generic_opt_check(). */
export function checkOptions(commands: readonly CommandName[], given: ReadonlySet<string>): void {
  for (const letter of CHECKED) {
    if (!given.has(letter) || commands.some((command) => !ILLEGAL[command].includes(letter))) continue
    throw new UsageError(`Illegal option \`-${letter}' with this command`)
  }
}
