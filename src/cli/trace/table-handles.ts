import type { Ruleset } from '../../xtables/ruleset.ts'
import type { Handles } from './render-monitor.ts'

/**
 * Handles of rules as nf_tables numbers them when `iptables-nft-restore` loads the file: one count a table, first
 * its chains, then its rules in the order of the file.
 */
export function tableHandles(ruleset: Ruleset | null): Handles {
  const firstRule = new Map<string, number>()
  for (const table of ruleset?.tables.values() ?? []) {
    let handle = table.chains.size + 1
    for (const chain of table.chains.values()) {
      firstRule.set(`${table.name} ${chain.name}`, handle)
      handle += chain.rules.length
    }
  }
  return { rule: (table, chain, number) => (firstRule.get(`${table} ${chain}`) ?? 1) + number - 1 }
}
