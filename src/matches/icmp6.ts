import { header } from '../expression/test.ts'
import { ICMPV6_NAMES } from '../wire/icmpv6.ts'
import { PROTOCOL } from '../wire/protocols.ts'
import { defineMatch } from '../xtables/index.ts'
import { icmpTypeList, icmpTypeOf, icmpTypeTest, listIcmpType } from './icmp-type.ts'

const icmpType = icmpTypeOf('ICMPv6', ICMPV6_NAMES)

/**
 * `-m icmp6`: type (0..255) and code of an ICMPv6 message; loaded by `-p ipv6-icmp` itself. Type 255 is only
 * itself here.
 *
 * Later fragments do not match; less than 8 bytes of header drop the packet.
 *
 * Source: ip6tables-extensions(8) "icmp6"; RFC 4443; Linux ip6_tables.c icmp6_match().
 */
export const icmp6 = defineMatch({
  name: 'icmp6',
  aliases: ['icmpv6', 'ipv6-icmp'],
  families: [6],
  names: icmpTypeList('ICMPv6', ICMPV6_NAMES),
  protocols: [PROTOCOL.icmpv6],
  implicitFor: [PROTOCOL.icmpv6],
  options: {
    'icmpv6-type': icmpType({
      help: 'type, type/code or name of the ICMPv6 message',
      invertible: true,
      required: true,
      holds: icmpTypeTest,
    }),
  },
  list: ({ 'icmpv6-type': given }, _rule, { numeric }) =>
    given ? ` ipv6-icmp${listIcmpType(given, numeric ? null : ICMPV6_NAMES)}` : '',
  guard: (test) => header(8, test),
})
