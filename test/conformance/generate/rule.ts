/** A ruleset as data, so that it can be printed, counted and made smaller. */
import type { Version } from './pools.ts'

/** The five hooks by the names of their built-in chains. */
export type Hook = 'PREROUTING' | 'INPUT' | 'FORWARD' | 'OUTPUT' | 'POSTROUTING'

/** The names of the tables. */
export type TableName = 'raw' | 'mangle' | 'nat' | 'filter' | 'security'

/** One rule: its conditions in order, each a piece of the command line, and its target (`-j X ...`, `-g X` or nothing). */
export interface RuleCase {
  readonly chain: string
  readonly matches: readonly string[]
  readonly target: string
}

/** A chain; a user chain has no policy. */
export interface ChainCase {
  readonly name: string
  readonly policy: 'ACCEPT' | 'DROP' | null
}

/** A table with its chains and rules. */
export interface TableCase {
  readonly name: TableName
  readonly chains: readonly ChainCase[]
  readonly rules: readonly RuleCase[]
}

/** The rules of one IP version. */
export interface RulesetCase {
  readonly version: Version
  /** Settings of the namespace that differ from the usual, written in this order. */
  readonly sysctls?: Readonly<Record<string, string>>
  /** What `ipset restore` reads before the rules; absent where no rule names a set. */
  readonly sets?: string
  /** The extensions that packets are made for. */
  readonly tries?: readonly string[]
  readonly tables: readonly TableCase[]
}

/** The hooks of each table, in the order iptables-save has them. */
export const tableHooks: Readonly<Record<TableName, readonly Hook[]>> = {
  raw: ['PREROUTING', 'OUTPUT'],
  mangle: ['PREROUTING', 'INPUT', 'FORWARD', 'OUTPUT', 'POSTROUTING'],
  nat: ['PREROUTING', 'INPUT', 'OUTPUT', 'POSTROUTING'],
  filter: ['INPUT', 'FORWARD', 'OUTPUT'],
  security: ['INPUT', 'FORWARD', 'OUTPUT'],
}

/** The rule as a line of iptables-save input. */
export function ruleText(rule: RuleCase): string {
  return ['-A', rule.chain, ...rule.matches, rule.target].filter((part) => part !== '').join(' ')
}

/** The ruleset as iptables-restore reads it. */
export function rulesetText(ruleset: RulesetCase): string {
  const lines = ruleset.tables.flatMap((table) => [
    `*${table.name}`,
    ...table.chains.map(({ name, policy }) => `:${name} ${policy ?? '-'} [0:0]`),
    ...table.rules.map(ruleText),
    'COMMIT',
  ])
  return lines.map((line) => `${line}\n`).join('')
}

/** The names of the match extensions and the target a rule uses; address, device and protocol tests are named too. */
export function extensionsOf(rule: RuleCase): { matches: string[]; target: string } {
  const matches = rule.matches.flatMap((part) => {
    const named = [...part.matchAll(/(?:^| )-m (\S+)/g)].map((found) => found[1]!)
    const plain = /^(?:! )?-([sdiopf])\b/.exec(part)?.[1]
    return plain ? [`-${plain}`, ...named] : named
  })
  const target = /^-([jg]) (\S+)/.exec(rule.target)
  const name = target?.[2] ?? ''
  return {
    matches,
    target: !target ? '(none)' : /^[a-z]/.test(name) ? (target[1] === 'g' ? '(goto)' : '(jump)') : name,
  }
}
