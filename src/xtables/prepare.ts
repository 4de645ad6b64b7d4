import type { Environment } from '../expression/environment.ts'
import { visitTests } from '../expression/test.ts'
import type { Rule, Table } from '../netfilter/glossary.ts'
import type { Ruleset } from './ruleset.ts'
import { chainsInOrder } from './save-ruleset.ts'

/**
 * Makes the state that rules have from the moment they are loaded, such as the lists of `recent`, in the order
 * in which the kernel checks the rules. To be called once for each host and ruleset, IPv4 first.
 *
 * Source: Linux translate_table(), which calls each extension's checkentry.
 */
export function prepareRuleset(ruleset: Ruleset, environment: Environment): void {
  for (const table of ruleset.tables.values()) prepareTable(table, environment)
}

function prepareTable(table: Table, environment: Environment): void {
  for (const chain of chainsInOrder(table)) for (const rule of chain.rules) prepareRule(rule, environment)
}

function prepareRule({ test, target }: Rule, environment: Environment): void {
  visitTests(test, (part) => {
    if (part.kind === 'computed') part.prepare?.(environment)
  })
  if (target.kind !== 'actions') return
  for (const action of target.actions) if (action.kind === 'computed') action.prepare?.(environment)
}
