import type { Family, TableName } from '../netfilter/glossary.ts'
import type { UsageError } from '../util/errors.ts'
import type { AnyMatch, AnyTarget, RuleContext } from './define.ts'
import type { Network } from './kinds.ts'
import type { Given } from './option.ts'

/** The options a rule gives to one of its extensions, by the options' main names. */
export type GivenValues = Record<string, Given<unknown> | undefined>

/** One `-m` of a rule. `definition` is null for an extension that is not known: its words are kept as written. */
export interface MatchUse {
  readonly name: string
  readonly definition: AnyMatch | null
  readonly values: GivenValues
  readonly words: readonly string[]
}

/** What `-j` or `-g` names. */
export type TargetUse =
  | { readonly kind: 'standard'; readonly name: 'ACCEPT' | 'DROP' | 'RETURN' | 'QUEUE' }
  | { readonly kind: 'jump' | 'goto'; readonly chain: string }
  | { readonly kind: 'extension'; readonly name: string; readonly definition: AnyTarget; readonly values: GivenValues }
  | { readonly kind: 'unknown'; readonly name: string; readonly words: readonly string[] }

/** A rule as it was written: what restore reads and save prints. */
export interface RuleSpec {
  readonly family: Family
  readonly source: Given<Network> | null
  readonly destination: Given<Network> | null
  readonly protocol: Given<number> | null
  readonly inDevice: Given<string> | null
  readonly outDevice: Given<string> | null
  /** `-f`: IPv4 fragments behind the first. */
  readonly fragment: { readonly inverted: boolean } | null
  readonly matches: readonly MatchUse[]
  readonly target: TargetUse | null
  /** Why the kernel would refuse it for what its extensions are given, wherever it stands; null where it would not. */
  readonly refused: UsageError | null
}

/** What the rule's extensions may know of it. */
export function contextOf(rule: RuleSpec, table: TableName): RuleContext {
  return {
    family: rule.family,
    protocol: rule.protocol?.value ?? 0,
    protocolInverted: rule.protocol?.inverted ?? false,
    table,
    inDevice: rule.inDevice?.value ?? '',
    outDevice: rule.outDevice?.value ?? '',
    destination: rule.destination,
    matches: rule.matches,
  }
}
