import { HOOKS } from '../expression/environment.ts'
import type { Family, TableName } from '../netfilter/glossary.ts'
import { UsageError } from '../util/errors.ts'
import type { AnyMatch, AnyTarget } from './define.ts'
import {
  GENERAL_OPTIONS,
  type GeneralOption,
  generalByLong,
  generalByShort,
  generalNamesFrom,
} from './general-options.ts'
import { type Network, parseNetwork } from './kinds.ts'
import { looksLikeTarget } from './known-names.ts'
import type { Given, OptionContext, OptionDefinition, Options } from './option.ts'
import { parseProtocol } from './protocol-kind.ts'
import type { Registry } from './registry.ts'
import { contextOf, type GivenValues, type MatchUse, type RuleSpec, type TargetUse } from './rule.ts'
import type { Token } from './tokens.ts'
import { validateUse } from './validate.ts'

/** What a rule is read against. */
export interface RuleParseContext {
  readonly family: Family
  readonly table: TableName
  readonly registry: Registry
  /** Whether a chain of this name exists in the table. */
  readonly hasChain: (name: string) => boolean
  /** Refuse what iptables 1.8.9 refuses although its meaning is clear: `!` behind an option. Default: take it. */
  readonly strict?: boolean
}

/** A rule as read: several where `-s` or `-d` listed several addresses. */
export interface ParsedRule {
  readonly rules: readonly RuleSpec[]
  /** From `-c packets bytes`. */
  readonly counters: { readonly packets: number; readonly bytes: number } | null
}

/** Options that a line for both families may have: it is skipped for the other one. */
const FAMILY_OPTIONS: Readonly<Record<string, Family>> = { '-4': 4, '--ipv4': 4, '-6': 6, '--ipv6': 6 }

const STANDARD_TARGETS = ['ACCEPT', 'DROP', 'RETURN', 'QUEUE'] as const

/**
 * Reads the words of a rule behind `-A CHAIN`. Takes long, short and abbreviated options, `--option=value`,
 * and `!` before an option; behind it, where very old files have it, iptables 1.8.9 takes it for the value.
 *
 * Throws UsageError with iptables' text and the column of the word.
 *
 * Source: iptables(8); iptables xshared.c do_parse().
 */
export function parseRule(tokens: readonly Token[], context: RuleParseContext): ParsedRule {
  return new RuleParser(tokens, context).parse()
}

/** An extension met in the rule whose options may still come. */
interface Loaded {
  readonly definition: AnyMatch | AnyTarget | null
  readonly name: string
  readonly values: GivenValues
  readonly words: string[]
}

interface FoundOption {
  readonly loaded: Loaded
  readonly name: string
  readonly option: OptionDefinition<unknown>
}

class RuleParser {
  private readonly tokens: readonly Token[]
  private readonly context: RuleParseContext
  private at = 0
  private readonly general = new Map<GeneralOption, Given<string>>()
  private readonly loaded: Loaded[] = []
  private readonly matches: Loaded[] = []
  private target: { readonly kind: 'jump' | 'goto'; readonly name: string; readonly loaded: Loaded | null } | null =
    null
  private protocol: Given<number> | null = null
  private counters: ParsedRule['counters'] = null

  constructor(tokens: readonly Token[], context: RuleParseContext) {
    this.tokens = tokens
    this.context = context
  }

  parse(): ParsedRule {
    let inverted = false
    while (this.at < this.tokens.length) {
      const token = this.tokens[this.at++] as Token
      if (token.text === '!' && !token.quoted) {
        if (inverted) throw new UsageError('multiple consecutive ! not allowed', { place: place(token) })
        inverted = true
        continue
      }
      const family = FAMILY_OPTIONS[token.text]
      if (family !== undefined) {
        if (family !== this.context.family) return { rules: [], counters: null }
        continue
      }
      try {
        this.readOption(token, inverted)
      } catch (error) {
        throw error instanceof UsageError ? error.at(place(token)) : error
      }
      inverted = false
    }
    if (inverted) throw new UsageError('nothing appropriate following !', { place: place(this.tokens.at(-1) as Token) })
    return this.finish()
  }

