/** A rule of a case taken apart: which extensions and options it has, by the names of hookline's registry. */
import { matches } from '../../src/matches/index.ts'
import { targets } from '../../src/targets/index.ts'
import { protocolNumber } from '../../src/wire/protocols.ts'
import type { OptionDefinition } from '../../src/xtables/option.ts'
import { tokenize } from '../../src/xtables/tokens.ts'
import type { Version } from './generate/pools.ts'
import { type RuleCase, ruleText } from './generate/rule.ts'

/** One option as a rule has it. */
export interface UsedOption {
  /** `--dport`: its main name. */
  readonly name: string
  readonly inverted: boolean
  /** Whether it asks something by itself; others say how another asks. */
  readonly isTest: boolean
  /** Everything of it, to compare. */
  readonly text: string
}

/** One extension as a rule has it. */
export interface Use {
  /** `match tcp` or `target LOG`. */
  readonly name: string
  readonly options: UsedOption[]
}

interface AnalysedRule {
  readonly uses: readonly Use[]
  /** `-s`, `-d`, `-i`, `-o`, `-f` and an inverted `-p`, with their values. */
  readonly general: readonly string[]
  /** A `-p` without `!`. */
  readonly protocol: number | undefined
  readonly target: Use
}

/** Options that are tests although they cannot be inverted and their extension says what they mean together. */
const moreTests: ReadonlySet<string> = new Set([
  ...['conntrack --ctdir', 'time --timestart', 'time --datestart', 'time --datestop', 'policy --pol', 'ah --ahres'],
  ...['frag --fragres', 'frag --fragfirst', 'frag --fragmore', 'frag --fraglast', 'rt --rt-0-res', 'rt --rt-0-addrs'],
  ...['packets-lt', 'packets-gt', 'bytes-lt', 'bytes-gt'].map((name) => `set --${name}`),
  ...['hbh --hbh-opts', 'dst --dst-opts', 'ttl --ttl-lt', 'ttl --ttl-gt', 'hl --hl-lt', 'hl --hl-gt'],
])

/** Options that can be inverted and are no tests. */
const noTests: ReadonlySet<string> = new Set([
  'set --update-counters',
  'set --update-subcounters',
  'statistic --packet',
])

type AnyOption = OptionDefinition<unknown>

/** The extension of a name and version. */
function definitionOf(kind: 'match' | 'target', name: string, version: Version) {
  const all = kind === 'match' ? matches : targets
  return all.find((one) => one.name === name && one.families.includes(version))
}

function optionOf(options: Readonly<Record<string, AnyOption>>, word: string): [string, AnyOption] | undefined {
  const name = word.slice(2)
  const known = Object.entries(options)
  return known.find(([own]) => own === name) ?? known.find(([, { aliases }]) => aliases?.includes(name))
}

/** Takes a rule apart. */
export function analysed(rule: RuleCase, version: Version): AnalysedRule {
  const words = tokenize(ruleText(rule)).map(({ text }) => text)
  const uses: Use[] = []
  const general: string[] = []
  let protocol: number | undefined
  let target: Use = { name: 'target (none)', options: [] }
  let options: Readonly<Record<string, AnyOption>> = {}
  let current: Use | undefined
  let not = false
  for (let at = 2; at < words.length; at++) {
    const word = words[at]!
    const inverted = not
    not = word === '!'
    if (not) continue
    if (word === '-m') {
      const name = words[++at]!
      options = definitionOf('match', name, version)?.options ?? {}
      current = { name: `match ${name}`, options: [] }
      uses.push(current)
    } else if (word === '-j' || word === '-g') {
      const name = words[++at]!
      options = definitionOf('target', name, version)?.options ?? {}
      current = target = {
        name: `target ${/^[a-z]/.test(name) ? (word === '-g' ? '(goto)' : '(jump)') : name}`,
        options: [],
      }
    } else if (word === '-p' && !inverted) protocol = numberOf(words[++at]!)
    else if (word.startsWith('-') && word.length === 2)
      general.push([inverted ? '!' : '', word, word === '-f' ? '' : words[++at]].filter(Boolean).join(' '))
    else {
      const found = word.startsWith('--') && current ? optionOf(options, word) : undefined
      if (!found || !current) continue
      const [name, option] = found
      const most = at + option.words
      const values: string[] = []
      while (at < most && (!option.optional || !/^(!|-.*)$/.test(words[at + 1] ?? '!'))) values.push(words[++at]!)
      const full = `${current.name.slice(6)} --${name}`
      current.options.push({
        name: `--${name}`,
        inverted,
        isTest: !noTests.has(full) && (option.invertible === true || option.holds !== undefined || moreTests.has(full)),
        text: [inverted ? '!' : '', `--${name}`, ...values].join(' '),
      })
    }
  }
  return { uses, general, protocol, target }
}

function numberOf(text: string): number {
  const number = /^\d+$/.test(text) ? Number(text) : protocolNumber(text)
  return number ?? -1
}
