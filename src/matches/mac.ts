import { allOf, computed, OUTCOME, type Test } from '../expression/test.ts'
import { equalBytes } from '../util/bytes.ts'
import { UsageError } from '../util/errors.ts'
import { formatMac } from '../wire/address.ts'
import { defineMatch, optionOf } from '../xtables/index.ts'

/** Up to two characters as strtoul with base 16 reads them: none is 0, `-1` is 255. */
const BYTE = /^(?:[ \t\n\v\f\r]?([+-]?)([0-9a-f]+))?$/i

function parseByte(word: string): number {
  const [, sign, digits = '0'] = BYTE.exec(word) ?? []
  const value = Number.parseInt(digits, 16)
  return (sign === '-' ? -value : value) & 0xff
}

/** Six hexadecimal numbers between `:`. Source: libxtables xtopt_parse_ethermac(). */
const ethernetAddress = optionOf<Uint8Array>({
  words: 1,
  placeholder: 'XX:XX:XX:XX:XX:XX',
  parse: ([word = '']) => {
    const parts = word.split(':')
    if (parts.length !== 6 || parts.some((part) => part.length > 2 || !BYTE.test(part))) {
      throw new UsageError('Invalid MAC address specified.')
    }
    return Uint8Array.from(parts, parseByte)
  },
  format: (bytes) => formatMac(bytes),
})

const cameInFrame: Test = computed(
  'mac',
  false,
  ({ frame, inDevice }) =>
    frame !== null && frame.length >= 14 && (inDevice === null || inDevice.link === 'ether') ? OUTCOME.yes : OUTCOME.no,
  () => 'no Ethernet header',
)

/**
 * `-m mac`: the source address of the Ethernet frame that the packet came in. A packet from a device without
 * Ethernet headers (TUN, loopback) never matches, negated or not.
 *
 * Source: iptables-extensions(8) "mac"; Linux xt_mac.c mac_mt().
 */
export const mac = defineMatch({
  name: 'mac',
  families: [4, 6],
  hooks: ['PREROUTING', 'INPUT', 'FORWARD'],
  options: {
    'mac-source': ethernetAddress({
      help: 'source address of the Ethernet frame',
      invertible: true,
      required: true,
      holds: (address) =>
        computed(
          'mac',
          false,
          ({ frame }) => (frame && equalBytes(frame.subarray(6, 12), address) ? OUTCOME.yes : OUTCOME.no),
          ({ frame }) => (frame ? formatMac(frame, 6) : ''),
        ),
    }),
  },
  list: ({ 'mac-source': given }) => (given ? ` MAC ${given.inverted ? '! ' : ''}${formatMac(given.value)}` : ''),
  guard: (test) => allOf(cameInFrame, test),
})
