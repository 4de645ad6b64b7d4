import {
  type Chain,
  type Counters,
  type Family,
  TABLE_NAMES,
  type Table,
  type TableName,
} from '../netfilter/glossary.ts'
import { UsageError } from '../util/errors.ts'
import { checkTable } from './check.ts'
import { parseRule } from './parse-rule.ts'
import type { Registry } from './registry.ts'
import type { RuleSpec } from './rule.ts'
import {
  createChain,
  createRule,
  createTable,
  type Ruleset,
  ruleNeedsAccounting,
  ruleNeedsConntrack,
  unknownExtensionsOf,
} from './ruleset.ts'
import { type Token, tokenize } from './tokens.ts'

/** How a rules text is read. */
export interface RestoreOptions {
  /** The file's name, for errors. */
  readonly file?: string
  /**
   * Refuse what iptables-restore 1.8.9 refuses although its meaning is clear: `!` between an option and its value,
   * as files of old versions have it. Default false.
   */
  readonly strict?: boolean
}

/**
 * Reads iptables-save text into tables that can be traversed. Counters in brackets are kept.
 *
 * Either the whole text is taken or a UsageError with file, line and column is thrown.
 *
 * Source: iptables-restore(8); iptables 1.8.9 iptables-restore.c ip46tables_restore_main().
 */
export function restoreRuleset(
  text: string,
  family: Family,
  registry: Registry,
  options: RestoreOptions = {},
): Ruleset {
  const reader = new RulesetReader(family, registry, options.strict ?? false)
  let line = 0
  try {
    for (const content of text.split('\n')) {
      line++
      reader.read(content.endsWith('\r') ? content.slice(0, -1) : content, line)
    }
    return reader.finish(line)
  } catch (error) {
    if (!(error instanceof UsageError)) throw error
    const place = {
      line: error.place && error.place.line > 1 ? error.place.line : line,
      column: error.place?.column ?? 1,
    }
    throw new UsageError(error.message, {
      place: { ...place, ...(options.file ? { file: options.file } : {}) },
      exitStatus: error.exitStatus,
    })
  }
}

/** A rule that was read, before jumps can be resolved. */
interface PendingRule {
  readonly spec: RuleSpec
  readonly line: number
  readonly counters: Counters
}

class RulesetReader {
  private readonly family: Family
  private readonly registry: Registry
  private readonly strict: boolean
  private readonly tables = new Map<TableName, Table>()
  private readonly unknownExtensions = new Set<string>()
  private needsConntrack = false
  private needsAccounting = false
  private table: Table | null = null
  private pending = new Map<Chain, PendingRule[]>()

  constructor(family: Family, registry: Registry, strict: boolean) {
    this.family = family
    this.registry = registry
    this.strict = strict
  }

  read(line: string, number: number): void {
    const content = line.trimStart()
    if (content === '' || content.startsWith('#')) return
    if (content.startsWith('*')) return this.begin(content.slice(1).trim())
    if (this.table === null) throw new UsageError(`expected *TABLE before "${shorten(content)}"`)
    if (content.trimEnd() === 'COMMIT') return this.commit()
    if (content.startsWith(':')) return this.declareChain(content.slice(1))
    this.command(line, number)
  }

  finish(line: number): Ruleset {
    if (this.table !== null)
      throw new UsageError('COMMIT expected at the end of the file', { place: { line, column: 1 } })
    return {
      family: this.family,
      tables: this.tables,
      needsConntrack: this.needsConntrack,
      needsAccounting: this.needsAccounting,
      unknownExtensions: [...this.unknownExtensions],
    }
  }

  private begin(name: string): void {
    if (this.table !== null) throw new UsageError(`COMMIT expected before *${name}`)
    const table = TABLE_NAMES.find((one) => one === name)
    if (table === undefined) {
      throw new UsageError(`there is no table "${name}"; the tables are ${TABLE_NAMES.join(', ')}`)
    }
    this.table = createTable(this.family, table)
    this.pending = new Map()
  }

  private declareChain(text: string): void {
    const table = this.table as Table
    const [name = '', policy, counters] = text.trim().split(/\s+/)
    checkChainName(name)
    if (policy === undefined) throw new UsageError(`${name}: a policy or - is missing`)
    const existing = table.chains.get(name)
    if (existing?.policy === null) throw new UsageError(`error creating chain '${name}':File exists`)
    if (existing !== undefined) {
      if (policy !== '-') existing.policy = parsePolicy(policy)
      if (counters !== undefined && counters !== '-') Object.assign(existing.counters, parseCounters(counters))
      return
    }
    if (policy !== '-')
      throw new UsageError(`policy ${policy} for chain ${name}, which is not a built-in chain of ${table.name}`)
    table.chains.set(name, createChain(name, null))
  }

  private newChain(name: string): void {
    if (RESERVED_NAMES.includes(name)) throw new UsageError('chain name may not clash with target name')
    if (this.table?.chains.has(name)) throw new UsageError('Chain already exists.', { exitStatus: 1 })
    this.declareChain(`${name} -`)
  }

