import { matches } from '../../../matches/index.ts'
import type { Family } from '../../../netfilter/glossary.ts'
import { nearest } from '../../../packet/language-lexer.ts'
import { targets } from '../../../targets/index.ts'
import { GLOBAL_OPTIONS } from '../../../xtables/global-options.ts'
import type { AnyMatch, AnyTarget, Options } from '../../../xtables/index.ts'
import { parseProtocol } from '../../../xtables/index.ts'
import type { Attempt } from './types.ts'

/** The spellings of options that cases ask for. */
export const SPELLINGS = {
  protocol: ['-p', '--protocol'],
  source: ['-s', '--source', '--src'],
  destination: ['-d', '--destination', '--dst'],
  input: ['-i', '--in-interface'],
  output: ['-o', '--out-interface'],
  jump: ['-j', '--jump'],
  goto: ['-g', '--goto'],
  match: ['-m', '--match'],
  table: ['-t', '--table'],
  append: ['-A', '--append'],
  insert: ['-I', '--insert'],
  delete: ['-D', '--delete'],
  replace: ['-R', '--replace'],
  check: ['-C', '--check'],
  policy: ['-P', '--policy'],
} as const

/** Commands with a chain behind them. */
const CHAIN_COMMANDS =
  '-A --append -I --insert -D --delete -R --replace -C --check -P --policy -L --list -S --list-rules -F --flush -X --delete-chain -Z --zero -E --rename-chain'.split(
    ' ',
  )

/** Index of the first of these options, from `from` on; -1 where there is none. */
export function find(words: readonly string[], names: readonly string[], from = 0): number {
  return words.findIndex((word, at) => at >= from && names.includes(word.replace(/^(--[^=]+)=.*/s, '$1')))
}

/** The value of the option at an index: attached with `=`, or the next word. */
export function valueAt(words: readonly string[], at: number): string | undefined {
  const attached = /^--[^=]+=(.*)$/s.exec(words[at] ?? '')?.[1]
  return attached ?? words[at + 1]
}

/** The value of the first of these options. */
export function valueFor(words: readonly string[], names: readonly string[]): string | undefined {
  const at = find(words, names)
  return at < 0 ? undefined : valueAt(words, at)
}

/** The words with others in place of some. */
export function put(words: readonly string[], at: number, remove: number, ...added: string[]): string[] {
  return [...words.slice(0, at), ...added, ...words.slice(at + remove)]
}

/** The words with another value for the option at an index. */
export function withValue(words: readonly string[], at: number, value: string): string[] {
  const [, option] = /^(--[^=]+)=/.exec(words[at] ?? '') ?? []
  return option === undefined ? put(words, at + 1, 1, value) : put(words, at, 1, option, value)
}

/** The words with the option at an index spelt otherwise. */
export function withOption(words: readonly string[], at: number, option: string): string[] {
  return put(words, at, 1, (words[at] as string).replace(/^-[^=]*/s, option))
}

/** Where the word behind an option's value comes, or behind the option itself. */
export function endOf(words: readonly string[], at: number): number {
  return /^--[^=]+=/.test(words[at] ?? '') ? at + 1 : at + 2
}

/** Index of the option, counted back over its `!`. */
export function startOf(words: readonly string[], at: number): number {
  return words[at - 1] === '!' ? at - 1 : at
}

/** The chain that the command is about, with its index. */
export function chainOf(words: readonly string[]): { readonly name: string; readonly at: number } | null {
  const at = words.findIndex((word) => CHAIN_COMMANDS.includes(word))
  const name = words[at + 1]
  return at < 0 || name === undefined ? null : { name, at: at + 1 }
}

/** The words with a table: a line of a restored text names it elsewhere. */
export function withTable(attempt: Attempt, words: readonly string[], table: string): string[] | null {
  if (attempt.isRestored) return attempt.table === table ? [...words] : null
  const at = find(words, SPELLINGS.table)
  if (at < 0) return table === 'filter' ? [...words] : ['-t', table, ...words]
  return withValue(words, at, table)
}

/** The names of user chains and built-in ones of the attempt's table. */
export function chainNames({ tables, table }: Attempt): string[] {
  for (const [name, one] of tables) if (name === table) return [...one.chains.keys()]
  return []
}

/** The names of an extension's options in a family, other spellings included. */
export function optionNames(extension: AnyMatch | AnyTarget, family: Family): string[] {
  return Object.entries(extension.options as Options).flatMap(([name, { aliases = [], families }]) =>
    families && !families.includes(family) ? [] : [name, ...aliases],
  )
}

/** The matches of a family. */
export function matchesOf(family: Family): AnyMatch[] {
  return (matches as readonly AnyMatch[]).filter(({ families }) => families.includes(family))
}

/** The targets of a family. */
export function targetsOf(family: Family): AnyTarget[] {
  return (targets as readonly AnyTarget[]).filter(({ families }) => families.includes(family))
}

/** The long names of iptables' own options. */
export const GENERAL_OPTIONS: readonly string[] = GLOBAL_OPTIONS.flatMap(({ long }) => long)

/** The matches that the words load with `-m`. */
export function loadedMatches(words: readonly string[]): string[] {
  return words.flatMap((word, at) => (word === '-m' || word === '--match' ? [words[at + 1] ?? ''] : []))
}

/** `a, b or c`. */
export function orList(names: readonly string[]): string {
  return names.length < 2 ? (names[0] ?? '') : `${names.slice(0, -1).join(', ')} or ${names.at(-1)}`
}

/** The name that a misspelt one may mean: of short ones only one letter may differ. */
export function meantBy(word: string, names: readonly string[]): string | undefined {
  return nearest(word, names, word.replace(/^-+/, '').length < 5 ? 1 : 2)
}

/** Options whose value is a text for people. */
export const FREE_TEXT: readonly string[] = ['--comment', '--log-prefix', '--nflog-prefix', '--string']

/** The number of a protocol by name or number; null for none. */
export function numberOf(protocol: string): number | null {
  try {
    return parseProtocol(protocol)
  } catch {
    return null
  }
}
