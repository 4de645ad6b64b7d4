import { HOOKS } from '../expression/environment.ts'
import { type Family, TABLE_HOOKS, type TableName } from '../netfilter/glossary.ts'
import { UsageError } from '../util/errors.ts'
import type { AnyMatch, AnyTarget } from './define.ts'
import { checkDeviceName } from './device-name.ts'
import { type Network, parseNetworks, type Resolve } from './kinds.ts'
import { looksLikeTarget } from './known-names.ts'
import type { Given, OptionContext, OptionDefinition, Options, Use } from './option.ts'
import { parseProtocol } from './protocol-kind.ts'
import type { Registry } from './registry.ts'
import { contextOf, type GivenValues, type MatchUse, type RuleSpec, type TargetUse } from './rule.ts'
import { validateUse } from './validate.ts'

/** What a rule is read against. */
export interface RuleReadContext {
  readonly family: Family
  readonly registry: Registry
  readonly hasChain: (name: string) => boolean
  /** Refuse what is not known; default: keep its words. */
  readonly strict: boolean
  readonly resolve?: Resolve
  readonly warn: (text: string) => void
  readonly familyOfSet?: OptionContext['familyOfSet']
}

/** An extension met in the rule whose options may still come. */
interface Loaded {
  readonly definition: AnyMatch | AnyTarget | null
  readonly name: string
  readonly values: GivenValues
  /** The options as they were written, where a synonym counts as itself. */
  readonly written: Set<string>
  readonly words: string[]
}

/** An option of an extension that the rule has loaded. */
export interface FoundOption {
  readonly loaded: Loaded
  /** Its main name. */
  readonly name: string
  readonly option: OptionDefinition<unknown>
}

const STANDARD_TARGETS = ['ACCEPT', 'DROP', 'RETURN', 'QUEUE'] as const

/** Source: XT_EXTENSION_MAXNAMELEN - 1. */
const LONGEST_NAME = 28

/** IPv6 extension headers, which `-p` never meets as the protocol. Source: ip6tables xshared.c is_exthdr(). */
const EXTENSION_HEADERS: readonly number[] = [0, 43, 44, 51, 60]

/** Puts one rule together from the options that the command line gives, in their order. */
export class RuleReader {
  counters: { readonly packets: number; readonly bytes: number } | null = null
  private readonly context: RuleReadContext
  private readonly loaded: Loaded[] = []
  private readonly matches: Loaded[] = []
  private readonly addresses: { s?: Given<string>; d?: Given<string> } = {}
  private readonly devices: { i?: Given<string>; o?: Given<string> } = {}
  private target: { readonly kind: 'jump' | 'goto'; readonly name: string; readonly loaded: Loaded | null } | null =
    null
  private protocol: Given<number> | null = null
  private fragment: { readonly inverted: boolean } | null = null
  private refused: UsageError | null = null
  /** How many uses of repeatable options there were. */
  private uses = 0

  constructor(context: RuleReadContext) {
    this.context = context
  }

  /** The name behind `-j` or `-g`; empty without one. */
  get targetName(): string {
    return this.target?.name ?? ''
  }

  setAddress(side: 's' | 'd', value: string, inverted: boolean): void {
    this.addresses[side] = { value, inverted }
  }

  setDevice(side: 'i' | 'o', value: string, inverted: boolean): void {
    checkDeviceName(value, this.context.warn)
    this.devices[side] = { value, inverted }
  }

  setFragment(inverted: boolean): void {
    this.fragment = { inverted }
  }

  setProtocol(word: string, inverted: boolean): void {
    const name = word.toLowerCase()
    const number = parseProtocol(name)
    if (number === 0 && inverted) throw new UsageError('rule would never match protocol')
    this.protocol = { value: number, inverted }
    if (this.context.family === 6 && !inverted && EXTENSION_HEADERS.includes(number) && number !== 0) {
      this.context.warn(`Warning: never matched protocol: ${name}. use extension match instead.\n`)
    }
  }

  readTarget(kind: 'jump' | 'goto', name: string): void {
    if (name === '') throw new UsageError('Invalid target name (too short)')
    if (name.length > LONGEST_NAME) {
      throw new UsageError(`Invalid target name \`${name}' (${LONGEST_NAME} chars max)`)
    }
    if (/\s/.test(name)) throw new UsageError(`Invalid target name \`${name}'`)
    const definition = kind === 'jump' ? this.context.registry.target(name, this.context.family) : undefined
    let loaded: Loaded | null = null
    if (definition !== undefined || (kind === 'jump' && this.isKeptTarget(name))) {
      loaded = { definition: definition ?? null, name, values: {}, written: new Set(), words: [] }
      this.loaded.push(loaded)
    }
    this.target = { kind, name, loaded }
  }

  /** Whether a target that is not known is kept with its words. */
  private isKeptTarget(name: string): boolean {
    const { strict, hasChain } = this.context
    return !strict && !isStandard(name) && !isHook(name) && !hasChain(name) && looksLikeTarget(name)
  }

  /** Whether `-j name` means a target and not a chain. */
  isTarget(name: string): boolean {
    return name === '' || isStandard(name) || this.context.registry.target(name, this.context.family) !== undefined
  }

