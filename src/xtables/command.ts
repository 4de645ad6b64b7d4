import type { Family } from '../netfilter/glossary.ts'
import type { AnyMatch, AnyTarget } from './define.ts'
import type { OptionContext } from './option.ts'
import type { Registry } from './registry.ts'
import type { RuleSpec } from './rule.ts'

/** What a command does with a table; `zero` may be added to the two that list. */
export type CommandName =
  | 'append'
  | 'delete'
  | 'delete number'
  | 'check'
  | 'insert'
  | 'replace'
  | 'list'
  | 'list rules'
  | 'flush'
  | 'zero'
  | 'zero number'
  | 'new chain'
  | 'delete chain'
  | 'rename chain'
  | 'policy'

/** The letter of each command, for messages. */
export const COMMAND_LETTERS: Readonly<Record<CommandName, string>> = {
  append: 'A',
  delete: 'D',
  'delete number': 'D',
  check: 'C',
  insert: 'I',
  replace: 'R',
  list: 'L',
  'list rules': 'S',
  flush: 'F',
  zero: 'Z',
  'zero number': 'Z',
  'new chain': 'N',
  'delete chain': 'X',
  'rename chain': 'E',
  policy: 'P',
}

/** One iptables command as read. */
export interface Command {
  readonly kind: 'command'
  readonly name: CommandName
  /** `-Z` beside `-L` or `-S`: of the chain, or of one rule. */
  readonly also: 'zero' | 'zero number' | null
  readonly table: string
  /** Null: all chains. */
  readonly chain: string | null
  /** 1-based; 0 where none was given. */
  readonly number: number
  /** `-E`: the new name. */
  readonly newName: string
  /** `-P`: the policy, as written. */
  readonly policy: string
  /** Several where `-s` or `-d` lists several addresses; empty for commands without a rule. */
  readonly rules: readonly RuleSpec[]
  readonly counters: { readonly packets: number; readonly bytes: number } | null
  /** The words it was read from. */
  readonly words: readonly string[]
  /** How often `-v` was given. */
  readonly verbose: number
  readonly numeric: boolean
  readonly exact: boolean
  readonly lineNumbers: boolean
}

/** A command line that asks for something else than a change of tables. */
export type CommandOutcome =
  | Command
  | { readonly kind: 'version'; readonly inverted: boolean }
  | { readonly kind: 'help'; readonly about: readonly (AnyMatch | AnyTarget)[] }
  /** The line is for the other family (`-4`, `-6`). */
  | { readonly kind: 'skip' }

/** Commands that carry a rule. */
export const WITH_RULE: readonly CommandName[] = ['append', 'delete', 'check', 'insert', 'replace']

/** What a command line is read against. */
export interface CommandContext {
  readonly family: Family
  readonly registry: Registry
  /** The table of the restored text; a command line names its own with `-t`. */
  readonly table?: string
  /** Whether a chain of this name exists in the table. */
  readonly hasChain: (name: string, table: string) => boolean
  /** Where the line stands, in a text that is restored. */
  readonly restored?: { readonly program: string; readonly line: number }
  /**
   * Refuse what iptables 1.8.9 refuses although its meaning is clear, such as `!` behind an option, and what it
   * does not know. Default: take it.
   */
  readonly strict?: boolean
  /** Host and network names; without it only numbers and localhost are taken. */
  /** The sets of the host, where it has any; see OptionContext. */
  readonly familyOfSet?: OptionContext['familyOfSet']
  /** Takes what is said although the command is read on. */
  readonly warn?: (text: string) => void
  readonly resolve?: (name: string, family: Family) => readonly (readonly [number, number, number, number])[]
}
