import { field } from '../expression/field.ts'
import { between, header } from '../expression/test.ts'
import { PROTOCOL } from '../wire/protocols.ts'
import { defineMatch, numberRange } from '../xtables/index.ts'

/**
 * `-m ah`: the Security Parameter Index of an IPv4 authentication header, 0..2^32-1; loaded by `-p ah` itself.
 * IPv6 has a match of the same name with other options, which hookline does not know.
 *
 * Later fragments do not match; less than 12 bytes of header drop the packet.
 *
 * Source: iptables-extensions(8) "ah"; RFC 4302 section 2; Linux ipt_ah.c ah_mt().
 */
export const ah = defineMatch({
  name: 'ah',
  families: [4],
  title: 'ah',
  protocols: [PROTOCOL.ah],
  implicitFor: [PROTOCOL.ah],
  options: {
    ahspi: numberRange(32)({
      help: 'match spi (range)',
      invertible: true,
      isDefault: ({ from, to }) => from === 0 && to === 0xffffffff,
      holds: ({ from, to }) => between(field.ah.spi, from, to),
    }),
  },
  guard: (test) => header(12, test),
})
