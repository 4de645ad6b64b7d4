import { describe, expect, it } from 'vitest'
import { testTarget } from '../../test/harness/extension-tester.ts'
import { natTold, noRange, tcpSyn, ten, testShiftedPorts } from '../../test/harness/nat.ts'
import { udp6 } from '../../test/harness/packets.ts'
import { VERDICT } from '../expression/action.ts'
import { SNAT } from './SNAT.ts'

testTarget(SNAT, {
  saves: {
    '-j SNAT --to-source 10.0.0.5': '=',
    '-j SNAT --to 192.0.2.10': '-j SNAT --to-source 192.0.2.10',
    '-p udp -j SNAT --to-source 192.0.2.10:0120-0x5a': '-p udp -j SNAT --to-source 192.0.2.10:80-90',
    '-j SNAT --to-source 192.0.2.10-192.0.2.19 --persistent --random-fully --random':
      '-j SNAT --to-source 192.0.2.10-192.0.2.19 --random --random-fully --persistent',
  },
  rejects: {
    '-p udp -j SNAT --to-source 192.0.2.10:http-90': /^Port `http-90' not valid$/,
    '-j SNAT --to-source 192.0.2.10:80': /^Need TCP, UDP, SCTP or DCCP with port specification$/,
    '-p tcp -j SNAT --to-source 192.0.2.10:9-1': /^Port range `1' funky$/,
    '-j SNAT': /^SNAT: option "--to-source" must be specified$/,
    '-j SNAT --to-source 192.0.2.0/24': /^Bad IP address "192.0.2.0\/24"$/,
  },
  acts: [
    [
      '-p tcp -j SNAT --to-source 10.0.0.7:1024-2048/1024 --random-fully --persistent',
      tcpSyn,
      ({ environment }) =>
        expect(natTold(environment)).toEqual({
          kind: 'nat',
          side: 'source',
          range: {
            ...noRange,
            addresses: [ten(7), ten(7)],
            ports: [1024, 2048],
            basePort: 0,
            randomFully: true,
            persistent: true,
          },
        }),
    ],
  ],
})

testTarget(SNAT, {
  chain: 'PREROUTING',
  rejects: {
    '-j SNAT --to-source 10.0.0.5': /^-j SNAT is not valid in PREROUTING$/,
    '-j SNAT --to-source 192.0.2.10': /not valid in PREROUTING/,
  },
})

describe('-j SNAT', () => {
  it('needs connection tracking', () => expect(SNAT.needsConntrack).toBe(true))
  testShiftedPorts(
    'POSTROUTING',
    'SNAT --to-source 192.0.2.10:6000-6010/5000',
    'SNAT --to-source 192.0.2.10:6000-6010/0',
  )
})

testTarget(SNAT, {
  family: 6,
  chain: 'INPUT',
  saves: {
    '-p udp -j SNAT --to-source [2001:DB8::1]:0x400-2048': '-p udp -j SNAT --to-source [2001:db8::1]:1024-2048',
  },
  rejects: { '-j SNAT --to-source 192.0.2.10': /^Bad IP address "192.0.2.10"$/ },
  acts: [
    [
      '-j SNAT --to-source 2001:db8::1',
      udp6(),
      ({ environment, verdict }) => {
        const address = [0x20010db8, 0, 0, 1]
        expect(natTold(environment)).toMatchObject({ side: 'source', range: { addresses: [address, address] } })
        expect(verdict).toBe(VERDICT.accept)
      },
    ],
  ],
})
testTarget(SNAT, { table: 'filter', chain: 'FORWARD', rejects: { '-j SNAT --to-source 192.0.2.10': /table nat/ } })

testTarget(SNAT, {
  table: 'nat',
  chain: 'POSTROUTING',
  saves: {
    '-p tcp -j SNAT --to-source 10.0.0.5:80-80/80': '-p tcp -j SNAT --to-source 10.0.0.5:80/0',
    '-j SNAT --to-source 10.0.0.5': '=',
    '-j SNAT --to-source 10.0.0.5-10.0.0.9 --random --random-fully --persistent': '=',
    '-p tcp -j SNAT --to-source 10.0.0.5:80-90': '=',
    '-p tcp -j SNAT --to-source 10.0.0.5:80-90/5': '-p tcp -j SNAT --to-source 10.0.0.5:80-90/0',
    '-p tcp -j SNAT --to-source :80 --random-fully': '=',
  },
  rejects: {
    '-p tcp -j SNAT --to-source :80 --random-fully --random-fully':
      /^SNAT: option "--random-fully" can only be used once\.$/,
    '-j SNAT --random': /^SNAT: option "--to-source" must be specified$/,
    '-j SNAT --to-source 10.0.0.5 --to-source 10.0.0.6': /^SNAT: option "--to-source" can only be used once\.$/,
    '-j SNAT ! --to-source 10.0.0.5': /^SNAT: option "--to-source" cannot be inverted\.$/,
  },
})

testTarget(SNAT, {
  table: 'nat',
  chain: 'OUTPUT',
  rejects: {
    '-j SNAT --to-source 10.0.0.5': /^-j SNAT is not valid in OUTPUT$/,
  },
})

testTarget(SNAT, {
  table: 'mangle',
  chain: 'POSTROUTING',
  rejects: {
    '-j SNAT --to-source 10.0.0.5': /^-j SNAT is only valid in table nat, not in table mangle$/,
  },
})

testTarget(SNAT, {
  table: 'nat',
  chain: 'POSTROUTING',
  family: 6,
  rejects: {
    '-j SNAT': /^SNAT: option "--to-source" must be specified$/,
    '-j SNAT --to-source 10.0.0.1': /^Bad IP address "10\.0\.0\.1"$/,
  },

  saves: {
    '-j SNAT --to-source fd00::1-fd00::5 --random --random-fully --persistent': '=',
    '-p udp -j SNAT --to-source [fd00::1-fd00::5]:10-20': '=',
    '-p tcp -j SNAT --to-source [fd00::5]:80-90/5 --persistent':
      '-p tcp -j SNAT --to-source [fd00::5]:80-90/0 --persistent',
    '-j SNAT --to-source fd00::5': '=',
  },
})

testTarget(SNAT, {
  table: 'nat',
  chain: 'PREROUTING',
  family: 6,
  rejects: {
    '-j SNAT --to-source fd00::1': /^-j SNAT is not valid in PREROUTING$/,
  },
})

testTarget(SNAT, {
  table: 'filter',
  chain: 'FORWARD',
  family: 6,
  rejects: {
    '-j SNAT --to-source fd00::1': /^-j SNAT is only valid in table nat, not in table filter$/,
  },
})
