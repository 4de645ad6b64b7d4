import { setHopLimit } from '../packet/mangle.ts'
import { defineTarget } from '../xtables/index.ts'
import { hopChange } from './hop-change.ts'

/**
 * `-j HL`: set, raise or lower the IPv6 hop limit, which stays within 0..255.
 *
 * Source: iptables-extensions(8) "HL"; Linux xt_HL.c hl_tg6().
 */
export const HL = defineTarget({
  name: 'HL',
  families: [6],
  tables: ['mangle'],
  ...hopChange({ name: 'HL', offset: 7, set: setHopLimit }),
})
