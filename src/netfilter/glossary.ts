import type { Action } from '../expression/action.ts'
import type { Hook } from '../expression/environment.ts'
import type { Test } from '../expression/test.ts'

/** Address families that have tables of their own, by IP version, as in `Packet.family`. */
export type Family = 4 | 6

/** The five tables in the order of their hook priorities. */
export const TABLE_NAMES = ['raw', 'mangle', 'nat', 'filter', 'security'] as const
export type TableName = (typeof TABLE_NAMES)[number]

/** The built-in chains of each table, in the order iptables-save prints them. Source: Linux xt_table.valid_hooks. */
export const TABLE_HOOKS: Readonly<Record<TableName, readonly Hook[]>> = {
  raw: ['PREROUTING', 'OUTPUT'],
  mangle: ['PREROUTING', 'INPUT', 'FORWARD', 'OUTPUT', 'POSTROUTING'],
  nat: ['PREROUTING', 'INPUT', 'OUTPUT', 'POSTROUTING'],
  filter: ['INPUT', 'FORWARD', 'OUTPUT'],
  security: ['INPUT', 'FORWARD', 'OUTPUT'],
}

/** Packets and bytes that met a rule or a policy; exact up to 2^53. */
export interface Counters {
  packets: number
  bytes: number
}

/** Where a rule sends a packet it matched. */
export type RuleTarget =
  /** No `-j`: counts and goes on. */
  | { readonly kind: 'none' }
  | { readonly kind: 'jump' | 'goto'; readonly chain: Chain }
  | { readonly kind: 'actions'; readonly name: string; readonly actions: readonly Action[] }

/** One rule, lowered to expressions. */
export interface Rule {
  readonly test: Test
  readonly target: RuleTarget
  readonly counters: Counters
  /** The rule as iptables-save prints it without `-A CHAIN`, for traces. */
  readonly text: string
  /** Line in the file it came from, 1-based; 0 when it has none. */
  readonly line: number
  /**
   * True for a rule without any test whose target is a built-in verdict: the kernel's TRACE cannot tell such
   * a rule from the end of its chain and calls it `policy` or `return`. Source: get_chainname_rulenum().
   */
  readonly looksLikeChainEnd: boolean
}

/** A list of rules. `policy` is null for user chains. */
export interface Chain {
  readonly name: string
  policy: 'ACCEPT' | 'DROP' | null
  /** Of the policy; for user chains iptables prints 0. */
  readonly counters: Counters
  readonly rules: Rule[]
}

/** One table of one family: built-in chains first, then user chains by name. */
export interface Table {
  readonly family: Family
  readonly name: TableName
  readonly chains: Map<string, Chain>
}
