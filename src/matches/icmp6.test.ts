import { testMatch } from '../../test/harness/extension-tester.ts'
import { packet } from '../packet/build.ts'
import { icmp6 } from './icmp6.ts'

const ends = { source: 'fd00::5', destination: 'fd00:0:0:2::9' }
const message = (type: number, code: number): Uint8Array => packet.icmp({ ...ends, type, code })

testMatch(icmp6, {
  saves: {
    '-p ipv6-icmp -m icmp6 --icmpv6-type 135': '=',
    '-p icmpv6 --icmpv6-type ping': '-p ipv6-icmp -m icmp6 --icmpv6-type 128',
    '-p icmpv6 -m icmpv6 --icmpv6-type 1': '-p ipv6-icmp -m icmp6 --icmpv6-type 1',
    '-p icmpv6 ! --icmpv6-type neighbor-adv': '-p ipv6-icmp -m icmp6 ! --icmpv6-type 136',
    '-p icmpv6 --icmpv6-type 255': '-p ipv6-icmp -m icmp6 --icmpv6-type 255',
    '-p icmpv6 --icmpv6-type reject-route': '-p ipv6-icmp -m icmp6 --icmpv6-type 1/6',
    '-p icmpv6 -m icmp6 --icmpv6-type 128': '-p ipv6-icmp -m icmp6 --icmpv6-type 128',
    '-p icmpv6 -m icmp6 ! --icmpv6-type 128': '-p ipv6-icmp -m icmp6 ! --icmpv6-type 128',
    '-p icmpv6 -m icmp6 --icmpv6-type 1/1': '-p ipv6-icmp -m icmp6 --icmpv6-type 1/1',
    '-p icmpv6 -m icmp6 ! --icmpv6-type 1/1': '-p ipv6-icmp -m icmp6 ! --icmpv6-type 1/1',
    '-p icmpv6 -m icmp6 --icmpv6-type 1/200': '-p ipv6-icmp -m icmp6 --icmpv6-type 1/200',
    '-p icmpv6 -m icmp6 --icmpv6-type 200': '-p ipv6-icmp -m icmp6 --icmpv6-type 200',
    '-p icmpv6 -m icmp6 ! --icmpv6-type 200': '-p ipv6-icmp -m icmp6 ! --icmpv6-type 200',
    '-p icmpv6 -m icmp6 --icmpv6-type 255': '-p ipv6-icmp -m icmp6 --icmpv6-type 255',
    '-p icmpv6 -m icmp6 --icmpv6-type 255/1': '-p ipv6-icmp -m icmp6 --icmpv6-type 255/1',
    '-p icmpv6 --icmpv6-type redirect': '-p ipv6-icmp -m icmp6 --icmpv6-type 137',
    '-p icmpv6 --icmpv6-type router-advertisement': '-p ipv6-icmp -m icmp6 --icmpv6-type 134',
    '-p icmpv6 --icmpv6-type beyond-scope': '-p ipv6-icmp -m icmp6 --icmpv6-type 1/2',
    '-p ipv6-icmp --icmpv6-type 1': '-p ipv6-icmp -m icmp6 --icmpv6-type 1',
    '-p 58 --icmpv6-type 1': '-p ipv6-icmp -m icmp6 --icmpv6-type 1',
    '-p icmpv6 -m ipv6-icmp --icmpv6-type 1': '-p ipv6-icmp -m icmp6 --icmpv6-type 1',
  },
  rejects: {
    '-p icmpv6 -m icmp6': /must be specified/,
    '-p icmpv6 --icmpv6-type any': /Unknown ICMPv6 type `any'/,
    '-p icmpv6 --icmpv6-type r': /Ambiguous ICMPv6 type `r': `reject-route' or `router-solicitation'\?/,
    '-p icmpv6 --icmpv6-type 1/300': /Unknown ICMPv6 code `1\/300'/,
    '-m icmp6 --icmpv6-type 128': /icmp6 needs/,
    '-m icmp6': /^icmp6: option "--icmpv6-type" must be specified$/,
    '-p icmpv6 -m icmp6 --icmpv6-type 256': /^Unknown ICMPv6 type `256'$/,
    '-p icmpv6 -m icmp6 --icmpv6-type any': /^Unknown ICMPv6 type `any'$/,
    '-p icmpv6 -m icmp6 --icmpv6-type x': /^Unknown ICMPv6 type `x'$/,
    '-p icmpv6 -m icmp6 --icmpv6-type ""': /^Ambiguous ICMPv6 type `': `destination-unreachable' or `no-route'\?$/,
    '-p icmpv6 -m icmp6 --icmpv6-type echo': /^Ambiguous ICMPv6 type `echo': `echo-request' or `echo-reply'\?$/,
    '-p icmpv6 -m icmp6 --icmpv6-type ping --icmpv6-type ping':
      /^icmp6: option "--icmpv6-type" can only be used once\.$/,
    '-p tcp -m icmp6 --icmpv6-type 1': /^icmp6 needs `-p ipv6-icmp'$/,
    '! -p icmpv6 -m icmp6 --icmpv6-type 1': /^icmp6 needs `-p ipv6-icmp'$/,
    '-p icmpv6 --icmp-type 1': /^unknown option "--icmp-type"$/,
  },
  matches: [
    ['-p icmpv6 --icmpv6-type 128', message(128, 9)],
    ['-p icmpv6 --icmpv6-type 1/2:3', message(1, 3)],
    ['-p icmpv6 ! --icmpv6-type 255', message(128, 0)],
    ['-p icmpv6 --icmpv6-type 255', message(255, 0)],
  ],
  misses: [
    ['-p icmpv6 --icmpv6-type 255', message(128, 0)],
    ['-p icmpv6 --icmpv6-type 1/4', message(1, 3)],
    ['-p icmpv6 ! --icmpv6-type 128', packet.raw({ ...ends, protocol: 58, payload: 64, offset: 8, id: 1, mf: true })],
  ],
  hotdrops: [
    ['-p icmpv6 --icmpv6-type 128', packet.raw({ ...ends, protocol: 58, payload: 7 })],
    ['-p icmpv6 ! --icmpv6-type 128', packet.raw({ ...ends, protocol: 58, payload: 0 })],
  ],
})

// What iptables-save does not say is only listed while the rule was not read back.
testMatch(icmp6, {
  loadable: false,
  saves: {
    '-p icmpv6 -m ipv6-icmp --icmpv6-type 1/2:3': '-p ipv6-icmp -m icmp6 --icmpv6-type 1/2',
  },
  lists: {
    '-p icmpv6 --icmpv6-type 1/1:3': ' ipv6-icmptype 1 codes 1-3',
    '-p icmpv6 ! --icmpv6-type 1/1:3': ' ipv6-icmp !type 1 codes 1-3',
  },
})
