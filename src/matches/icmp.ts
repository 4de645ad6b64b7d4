import { always, header } from '../expression/test.ts'
import { ICMP_NAMES } from '../wire/icmp.ts'
import type { IcmpName } from '../wire/icmp-names.ts'
import { PROTOCOL } from '../wire/protocols.ts'
import { defineMatch } from '../xtables/index.ts'
import { formatIcmpType, icmpTypeList, icmpTypeOf, icmpTypeTest, listIcmpType } from './icmp-type.ts'

/** The type that means all of them. */
const ANY = 255

const NAMES: readonly IcmpName[] = [{ name: 'any', type: ANY }, ...ICMP_NAMES]

const icmpType = icmpTypeOf('ICMP', NAMES, (value) => (value.type === ANY ? 'any' : formatIcmpType(value)))

/**
 * `-m icmp`: type (0..255) and code of an IPv4 ICMP message; loaded by `-p icmp` itself. Type 255, or `any`, is
 * every type and code.
 *
 * Later fragments do not match, not even `any`; less than 8 bytes of header drop the packet.
 *
 * Source: iptables-extensions(8) "icmp"; RFC 792; Linux ip_tables.c icmp_match().
 */
export const icmp = defineMatch({
  name: 'icmp',
  families: [4],
  names: icmpTypeList('ICMP', NAMES),
  protocols: [PROTOCOL.icmp],
  implicitFor: [PROTOCOL.icmp],
  options: {
    'icmp-type': icmpType({
      help: 'type, type/code or name of the ICMP message',
      invertible: true,
      required: true,
      holds: (value) => (value.type === ANY ? always : icmpTypeTest(value)),
    }),
  },
  list: ({ 'icmp-type': given }, _rule, { numeric }) =>
    given ? ` icmp${listIcmpType(given, numeric ? null : NAMES)}` : '',
  guard: (test) => header(8, test),
})
