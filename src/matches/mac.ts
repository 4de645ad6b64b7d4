import { allOf, computed, OUTCOME, type Test } from '../expression/test.ts'
import { equalBytes } from '../util/bytes.ts'
import { UsageError } from '../util/errors.ts'
import { formatMac } from '../wire/address.ts'
import { defineMatch, optionOf } from '../xtables/index.ts'

/** Six hexadecimal numbers of up to two digits between `:`; the last may be missing. */
const ethernetAddress = optionOf<Uint8Array>({
  words: 1,
  placeholder: 'XX:XX:XX:XX:XX:XX',
  parse: ([word = '']) => {
    if (!/^[0-9a-f]{1,2}(:[0-9a-f]{1,2}){4}:[0-9a-f]{0,2}$/i.test(word)) {
      throw new UsageError('Invalid MAC address specified.')
    }
    return Uint8Array.from(word.split(':'), (part) => Number.parseInt(part || '0', 16))
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
      help: 'Match source MAC address',
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
  guard: (test) => allOf(cameInFrame, test),
})
