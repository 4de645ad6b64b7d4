import type { Counters, TableName } from '../netfilter/glossary.ts'
import { protocolName } from '../wire/protocols.ts'
import type { AnyMatch, AnyTarget } from './define.ts'
import { formatNetwork } from './kinds.ts'
import type { Given, Options } from './option.ts'
import { quote } from './quote.ts'
import { contextOf, type GivenValues, type MatchUse, type RuleSpec } from './rule.ts'

/**
 * A rule as iptables-save prints it behind `-A CHAIN`, each word with a space before it; with `counters`, as
 * `iptables -v -S` does.
 *
 * Source: iptables 1.8.9 print_rule4(), print_rule6().
 */
export function saveRule(rule: RuleSpec, table: TableName, counters?: Counters): string {
  let text = ''
  const not = (given: { readonly inverted: boolean }): string => (given.inverted ? ' !' : '')
  if (rule.source) text += `${not(rule.source)} -s ${formatNetwork(rule.source.value, rule)}`
  if (rule.destination) text += `${not(rule.destination)} -d ${formatNetwork(rule.destination.value, rule)}`
  if (rule.inDevice && rule.inDevice.value !== '+') text += `${not(rule.inDevice)} -i ${rule.inDevice.value}`
  if (rule.outDevice && rule.outDevice.value !== '+') text += `${not(rule.outDevice)} -o ${rule.outDevice.value}`
  if (rule.protocol) text += `${not(rule.protocol)} -p ${protocolName(rule.protocol.value) ?? rule.protocol.value}`
  if (rule.fragment) text += `${not(rule.fragment)} -f`
  for (const match of rule.matches) text += saveMatch(match, rule, table)
  if (counters) text += ` -c ${counters.packets} ${counters.bytes}`
  return text + saveTarget(rule, table)
}

function saveMatch(match: MatchUse, rule: RuleSpec, table: TableName): string {
  if (match.definition === null) return ` -m${saveWords([match.name, ...match.words])}`
  return ` -m ${match.name}${saveOptions(match.definition, match.values, rule, table)}`
}

function saveTarget(rule: RuleSpec, table: TableName): string {
  const { target } = rule
  if (target === null) return ''
  switch (target.kind) {
    case 'standard':
      return ` -j ${target.name}`
    case 'jump':
      return ` -j ${target.chain}`
    case 'goto':
      return ` -g ${target.chain}`
    case 'unknown':
      return ` -j ${target.name}${saveWords(target.words)}`
    case 'extension':
      return ` -j ${target.name}${saveOptions(target.definition, target.values, rule, table)}`
  }
}

function saveWords(words: readonly string[]): string {
  return words.map((word) => (/^[\w!,.:/=+%@-]+$/.test(word) ? ` ${word}` : ` ${quote(word)}`)).join('')
}

/** The options of one extension as saved, each word with a space before it. */
function saveOptions(definition: AnyMatch | AnyTarget, values: GivenValues, rule: RuleSpec, table: TableName): string {
  const context = contextOf(rule, table)
  if (definition.save) return definition.save(values, context)
  let text = ''
  for (const [name, option] of Object.entries(definition.options as Options)) {
    const given: Given<unknown> | undefined = values[name]
    if (given === undefined || option.isDefault?.(given.value)) continue
    text += saveOption(
      name,
      option.format(given.value, { ...context, extension: definition.name, option: name }),
      given.inverted,
    )
  }
  return text
}

/** ` ! --name words`. */
export function saveOption(name: string, words: string, inverted: boolean): string {
  return `${inverted ? ' !' : ''} --${name}${words === '' ? '' : ` ${words}`}`
}
