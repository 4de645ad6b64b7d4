import { type CompiledTable, compileTable } from '../../../src/compile/index.ts'
import type { Verdict } from '../../../src/expression/action.ts'
import type { Environment, Hook } from '../../../src/expression/environment.ts'
import type { Counters, Table } from '../../../src/netfilter/glossary.ts'
import { traverse } from '../../../src/netfilter/traverse.ts'
import type { Packet } from '../../../src/packet/packet.ts'

/** One of the two ways to run a table over a packet. */
export interface Engine {
  readonly name: 'reference' | 'compiled'
  readonly run: (table: Table, hook: Hook, packet: Packet, environment: Environment) => Verdict
}

const compiled = new WeakMap<Table, CompiledTable>()

/** The compiled form of a table, made once. */
export function compiledOf(table: Table): CompiledTable {
  let found = compiled.get(table)
  if (found === undefined) {
    found = compileTable(table)
    compiled.set(table, found)
  }
  return found
}

export const engines: readonly Engine[] = [
  { name: 'reference', run: (table, hook, packet, environment) => traverse(table, hook, packet, environment, null) },
  { name: 'compiled', run: (table, hook, packet, environment) => compiledOf(table).run(hook, packet, environment) },
]

/** Every counter of a table: per chain its own, then those of its rules, as `packets:bytes`. */
export function countersOf(table: Table): Record<string, string[]> {
  const show = ({ packets, bytes }: Counters): string => `${packets}:${bytes}`
  return Object.fromEntries(
    [...table.chains.values()].map((chain) => [
      chain.name,
      [show(chain.counters), ...chain.rules.map((rule) => show(rule.counters))],
    ]),
  )
}

/** Sets back what packets change in a table: its counters, and the marks of the templates that CT attaches. */
export function resetTable(table: Table): void {
  for (const chain of table.chains.values()) {
    for (const { counters } of [chain, ...chain.rules]) {
      counters.packets = 0
      counters.bytes = 0
    }
    for (const { target } of chain.rules) {
      for (const action of target.kind === 'actions' ? target.actions : []) {
        if (action.kind === 'template') action.connection.mark = 0
      }
    }
  }
}
