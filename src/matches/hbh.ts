import { PROTOCOL } from '../wire/protocols.ts'
import { defineMatch } from '../xtables/index.ts'
import { optionHeader } from './option-headers.ts'

/**
 * `-m hbh`: length and options of the IPv6 hop-by-hop header.
 *
 * Source: ip6tables-extensions(8) "hbh"; RFC 8200 section 4.3; Linux ip6t_hbh.c hbh_mt6().
 */
export const hbh = defineMatch({
  name: 'hbh',
  families: [6],
  ...optionHeader({ name: 'hbh', protocol: PROTOCOL.hopopt, padWithLength: 'PAD0 has not got length' }),
})
