import { isDeepStrictEqual } from 'node:util'
import type { Counters, Family, TableName } from '../../netfilter/glossary.ts'
import { invariant, UsageError } from '../../util/errors.ts'
import { fingerprint } from '../../util/fingerprint.ts'
import {
  type EditedRule,
  EditedTable,
  parseCommand,
  type Registry,
  type RuleSpec,
  readTables,
  saveRule,
  saveTables,
  tokenize,
} from '../../xtables/index.ts'

/** The tables of one family, in the order in which iptables-save prints them. */
export type Tables = Map<TableName, EditedTable>

/** Ends a text that this program wrote and nobody changed since: its rules need not be read again to be trusted. */
const SEAL = '# hookline: unchanged while this fits '

/** Begins the words that a rule was given with, where what iptables-save prints of it does not mean the same. */
const GIVEN = '# hookline: given as '

/** The text of a rules file: with counters, and sealed. */
export function formatRules(tables: Tables, registry: Registry): string {
  for (const table of tables.values()) {
    for (const { name, rules } of table.chains.values()) {
      for (const [at, rule] of rules.entries()) {
        const words = rule.words === null ? null : lostWords(rule, rule.words, name, table, registry)
        if (words !== null) rules[at] = Object.assign(rule, { remark: `${GIVEN}${JSON.stringify(words)}` })
      }
    }
  }
  const text = saveTables([...tables.values()], { counters: true, remarks: true })
  return `${text}${SEAL}${fingerprint(text)}\n`
}

/** The words of a rule that its saved text does not stand for: iptables' own text can lose parts, or be unreadable. */
function lostWords(
  rule: EditedRule,
  words: readonly string[],
  chain: string,
  table: EditedTable,
  registry: Registry,
): readonly string[] | null {
  // A line of a file holds no end of line.
  if (rule.text.includes('\n')) return words
  const saved = tokenize(`-A ${chain} ${rule.text}`, true).map(({ text }) => text)
  if (saved.length === words.length && saved.every((word, at) => word === words[at])) return null
  try {
    const { refused, ...spec } = readWords(saved, table, registry)
    const { refused: known, ...given } = rule.spec
    return isDeepStrictEqual({ ...spec, refused: refused === null }, { ...given, refused: known === null })
      ? null
      : words
  } catch (error) {
    if (error instanceof UsageError) return words
    throw error
  }
}

/** The one rule that the words of a command make. */
function readWords(words: readonly string[], table: EditedTable, registry: Registry): RuleSpec {
  const command = parseCommand(
    words.map((text) => ({ text, column: 1, quoted: false })),
    {
      family: table.family,
      table: table.name,
      registry,
      hasChain: (name) => table.chains.get(name)?.policy === null,
      strict: true,
    },
  )
  invariant(command.kind === 'command' && command.rules.length === 1, 'a saved rule is one rule')
  return command.rules[0] as RuleSpec
}

/**
 * Reads a rules file. A sealed one is not parsed: each rule is read when it is looked at, so that a change costs
 * little however many rules there are. Any other is read and checked as a whole; throws UsageError with its place.
 */
export function parseRules(text: string | null, family: Family, registry: Registry, file: string): Tables {
  if (text === null) return new Map()
  const end = text.lastIndexOf(SEAL)
  const isSealed = end >= 0 && text.slice(end + SEAL.length).trimEnd() === fingerprint(text.slice(0, end))
  return isSealed ? readSealed(text.slice(0, end), family, registry) : readTables(text, family, registry, { file })
}

function readSealed(text: string, family: Family, registry: Registry): Tables {
  const tables: Tables = new Map()
  let table: EditedTable | null = null
  let remark: string | null = null
  for (const line of text.split('\n')) {
    if (line.startsWith(GIVEN)) remark = line
    else if (line.startsWith('[')) {
      invariant(table !== null, 'a sealed file has rules in tables only')
      const rule = new StoredRule(line, remark, table, registry)
      table.chain(rule.chain).rules.push(rule)
      remark = null
    } else if (line.startsWith('*')) {
      const name = line.slice(1) as TableName
      table = new EditedTable(family, name, true)
      tables.set(name, table)
    } else if (line.startsWith(':')) declare(line, table as unknown as EditedTable)
  }
  return tables
}

function declare(line: string, table: EditedTable): void {
  const counted = line.lastIndexOf(' ')
  const named = line.lastIndexOf(' ', counted - 1)
  const name = line.slice(1, named)
  const policy = line.slice(named + 1, counted)
  if (policy === '-') table.create(name)
  else {
    const chain = table.chain(name)
    chain.policy = policy as 'ACCEPT' | 'DROP'
    chain.counters = parseCounters(line.slice(counted + 1))
  }
}

/** `[packets:bytes]` */
function parseCounters(text: string): Counters {
  const colon = text.indexOf(':')
  return { packets: Number(text.slice(1, colon)), bytes: Number(text.slice(colon + 1, -1)) }
}

/** A rule of a sealed file, `[packets:bytes] -A CHAIN …`. */
class StoredRule implements EditedRule {
  readonly line = 0
  readonly words = null
  readonly remark: string | null
  readonly chain: string
  private readonly source: string
  private readonly textStart: number
  private readonly table: EditedTable
  private readonly registry: Registry
  private known: RuleSpec | undefined
  private shown: string | undefined
  private changed: Counters | undefined

  constructor(source: string, remark: string | null, table: EditedTable, registry: Registry) {
    const command = source.indexOf('] -A ') + 5
    const space = source.indexOf(' ', command)
    this.source = source
    this.remark = remark
    this.chain = space < 0 ? source.slice(command) : source.slice(command, space)
    this.textStart = space < 0 ? source.length : space + 1
    this.table = table
    this.registry = registry
  }

  get text(): string {
    // What was given may hold what no line of the file can.
    if (this.remark !== null) this.shown ??= saveRule(this.spec, this.table.name).trimStart()
    return this.shown ?? this.source.slice(this.textStart)
  }

  get counters(): Counters {
    this.changed ??= parseCounters(this.source.slice(0, this.source.indexOf(']') + 1))
    return this.changed
  }

  set counters(counters: Counters) {
    this.changed = counters
  }

  /** Read off the text: the first ` -j ` or ` -g ` outside of quotes is the target, as rules are saved. */
  get jump(): string | null {
    const name = targetOf(this.source)
    return name !== null && this.table.chains.get(name)?.policy === null ? name : null
  }

  get spec(): RuleSpec {
    this.known ??= this.read()
    return this.known
  }

  private read(): RuleSpec {
    const { table, registry, remark } = this
    if (remark !== null) {
      try {
        return readWords(JSON.parse(remark.slice(GIVEN.length)) as string[], table, registry)
      } catch (error) {
        // Such as names of hosts, which are not looked up again: the saved text is the next best.
        if (!(error instanceof UsageError)) throw error
      }
    }
    const command = parseCommand(tokenize(`-A ${this.chain} ${this.source.slice(this.textStart)}`), {
      family: table.family,
      table: table.name,
      registry,
      hasChain: (name) => table.chains.get(name)?.policy === null,
    })
    invariant(command.kind === 'command' && command.rules.length === 1, 'a saved rule is one rule')
    return command.rules[0] as RuleSpec
  }
}

const JUMP = / -[jg] (\S+)/
const QUOTED = /"(?:[^"\\]|\\.)*"/g

function targetOf(source: string): string | null {
  const plain = source.includes('"') ? source.replace(QUOTED, '""') : source
  return JUMP.exec(plain)?.[1] ?? null
}
