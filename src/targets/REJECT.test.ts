import { expect } from 'vitest'
import { testTarget } from '../../test/harness/extension-tester.ts'
import { VERDICT } from '../expression/action.ts'
import { packet } from '../packet/build.ts'
import { REJECT } from './REJECT.ts'

const datagram = packet.udp({ source: '10.0.0.1', destination: '10.0.0.2' })
const datagram6 = packet.udp({ source: 'fd00::1', destination: 'fd00::2' })

testTarget(REJECT, {
  saves: {
    '-j REJECT': '-j REJECT --reject-with icmp-port-unreachable',
    '-j REJECT --reject-with icmp-admin-prohibited': '=',
    '-j REJECT --reject-with net-unreach': '-j REJECT --reject-with icmp-net-unreachable',
    '-j REJECT --reject-with p': '-j REJECT --reject-with icmp-proto-unreachable',
    '-j REJECT --reject-with ICMP-H': '-j REJECT --reject-with icmp-host-unreachable',
    '-p tcp -j REJECT --reject-with tcp-rst': '-p tcp -j REJECT --reject-with tcp-reset',
  },
  rejects: {
    '-j REJECT --reject-with icmp6-no-route': /^unknown reject type "icmp6-no-route"$/,
    '-j REJECT --reject-with icmp-net-unreachablex': /^unknown reject type/,
    '-j REJECT --reject-with echoreply': /^--reject-with echo-reply no longer supported$/,
    '-j REJECT --reject-with tcp-reset': /tcp-reset needs `-p tcp'/,
    '-p udp -j REJECT --reject-with tcp-reset': /tcp-reset needs `-p tcp'/,
    '! -p tcp -j REJECT --reject-with tcp-reset': /tcp-reset needs `-p tcp'/,
  },
  acts: [
    [
      '-j REJECT --reject-with host-prohib',
      datagram,
      ({ environment, verdict }) => {
        expect(environment.told).toEqual([['reply', 'icmp-host-prohibited']])
        expect(verdict).toBe(VERDICT.drop)
      },
    ],
    [
      '-j REJECT',
      datagram,
      ({ environment }) => expect(environment.told).toEqual([['reply', 'icmp-port-unreachable']]),
    ],
  ],
})

testTarget(REJECT, {
  family: 6,
  saves: {
    '-j REJECT': '-j REJECT --reject-with icmp6-port-unreachable',
    '-j REJECT --reject-with adm': '-j REJECT --reject-with icmp6-adm-prohibited',
    '-j REJECT --reject-with reject-route': '-j REJECT --reject-with icmp6-reject-route',
    '-p tcp -j REJECT --reject-with tcp-reset': '=',
  },
  rejects: {
    '-j REJECT --reject-with icmp-port-unreachable': /^unknown reject type/,
    '-p tcp -j REJECT --reject-with tcp-rst': /^unknown reject type "tcp-rst"$/,
    '-j REJECT --reject-with tcp-reset': /tcp-reset needs `-p tcp'/,
  },
  acts: [
    [
      '-j REJECT',
      datagram6,
      ({ environment }) => expect(environment.told).toEqual([['reply', 'icmp6-port-unreachable']]),
    ],
  ],
})

testTarget(REJECT, { table: 'mangle', chain: 'FORWARD', rejects: { '-j REJECT': /table filter/ } })
