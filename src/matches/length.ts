import { field } from '../expression/field.ts'
import { between, never, type Test } from '../expression/test.ts'
import { defineMatch, formatRange, numberRange } from '../xtables/index.ts'

const IPV6_HEADER = 40

/** The IPv6 header tells the length behind itself. */
function ipv6LengthBetween(from: number, to: number): Test {
  return to < IPV6_HEADER ? never : between(field.ip6.payloadLength, Math.max(from - IPV6_HEADER, 0), to - IPV6_HEADER)
}

/**
 * `-m length`: the length that the IP header tells, in bytes with the header, 0..65535.
 *
 * Source: iptables-extensions(8) "length"; Linux xt_length.c length_mt(), length_mt6().
 */
export const length = defineMatch({
  name: 'length',
  families: [4, 6],
  options: {
    length: numberRange(16)({
      help: 'bytes of the packet with its IP header, or range, 0-65535',
      invertible: true,
      required: true,
      holds: ({ from, to }, { family }) =>
        family === 4 ? between(field.ip.totalLength, from, to) : ipv6LengthBetween(from, to),
    }),
  },
  list: ({ length: given }) => (given ? ` length ${given.inverted ? '!' : ''}${formatRange(given.value)}` : ''),
})
