import type { Words } from '../util/words.ts'
import type { Flow } from './flow.ts'
import { prefixMask } from './prefix-map.ts'
import type { Realm } from './route.ts'

/** An address prefix of a rule. */
export interface RulePrefix {
  readonly network: Words
  readonly length: number
}

/** What a rule does with a flow it matches. */
export type RuleAction =
  | { readonly kind: 'table'; readonly table: number }
  | { readonly kind: 'goto'; readonly priority: number }
  | { readonly kind: 'nop' | 'blackhole' | 'unreachable' | 'prohibit' }

/** One policy rule (`ip rule`). Ranges are inclusive. */
export interface PolicyRule {
  readonly family: 4 | 6
  /** Lower is asked first. */
  readonly priority: number
  readonly inverted: boolean
  readonly from: RulePrefix | null
  readonly to: RulePrefix | null
  /** Interface index; 0 for any, -1 for a device that is not there. */
  readonly iif: number
  readonly oif: number
  readonly mark: number
  readonly mask: number
  readonly tos: number
  /** 0 for any. */
  readonly protocol: number
  readonly sport: readonly [number, number] | null
  readonly dport: readonly [number, number] | null
  readonly uid: readonly [number, number] | null
  readonly action: RuleAction
  /** Routes with a prefix of at most this length are passed over; -1: none. */
  readonly suppressPrefixLength: number
  /** See {@link Realm}; IPv4 only, absent for none. */
  readonly realm?: Realm
}

/** The rules a host starts with: local, main and, for IPv4, default. Source: fib_default_rules_init(), fib6_rules_net_init(). */
export function defaultRules(family: 4 | 6): PolicyRule[] {
  const rules = [lookupRule(family, 0, 255), lookupRule(family, 32766, 254)]
  if (family === 4) rules.push(lookupRule(family, 32767, 253))
  return rules
}

/** A rule without conditions that asks a table. */
function lookupRule(family: 4 | 6, priority: number, table: number): PolicyRule {
  return {
    family,
    priority,
    inverted: false,
    from: null,
    to: null,
    iif: 0,
    oif: 0,
    mark: 0,
    mask: 0,
    tos: 0,
    protocol: 0,
    sport: null,
    dport: null,
    uid: null,
    action: { kind: 'table', table },
    suppressPrefixLength: -1,
  }
}

/** Whether the rules are the ones every host starts with, which lets the kernel merge the tables local and main. */
export function areDefaultRules(rules: readonly PolicyRule[], family: 4 | 6): boolean {
  return JSON.stringify(rules) === JSON.stringify(defaultRules(family))
}

/** Whether the rule's conditions hold for a flow. Source: Linux fib_rule_match(), fib4_rule_match(), fib6_rule_match(). */
export function ruleMatches(rule: PolicyRule, flow: Flow): boolean {
  return conditionsHold(rule, flow) !== rule.inverted
}

function conditionsHold(rule: PolicyRule, flow: Flow): boolean {
  if (rule.iif !== 0 && rule.iif !== flow.iif) return false
  if (rule.oif !== 0 && rule.oif !== flow.oif) return false
  if (((rule.mark ^ flow.mark) & rule.mask) !== 0) return false
  if (rule.uid !== null && !inRange(rule.uid, flow.uid)) return false
  if (rule.to !== null && !isInPrefix(flow.destination, rule.to)) return false
  if (rule.from !== null) {
    if (rule.family === 6 && !flow.hasSource) return false
    if (!isInPrefix(flow.source, rule.from)) return false
  }
  if (rule.tos !== 0 && !tosMatches(rule, flow)) return false
  if (rule.protocol !== 0 && rule.protocol !== flow.protocol) return false
  if (rule.sport !== null && !inRange(rule.sport, flow.sport)) return false
  return rule.dport === null || inRange(rule.dport, flow.dport)
}

/** IPv4 rules see the old four TOS bits, IPv6 rules the whole DSCP. Source: Linux fib_dscp_masked_match(), ip6_dscp(). */
function tosMatches(rule: PolicyRule, flow: Flow): boolean {
  return rule.tos === (flow.tos & (rule.family === 4 ? 0x1c : 0xfc))
}

function inRange(range: readonly [number, number], value: number): boolean {
  return range[0] <= value && value <= range[1]
}

function isInPrefix(address: Words, { network, length }: RulePrefix): boolean {
  const mask = prefixMask(length)
  for (let i = 0; i < 4; i++) {
    if ((((address[i] as number) ^ (network[i] as number)) & (mask[i] as number)) !== 0) return false
  }
  return true
}
