import {
  type Chain,
  type Counters,
  type Family,
  TABLE_NAMES,
  type Table,
  type TableName,
} from '../netfilter/glossary.ts'
import { UsageError } from '../util/errors.ts'
import { EditedTable } from './edit-table.ts'
import { parseCommand } from './parse-command.ts'
import type { Registry } from './registry.ts'
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
 * Reads iptables-save text into tables that can be edited, unchecked by the kernel's rules until they are committed.
 * Throws as {@link restoreRuleset} does.
 */
export function readTables(
  text: string,
  family: Family,
  registry: Registry,
  options: RestoreOptions = {},
): Map<TableName, EditedTable> {
  const reader = new TableReader(family, registry, options.strict ?? false)
  let line = 0
  try {
    for (const content of text.split('\n')) {
      line++
      reader.read(content.endsWith('\r') ? content.slice(0, -1) : content, line)
    }
    return reader.finish(line)
  } catch (error) {
    throw error instanceof UsageError ? inFile(error, line, options.file) : error
  }
}

/** The error with the place where it is in the file. */
function inFile(error: UsageError, line: number, file: string | undefined): UsageError {
  const { place, exitStatus, errno } = error
  const at = { line: place && place.line > 1 ? place.line : line, column: place?.column ?? 1 }
  return new UsageError(error.message, {
    place: { ...at, ...(file ? { file } : {}) },
    exitStatus,
    ...(errno ? { errno } : {}),
  })
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
  const tables = new Map<TableName, Table>()
  const unknown = new Set<string>()
  let needsConntrack = false
  let needsAccounting = false
  for (const edited of readTables(text, family, registry, options).values()) {
    const table = lowerTable(edited)
    tables.set(table.name, table)
    for (const { rules } of edited.chains.values()) {
      for (const { spec } of rules) {
        needsConntrack ||= ruleNeedsConntrack(spec)
        needsAccounting ||= ruleNeedsAccounting(spec)
        for (const name of unknownExtensionsOf(spec)) unknown.add(name)
      }
    }
  }
  return { family, tables, needsConntrack, needsAccounting, unknownExtensions: [...unknown] }
}

/** The table in the form that packets traverse. */
export function lowerTable(edited: EditedTable): Table {
  const table = createTable(edited.family, edited.name)
  for (const { name, policy, counters } of edited.chains.values()) {
    const chain = createChain(name, policy)
    Object.assign(chain.counters, counters)
    table.chains.set(name, chain)
  }
  for (const { name, rules } of edited.chains.values()) {
    const chain = table.chains.get(name) as Chain
    for (const { spec, line, counters } of rules) chain.rules.push(createRule(spec, table, line, { ...counters }))
  }
  return table
}

class TableReader {
  private readonly family: Family
  private readonly registry: Registry
  private readonly strict: boolean
  private readonly tables = new Map<TableName, EditedTable>()
  private table: EditedTable | null = null

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

  finish(line: number): Map<TableName, EditedTable> {
    if (this.table !== null)
      throw new UsageError('COMMIT expected at the end of the file', { place: { line, column: 1 } })
    return this.tables
  }

  private begin(name: string): void {
    if (this.table !== null) throw new UsageError(`COMMIT expected before *${name}`)
    const table = TABLE_NAMES.find((one) => one === name)
    if (table === undefined) {
      throw new UsageError(`there is no table "${name}"; the tables are ${TABLE_NAMES.join(', ')}`)
    }
    this.table = new EditedTable(this.family, table)
  }

  private declareChain(text: string): void {
    const table = this.table as EditedTable
    const [name = '', policy, counters] = text.trim().split(/\s+/)
    checkChainName(name)
    if (policy === undefined) throw new UsageError(`${name}: a policy or - is missing`)
    const existing = table.chains.get(name)
    if (existing?.policy === null) throw new UsageError(`error creating chain '${name}':File exists`)
    if (existing !== undefined) {
      if (policy !== '-') existing.policy = parsePolicy(policy)
      if (counters !== undefined && counters !== '-') existing.counters = parseCounters(counters)
      return
    }
    if (policy !== '-')
      throw new UsageError(`policy ${policy} for chain ${name}, which is not a built-in chain of ${table.name}`)
    table.create(name)
  }

  private command(line: string, number: number): void {
    const table = this.table as EditedTable
    const tokens = tokenize(line)
    let counters: Counters | null = null
    const first = tokens[0] as Token
    if (first.text.startsWith('[')) {
      counters = parseCounters(first.text)
      tokens.shift()
    }
    if (tokens[0] === undefined) throw new UsageError('a rule is missing behind its counters')
    if (!tokens[0].text.startsWith('-')) {
      throw new UsageError(`expected a command such as -A, :CHAIN or COMMIT, found "${tokens[0].text}"`, {
        place: { line: 1, column: tokens[0].column },
      })
    }
    const command = parseCommand(tokens, {
      family: this.family,
      table: table.name,
      registry: this.registry,
      hasChain: (name) => table.chains.get(name)?.policy === null,
      strict: this.strict,
      restored: { program: this.family === 4 ? 'iptables-restore' : 'ip6tables-restore', line: number },
    })
    if (command.kind !== 'command') return
    if (command.chain !== null && command.name !== 'new chain' && !table.chains.has(command.chain)) {
      throw new UsageError(`there is no chain "${command.chain}" in table ${table.name}`, {
        place: { line: 1, column: tokens[1]?.column ?? 1 },
      })
    }
    table.run(command.counters === null ? { ...command, counters } : command, number)
  }

  /** Makes the kernel's checks once all chains are known. */
  private commit(): void {
    const table = this.table as EditedTable
    // Of a file that is read, policies keep their counters.
    table.check()
    this.tables.set(table.name, table)
    this.table = null
  }
}

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
