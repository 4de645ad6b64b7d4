import { expect } from 'vitest'
import { testTarget } from '../../test/harness/extension-tester.ts'
import { VERDICT } from '../expression/action.ts'
import { packet } from '../packet/build.ts'
import { TPROXY } from './TPROXY.ts'

testTarget(TPROXY, {
  saves: {
    '-p tcp -j TPROXY --on-port 15006': '-p tcp -j TPROXY --on-port 15006 --on-ip 0.0.0.0 --tproxy-mark 0x0/0x0',
    '-p udp -j TPROXY --tproxy-mark 5/3 --on-ip 192.0.2.10 --on-port domain':
      '-p udp -j TPROXY --on-port 53 --on-ip 192.0.2.10 --tproxy-mark 0x5/0x3',
    '-p tcp -j TPROXY --on-port 70000 --tproxy-mark 0':
      '-p tcp -j TPROXY --on-port 4464 --on-ip 0.0.0.0 --tproxy-mark 0x0/0xffffffff',
    '-p tcp -j TPROXY --on-port 010': '-p tcp -j TPROXY --on-port 10 --on-ip 0.0.0.0 --tproxy-mark 0x0/0x0',
  },
  rejects: {
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
  saves: {
    '-p udp -j TPROXY --on-port 53 --on-ip 2001:DB8::5 --tproxy-mark 0x1/0x1':
      '-p udp -j TPROXY --on-port 53 --on-ip 2001:db8::5 --tproxy-mark 0x1/0x1',
  },
})
testTarget(TPROXY, { chain: 'OUTPUT', rejects: { '-p tcp -j TPROXY --on-port 80': /not valid in OUTPUT/ } })
testTarget(TPROXY, { table: 'nat', chain: 'PREROUTING', rejects: { '-p tcp -j TPROXY --on-port 80': /table mangle/ } })
