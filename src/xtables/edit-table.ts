import { type Counters, type Family, TABLE_HOOKS, type TableName } from '../netfilter/glossary.ts'
import type { ChainHooks, CheckedRule } from './check.ts'
import { chainHooks, checkTable } from './check.ts'
import type { Command } from './command.ts'
import type { RuleSpec } from './rule.ts'
import { saveRule } from './save.ts'
import { chainsInOrder } from './save-ruleset.ts'
import { TableError } from './table-error.ts'

/** A rule of a table that is edited. */
export interface EditedRule extends CheckedRule {
  /** As iptables-save prints it behind `-A CHAIN`, without a leading space. */
  readonly text: string
  counters: Counters
  /** The words of the command that it came by, where that made this rule alone; null where they are not known. */
  readonly words: readonly string[] | null
  /** A comment that goes before it in a file; see SaveOptions. */
  readonly remark?: string | null
}

/** A chain of a table that is edited; `policy` is null for user chains. */
export interface EditedChain {
  name: string
  policy: 'ACCEPT' | 'DROP' | null
  counters: Counters
  rules: EditedRule[]
}

/** A rule that was just read. */
export function newRule(
  spec: RuleSpec,
  table: TableName,
  line: number,
  counters: Counters,
  words: readonly string[] | null = null,
): EditedRule {
  let text: string | undefined
  const { target } = spec
  return {
    spec,
    line,
    counters,
    words,
    jump: target?.kind === 'jump' || target?.kind === 'goto' ? target.chain : null,
    get text() {
      text ??= saveRule(spec, table).trimStart()
      return text
    },
  }
}

/**
 * One table as commands change it: chains in the order of their coming to exist, with their rules. Nothing is
 * checked as the kernel does until {@link commit}.
 *
 * Source: libiptc.c TC_APPEND_ENTRY() and its like.
 */
export class EditedTable {
  readonly family: Family
  readonly name: TableName
  readonly chains = new Map<string, EditedChain>()
  private hooksBefore: ChainHooks | undefined
  private readonly added = new Set<CheckedRule>()
  private readonly checksAll: boolean
  /** Chains whose policy counters were given since the last commit. */
  private readonly counted = new Set<EditedChain>()

  /** A table whose rules the kernel took already tells so with `isChecked`. */
  constructor(family: Family, name: TableName, isChecked = false) {
    this.family = family
    this.name = name
    this.checksAll = !isChecked
    for (const hook of TABLE_HOOKS[name]) {
      this.chains.set(hook, { name: hook, policy: 'ACCEPT', counters: { packets: 0, bytes: 0 }, rules: [] })
    }
  }

  /** The chains in the kernel's order: built-in ones by hook, then the others by name. */
  ordered(): EditedChain[] {
    return chainsInOrder(this)
  }

  /** How many rules lead to the chain. */
  references(name: string): number {
    let count = 0
    for (const { rules } of this.chains.values()) for (const rule of rules) if (rule.jump === name) count++
    return count
  }

  /** Carries out a command that changes the table; throws {@link TableError}, and then nothing is changed. */
  run(command: Command, line = 0): void {
    this.remember()
    const { name, chain, number, counters } = command
    switch (name) {
      case 'append':
      case 'insert':
      case 'replace':
        return this.put(command, line)
      case 'delete':
      case 'check':
        return this.find(command)
      case 'delete number': {
        const { rules } = this.chain(chain)
        if (number > rules.length) throw new TableError('Index of deletion too big', 'E2BIG')
        rules.splice(number - 1, 1)
        return
      }
      case 'flush':
        for (const one of this.some(chain)) one.rules = []
        return
      case 'zero':
        for (const one of this.some(chain)) this.zero(one)
        return
      case 'zero number':
        return this.zeroRule(chain, number)
      case 'new chain':
        return this.create(chain as string)
      case 'delete chain':
        return this.deleteChains(chain)
      case 'rename chain':
        return this.rename(chain as string, command.newName)
      case 'policy':
        return this.setPolicy(chain as string, command.policy, counters)
      case 'list':
      case 'list rules':
        if (chain !== null) this.chain(chain)
    }
  }

  /** The hooks of the chains before the first change, for checking only what changes. */
  private remember(): void {
    if (!this.checksAll) this.hooksBefore ??= chainHooks(this)
  }

  /**
   * Ends a change: {@link check}, and policies lose the counters that they were not given, as they do when libiptc replaces a table.
   */
  commit(): void {
    this.check()
    for (const chain of this.chains.values()) {
      if (chain.policy !== null && !this.counted.has(chain)) chain.counters = { packets: 0, bytes: 0 }
    }
    this.counted.clear()
  }

  /** Makes the kernel's checks. Throws RefusedRule. */
  check(): void {
    if (this.checksAll) checkTable(this)
    else if (this.hooksBefore !== undefined) checkTable(this, this.hooksBefore, (rule) => this.added.has(rule))
  }

  /** A chain by name; throws `No chain/target/match by that name`. */
  chain(name: string | null): EditedChain {
    const chain = this.chains.get(name ?? '')
    if (chain === undefined) throw noSuchName()
    return chain
  }

