/** Random rulesets that the kernel accepts nearly always. */
import type { Random } from '../../../src/util/random.ts'
import { type Form, hasVersion, withForms } from './forms.ts'
import { matchForms } from './match-forms.ts'
import { type MatchContext, type MatchMaker, makersFor, matchMakers, plainMatches, protocolsOf } from './matches.ts'
import { moreMatchMakers } from './more-matches.ts'
import type { Version } from './pools.ts'
import {
  type ChainCase,
  type Hook,
  type RuleCase,
  type RulesetCase,
  type TableCase,
  type TableName,
  tableHooks,
} from './rule.ts'
import { randomSets } from './sets.ts'
import { targetForms } from './target-forms.ts'
import { moreTargetMakers, type TargetMaker, targetFor, targetMakers } from './targets.ts'

/** Which extensions to draw from. */
export interface RulesetOptions {
  /** The less common extensions too. */
  readonly all?: boolean
  /** Draw only from these extensions (matches and targets by name); standard targets stay. */
  readonly only?: ReadonlySet<string>
  /** No nat table and nothing that needs connection tracking. */
  readonly stateless?: boolean
  /** One rule, put where it may not be allowed, or with a word too few or wrong: for trying what is refused. */
  readonly careless?: boolean
  /** With all extensions: whose turn it is among the forms; each number tries the next few. */
  readonly turn?: number
}

const tables: readonly (readonly [TableName, number, number])[] = [
  ['raw', 0.4, 4],
  ['mangle', 0.5, 8],
  ['nat', 0.55, 7],
  ['filter', 0.92, 14],
  ['security', 0.12, 4],
]

/** The extensions that make the kernel track connections. */
const tracking: ReadonlySet<string> = new Set([
  ...['conntrack', 'state', 'connmark', 'connbytes', 'connlabel', 'helper', 'cluster'],
  ...['CONNMARK', 'CT', 'NOTRACK'],
])

interface Place {
  readonly chain: string
  readonly hooks: readonly Hook[]
  /** User chains that may be called from here: later ones only, so that there is no loop. */
  readonly callable: readonly string[]
}

/** A ruleset of one version, decided by the generator alone. */
export function randomRuleset(random: Random, version: Version, options: RulesetOptions = {}): RulesetCase {
  const wanted = <T extends { name: string }>(makers: readonly T[]) =>
    makers
      .filter(({ name }) => !options.stateless || !tracking.has(name))
      .filter(({ name }) => !options.only || options.only.has(name) || /^(ACCEPT|RETURN|DROP)$/.test(name))
  const matches = wanted(options.all || options.only ? [...matchMakers, ...moreMatchMakers] : matchMakers)
  const targets = wanted(options.all || options.only ? [...targetMakers, ...moreTargetMakers] : targetMakers)
  if (options.careless) return withSets(random, carelessRuleset(random, version, { matches, targets }))
  const allowed = tables.filter(([name]) => !options.stateless || name !== 'nat')
  const chosen = allowed.filter(([, probability]) => random.chance(probability))
  const make = ([name, , most]: (typeof tables)[number]) =>
    randomTable(random.fork(name), version, name, random.between(1, most), { matches, targets })
  const drawn = { version, tables: (chosen.length > 0 ? chosen : allowed.slice(-2, -1)).map(make) }
  const forms =
    options.turn === undefined || !(options.all || options.only) ? [] : formsFor(options.turn, version, options)
  const tries = [...new Set(forms.map(({ name }) => name))]
  return withSets(random, forms.length === 0 ? drawn : { ...withForms(drawn, forms, random.fork('forms')), tries })
}

/** How many forms one ruleset tries. */
const PER_TURN = 8

/** The forms of a turn, from all over the list, so that those of one extension do not stand in each other's way. */
function formsFor(turn: number, version: Version, { only, stateless }: RulesetOptions): Form[] {
  const all = [...matchForms, ...targetForms].filter(
    (form) => hasVersion(form, version) && (!only || only.has(form.name)) && !(stateless && needsTracking(form)),
  )
  const count = Math.min(PER_TURN, all.length)
  // Coprime to every length there may be.
  const stride = 1009
  // Versions take turns.
  const start = Math.floor(turn / 2) * count
  const chosen = Array.from({ length: count }, (_, i) => all[((start + i) * stride) % all.length]!)
  return chosen.sort((a, b) => (a.kind === b.kind ? 0 : a.kind === 'match' ? -1 : 1))
}

const needsTracking = ({ name, tables, before = [] }: Form): boolean =>
  tracking.has(name) || tables?.every((table) => table === 'nat') || before.some((line) => /^(nat|raw) /.test(line))

function withSets(random: Random, ruleset: RulesetCase): RulesetCase {
  const names = ruleset.tables.some(({ rules }) =>
    rules.some(({ matches, target }) => / --\S+-set |-m set /.test(`${matches.join(' ')} ${target}`)),
  )
  return names ? { ...ruleset, sets: randomSets(random.fork('sets'), ruleset.version) } : ruleset
}