  /** Loads a match; where unknown ones are kept, one of the other family is still an error. */
  readMatch(name: string, inverted: boolean): void {
    if (inverted) throw new UsageError('unexpected ! flag before --match')
    const { registry, family, strict } = this.context
    const definition = registry.match(name, family) ?? null
    if (definition === null && (strict || registry.match(name, family === 4 ? 6 : 4))) {
      throw new UsageError(`Couldn't load match \`${name}':No such file or directory\n`)
    }
    this.loadMatch(name, definition)
  }

  private loadMatch(name: string, definition: AnyMatch | null): void {
    const loaded: Loaded = { definition, name: definition?.name ?? name, values: {}, written: new Set(), words: [] }
    this.loaded.push(loaded)
    this.matches.push(loaded)
  }

  /** The option of exactly this name, of the extension loaded last that has it. */
  findOption(name: string): FoundOption | null {
    for (let index = this.loaded.length - 1; index >= 0; index--) {
      const loaded = this.loaded[index] as Loaded
      if (loaded.definition === null) continue
      const found = optionsByName(loaded.definition, this.context.family).get(name)
      if (found !== undefined) return { loaded, name: found[0], option: found[1] }
    }
    return null
  }

  /** The options that have a name beginning with this. */
  findAbbreviation(name: string): FoundOption[] {
    const found: FoundOption[] = []
    const seen = new Set<AnyMatch | AnyTarget>()
    for (let index = this.loaded.length - 1; index >= 0; index--) {
      const loaded = this.loaded[index] as Loaded
      if (loaded.definition === null || seen.has(loaded.definition)) continue
      seen.add(loaded.definition)
      const mains = new Set<string>()
      for (const [spelling, [main, option]] of optionsByName(loaded.definition, this.context.family)) {
        if (!spelling.startsWith(name) || mains.has(main)) continue
        mains.add(main)
        found.push({ loaded, name: main, option })
      }
    }
    return found
  }

  /**
   * `-p tcp --dport` loads the tcp match by itself, once, unless the rule loaded it; where unknown extensions are
   * kept, only for an option that it has.
   */
  loadProtocolMatch(option: string, onlyIfItHas: boolean): boolean {
    if (this.protocol === null) return false
    const definition = this.context.registry.matchForProtocol(this.protocol.value, this.context.family)
    if (definition === undefined || this.loaded.some((one) => one.definition === definition)) return false
    if (onlyIfItHas && !optionsByName(definition, this.context.family).has(option)) return false
    this.loadMatch(definition.name, definition)
    return true
  }

  /** Whether the extension loaded last is one that is not known, to which the next words may belong. */
  get latestIsUnknown(): boolean {
    return this.loaded.at(-1)?.definition === null
  }

  /** Keeps a word of an extension that is not known, with those behind it; false where the latest one is known. */
  keepUnknown(word: string, inverted: boolean, rest: () => string[]): boolean {
    const latest = this.loaded.at(-1)
    if (latest === undefined || latest.definition !== null) return false
    if (inverted) latest.words.push('!')
    latest.words.push(word, ...rest())
    return true
  }

  /** What the rule has loaded so far, and the match of its protocol, for help. */
  loadedExtensions(): (AnyMatch | AnyTarget)[] {
    const known = this.loaded.flatMap(({ definition }) => (definition === null ? [] : [definition]))
    const { registry, family } = this.context
    const implied = this.protocol && registry.matchForProtocol(this.protocol.value, family)
    return this.matches.length === 0 && implied ? [implied, ...known] : known
  }

  /** Throws iptables' text where the option was given already and can be given once only. */
  refuseRepeated({ loaded, name, option }: FoundOption): void {
    const { values, written } = loaded
    if (option.repeated === 'last wins' || option.repeated === 'each counts') return
    if (!written.has(name) && (values[name] === undefined || option.excludes)) return
    throw option.repeated?.(this.optionContext(loaded.name, name)) ?? onlyOnce(loaded.name, name)
  }

  /** Source: libxtables xtables_option_parse(). */
  readExtensionOption({ loaded, name, option }: FoundOption, words: readonly string[], inverted: boolean): void {
    const { values, written } = loaded
    const context = { ...this.optionContext(loaded.name, name), given: values }
    this.refuseRepeated({ loaded, name, option })
    const refuse = typeof option.repeated === 'function' ? option.repeated : null
    const isRepeatable = option.repeated === 'last wins' || option.repeated === 'each counts'
    if (inverted && !option.invertible) {
      throw (
        option.notInvertible?.(context) ?? new UsageError(`${loaded.name}: option "--${name}" cannot be inverted.\n`)
      )
    }
    const value = option.parse(words, context)
    written.add(name)
    if (option.repeated === 'each counts') {
      const before = (values[name]?.value ?? []) as readonly Use<unknown>[]
      values[name] = { value: [...before, { value, inverted, at: this.uses++ }], inverted: false }
      return
    }
    const [setName, setValue] = option.sets ? option.sets(value) : [name, value]
    // Without `excludes`, which are for the check of the whole rule, a synonym is one more use of the option it sets.
    if (option.sets && !isRepeatable && !option.excludes && values[setName] !== undefined) {
      throw refuse?.(context) ?? onlyOnce(loaded.name, name)
    }
    // The order in which options were given is that of the keys.
    delete values[setName]
    values[setName] = { value: setValue, inverted }
  }

