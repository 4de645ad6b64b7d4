import { defineTarget } from '../xtables/index.ts'

/**
 * `-j TRACE`: report every rule that the packet meets from here on.
 *
 * Source: iptables-extensions(8) "TRACE"; Linux xt_TRACE.c trace_tg().
 */
export const TRACE = defineTarget({
  name: 'TRACE',
  families: [4, 6],
  tables: ['raw'],
  options: {},
  act: () => [{ kind: 'trace' }],
})