function carelessRuleset(random: Random, version: Version, { matches, targets }: Makers): RulesetCase {
  const anywhere = random.chance(0.5)
  const free = anywhere
    ? {
        matches: matches.map(({ name, make }) => ({ name, make })),
        targets: targets.map(({ name, weight, make }) => ({ name, weight, make })),
      }
    : { matches, targets }
  const table = randomTable(random, version, random.pick(tables)[0], 1, free)
  const rules = table.rules.map((rule) => (anywhere ? rule : misspelt(random, rule)))
  return { version, tables: [{ ...table, rules }] }
}

/** The rule with one word left out, doubled, or replaced by one that may be out of range. */
function misspelt(random: Random, rule: RuleCase): RuleCase {
  const words = [...rule.matches, rule.target].join(' ').split(' ')
  const at = random.below(words.length)
  const other = random.pick(['65536', '256', '-1', '0', 'x', '4294967296', '!', '0x10', '1:', '--', '7'])
  const change = random.pick([[], [words[at]!, words[at]!], [other], [other, words[at]!]])
  return { chain: rule.chain, matches: [...words.slice(0, at), ...change, ...words.slice(at + 1)], target: '' }
}

interface Makers {
  readonly matches: readonly MatchMaker[]
  readonly targets: readonly TargetMaker[]
}

function randomTable(random: Random, version: Version, name: TableName, count: number, makers: Makers): TableCase {
  const hooks = tableHooks[name]
  const policy = () => (name !== 'nat' && random.chance(0.12) ? ('DROP' as const) : ('ACCEPT' as const))
  const user = Array.from({ length: random.pick([0, 0, 1, 2, 3]) }, (_, i) => ({
    name: `u${i}${random.chance(0.1) ? '-long.name_x' : ''}`,
    hooks: random.chance(0.6) ? [random.pick(hooks)] : hooks,
  }))
  const places: Place[] = [
    ...hooks.map((hook) => ({ chain: hook, hooks: [hook], callable: callable(user, 0, [hook]) })),
    ...user.map((chain, i) => ({
      chain: chain.name,
      hooks: chain.hooks,
      callable: callable(user, i + 1, chain.hooks),
    })),
  ]
  const rules = Array.from({ length: count }, () => randomRule(random, version, name, random.pick(places), makers))
  const chains: ChainCase[] = [
    ...hooks.map((hook) => ({ name: hook, policy: policy() })),
    ...user.map((chain) => ({ name: chain.name, policy: null })),
  ]
  return { name, chains, rules }
}

function callable(
  user: readonly { name: string; hooks: readonly Hook[] }[],
  from: number,
  hooks: readonly Hook[],
): string[] {
  return user
    .slice(from)
    .filter((chain) => hooks.every((hook) => chain.hooks.includes(hook)))
    .map(({ name }) => name)
}

function randomRule(random: Random, version: Version, table: TableName, place: Place, makers: Makers): RuleCase {
  const protocol = random.chance(0.45) ? random.pick(protocolsOf(version)) : undefined
  const negated = protocol !== undefined && random.chance(0.08)
  const context: MatchContext = { random, version, table, hooks: place.hooks, protocol: negated ? undefined : protocol }
  const parts = protocol && random.chance(0.6) ? [] : plainMatches(context)
  if (protocol) parts.push(`${negated ? '! ' : ''}-p ${protocol}`)
  const fitting = makersFor(context, makers.matches)
  const ofProtocol = fitting.filter((maker) => maker.protocols)
  if (ofProtocol.length > 0 && random.chance(0.6)) parts.push(random.pick(ofProtocol).make(context))
  for (let n = random.pick(parts.length === 0 ? [0, 1, 1, 1, 2] : [0, 0, 0, 1, 1]); n > 0 && fitting.length > 0; n--) {
    parts.push(random.pick(fitting).make(context))
  }
  const target = randomTarget(random, place, context, makers.targets, parts.length === 0)
  const matches = target.matches
    ? [
        ...parts.filter((part) => !/-p |-m (tcp|udp|icmp|multiport|sctp|dccp|ah|esp|udplite|ipcomp|mh|osf)/.test(part)),
        ...target.matches,
      ]
    : parts
  return { chain: place.chain, matches: onlyOnce(matches), target: target.text }
}

/** `-s` and the like may stand once; of an extension's repetition only the first stays. */
function onlyOnce(parts: readonly string[]): string[] {
  const key = (part: string) => /^(?:! )?(-[sdiopf]\b|-m \S+)/.exec(part)?.[1] ?? part
  return parts.filter((part, i) => parts.findIndex((other) => key(other) === key(part)) === i)
}

function randomTarget(
  random: Random,
  place: Place,
  context: MatchContext,
  makers: readonly TargetMaker[],
  bare: boolean,
) {
  if (random.chance(0.1)) return { text: '' }
  if (place.callable.length > 0 && random.chance(0.35))
    return { text: `${random.pick(['-j', '-j', '-g'])} ${random.pick(place.callable)}` }
  const target = targetFor(context, makers) ?? { text: '' }
  // A rule without conditions that ends everything would leave the rest of the chain untested.
  return bare && /^-j (DROP|REJECT|QUEUE|ACCEPT|NOTRACK)/.test(target.text) && random.chance(0.8)
    ? { text: '' }
    : target
}
