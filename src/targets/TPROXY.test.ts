import { expect } from 'vitest'
import { testTarget } from '../../test/harness/extension-tester.ts'
import { VERDICT } from '../expression/action.ts'
import { packet } from '../packet/build.ts'
import { TPROXY } from './TPROXY.ts'

testTarget(TPROXY, {
  saves: {
    '-p udp -j TPROXY --on-port 80 --on-ip localhost':
      '-p udp -j TPROXY --on-port 80 --on-ip 127.0.0.1 --tproxy-mark 0x0/0x0',
    '-p udp -j TPROXY --on-port 80 --on-ip 0x0a000001':
      '-p udp -j TPROXY --on-port 80 --on-ip 10.0.0.1 --tproxy-mark 0x0/0x0',
    '-p udp -j TPROXY --on-port http': '-p udp -j TPROXY --on-port 80 --on-ip 0.0.0.0 --tproxy-mark 0x0/0x0',
    '-p tcp -j TPROXY --on-port 80': '-p tcp -j TPROXY --on-port 80 --on-ip 0.0.0.0 --tproxy-mark 0x0/0x0',
    '-p tcp -j TPROXY --on-port 80 --on-ip 10.0.0.1 --tproxy-mark 1/3':
      '-p tcp -j TPROXY --on-port 80 --on-ip 10.0.0.1 --tproxy-mark 0x1/0x3',
    '-p udp -j TPROXY --on-port domain --tproxy-mark 1':
      '-p udp -j TPROXY --on-port 53 --on-ip 0.0.0.0 --tproxy-mark 0x1/0xffffffff',
    '-p udp -j TPROXY --on-port 65536': '-p udp -j TPROXY --on-port 0 --on-ip 0.0.0.0 --tproxy-mark 0x0/0x0',
    '-p udp -j TPROXY --on-port 0': '-p udp -j TPROXY --on-port 0 --on-ip 0.0.0.0 --tproxy-mark 0x0/0x0',
    '-p udp -j TPROXY --on-port ""': '-p udp -j TPROXY --on-port 0 --on-ip 0.0.0.0 --tproxy-mark 0x0/0x0',
    '-p udp -j TPROXY --on-port " 80"': '-p udp -j TPROXY --on-port 80 --on-ip 0.0.0.0 --tproxy-mark 0x0/0x0',
    '-p udp -j TPROXY --on-port +80': '-p udp -j TPROXY --on-port 80 --on-ip 0.0.0.0 --tproxy-mark 0x0/0x0',
    '-p udp -j TPROXY --on-port 4294967297': '-p udp -j TPROXY --on-port 1 --on-ip 0.0.0.0 --tproxy-mark 0x0/0x0',
    '-p udp -j TPROXY --on-port 99999999999': '-p udp -j TPROXY --on-port 59391 --on-ip 0.0.0.0 --tproxy-mark 0x0/0x0',
    '-p udp -j TPROXY --on-port 80 --on-ip 10.1':
      '-p udp -j TPROXY --on-port 80 --on-ip 10.0.0.1 --tproxy-mark 0x0/0x0',
    '-p tcp -j TPROXY --on-port 15006': '-p tcp -j TPROXY --on-port 15006 --on-ip 0.0.0.0 --tproxy-mark 0x0/0x0',
    '-p udp -j TPROXY --tproxy-mark 5/3 --on-ip 192.0.2.10 --on-port domain':
      '-p udp -j TPROXY --on-port 53 --on-ip 192.0.2.10 --tproxy-mark 0x5/0x3',
    '-p tcp -j TPROXY --on-port 70000 --tproxy-mark 0':
      '-p tcp -j TPROXY --on-port 4464 --on-ip 0.0.0.0 --tproxy-mark 0x0/0xffffffff',
    '-p tcp -j TPROXY --on-port 010': '-p tcp -j TPROXY --on-port 10 --on-ip 0.0.0.0 --tproxy-mark 0x0/0x0',
  },
  rejects: {
    '-p udp -j TPROXY --on-port 80 --tproxy-mark 0x1ffffffff':
      /^TPROXY: bad integer value for option "--tproxy-mark", or out of range\.$/,
    '-p udp -j TPROXY --on-port 80 --tproxy-mark 1 --tproxy-mark 1':
      /^TPROXY: option "--tproxy-mark" can only be used once\.$/,
    '-p tcp -j TPROXY --on-port 80 ! --on-port 80': /^TPROXY: option "--on-port" can only be used once\.$/,
    '-p udp -j TPROXY --on-port x': /^Port "x" does not resolve to anything\.$/,
    '-p udp -j TPROXY --on-port -1': /^Port "-1" does not resolve to anything\.$/,
    '-p udp -j TPROXY --on-port 0x50': /^Port "0x50" does not resolve to anything\.$/,
    '-p udp -j TPROXY --on-port 80 --on-ip ""': /^getaddrinfo: Name or service not known$/,
    '-p udp -j TPROXY --on-port 80 --on-ip fd00::1': /^getaddrinfo: Address family for hostname not supported$/,
    '-p udp -j TPROXY --on-port 80 --tproxy-mark x':
      /^TPROXY: bad integer value for option "--tproxy-mark", or out of range\.$/,
    '-p udp -j TPROXY --on-port 80 --tproxy-mark 1/x':
      /^TPROXY: bad integer value for option "--tproxy-mark", or out of range\.$/,
    '-p udp -j TPROXY --on-port 80 --on-port 80': /^TPROXY: option "--on-port" can only be used once\.$/,
    '-p udp -j TPROXY --on-port 80 ! --on-ip 10.0.0.1': /^TPROXY: option "--on-ip" cannot be inverted\.$/,
    '-p udp -j TPROXY --on-ip 10.0.0.1': /^TPROXY: option "--on-port" must be specified$/,
    '-p tcp -j TPROXY': /^TPROXY: option "--on-port" must be specified$/,
    '-p tcp -j TPROXY --on-port 0x50': /^Port "0x50" does not resolve to anything\.$/,
    '-j TPROXY --on-port 80': /needs `-p tcp' or `-p udp'/,
    '-p icmp -j TPROXY --on-port 80': /needs `-p tcp' or `-p udp'/,
    '! -p tcp -j TPROXY --on-port 80': /needs `-p tcp' or `-p udp'/,
  },
  acts: [
    [
      '-p tcp -j TPROXY --on-port 15006 --on-ip 127.0.0.1 --tproxy-mark 1337/0xfff',
      packet.tcp({}),
      ({ environment, verdict }) => {
        expect(verdict).toBe(VERDICT.accept)
        expect(environment.told).toEqual([
          ['tproxy', { kind: 'tproxy', address: [0x7f000001, 0, 0, 0], port: 15006, mark: 1337, mask: 0xfff }],
        ])
      },
    ],
  ],
})