  private readOption(token: Token, inverted: boolean): void {
    const { text } = token
    if (text === '-v' || text === '--verbose') return
    if (text === '--') {
      if (this.at < this.tokens.length) throw new UsageError('unknown arguments found on commandline')
      return
    }
    if (text.startsWith('--') && text.length > 2) {
      const equals = text.indexOf('=')
      const name = equals < 0 ? text.slice(2) : text.slice(2, equals)
      const attached = equals < 0 ? null : text.slice(equals + 1)
      return this.readLong(name, attached, inverted, token)
    }
    if (/^-[A-Za-z46]/.test(text)) {
      const general = generalByShort(text[1] as string)
      if (general !== undefined)
        return this.readGeneral(general, text.length > 2 ? text.slice(2) : null, inverted, token)
    }
    const latest = this.loaded.at(-1)
    if (latest?.definition === null) return void this.keepWords(latest, token, inverted)
    if (text.startsWith('-')) throw new UsageError(`unknown option "${text}"`)
    throw new UsageError(`Bad argument \`${text}'`)
  }

  private readLong(name: string, attached: string | null, inverted: boolean, token: Token): void {
    const general = generalByLong(name)
    if (general !== undefined) return this.readGeneral(general, attached, inverted, token)
    let found = this.findOption(name)
    if (found === null && this.loadProtocolMatch(name)) found = this.findOption(name)
    if (found !== null) return this.readExtensionOption(found, attached, inverted, token)
    const latest = this.loaded.at(-1)
    if (latest?.definition === null) return void this.keepWords(latest, token, inverted)
    const abbreviated = generalNamesFrom(name)
    if (abbreviated.length > 0 && new Set(abbreviated.map(generalByLong)).size === 1) {
      return this.readGeneral(generalByLong(abbreviated[0] as string) as GeneralOption, attached, inverted, token)
    }
    throw new UsageError(`unknown option "--${name}"`)
  }

  /** Keeps an option of an unknown extension, with its values, as it was written. */
  private keepWords(loaded: Loaded, token: Token, inverted: boolean): void {
    if (inverted) loaded.words.push('!')
    loaded.words.push(token.text)
    while (this.at < this.tokens.length) {
      const next = this.tokens[this.at] as Token
      if (!next.quoted && (next.text === '!' || next.text.startsWith('-'))) break
      loaded.words.push(next.text)
      this.at++
    }
  }

  /** The option of the extension loaded last that has it; abbreviations are resolved over all of them. */
  private findOption(name: string): FoundOption | null {
    const candidates = new Map<string, FoundOption>()
    for (const loaded of [...this.loaded].reverse()) {
      if (loaded.definition === null) continue
      for (const [main, option] of Object.entries(loaded.definition.options as Options)) {
        if (option.families && !option.families.includes(this.context.family)) continue
        for (const spelling of [main, ...(option.aliases ?? [])]) {
          if (spelling === name) return { loaded, name: main, option }
          if (spelling.startsWith(name) && !candidates.has(main)) candidates.set(main, { loaded, name: main, option })
        }
      }
    }
    if (candidates.size > 1) {
      throw new UsageError(
        `option "--${name}" is ambiguous; possibilities: ${[...candidates.keys()].map((one) => `"--${one}"`).join(' ')}`,
      )
    }
    return candidates.size === 1 ? ([...candidates.values()][0] as FoundOption) : null
  }

  /** `-p tcp --dport` loads the tcp match by itself, once, unless the rule loaded it. */
  private loadProtocolMatch(option: string): boolean {
    if (this.protocol === null) return false
    const definition = this.context.registry.matchForProtocol(this.protocol.value, this.context.family)
    if (definition === undefined || this.loaded.some((one) => one.definition === definition)) return false
    // Not for an option that only an unknown extension can have.
    const names = Object.entries(definition.options as Options).flatMap(([name, { aliases = [] }]) => [
      name,
      ...aliases,
    ])
    if (!names.some((name) => name.startsWith(option))) return false
    this.loadMatch(definition.name, definition)
    return true
  }

  /** An unknown match is kept; one of the other family is an error. */
  private readMatch(name: string): void {
    const { registry, family } = this.context
    const definition = registry.match(name, family) ?? null
    if (definition === null && registry.match(name, family === 4 ? 6 : 4)) {
      throw new UsageError(`Couldn't load match \`${name}':No such file or directory`)
    }
    this.loadMatch(name, definition)
  }

