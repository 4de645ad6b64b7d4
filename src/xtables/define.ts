import type { Action } from '../expression/action.ts'
import type { Hook } from '../expression/environment.ts'
import type { Test } from '../expression/test.ts'
import type { Family, TableName } from '../netfilter/glossary.ts'
import type { Words } from '../util/words.ts'
import type { Network } from './kinds.ts'
import type { Given, OptionContext, Options, Values } from './option.ts'
import type { MatchUse } from './rule.ts'

/** How many of an extension's options a rule must give. */
export type OptionCount = 'any' | 'exactly one' | 'at least one' | 'at most one'

/** What a rule looks like to the checks and to the lowering of its extensions. */
export interface RuleContext extends Pick<OptionContext, 'family' | 'warn'> {
  /** `-p` number, 0 for all protocols. */
  readonly protocol: number
  /** Whether `! -p` was given. */
  readonly protocolInverted: boolean
  readonly table: TableName
  readonly inDevice: string
  readonly outDevice: string
  /** `-d`; absent while the rule is checked, which may have several. */
  readonly destination?: Given<Network> | null
  /** The rule's matches in the order written. */
  readonly matches: readonly Pick<MatchUse, 'name' | 'values'>[]
}

/** How `iptables -L` prints a rule. */
export interface ListStyle {
  /** `-n`: no names of ports, hosts and so on are looked up. */
  readonly numeric: boolean
  /** The name of an address, undefined where it has none; absent where no names are looked up. */
  readonly nameOf?: (address: Words, family: Family, isHost: boolean) => string | undefined
}

interface ExtensionDefinition<O extends Options> {
  /** As after `-m` or `-j`. */
  readonly name: string
  /** Other names it can be loaded by; a match is saved with its own name all the same. */
  readonly aliases?: readonly string[]
  readonly families: readonly Family[]
  readonly options: O
  /** Default: any. */
  readonly count?: OptionCount
  /** The rule needs `-p` with one of these numbers, not inverted. */
  readonly protocols?: readonly number[]
  /** Tables it may stand in; all where absent. */
  readonly tables?: readonly TableName[]
  /** Hooks it may be reached from, also through user chains; all where absent. They may depend on the options. */
  readonly hooks?: readonly Hook[] | ((values: Values<O>) => readonly Hook[])
  /** Whether a rule with it turns connection tracking on for its family. */
  readonly needsConntrack?: boolean | ((values: Values<O>) => boolean)
  /** Checks across options; throws UsageError with iptables' text. */
  readonly check?: (values: Values<O>, rule: RuleContext) => void
  /**
   * The text after `-m name` or `-j NAME` as iptables-save prints it, with a leading space before each word;
   * the kit prints the given options in their order of definition where absent.
   */
  readonly save?: (values: Values<O>, rule: RuleContext) => string
  /** Lines that `-h` prints behind the options, such as the names that one of them takes. */
  readonly names?: string
  /**
   * What `iptables -L` prints of it, with a leading space, such as ` tcp dpt:80`; `numeric` where `-n` was given.
   * Absent: nothing. Source: the print function of the extension in iptables.
   */
  readonly list?: (values: Values<O>, rule: RuleContext, how: ListStyle) => string
}

/** A match: `-m name`. */
export interface MatchDefinition<O extends Options = Options> extends ExtensionDefinition<O> {
  readonly kind: 'match'
  /** `-p` with one of these numbers loads it when one of its options is met. */
  readonly implicitFor?: readonly number[]
  /** What all options together mean; where absent, the conjunction of each option's `holds`. */
  readonly holds?: (values: Values<O>, rule: RuleContext) => Test
  /** A rule with it turns the counting of connections' packets on. */
  readonly needsAccounting?: boolean
  /** Wraps the meaning of the options: the proof that the header is there. */
  readonly guard?: (test: Test, rule: RuleContext) => Test
}

/** A target: `-j NAME`. */
export interface TargetDefinition<O extends Options = Options> extends ExtensionDefinition<O> {
  readonly kind: 'target'
  /** Its name in the kernel, which `iptables -L` prints, where it is another. */
  readonly kernelName?: string
  /** What it does, in order. */
  readonly act: (values: Values<O>, rule: RuleContext) => readonly Action[]
}

/** Declares a match. See docs/architecture.md, "An extension is one file". */
export function defineMatch<const O extends Options>(definition: Omit<MatchDefinition<O>, 'kind'>): MatchDefinition<O> {
  return { kind: 'match', ...definition }
}

/** Declares a target. See docs/architecture.md, "An extension is one file". */
export function defineTarget<const O extends Options>(
  definition: Omit<TargetDefinition<O>, 'kind'>,
): TargetDefinition<O> {
  return { kind: 'target', ...definition }
}

// biome-ignore lint/suspicious/noExplicitAny: a registry holds definitions of every option type.
export type AnyMatch = MatchDefinition<any>
// biome-ignore lint/suspicious/noExplicitAny: see above.
export type AnyTarget = TargetDefinition<any>
