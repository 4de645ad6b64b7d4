import { VERDICT, type Verdict } from '../expression/action.ts'
import type { Environment, Hook } from '../expression/environment.ts'
import { RETURN } from '../netfilter/execute.ts'
import type { Chain, Table, TableName } from '../netfilter/glossary.ts'
import type { Tracer } from '../netfilter/trace.ts'
import { traverse } from '../netfilter/traverse.ts'
import type { Packet } from '../packet/packet.ts'
import { CompiledChain } from './chain.ts'

/**
 * A table as generated code: the second engine. The verdicts, counters and changes of packets are those of
 * traverse(), which remains the meaning; both may be used on one table at any time.
 *
 * A packet costs no allocation. Chains are compiled when a packet first enters them; whoever changes the rules
 * of a chain calls {@link changed}, and only the functions that the change touches are compiled again.
 */
export class CompiledTable {
  readonly table: Table
  private readonly chains = new Map<Chain, CompiledChain>()
  private bases: Partial<Record<Hook, CompiledChain>> = {}
  private readonly chainFor: (chain: Chain) => CompiledChain

  constructor(table: Table) {
    this.table = table
    this.chainFor = (chain) => {
      let compiled = this.chains.get(chain)
      if (compiled === undefined) {
        compiled = new CompiledChain(chain, table.family, this.chainFor)
        this.chains.set(chain, compiled)
      }
      return compiled
    }
  }

  /** Runs the hook's built-in chain over one packet. With a tracer the reference engine does it. Source: ipt_do_table(). */
  run(hook: Hook, packet: Packet, environment: Environment, tracer: Tracer | null = null): Verdict {
    if (tracer !== null || packet.family !== this.table.family) {
      return traverse(this.table, hook, packet, environment, tracer)
    }
    const base = this.bases[hook] ?? this.findBase(hook)
    if (base === null) return VERDICT.accept
    packet.hotdrop = false
    const step = base.run(packet, environment)
    if (step !== RETURN && step !== VERDICT.continue) return step
    const { chain } = base
    chain.counters.packets++
    chain.counters.bytes += packet.end - packet.network
    return chain.policy === 'ACCEPT' ? VERDICT.accept : VERDICT.drop
  }

  /** Tells that rules of `chain` were added, removed or replaced; without one, that any may have been. */
  changed(chain?: Chain): void {
    this.bases = {}
    if (chain !== undefined) {
      this.chains.get(chain)?.changed()
      return
    }
    const present = new Set(this.table.chains.values())
    for (const [key, compiled] of this.chains) {
      if (present.has(key)) compiled.changed()
      else this.chains.delete(key)
    }
  }

  /** Compiles every chain now instead of when its first packet comes. Answers how many rules were compiled. */
  prepare(): number {
    let count = 0
    for (const chain of this.table.chains.values()) count += this.chainFor(chain).compile()
    return count
  }

  private findBase(hook: Hook): CompiledChain | null {
    const chain = this.table.chains.get(hook)
    if (chain === undefined) return null
    const base = this.chainFor(chain)
    this.bases[hook] = base
    return base
  }
}

/** The compiled engine for one table. */
export function compileTable(table: Table): CompiledTable {
  return new CompiledTable(table)
}

/** The compiled engine for every table of a ruleset, by name. */
export function compileRuleset(ruleset: {
  readonly tables: ReadonlyMap<TableName, Table>
}): ReadonlyMap<TableName, CompiledTable> {
  return new Map([...ruleset.tables].map(([name, table]) => [name, new CompiledTable(table)]))
}
