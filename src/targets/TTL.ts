import { setTtl } from '../packet/mangle.ts'
import { defineTarget } from '../xtables/index.ts'
import { hopChange } from './hop-change.ts'

/**
 * `-j TTL`: set, raise or lower the IPv4 Time To Live, which stays within 0..255.
 *
 * Source: iptables-extensions(8) "TTL"; Linux xt_HL.c ttl_tg().
 */
export const TTL = defineTarget({
  name: 'TTL',
  families: [4],
  tables: ['mangle'],
  ...hopChange({ name: 'TTL', offset: 8, set: setTtl }),
})