  private loadMatch(name: string, definition: AnyMatch | null): void {
    const loaded: Loaded = { definition, name: definition?.name ?? name, values: {}, words: [] }
    this.loaded.push(loaded)
    this.matches.push(loaded)
  }

  private word(option: string): string {
    const token = this.tokens[this.at]
    if (token === undefined) throw new UsageError(`option "${option}" requires an argument`)
    this.at++
    return token.text
  }

  /**
   * Takes a `!` between an option and its value, where rule files of iptables before 1.4.3 have it; iptables 1.8
   * takes it for the value itself.
   */
  private takeInnerInversion(isInvertible: boolean, words: number, attached: string | null): boolean {
    const token = this.tokens[this.at]
    const isOld = token?.text === '!' && !token.quoted && this.at + 1 < this.tokens.length
    if (this.context.strict || !isInvertible || words === 0 || attached !== null || !isOld) return false
    this.at++
    return true
  }

  private readExtensionOption(found: FoundOption, attached: string | null, outer: boolean, token: Token): void {
    const { loaded, name, option } = found
    const extension = loaded.name
    const inner = this.takeInnerInversion(option.invertible === true, option.words, attached)
    if (inner && outer) throw new UsageError('multiple consecutive ! not allowed')
    const inverted = outer || inner
    if (inverted && !option.invertible) {
      throw new UsageError(`${extension}: option "--${name}" cannot be inverted.`)
    }
    if (loaded.values[name] !== undefined)
      throw new UsageError(`${extension}: option "--${name}" can only be used once.`)
    const words: string[] = attached === null ? [] : [attached]
    while (words.length < option.words) {
      const next = this.tokens[this.at]
      const missing =
        next === undefined || (option.optional && !next.quoted && (next.text === '!' || next.text.startsWith('-')))
      if (missing && option.optional && words.length === option.words - 1) break
      if (next === undefined) throw new UsageError(`option "${token.text}" requires an argument`)
      words.push(next.text)
      this.at++
    }
    if (option.words === 0 && attached !== null) throw new UsageError(`option "--${name}" doesn't allow an argument`)
    const value = option.parse(words, this.optionContext(extension, name))
    const [setName, setValue] = option.sets ? option.sets(value) : [name, value]
    if (option.sets && loaded.values[setName] !== undefined) {
      throw new UsageError(`${extension}: option "--${name}" cannot be used together with "--${setName}".`)
    }
    loaded.values[setName] = { value: setValue, inverted }
  }

  private optionContext(extension: string, option: string): OptionContext {
    return { family: this.context.family, extension, option, protocol: this.protocol?.value ?? 0 }
  }

  private readGeneral(option: GeneralOption, attached: string | null, outer: boolean, token: Token): void {
    const facts = GENERAL_OPTIONS[option]
    const inner = this.takeInnerInversion(facts.invertible, facts.words, attached)
    if (inner && outer) throw new UsageError('multiple consecutive ! not allowed')
    const inverted = outer || inner
    if (option === 'fragment' && this.context.family === 6) {
      throw new UsageError("`-f' is not supported in IPv6, use -m frag instead")
    }
    if (inverted && !facts.invertible) throw new UsageError(`cannot have ! before -${facts.short}`)
    const value = facts.words === 0 ? '' : (attached ?? this.word(token.text))
    switch (option) {
      case 'match':
        return this.readMatch(value)
      case 'jump':
      case 'goto':
        return this.readTarget(option, value)
      case 'set-counters':
        return this.readCounters(value)
      case 'protocol':
        // The tool lowers and reads the whole word that holds the protocol.
        this.readProtocol(attached === null ? value : token.text, inverted)
    }
    if (this.general.has(option)) throw new UsageError(`multiple -${facts.short} flags not allowed`)
    this.general.set(option, { value, inverted })
  }

  private readCounters(packets: string): void {
    const [first, second] = packets.includes(',') ? packets.split(',') : [packets, this.word('-c')]
    const values = [Number(first), Number(second)] as const
    if (!values.every(Number.isSafeInteger)) throw new UsageError('-c packet counter not numeric')
    this.counters = { packets: values[0], bytes: values[1] }
  }