testTarget(TPROXY, {
  family: 6,
  rejects: {
    '-p tcp -j TPROXY': /^TPROXY: option "--on-port" must be specified$/,
    '-j TPROXY --on-port 80': /^TPROXY needs `-p tcp' or `-p udp'$/,
    '-p tcp -j TPROXY --on-port x': /^Port "x" does not resolve to anything\.$/,
    '-p tcp -j TPROXY --on-port 80 --on-ip 10.0.0.1': /^getaddrinfo: Address family for hostname not supported$/,
    '-p sctp -j TPROXY --on-port 80': /^TPROXY needs `-p tcp' or `-p udp'$/,
  },

  saves: {
    '-p udp -j TPROXY --on-port domain --on-ip ::1': '-p udp -j TPROXY --on-port 53 --on-ip ::1 --tproxy-mark 0x0/0x0',
    '-p tcp -j TPROXY --on-port 80': '-p tcp -j TPROXY --on-port 80 --on-ip :: --tproxy-mark 0x0/0x0',
    '-p tcp -j TPROXY --on-port 80 --on-ip fd00::1 --tproxy-mark 1/3':
      '-p tcp -j TPROXY --on-port 80 --on-ip fd00::1 --tproxy-mark 0x1/0x3',
    '-p udp -j TPROXY --on-port 53 --on-ip 2001:DB8::5 --tproxy-mark 0x1/0x1':
      '-p udp -j TPROXY --on-port 53 --on-ip 2001:db8::5 --tproxy-mark 0x1/0x1',
  },
})
testTarget(TPROXY, { chain: 'OUTPUT', rejects: { '-p tcp -j TPROXY --on-port 80': /not valid in OUTPUT/ } })
testTarget(TPROXY, { table: 'nat', chain: 'PREROUTING', rejects: { '-p tcp -j TPROXY --on-port 80': /table mangle/ } })

testTarget(TPROXY, {
  table: 'mangle',
  chain: 'FORWARD',
  rejects: {
    '-p tcp -j TPROXY --on-port 80': /^-j TPROXY is not valid in FORWARD$/,
  },
})

testTarget(TPROXY, {
  table: 'filter',
  chain: 'FORWARD',
  rejects: {
    '-p tcp -j TPROXY --on-port 80': /^-j TPROXY is only valid in table mangle, not in table filter$/,
  },
})

testTarget(TPROXY, {
  table: 'mangle',
  chain: 'OUTPUT',
  family: 6,
  rejects: {
    '-p tcp -j TPROXY --on-port 80': /^-j TPROXY is not valid in OUTPUT$/,
  },
})
