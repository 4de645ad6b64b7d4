import type { Family } from '../../../netfilter/glossary.ts'
import type { UsageError } from '../../../util/errors.ts'
import type { Language } from '../../language.ts'
import type { Program } from '../programs.ts'
import type { Tables } from '../rules-file.ts'

/** A sentence in every language: one that lacks a language does not compile. */
export type Text = Readonly<Record<Language, string>>

/** A command that failed, as the cases look at it. */
export interface Attempt {
  readonly program: Program
  /** The words behind the program's name, or those of a line that is restored. */
  readonly words: readonly string[]
  /** Whether it is a line of a text that iptables-restore reads. */
  readonly isRestored: boolean
  /** The table it is for. */
  readonly table: string
  /** The tables as they are before it. */
  readonly tables: Tables
  /** What was thrown: its text is iptables', or where only the kernel refuses, our reason. */
  readonly error: UsageError | Error
  /** The text of `error`. */
  readonly message: string
  /** Index of the word at which reading stopped; null where none is known. */
  readonly at: number | null
}

/** What was probably meant. */
export interface Hint {
  /** Index of the word that the caret stands under. */
  readonly at: number
  readonly text: Text
  /** The corrected commands, one after the other, each without the program's name. */
  readonly fix?: readonly (readonly string[])[]
  /** Where the command is for the program of the other family. */
  readonly family?: Family
}

/** One kind of mistake. */
export interface Case {
  /** What the error's text looks like. */
  readonly says: RegExp
  /** Null where the words do not show this mistake. */
  readonly hint: (attempt: Attempt, parts: readonly (string | undefined)[]) => Hint | null
}
