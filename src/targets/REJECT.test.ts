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
    '-j REJECT --reject-with echoreply': /^unknown reject type "echoreply"$/,
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

testTarget(REJECT, {
  table: 'filter',
  chain: 'FORWARD',
  saves: {
    '-j REJECT': '-j REJECT --reject-with icmp-port-unreachable',
    '-j REJECT --reject-with icmp-net-unreachable': '=',
    '-j REJECT --reject-with host-unreach': '-j REJECT --reject-with icmp-host-unreachable',
    '-j REJECT --reject-with icmp-proto-unreachable': '=',
    '-j REJECT --reject-with net-prohib': '-j REJECT --reject-with icmp-net-prohibited',
    '-j REJECT --reject-with host-prohib': '-j REJECT --reject-with icmp-host-prohibited',
    '-j REJECT --reject-with admin-prohib': '-j REJECT --reject-with icmp-admin-prohibited',
    '-p tcp -j REJECT --reject-with tcp-reset': '=',
    '-j REJECT --reject-with ""': '-j REJECT --reject-with icmp-net-unreachable',
  },
  rejects: {
    '-j REJECT --reject-with tcp-reset': /^REJECT: --reject-with tcp-reset needs `-p tcp'$/,
    '-j REJECT --reject-with e': /^unknown reject type "e"$/,
    '-j REJECT --reject-with echo': /^unknown reject type "echo"$/,
    '-j REJECT --reject-with echoreply': /^unknown reject type "echoreply"$/,
    '-j REJECT --reject-with echo-reply': /^unknown reject type "echo-reply"$/,
    '-j REJECT --reject-with ECHO-reply': /^unknown reject type "ECHO-reply"$/,
    '-j REJECT --reject-with echo-replyx': /^unknown reject type "echo-replyx"$/,
    '-j REJECT ! --reject-with icmp-net-unreachable': /^REJECT: option "--reject-with" cannot be inverted\.$/,
    '-j REJECT --reject-with icmp-net-unreachable --reject-with icmp-net-unreachable':
      /^REJECT: option "--reject-with" can only be used once\.$/,
  },
})

testTarget(REJECT, {
  table: 'nat',
  chain: 'OUTPUT',
  rejects: {
    '-j REJECT': /^-j REJECT is only valid in table filter, not in table nat$/,
  },
})

testTarget(REJECT, {
  table: 'filter',
  chain: 'FORWARD',
  family: 6,
  saves: {
    '-j REJECT': '-j REJECT --reject-with icmp6-port-unreachable',
    '-j REJECT --reject-with no-route': '-j REJECT --reject-with icmp6-no-route',
    '-j REJECT --reject-with adm-prohibited': '-j REJECT --reject-with icmp6-adm-prohibited',
    '-j REJECT --reject-with addr-unreach': '-j REJECT --reject-with icmp6-addr-unreachable',
    '-p tcp -j REJECT --reject-with tcp-reset': '=',
    '-p tcp -j REJECT --reject-with policy-fail': '-p tcp -j REJECT --reject-with icmp6-policy-fail',
    '-p tcp -j REJECT --reject-with reject-route': '-p tcp -j REJECT --reject-with icmp6-reject-route',
    '-j REJECT --reject-with ""': '-j REJECT --reject-with icmp6-no-route',
  },
  rejects: {
    '-p tcp -j REJECT --reject-with icmp6-not-neighbour': /^unknown reject type "icmp6-not-neighbour"$/,
    '-j REJECT --reject-with echo-reply': /^unknown reject type "echo-reply"$/,
    '-j REJECT --reject-with tcp-reset': /^REJECT: --reject-with tcp-reset needs `-p tcp'$/,
  },
})
