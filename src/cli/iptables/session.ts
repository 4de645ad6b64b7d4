import { extensions } from '../../host/extensions.ts'
import { type Family, TABLE_NAMES, type TableName } from '../../netfilter/glossary.ts'
import { type CommandContext, EditedTable } from '../../xtables/index.ts'
import type { CommandIo } from '../io.ts'
import type { Program } from './programs.ts'
import { resolveName } from './resolve.ts'
import { formatRules, parseRules, type Tables } from './rules-file.ts'
import { setFamilies } from './sets.ts'
import type { RuleStore } from './store.ts'

/** The version whose behaviour the programs have. */
export const IPTABLES_VERSION = '1.8.9'

/** What a compatible program works with. */
export interface Session {
  readonly program: Program
  readonly io: CommandIo
  readonly store: RuleStore
  readonly trail?: Trail
}

/** What a program leaves behind for hints about it. */
export interface Trail {
  /** What ended it. */
  error?: unknown
  /** The text that it restored. */
  text?: string
  /** The line of that text at which it ended, from 1. */
  line?: number
}

/** The end of a program before its end, with what it prints. */
export class ProgramExit extends Error {
  readonly exitStatus: number

  constructor(exitStatus: number, text: string) {
    super(text)
    this.name = 'ProgramExit'
    this.exitStatus = exitStatus
  }
}

/** Where the rules of a family are read from, for errors. */
export function loadTables(store: RuleStore, family: Family): Tables {
  return parseRules(store.read(family), family, extensions(), family === 4 ? 'rules.v4' : 'rules.v6')
}

/** Asks for the family of a set; undefined where nothing is known of the host's sets. Read when first asked. */
function setsOf(store: RuleStore): (name: string) => Family | null | undefined {
  let known: ReturnType<typeof setFamilies> | null | undefined
  return (name) => {
    if (known === undefined) {
      const text = store.readSets()
      known = text === null ? null : setFamilies(text)
    }
    return known === null ? null : known.get(name)
  }
}

/** What every command line and restored line of a session is read against; made once, so that sets are read once. */
export function readingContext({ program, io, store }: Session): Omit<CommandContext, 'hasChain'> {
  return {
    family: program.family,
    registry: extensions(),
    strict: true,
    resolve: resolveName,
    familyOfSet: setsOf(store),
    warn: io.error,
  }
}

/** Writes the tables. */
export function storeTables(store: RuleStore, family: Family, tables: Tables): void {
  store.write(family, formatRules(tables, extensions()))
}

/** The table of a name, made where it did not exist: it then comes first. Undefined for a name that no table has. */
export function openTable(tables: Tables, name: string, family: Family): EditedTable | undefined {
  const known = TABLE_NAMES.find((one) => one === name)
  if (known === undefined) return undefined
  return tables.get(known) ?? addTable(tables, new EditedTable(family, known, true))
}

/** Puts a new table in front of the others, or in place of the one of its name. */
export function addTable(tables: Tables, table: EditedTable): EditedTable {
  if (!tables.has(table.name)) {
    const others = [...tables]
    tables.clear()
    tables.set(table.name, table)
    for (const [name, other] of others) tables.set(name as TableName, other)
  } else tables.set(table.name, table)
  return table
}

/** What `-V` prints. */
export function versionLine({ name }: Program): string {
  return `${name} v${IPTABLES_VERSION} (legacy)\n`
}

/** `iptables v1.8.9 (legacy): ` before a message of the program. */
export function speaker({ name }: Program): string {
  return `${name} v${IPTABLES_VERSION} (legacy): `
}

/** Where more is to be read, with the line of a restored text. Source: libxtables exit_tryhelp(). */
export function tryHelp({ name }: Program, line = -1): string {
  const place = line >= 0 ? `Error occurred at line: ${line}\n` : ''
  return `${place}Try \`${name} -h' or '${name} --help' for more information.\n`
}
