import { extensions } from '../../host/extensions.ts'
import { type Family, TABLE_HOOKS, TABLE_NAMES, type TableName } from '../../netfilter/glossary.ts'
import { UsageError } from '../../util/errors.ts'
import { type Command, EditedTable, parseCommand, TableError, type Token } from '../../xtables/index.ts'
import { GONE_TARGETS } from '../iptables/hints/gone.ts'
import { chainOf, find, meantBy, SPELLINGS, targetsOf, valueFor } from '../iptables/hints/words.ts'

/** A rule or command as it was written, without the name of the program. */
export interface Written {
  readonly family: Family
  /** `iptables` or `ip6tables` where one stood before it. */
  readonly program: string | null
  readonly tokens: readonly Token[]
  /** Whether counters stood before it, so that a program wrote it and every name is right. */
  readonly isSaved: boolean
}

/** What was read of it. */
export interface ReadCommand extends Written {
  readonly command: Command
  readonly table: TableName
  /** Whether the table was concluded from the target or the chain. */
  readonly isTableAssumed: boolean
  /** Without `-A CHAIN`. */
  readonly isBare: boolean
}

const VERDICTS = ['ACCEPT', 'DROP', 'RETURN', 'QUEUE']
const BUILT_IN: readonly string[] = ['PREROUTING', 'INPUT', 'FORWARD', 'OUTPUT', 'POSTROUTING']

/** The chain of a rule that names none. */
const NO_CHAIN = 'of-no-chain'

/** Takes `sudo`, the program's name and counters away. Throws UsageError for other programs. */
export function withoutProgram(tokens: readonly Token[], family: Family): Written {
  let rest = tokens
  const isSaved = /^\[\d+:\d+\]$/.test(tokens[0]?.text ?? '')
  while (/^(?:sudo|[$#]|\[\d+:\d+\])$/.test(rest[0]?.text ?? '')) rest = rest.slice(1)
  const name = rest[0]?.text.replace(/^.*\//, '') ?? ''
  const [, program] = /^(ip6?tables)(?:-legacy|-nft)?$/.exec(name) ?? []
  if (program !== undefined)
    return { family: program === 'ip6tables' ? 6 : family, program, tokens: rest.slice(1), isSaved }
  if (/^(?:ip6?tables|ipset|nft|ebtables|arptables|ufw|firewall-cmd)(?:-|$)/.test(name)) {
    throw new UsageError(`${name}: only commands of iptables and ip6tables, and their rules, are explained`, {
      place: { line: 1, column: rest[0]?.column ?? 1 },
    })
  }
  return { family, program: null, tokens: rest, isSaved }
}

/** Reads it as iptables does, and checks what the kernel would. Throws UsageError. */
export function readCommand(written: Written): ReadCommand {
  const { family, tokens } = written
  const words = tokens.map(({ text }) => text)
  if (words.length === 0) throw new UsageError('a rule or a command is missing')
  const assumed = find(words, SPELLINGS.table) < 0 && written.program === null ? assumedTable(words, family) : null
  const context = {
    family,
    table: assumed ?? 'filter',
    registry: extensions(),
    hasChain: (name: string) => isUserChain(name, family, written.isSaved || valueFor(words, SPELLINGS.goto) === name),
    strict: true,
    // Names are not looked up: any is taken that can be one.
    resolve: (name: string) => (/^[a-z_][\w-]*(?:\.[\w-]+)*$/i.test(name) ? [[0, 0, 0, 1] as const] : []),
  }
  let isBare = false
  let outcome: ReturnType<typeof parseCommand>
  try {
    outcome = parseCommand(tokens, context)
  } catch (error) {
    if (!(error instanceof UsageError) || error.message !== 'no command specified') throw error
    isBare = true
    const command = ['-A', NO_CHAIN].map((text) => ({ text, column: 1, quoted: false }))
    outcome = parseCommand([...command, ...tokens], context)
  }
  if (outcome.kind !== 'command') throw new UsageError('this asks iptables for its help or version, and is no rule')
  const table = TABLE_NAMES.find((one) => one === outcome.table)
  if (table === undefined)
    throw new UsageError(`can't initialize iptables table \`${outcome.table}': Table does not exist`)
  check(outcome, table, family)
  return { ...written, command: outcome, table, isTableAssumed: assumed !== null && assumed !== 'filter', isBare }
}

/** Whether a name can mean a user chain: it is no target, nor like one, unless it is sure to be a chain if it is no target. */
function isUserChain(name: string, family: Family, isSure: boolean): boolean {
  const targets = [...VERDICTS, ...targetsOf(family).map((one) => one.name)]
  if (BUILT_IN.includes(name)) return false
  if (targets.includes(name)) return false
  if (isSure) return true
  if (GONE_TARGETS[name] !== undefined) return false
  return meantBy(name, targets) === undefined
}

/** The table of a rule that names none: the one of its target, or the only one with its chain. */
function assumedTable(words: readonly string[], family: Family): TableName {
  const target = targetsOf(family).find(({ name }) => name === valueFor(words, SPELLINGS.jump))
  const chain = chainOf(words)?.name ?? ''
  const withChain = TABLE_NAMES.filter((table) => TABLE_HOOKS[table].some((hook) => hook === chain))
  const fits = (table: TableName): boolean => withChain.length === 0 || withChain.includes(table)
  const ofTarget = target?.tables?.find((table) => fits(table)) ?? target?.tables?.[0]
  if (ofTarget !== undefined) return target?.tables?.includes('filter') ? 'filter' : ofTarget
  return fits('filter') ? 'filter' : fits('mangle') ? 'mangle' : (withChain[0] as TableName)
}

/** What the kernel and libiptc would refuse of a command on empty tables that have the chains it names. */
function check(command: Command, name: TableName, family: Family): void {
  const { chain } = command
  const table = new EditedTable(family, name)
  if (chain !== null && !table.chains.has(chain) && command.name !== 'new chain') {
    const near = meantBy(chain, BUILT_IN)
    if (BUILT_IN.includes(chain) || (near !== undefined && chain !== NO_CHAIN)) {
      throw new TableError('No chain/target/match by that name', 'ENOENT')
    }
    table.create(chain)
  }
  if (command.name === 'policy') table.run(command)
  for (const { target } of command.rules) {
    if ((target?.kind === 'jump' || target?.kind === 'goto') && !table.chains.has(target.chain))
      table.create(target.chain)
  }
  if (command.rules.length === 0) return
  table.run({ ...command, name: 'append', also: null, number: 0 })
  table.commit()
}
