import { UsageError } from '../util/errors.ts'
import { defineTarget, flag } from '../xtables/index.ts'

/**
 * `-j CONNSECMARK`: copy the security label of the packet to its connection, or the other way round, where there is
 * none yet. Labels are not kept here, since no rule asks for them; the packet goes on.
 *
 * Differs: labels are not kept.
 *
 * Source: iptables-extensions(8) "CONNSECMARK"; Linux xt_CONNSECMARK.c connsecmark_tg(), connsecmark_tg_check().
 */
export const CONNSECMARK = defineTarget({
  name: 'CONNSECMARK',
  families: [4, 6],
  tables: ['mangle', 'security'],
  needsConntrack: true,
  options: {
    save: flag({ help: 'give the connection the label of the packet', excludes: ['restore'] }),
    restore: flag({ help: 'give the packet the label of its connection' }),
  },
  check: ({ save, restore }) => {
    if (!save && !restore) throw new UsageError('CONNSECMARK target: parameter required')
  },
  list: ({ save }) => ` CONNSECMARK ${save ? 'save' : 'restore'}`,
  act: () => [],
})
