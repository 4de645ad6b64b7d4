/** How every option is written at least once: the texts behind `match-forms.ts` and `target-forms.ts`, and their turns. */
import type { Random } from '../../../src/util/random.ts'
import { anyHost, hostsOf, ports, type Version } from './pools.ts'
import type { Hook, RuleCase, RulesetCase, TableCase, TableName } from './rule.ts'
import { tableHooks } from './rule.ts'

/**
 * One extension's options, each in at least one text. `~` before an option gives two texts, without and with `!`.
 * `{host}`, `{net}`, `{port}`, `{n}`, `{bits}` are drawn; `A || B` is A for IPv4 and B for IPv6.
 */
export interface Forms {
  readonly name: string
  readonly versions?: readonly Version[]
  /** The rule's `-p`, one of these; without the extension's own `-m`, where the rule needs none. */
  readonly protocols?: readonly string[]
  readonly tables?: readonly TableName[]
  readonly hooks?: readonly Hook[]
  readonly forms: readonly string[]
  /** Rules that stand before it: `table CHAIN: rule`, or in its own chain without them. */
  readonly before?: readonly string[]
}

/** One text of one extension: what a ruleset is made to try. */
export interface Form extends Omit<Forms, 'forms'> {
  readonly kind: 'match' | 'target'
  readonly text: string
}

/** All texts, with and without `!`, each extension's in a row. */
export function expand(kind: Form['kind'], all: readonly Forms[]): Form[] {
  return all.flatMap(({ forms, ...rest }) =>
    forms.flatMap((text) => variants(text).map((one) => ({ kind, ...rest, text: one }))),
  )
}

/** The text without any `!`, and with `!` at one place each. */
function variants(text: string): string[] {
  const places = [...text.matchAll(/~/g)].map(({ index }) => index)
  return [undefined, ...places].map((chosen) => text.replace(/~/g, (_, at: number) => (at === chosen ? '! ' : '')))
}

/** Whether the text can be used with the version. */
export const hasVersion = ({ versions }: Pick<Form, 'versions'>, version: Version): boolean =>
  versions === undefined || versions.includes(version)

/** The text with its placeholders filled in. */
export function fill(text: string, random: Random, version: Version): string {
  const n = random.below(1_000_000)
  const chosen = text.split('\n').map((line) => {
    const [four = '', six] = line.split(' || ')
    return version === 6 && six !== undefined ? six : four
  })
  const bits = version === 4 ? [8, 24, 32] : [16, 64, 128]
  return chosen
    .join('\n')
    .replace(/\{n\}/g, () => String(n))
    .replace(/\{host\}/g, () => anyHost(random, version))
    .replace(/\{net\}/g, () => `${anyHost(random, version)}/${version === 4 ? 24 : 64}`)
    .replace(/\{one\}/g, () => random.pick(hostsOf(version)[random.pick(['t0', 't2', 't1'] as const)]))
    .replace(/\{port\}/g, () => String(random.pick(ports)))
    .replace(/\{bits\}/g, () => String(random.pick(bits)))
}

/** The places a text may stand in, those that most packets come by first. */
function placesOf(form: Form): (readonly [TableName, Hook])[] {
  const order: readonly (readonly [TableName, Hook])[] = [
    ...(['PREROUTING', 'FORWARD', 'POSTROUTING', 'OUTPUT', 'INPUT'] as const).map((hook) => ['mangle', hook] as const),
    ...(['FORWARD', 'INPUT', 'OUTPUT'] as const).map((hook) => ['filter', hook] as const),
    ...(['PREROUTING', 'OUTPUT'] as const).map((hook) => ['raw', hook] as const),
    ...(['PREROUTING', 'POSTROUTING', 'OUTPUT', 'INPUT'] as const).map((hook) => ['nat', hook] as const),
    ...(['FORWARD', 'INPUT', 'OUTPUT'] as const).map((hook) => ['security', hook] as const),
  ]
  return order.filter(
    ([table, hook]) =>
      (form.tables === undefined || form.tables.includes(table)) &&
      (form.hooks === undefined || form.hooks.includes(hook)),
  )
}

interface Placed {
  readonly table: TableName
  readonly rule: RuleCase
}

/** The rules that try a form: what it needs before, then the rule itself. */
function rulesOf(form: Form, random: Random, version: Version): Placed[] {
  const places = placesOf(form)
  const [table, hook] = random.chance(0.6) ? places[0]! : random.pick(places)
  const [head = '', ...before] = fill([form.text, ...(form.before ?? [])].join('\n'), random, version).split('\n')
  const protocol = form.protocols === undefined ? [] : [`-p ${random.pick(form.protocols)}`]
  const earlier = before.map((line): Placed => {
    const [, inTable, chain, text] = /^(?:(\w+) ([A-Z]+): )?(.*)$/.exec(line)!
    const [condition = '', target = ''] = text!.split(/ ?(?=-j )/)
    const matches = condition === '' ? [] : [condition]
    return { table: (inTable as TableName | undefined) ?? table, rule: { chain: chain ?? hook, matches, target } }
  })
  if (form.kind === 'match') {
    const own = `-m ${form.name} ${head}`.trim()
    return [...earlier, { table, rule: { chain: hook, matches: [...protocol, own], target: '' } }]
  }
  const [condition = '', options = ''] = head.includes(' =>') ? head.split(/ => ?/) : ['', head]
  const sources =
    form.protocols === undefined && condition === '' && random.chance(0.7) ? [fill('-s {net}', random, version)] : []
  const matches = [...protocol, ...(condition === '' ? sources : [condition])]
  const target = form.name === '(none)' ? '' : `-j ${form.name} ${options}`.trim()
  return [...earlier, { table, rule: { chain: hook, matches, target } }]
}

/** The ruleset with the forms' rules in front of its own, in chains whose policy lets packets go on. */
export function withForms(ruleset: RulesetCase, forms: readonly Form[], random: Random): RulesetCase {
  const placed = forms.flatMap((form) => rulesOf(form, random, ruleset.version))
  const names = [...new Set([...ruleset.tables.map(({ name }) => name), ...placed.map(({ table }) => table)])]
  const tables = names.map((name): TableCase => {
    const known = ruleset.tables.find((one) => one.name === name)
    const first = placed.filter(({ table }) => table === name).map(({ rule }) => rule)
    const chains = known?.chains ?? tableHooks[name].map((hook) => ({ name: hook, policy: 'ACCEPT' as const }))
    return { name, chains, rules: [...first, ...(known?.rules ?? [])] }
  })
  // The tables' order is the order they are loaded in, which decides who finds whose estimator.
  const order: readonly TableName[] = ['raw', 'mangle', 'nat', 'filter', 'security']
  return { ...ruleset, tables: tables.sort((a, b) => order.indexOf(a.name) - order.indexOf(b.name)) }
}
