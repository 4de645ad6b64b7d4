import { extensions } from '../../src/host/extensions.ts'
import type { Family, TableName } from '../../src/netfilter/glossary.ts'
import { restoreRuleset } from '../../src/xtables/index.ts'
import { contextOf } from '../../src/xtables/rule.ts'
import type { WrittenRule } from '../../src/xtables/ruleset.ts'

/** What `iptables -L` prints of the last match of a rule (what stands behind `-A FORWARD`); with `-n` where `numeric`. */
export function listed(
  rule: string,
  { family = 4, numeric = true }: { family?: Family; numeric?: boolean } = {},
): string {
  const table: TableName = 'filter'
  const ruleset = restoreRuleset(`*${table}\n-A FORWARD ${rule}\nCOMMIT\n`, family, extensions())
  const written = ruleset.tables.get(table)?.chains.get('FORWARD')?.rules[0] as WrittenRule
  const { spec } = written
  const use = spec.matches.at(-1)
  return use?.definition?.list?.(use.values, contextOf(spec, table), { numeric }) ?? ''
}
