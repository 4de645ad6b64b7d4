import { PROTOCOL } from '../wire/protocols.ts'
import { defineMatch } from '../xtables/index.ts'
import { optionHeader } from './option-headers.ts'

/**
 * `-m dst`: length and options of the first IPv6 destination options header.
 *
 * Source: ip6tables-extensions(8) "dst"; RFC 8200 section 4.6; Linux ip6t_hbh.c hbh_mt6().
 */
export const dst = defineMatch({
  name: 'dst',
  families: [6],
  ...optionHeader({ name: 'dst', protocol: PROTOCOL.destinationOptions, padWithLength: "PAD0 hasn't got length" }),
})
