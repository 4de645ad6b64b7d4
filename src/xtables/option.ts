import type { Test } from '../expression/test.ts'
import type { Family } from '../netfilter/glossary.ts'
import { UsageError } from '../util/errors.ts'
import type { Words } from '../util/words.ts'

/** What an option's parser may know about the rule it is in. */
export interface OptionContext {
  readonly family: Family
  /** The extension's name, for error texts: `ttl`. */
  readonly extension: string
  /** The option's name without dashes: `ttl-eq`. */
  readonly option: string
  /** The rule's `-p` number; 0 for all. */
  readonly protocol: number
  /** Whether `!` stood before `-p`. */
  readonly protocolInverted?: boolean
  /** What the rule has given to the extension so far. */
  readonly given?: Readonly<Record<string, Given<unknown> | undefined>>
  /** Says something on stderr although the value is taken. */
  readonly warn?: (text: string) => void
  /** False where saved text is read: iptables-restore does not take all that iptables-save prints. */
  readonly strict?: boolean
  /**
   * The family of a set of the host, null where it has none, undefined where there is no such set; absent where
   * nothing is known of sets.
   */
  readonly familyOfSet?: ((name: string) => Family | null | undefined) | undefined
  /** Looks names of hosts and networks up; absent where only numbers are taken. */
  readonly resolve?: (name: string, family: Family) => readonly Words[]
}

/** A kind of option value: how many words it takes, how they are read, how they are saved. */
export interface OptionKind<T> {
  /** Words after the option; 0 for a flag. */
  readonly words: 0 | 1 | 2
  /** Whether the last word may be missing (`--name [value]`). */
  readonly optional?: boolean
  /** How help writes the words, such as `num` or `address[/mask]`. */
  readonly placeholder: string
  /** Reads the words; throws UsageError with iptables' text. */
  readonly parse: (words: readonly string[], context: OptionContext) => T
  /** The words as iptables-save prints them; empty for a flag. */
  readonly format: (value: T, context: OptionContext) => string
}

/** What the extension says of one of its options. */
export interface OptionSettings<T> {
  /** One line for `-m X -h`. */
  readonly help?: string
  /** Further names without dashes, such as `sport` for `source-port`. */
  readonly aliases?: readonly string[]
  /** Whether `!` may stand before it. */
  readonly invertible?: boolean
  /** Whether the rule must give it. */
  readonly required?: boolean
  /** What giving it once more does. Default: refused, as XTOPT_MULTI is rare. See {@link everyUse}. */
  readonly repeated?: 'last wins' | 'each counts' | ((context: OptionContext) => UsageError)
  /** The error for a `!` that may not stand before it, where it is not libxtables' own. */
  readonly notInvertible?: (context: OptionContext) => UsageError
  /** The error for a missing second word, where it is not the usual one. */
  readonly secondMissing?: () => UsageError
  /** Names of options that cannot be given together with it. */
  readonly excludes?: readonly string[]
  /** Names of options that must be given with it. */
  readonly needs?: readonly string[]
  /** Families it exists in; both where absent. */
  readonly families?: readonly Family[]
  /** A synonym: giving it is giving this other option with this value, as `--syn` is a `--tcp-flags`. */
  readonly sets?: (value: T) => readonly [option: string, value: unknown]
  /** Whether a value is the one that holds without the option, so that saving leaves it out, inverted or not. */
  readonly isDefault?: (value: T) => boolean
  /** What it means, without its `!`; the kit negates. */
  readonly holds?: (value: T, context: OptionContext) => Test
}

/** One option of an extension. */
export interface OptionDefinition<T> extends OptionKind<T>, OptionSettings<T> {}

/** Options by their main name without dashes, in the order in which they are saved. */
// biome-ignore lint/suspicious/noExplicitAny: each option has its own value type; Values recovers it.
export type Options = Readonly<Record<string, OptionDefinition<any>>>

/** An option that a rule gives. */
export interface Given<T> {
  readonly value: T
  readonly inverted: boolean
}

/** One use of an option that may be given again and again. */
export interface Use<T> extends Given<T> {
  /** Grows from use to use of any option of the rule. */
  readonly at: number
}

/** An option that may be given again and again: its value is the list of its uses, each read as `option` reads one. */
export function everyUse<T>(option: OptionDefinition<T>): OptionDefinition<readonly Use<T>[]> {
  return { ...(option as unknown as OptionDefinition<readonly Use<T>[]>), repeated: 'each counts' }
}

/** The options that a rule gives, by name, each with the type its definition reads. */
export type Values<O extends Options> = {
  readonly [K in keyof O]?: O[K] extends OptionDefinition<infer T> ? Given<T> : never
}

/** Makes a kind usable as `kind({help, …})` in a definition. */
export function optionOf<T>(kind: OptionKind<T>): (settings?: OptionSettings<T>) => OptionDefinition<T> {
  return (settings = {}) => ({ ...kind, ...settings })
}

/** iptables' text for a value that an option does not take. Source: libxtables xtables_param_act(XTF_BAD_VALUE). */
export function badValue(context: OptionContext, text: string): UsageError {
  return new UsageError(`${context.extension}: Bad value for "--${context.option}" option: "${text}"`)
}

/** iptables' text for what is no number or one outside its range; `near` names a part of a range. Source: libxtables xtopt_parse_int(). */
export function outOfRange(
  context: OptionContext,
  near: string | null,
  min: number | bigint,
  max: number | bigint,
): UsageError {
  const where = near === null ? '' : ` near "${near}"`
  return new UsageError(
    `${context.extension}: bad value for option "--${context.option}"${where}, or out of range (${min}-${max}).\n`,
  )
}

/** iptables' text for more parts between colons than an option takes. Source: libxtables xtopt_parse_mint(). */
export function tooManyParts(context: OptionContext, most: number): UsageError {
  return new UsageError(`${context.extension}: Too many components for option "--${context.option}" (max: ${most})\n`)
}
