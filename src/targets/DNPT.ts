import { defineTarget } from '../xtables/index.ts'
import { prefixTranslation } from './prefix-translation.ts'

/**
 * `-j DNPT`: replace the prefix of the IPv6 destination address without memory and without changing checksums.
 *
 * Source: iptables-extensions(8) "DNPT"; RFC 6296; Linux ip6t_NPT.c ip6t_dnpt_tg().
 */
export const DNPT = defineTarget({
  name: 'DNPT',
  families: [6],
  hooks: ['PREROUTING', 'OUTPUT'],
  ...prefixTranslation('DNPT', 'destination'),
})
