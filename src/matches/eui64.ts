import { computed, OUTCOME } from '../expression/test.ts'
import { equalBytes, getU16 } from '../util/bytes.ts'
import { ETHERTYPE } from '../wire/protocols.ts'
import { defineMatch } from '../xtables/index.ts'

const FRAME = 14

/** The interface identifier of a MAC address: `fffe` in its middle, the universal/local bit flipped. Source: RFC 4291 appendix A. */
function interfaceIdentifier(mac: Uint8Array): Uint8Array {
  const [first = 0, ...rest] = mac
  return Uint8Array.of(first ^ 2, ...rest.slice(0, 2), 0xff, 0xfe, ...rest.slice(2))
}

/**
 * `-m eui64`: the lower half of the IPv6 source address is made of the source address of the Ethernet frame that
 * the packet came in. A packet from a device without Ethernet headers (TUN), or from loopback, never matches.
 *
 * Source: ip6tables-extensions(8) "eui64"; Linux ip6t_eui64.c eui64_mt6().
 */
export const eui64 = defineMatch({
  name: 'eui64',
  families: [6],
  hooks: ['PREROUTING', 'INPUT', 'FORWARD'],
  options: {},
  list: () => 'eui64 ',
  holds: () =>
    computed('eui64', false, ({ bytes, network, frame, inDevice }) => {
      if (frame === null || frame.length < FRAME) return OUTCOME.no
      if (inDevice !== null && inDevice.link !== 'ether') return OUTCOME.no
      // Behind a VLAN tag, which the kernel has taken out, where there was one.
      if (getU16(frame, frame.length - 2) !== ETHERTYPE.ipv6) return OUTCOME.no
      const identifier = interfaceIdentifier(frame.subarray(6, 12))
      return equalBytes(bytes.subarray(network + 16, network + 24), identifier) ? OUTCOME.yes : OUTCOME.no
    }),
})