  private command(line: string, number: number): void {
    const tokens = tokenize(line)
    let counters: Counters = { packets: 0, bytes: 0 }
    const first = tokens[0] as Token
    if (first.text.startsWith('[')) {
      counters = parseCounters(first.text)
      tokens.shift()
    }
    const [command, name] = tokens
    if (command === undefined) throw new UsageError('a rule is missing behind its counters')
    switch (command.text) {
      case '-A':
      case '--append':
        return this.insert(this.chain(name), null, tokens.slice(2), counters, number)
      case '-I':
      case '--insert': {
        const position = /^\d+$/.test(tokens[2]?.text ?? '') ? Number(tokens[2]?.text) : null
        return this.insert(this.chain(name), position ?? 1, tokens.slice(position === null ? 2 : 3), counters, number)
      }
      case '-N':
      case '--new-chain':
        return this.newChain(name?.text ?? '')
      case '-P':
      case '--policy':
        return this.declareChain(`${name?.text ?? ''} ${tokens[2]?.text ?? ''}`)
      case '-F':
      case '--flush':
        for (const chain of name ? [this.chain(name)] : this.pending.keys()) this.pending.set(chain, [])
        return
      default:
        throw new UsageError(`expected -A, -I, -N, -P, -F, :CHAIN or COMMIT, found "${command.text}"`, {
          place: { line: 1, column: command.column },
        })
    }
  }

  private chain(token: Token | undefined): Chain {
    if (token === undefined) throw new UsageError('a chain name is missing')
    const chain = this.table?.chains.get(token.text)
    if (chain === undefined) {
      throw new UsageError(`there is no chain "${token.text}" in table ${this.table?.name}`, {
        place: { line: 1, column: token.column },
      })
    }
    return chain
  }

  private insert(
    chain: Chain,
    position: number | null,
    words: readonly Token[],
    counters: Counters,
    line: number,
  ): void {
    const table = this.table as Table
    const parsed = parseRule(words, {
      family: this.family,
      table: table.name,
      registry: this.registry,
      hasChain: (name) => table.chains.get(name)?.policy === null,
      strict: this.strict,
    })
    checkDevices(chain, parsed.rules)
    const list = this.pending.get(chain) ?? []
    this.pending.set(chain, list)
    if (position !== null && (position < 1 || position > list.length + 1)) {
      throw new UsageError(`Index of insertion too big: ${position}, the chain has ${list.length} rules`)
    }
    const rules = parsed.rules.map(
      (spec): PendingRule => ({ spec, line, counters: { ...(parsed.counters ?? counters) } }),
    )
    if (position === null) for (const rule of rules) list.push(rule)
    else list.splice(position - 1, 0, ...rules)
  }

  /** Lowers the rules once all chains are known, and makes the kernel's checks. */
  private commit(): void {
    const table = this.table as Table
    for (const [chain, rules] of this.pending) {
      for (const { spec, line, counters } of rules) {
        try {
          chain.rules.push(createRule(spec, table, line, counters))
        } catch (error) {
          throw error instanceof UsageError ? error.at({ line, column: 1 }) : error
        }
        this.needsConntrack ||= ruleNeedsConntrack(spec)
        this.needsAccounting ||= ruleNeedsAccounting(spec)
        for (const name of unknownExtensionsOf(spec)) this.unknownExtensions.add(name)
      }
    }
    checkTable(table)
    this.tables.set(table.name, table)
    this.table = null
  }
}

/** A packet has no outgoing device yet in the first two chains, no incoming one any more in the last two. */
function checkDevices({ name, policy }: Chain, rules: readonly RuleSpec[]): void {
  if (policy === null) return
  const without =
    name === 'PREROUTING' || name === 'INPUT' ? 'o' : name === 'OUTPUT' || name === 'POSTROUTING' ? 'i' : ''
  if (without === '') return
  if (rules.some((rule) => (without === 'o' ? rule.outDevice : rule.inDevice))) {
    throw new UsageError(`Can't use -${without} with ${name}`)
  }
}

/** Names of built-in targets, which no chain made by `-N` may have. */
const RESERVED_NAMES: readonly string[] = ['ACCEPT', 'DROP', 'QUEUE', 'RETURN']

function parsePolicy(word: string): 'ACCEPT' | 'DROP' {
  if (word !== 'ACCEPT' && word !== 'DROP') throw new UsageError(`policy "${word}": expected ACCEPT or DROP`)
  return word
}

function parseCounters(word: string): Counters {
  const match = /^\[(\d{1,20}):(\d{1,20})\]$/.exec(word)
  if (match === null) throw new UsageError(`invalid counters "${word}": expected [packets:bytes]`)
  return { packets: Number(match[1]), bytes: Number(match[2]) }
}

function checkChainName(name: string): void {
  if (name === '') throw new UsageError('a chain name is missing')
  if (name.length > 28) throw new UsageError(`Invalid chain name \`${name}' (28 chars max)`)
  if (/^[-!]/.test(name)) throw new UsageError(`chain name not allowed to start with \`${name[0]}'`)
}

function shorten(text: string): string {
  return text.length > 40 ? `${text.slice(0, 40)}…` : text
}
