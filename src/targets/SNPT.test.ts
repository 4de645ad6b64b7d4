import { expect } from 'vitest'
import { testTarget } from '../../test/harness/extension-tester.ts'
import { udp6 } from '../../test/harness/packets.ts'
import { VERDICT } from '../expression/action.ts'
import { formatAddress } from '../wire/address.ts'
import { SNPT } from './SNPT.ts'

const from = (source: string) => udp6({ source, destination: 'fd00:0:0:2::9' })

testTarget(SNPT, {
  chain: 'POSTROUTING',
  saves: {
    '-j SNPT --src-pfx fd00::/64 --dst-pfx 2001:e20:2000:40f::/64': '=',
    '-j SNPT --src-pfx fd00::/0x10 --dst-pfx fd10::/ffff::': '-j SNPT --src-pfx fd00::/16 --dst-pfx fd10::/16',
    '-j SNPT --src-pfx ::/16 --dst-pfx 1::/16': '=',
  },
  lists: {
    '-j SNPT --src-pfx fd00::/48 --dst-pfx fd01::/56': ' SNPT src-pfx fd00::/48 dst-pfx fd01::/56',
    '-j SNPT --src-pfx ::/16 --dst-pfx ::/0': ' SNPT src-pfx ::/16 dst-pfx ::/0',
  },
  rejects: {
    '-j SNPT': /^SNPT: option "--src-pfx" must be specified/,
    '-j SNPT --src-pfx fd00::/64': /^SNPT: option "--dst-pfx" must be specified/,
    '-j SNPT --src-pfx fd00:: --dst-pfx fd01::': /--src-pfx is longer than 64 bits/,
    '-j SNPT --src-pfx fd00::/64 --dst-pfx fd01::/65': /--dst-pfx is longer than 64 bits/,
    '-j SNPT --src-pfx fd00::5/64 --dst-pfx fd01::/64': /--src-pfx has bits behind its prefix/,
    '-j SNPT --src-pfx fd00::/129 --dst-pfx fd01::/64': /neither a valid network mask nor valid CIDR \(0-128\)/,
    '-j SNPT --src-pfx 1.2.3.4/24 --dst-pfx fd01::/64': /^getaddrinfo: Address family for hostname not supported/,
  },
  acts: [
    [
      // The example of RFC 6296, section 3.4.
      '-j SNPT --src-pfx fd01:203:405::/48 --dst-pfx 2001:db8:1::/48',
      from('fd01:203:405:1::1234'),
      ({ packet, verdict }) => {
        expect(formatAddress(6, packet.source)).toBe('2001:db8:1:d550::1234')
        expect(verdict).toBe(VERDICT.continue)
      },
    ],
    [
      '-j SNPT --src-pfx fd00::/64 --dst-pfx 2001:e20:2000:40f::/64',
      from('fd00::ffff:1:2:3'),
      // The first word behind the prefix that is not all ones makes up for it.
      ({ packet }) => expect(formatAddress(6, packet.source)).toBe('2001:e20:2000:40f:ffff:aad1:2:3'),
    ],
    [
      '-j SNPT --src-pfx fd00::/64 --dst-pfx 2001:e20:2000:40f::/64',
      from('fd00::ffff:ffff:ffff:ffff'),
      ({ environment, verdict }) => {
        expect(environment.told).toEqual([['icmpError', 4, 0, 8]])
        expect(verdict).toBe(VERDICT.drop)
      },
    ],
  ],
})

testTarget(SNPT, {
  chain: 'PREROUTING',
  rejects: { '-j SNPT --src-pfx fd00::/64 --dst-pfx fd01::/64': /not valid in PREROUTING/ },
})
testTarget(SNPT, {
  table: 'filter',
  chain: 'INPUT',
  rejects: { '-j SNPT --src-pfx fd00::/64 --dst-pfx fd01::/64': /only valid in table mangle/ },
})
