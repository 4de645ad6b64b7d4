import type { Action } from '../expression/action.ts'
import { field } from '../expression/field.ts'
import { allOf, always, equals, inNetwork, not, type Test } from '../expression/test.ts'
import type { Chain, RuleTarget, TableName } from '../netfilter/glossary.ts'
import { UsageError } from '../util/errors.ts'
import { protocolName } from '../wire/protocols.ts'
import type { AnyMatch, RuleContext } from './define.ts'
import { formatNetwork } from './kinds.ts'
import type { Given, Options, Values } from './option.ts'
import { contextOf, type GivenValues, type MatchUse, type RuleSpec } from './rule.ts'
import { saveOption } from './save.ts'

/** A rule's whole test: the general options, then its matches in the order written. */
export function lowerTest(rule: RuleSpec, table: TableName): Test {
  const context = contextOf(rule, table)
  return allOf(...lowerGeneral(rule), ...rule.matches.map((match) => lowerMatch(match, context)))
}

/** The test of `given`, labelled with what was written, and negated where it is inverted. */
function labelled(option: string, given: { readonly inverted: boolean }, test: Test): Test {
  return { kind: 'labelled', label: `${given.inverted ? '! ' : ''}${option}`, test: given.inverted ? not(test) : test }
}

function lowerGeneral(rule: RuleSpec): Test[] {
  const { source, destination, inDevice, outDevice, protocol, fragment } = rule
  const tests: Test[] = []
  if (source) {
    const { address, mask } = source.value
    tests.push(
      labelled(`-s ${formatNetwork(source.value, rule)}`, source, inNetwork(field.packet.source, address, mask)),
    )
  }
  if (destination) {
    const { address, mask } = destination.value
    const test = inNetwork(field.packet.destination, address, mask)
    tests.push(labelled(`-d ${formatNetwork(destination.value, rule)}`, destination, test))
  }
  if (inDevice) tests.push(labelled(`-i ${inDevice.value}`, inDevice, deviceTest('in', inDevice)))
  if (outDevice) tests.push(labelled(`-o ${outDevice.value}`, outDevice, deviceTest('out', outDevice)))
  if (protocol) tests.push(lowerProtocol(rule, protocol))
  if (fragment) tests.push(labelled('-f', fragment, not(equals(field.packet.fragmentOffset, 0))))
  return tests
}

function deviceTest(side: 'in' | 'out', given: Given<string>): Test {
  const prefix = given.value.endsWith('+')
  return { kind: 'device', field: field.packet[side], device: prefix ? given.value.slice(0, -1) : given.value, prefix }
}

/**
 * `-p`. In IPv6 a packet whose extension headers are cut short is dropped, unless the first fragment is what
 * is missing. Source: Linux ip_packet_match(), ip6_packet_match().
 */
function lowerProtocol(rule: RuleSpec, protocol: Given<number>): Test {
  const test = labelled(
    `-p ${protocolName(protocol.value) ?? protocol.value}`,
    protocol,
    equals(field.packet.protocol, protocol.value),
  )
  return rule.family === 4 ? test : allOf({ kind: 'extensionHeaders' }, test)
}

function lowerMatch(match: MatchUse, context: RuleContext): Test {
  if (match.definition === null) return { kind: 'unknown', extension: match.name }
  const { definition, values } = match
  const meaning = definition.holds
    ? definition.holds(values, context)
    : allOf(...Object.values<Test>(optionTests(definition, values, context) as Record<string, Test>))
  const guarded = definition.guard ? definition.guard(meaning, context) : meaning
  if (guarded.kind === 'always') return always
  return definition.holds ? { kind: 'labelled', label: matchLabel(match, context), test: guarded } : guarded
}

function matchLabel(match: MatchUse, context: RuleContext): string {
  const { definition, values } = match
  if (definition === null) return `-m ${match.name}`
  const saved = definition.save ? definition.save(values, context) : optionTexts(definition, values, context).join('')
  return `-m ${match.name}${saved}`
}

function optionTexts(definition: AnyMatch, values: GivenValues, context: RuleContext): string[] {
  return Object.entries(definition.options as Options).flatMap(([name, option]) => {
    const given = values[name]
    if (given === undefined || option.isDefault?.(given.value)) return []
    return [
      saveOption(
        name,
        option.format(given.value, { ...context, extension: definition.name, option: name }),
        given.inverted,
      ),
    ]
  })
}

/**
 * What each given option means by itself, labelled and negated where it is inverted, in the order of
 * definition: for a match whose `holds` puts them together in another way than all of them.
 */
export function optionTests<O extends Options>(
  definition: { readonly name: string; readonly options: O },
  values: Values<O>,
  rule: RuleContext,
): { [K in keyof O]?: Test } {
  const tests: { [K in keyof O]?: Test } = {}
  for (const [name, option] of Object.entries(definition.options)) {
    const given: Given<unknown> | undefined = values[name]
    if (given === undefined || option.holds === undefined) continue
    const context = { ...rule, extension: definition.name, option: name }
    const words = option.format(given.value, context)
    tests[name as keyof O] = labelled(`--${name}${words && ` ${words}`}`, given, option.holds(given.value, context))
  }
  return tests
}

/** Where the rule sends a packet; `chainOf` finds a chain of its table by name. */
export function lowerTarget(
  rule: RuleSpec,
  table: TableName,
  chainOf: (name: string) => Chain | undefined,
): RuleTarget {
  const { target } = rule
  if (target === null) return { kind: 'none' }
  switch (target.kind) {
    case 'standard':
      return { kind: 'actions', name: target.name, actions: [standardAction(target.name)] }
    case 'jump':
    case 'goto': {
      const chain = chainOf(target.chain)
      if (chain === undefined) throw new UsageError(`No chain/target/match by that name: ${target.chain}`)
      return { kind: target.kind, chain }
    }
    case 'unknown':
      return { kind: 'actions', name: target.name, actions: [{ kind: 'unknown', extension: target.name }] }
    case 'extension':
      return {
        kind: 'actions',
        name: target.name,
        actions: target.definition.act(target.values, contextOf(rule, table)),
      }
  }
}

function standardAction(name: 'ACCEPT' | 'DROP' | 'RETURN' | 'QUEUE'): Action {
  switch (name) {
    case 'ACCEPT':
      return { kind: 'verdict', verdict: 'accept' }
    case 'DROP':
      return { kind: 'verdict', verdict: 'drop' }
    case 'RETURN':
      return { kind: 'return' }
    case 'QUEUE':
      return { kind: 'queue', numbers: [0, 0], bypass: false, cpuFanout: false }
  }
}