  private readProtocol(word: string, inverted: boolean): void {
    const number = parseProtocol(word.toLowerCase())
    if (number === 0 && inverted) throw new UsageError('rule would never match protocol')
    this.protocol = { value: number, inverted }
  }

  private readTarget(kind: 'jump' | 'goto', name: string): void {
    if (this.target !== null) throw new UsageError('multiple -j flags not allowed')
    if (name === '' || name.length > 28) throw new UsageError(`Invalid target name \`${name}' (28 chars max)`)
    if (kind === 'goto' || this.context.hasChain(name) || STANDARD_TARGETS.some((one) => one === name)) {
      if (kind === 'goto' && !this.context.hasChain(name)) throw new UsageError(`goto '${name}' is not a chain`)
      this.target = { kind, name, loaded: null }
      return
    }
    if (HOOKS.some((one) => one === name)) {
      throw new UsageError(`-j ${name}: a built-in chain cannot be jumped to`, { exitStatus: 1 })
    }
    const definition = this.context.registry.target(name, this.context.family) ?? null
    if (definition === null && !looksLikeTarget(name)) {
      throw new UsageError(`Couldn't load target \`${name}':No such file or directory`)
    }
    const loaded: Loaded = { definition, name, values: {}, words: [] }
    this.loaded.push(loaded)
    this.target = { kind, name, loaded }
  }

  private finish(): ParsedRule {
    const { family } = this.context
    const device = (option: GeneralOption): Given<string> | null => {
      const given = this.general.get(option)
      if (given === undefined || given.value === '+') return null
      if (given.value === '') throw new UsageError('Empty interface is likely to be undesired')
      if (given.value.length > 15)
        throw new UsageError(`interface name \`${given.value}' must be shorter than IFNAMSIZ (15)`)
      return given
    }
    const fragment = this.general.get('fragment')
    const base: RuleSpec = {
      family,
      source: null,
      destination: null,
      protocol: this.protocol?.value === 0 ? null : this.protocol,
      inDevice: device('in-interface'),
      outDevice: device('out-interface'),
      fragment: fragment === undefined ? null : { inverted: fragment.inverted },
      matches: this.matches.map(
        (one): MatchUse => ({
          name: one.name,
          definition: one.definition as AnyMatch | null,
          values: one.values,
          words: one.words,
        }),
      ),
      target: this.finishTarget(),
    }
    const facts = contextOf(base, this.context.table)
    for (const use of this.loaded) {
      if (use.definition !== null) validateUse(use.definition, use.name, use.values, facts)
    }
    const rules: RuleSpec[] = []
    for (const source of this.addresses('source')) {
      for (const destination of this.addresses('destination')) rules.push({ ...base, source, destination })
    }
    return { rules, counters: this.counters }
  }

  /** The addresses of `-s` or `-d`: a list means a rule for each. */
  private addresses(option: 'source' | 'destination'): (Given<Network> | null)[] {
    const given = this.general.get(option)
    if (given === undefined) return [null]
    const words = given.value.split(',')
    if (words.length > 1 && given.inverted)
      throw new UsageError('! not allowed with multiple source or destination IP addresses')
    return words.map((word) => {
      const value = parseNetwork(word, this.context)
      const isEverything = [...value.address, ...value.mask].every((part) => part === 0)
      return isEverything && !given.inverted ? null : { value, inverted: given.inverted }
    })
  }

  private finishTarget(): TargetUse | null {
    if (this.target === null) return null
    const { kind, name, loaded } = this.target
    if (loaded === null) {
      const standard = STANDARD_TARGETS.find((one) => one === name)
      if (standard === 'DROP' && this.context.table === 'nat') {
        throw new UsageError('The "nat" table is not intended for filtering, the use of DROP is therefore inhibited.')
      }
      return standard !== undefined && kind === 'jump' ? { kind: 'standard', name: standard } : { kind, chain: name }
    }
    if (loaded.definition === null) return { kind: 'unknown', name, words: loaded.words }
    return { kind: 'extension', name, definition: loaded.definition as AnyTarget, values: loaded.values }
  }
}

function place(token: Token): { line: number; column: number } {
  return { line: 1, column: token.column }
}