  private optionContext(extension: string, option: string): OptionContext {
    const { family, resolve, strict } = this.context
    return {
      family,
      strict,
      extension,
      option,
      protocol: this.protocol?.value ?? 0,
      protocolInverted: this.protocol?.inverted ?? false,
      warn: this.context.warn,
      familyOfSet: this.context.familyOfSet,
      ...(resolve ? { resolve } : {}),
    }
  }

  /** Checks what the rule gives to each of its extensions. */
  validate(table: string): void {
    const facts = { ...contextOf(this.base(null), table as TableName), warn: this.context.warn }
    const ordered = [...this.matches, ...this.loaded.filter((one) => !this.matches.includes(one))]
    for (const use of ordered) {
      if (use.definition === null) continue
      this.refused ??= validateUse(use.definition, use, facts)
    }
  }

  /** The rules: one for each pair of a source and a destination address. */
  finish(table: string, isWanted: boolean): RuleSpec[] {
    const sources = this.networks('s')
    const destinations = this.networks('d')
    const isInverted = this.addresses.s?.inverted || this.addresses.d?.inverted
    if ((sources.length > 1 || destinations.length > 1) && isInverted) {
      throw new UsageError('! not allowed with multiple source or destination IP addresses')
    }
    if (!isWanted) return []
    const base = this.base(this.finishTarget(table))
    return sources.flatMap((source) => destinations.map((destination) => ({ ...base, source, destination })))
  }

  private base(target: TargetUse | null): RuleSpec {
    const { family } = this.context
    return {
      family,
      source: null,
      destination: null,
      protocol: this.protocol?.value === 0 ? null : this.protocol,
      inDevice: this.devices.i ?? null,
      outDevice: this.devices.o ?? null,
      fragment: this.fragment,
      matches: this.matches.map(
        ({ name, definition, values, words }): MatchUse => ({
          name,
          definition: definition as AnyMatch | null,
          values,
          words,
        }),
      ),
      target,
      refused: this.refused,
    }
  }

  private networks(side: 's' | 'd'): (Given<Network> | null)[] {
    const given = this.addresses[side]
    if (given === undefined) return [null]
    const { family, resolve } = this.context
    return parseNetworks(given.value, family, resolve).map((value) => {
      const isEverything = [...value.address, ...value.mask].every((part) => part === 0)
      return isEverything && !given.inverted ? null : { value, inverted: given.inverted }
    })
  }

  /** Source: iptables.c do_command4(). */
  private finishTarget(table: string): TargetUse | null {
    if (this.target === null) return null
    const { kind, name, loaded } = this.target
    if (isStandard(name) && kind === 'jump') return { kind: 'standard', name }
    if (this.context.hasChain(name)) {
      if (loaded !== null) this.context.warn(`Warning: using chain ${name}, not extension\n`)
      return { kind, chain: name }
    }
    // libiptc finds built-in chains too, and refuses to jump there.
    if (TABLE_HOOKS[table as TableName]?.some((one) => one === name)) {
      throw new UsageError(`-j ${name}: a built-in chain of table ${table} cannot be jumped to`, { errno: 'EINVAL' })
    }
    if (kind === 'goto') throw new UsageError(`goto '${name}' is not a chain`)
    if (loaded === null) throw new UsageError(`Couldn't load target \`${name}':No such file or directory\n`)
    if (loaded.definition === null) return { kind: 'unknown', name, words: loaded.words }
    return { kind: 'extension', name, definition: loaded.definition as AnyTarget, values: loaded.values }
  }
}

function onlyOnce(extension: string, option: string): UsageError {
  return new UsageError(`${extension}: option "--${option}" can only be used once.\n`)
}

function isStandard(name: string): name is (typeof STANDARD_TARGETS)[number] {
  return STANDARD_TARGETS.some((one) => one === name)
}

function isHook(name: string): boolean {
  return HOOKS.some((one) => one === name)
}

type OptionIndex = ReadonlyMap<string, readonly [main: string, option: OptionDefinition<unknown>]>
const INDEXES: Readonly<Record<Family, WeakMap<object, OptionIndex>>> = { 4: new WeakMap(), 6: new WeakMap() }

/** The options of an extension by each of their names, for one family. */
function optionsByName(definition: AnyMatch | AnyTarget, family: Family): OptionIndex {
  const known = INDEXES[family].get(definition)
  if (known !== undefined) return known
  const names = new Map<string, readonly [string, OptionDefinition<unknown>]>()
  for (const [main, option] of Object.entries(definition.options as Options)) {
    if (option.families && !option.families.includes(family)) continue
    for (const name of [main, ...(option.aliases ?? [])]) names.set(name, [main, option])
  }
  INDEXES[family].set(definition, names)
  return names
}
