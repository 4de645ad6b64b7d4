import type { Counters } from '../netfilter/glossary.ts'
import { UsageError } from '../util/errors.ts'
import type { CommandName } from './command.ts'
import { parseCounter, parseNumber } from './number.ts'

/** Letters of options that commands may or may not have, in the order in which they are checked. */
const CHECKED = ['n', 's', 'd', 'p', 'j', 'v', 'x', 'i', 'o', '0', 'c', 'f'] as const

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

/** Chain and target names end before this length. Source: XT_EXTENSION_MAXNAMELEN. */
export const LONGEST_NAME = 29

/** The name of a chain to be made; throws iptables' text. Source: iptables xshared.c parse_chain(). */
export function checkNewChain(name: string, isTarget: (name: string) => boolean): void {
  if (name.length >= LONGEST_NAME) {
    throw new UsageError(`chain name \`${name}' too long (must be under ${LONGEST_NAME} chars)`)
  }
  if (/^[-!]/.test(name)) throw new UsageError(`chain name not allowed to start with \`${name[0]}'`)
  if (isTarget(name)) throw new UsageError('chain name may not clash with target name')
  if (/\s/.test(name)) throw new UsageError(`Invalid chain name \`${name}'`)
}

/** A rule's number, 1..2^31-1; throws iptables' text. */
export function parseRuleNumber(word: string): number {
  const number = parseNumber(word)
  if (number === null || number < 1 || number > 0x7fffffff) throw new UsageError(`Invalid rule number \`${word}'`)
  return number
}

/** The two numbers of `--set-counters`; throws iptables' text. */
export function parseCounters(packets: string, bytes: string): Counters {
  const read = (text: string, what: string): number => {
    const counter = parseCounter(text)
    if (counter === null) throw new UsageError(`-c ${what} counter not numeric`)
    return counter
  }
  return { packets: read(packets, 'packet'), bytes: read(bytes, 'byte') }
}