  /** One chain, or all in their order. */
  some(name: string | null): EditedChain[] {
    return name === null ? this.ordered() : [this.chain(name)]
  }

  /** A new user chain; throws where the name is taken. */
  create(name: string): void {
    if (this.chains.has(name)) throw new TableError('Chain already exists', 'EEXIST')
    this.chains.set(name, { name, policy: null, counters: { packets: 0, bytes: 0 }, rules: [] })
  }

  /** `-P`. */
  setPolicy(name: string, policy: string, counters: Counters | null): void {
    const chain = this.chains.get(name)
    if (chain === undefined || chain.policy === null) throw new TableError('Bad built-in chain name', 'ENOENT')
    if (policy !== 'ACCEPT' && policy !== 'DROP') throw new TableError('Bad policy name', 'EINVAL')
    chain.policy = policy
    if (counters === null) return
    chain.counters = { ...counters }
    this.counted.add(chain)
  }

  private put(command: Command, line: number): void {
    const chain = this.chain(command.chain)
    const { name, number } = command
    if (name === 'insert' && number > chain.rules.length + 1) {
      throw new TableError('Index of insertion too big', 'E2BIG')
    }
    if (name === 'replace' && number > chain.rules.length) throw new TableError('Index of replacement too big', 'E2BIG')
    const { packets, bytes } = command.counters ?? { packets: 0, bytes: 0 }
    const words = command.rules.length === 1 ? command.words : null
    const rules = command.rules.map((spec) => newRule(spec, this.name, line, { packets, bytes }, words))
    if (!this.checksAll) for (const rule of rules) this.added.add(rule)
    if (name === 'append') for (const rule of rules) chain.rules.push(rule)
    // Each goes in front of the one before.
    else if (name === 'insert') chain.rules.splice(number - 1, 0, ...rules.reverse())
    else chain.rules.splice(number - 1, 1, ...rules)
  }

  /** `-D` and `-C` by rule: the first that reads the same. */
  private find({ name, chain: chainName, rules }: Command): void {
    const chain = this.chains.get(chainName ?? '')
    if (chain === undefined) throw noSuchRule()
    const left = [...chain.rules]
    for (const spec of rules) {
      const wanted = saveRule(spec, this.name).trimStart()
      const at = left.findIndex((rule) => rule.text === wanted)
      if (at < 0) throw isVerdict(spec) ? noSuchRule() : noSuchName()
      left.splice(at, 1)
    }
    if (name === 'delete') chain.rules = left
  }

  private zero(chain: EditedChain): void {
    chain.counters = { packets: 0, bytes: 0 }
    for (const rule of chain.rules) rule.counters = { packets: 0, bytes: 0 }
  }

  private zeroRule(name: string | null, number: number): void {
    const rule = this.chain(name).rules[number - 1]
    if (rule === undefined) throw new TableError('Index of counter too big', 'E2BIG')
    rule.counters = { packets: 0, bytes: 0 }
  }

  /** All that can go, go; the last refusal is the answer. */
  private deleteChains(name: string | null): void {
    if (name !== null) return this.deleteChain(this.chain(name))
    let refused: unknown = null
    for (const chain of this.ordered().filter(({ policy }) => policy === null)) {
      try {
        this.deleteChain(chain)
      } catch (error) {
        refused = error
      }
    }
    if (refused !== null) throw refused
  }

  private deleteChain({ name, policy, rules }: EditedChain): void {
    if (policy !== null) throw new TableError('Invalid argument', 'EINVAL')
    if (this.references(name) > 0) throw new TableError('Too many links', 'EMLINK')
    if (rules.length > 0) throw new TableError('Directory not empty', 'ENOTEMPTY')
    this.chains.delete(name)
  }

  private rename(oldName: string, newName: string): void {
    if (this.chains.has(newName)) throw new TableError('File exists', 'EEXIST')
    const chain = this.chains.get(oldName)
    if (chain === undefined || chain.policy !== null) throw noSuchName()
    // A name with spaces, which iptables takes, could not be read back from a file.
    if (newName.length > 28 || /\s/.test(newName)) throw new TableError('Invalid argument', 'EINVAL')
    for (const one of this.chains.values()) {
      for (const [at, rule] of one.rules.entries()) {
        if (rule.jump === oldName) one.rules[at] = this.redirected(rule, newName)
      }
    }
    this.chains.delete(oldName)
    chain.name = newName
    this.chains.set(newName, chain)
  }

  private redirected({ spec, line, counters }: EditedRule, chain: string): EditedRule {
    const kind = spec.target?.kind === 'goto' ? 'goto' : 'jump'
    return newRule({ ...spec, target: { kind, chain } }, this.name, line, counters)
  }
}

/** Whether the target is none or a verdict. Of a rule with another, libiptc forgets that it was looking for a rule. */
function isVerdict({ target }: RuleSpec): boolean {
  return target === null || target.kind === 'standard'
}

function noSuchName(): TableError {
  return new TableError('No chain/target/match by that name', 'ENOENT')
}

function noSuchRule(): TableError {
  return new TableError('Bad rule (does a matching rule exist in that chain?)', 'ENOENT')
}
