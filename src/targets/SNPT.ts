import { defineTarget } from '../xtables/index.ts'
import { prefixTranslation } from './prefix-translation.ts'

/**
 * `-j SNPT`: replace the prefix of the IPv6 source address without memory and without changing checksums.
 *
 * Source: iptables-extensions(8) "SNPT"; RFC 6296; Linux ip6t_NPT.c ip6t_snpt_tg().
 */
export const SNPT = defineTarget({
  name: 'SNPT',
  families: [6],
  hooks: ['INPUT', 'POSTROUTING'],
  ...prefixTranslation('SNPT', 'source'),
})
