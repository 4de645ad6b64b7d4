import { describe, expect, it } from 'vitest'
import { testTarget } from '../../test/harness/extension-tester.ts'
import { natTold, noRange, tcpSyn, testShiftedPorts } from '../../test/harness/nat.ts'
import { udp6 } from '../../test/harness/packets.ts'
import { VERDICT } from '../expression/action.ts'
import { MASQUERADE } from './MASQUERADE.ts'

testTarget(MASQUERADE, {
  saves: {
    '-p tcp -j MASQUERADE --to-ports 0-65535': '=',
    '-p tcp -j MASQUERADE --to-ports 0': '=',
    '-j MASQUERADE --random': '=',
    '-j MASQUERADE --random-fully': '=',
    '-j MASQUERADE --random --random-fully': '=',
    '-p tcp -j MASQUERADE --to-ports 80': '=',
    '-p tcp -j MASQUERADE --to-ports 80-90': '=',
    '-p tcp -j MASQUERADE --to-ports 80-90/5 --random': '-p tcp -j MASQUERADE --to-ports 80-90/0 --random',
    '-p tcp -j MASQUERADE --to-ports http': '-p tcp -j MASQUERADE --to-ports 80',
    '-p icmp -j MASQUERADE --to-ports 80': '=',
    '! -p tcp -j MASQUERADE --to-ports 80': '=',
    '-j MASQUERADE': '=',
    '-p tcp -j MASQUERADE --random-fully --random --to-ports 1024-31000':
      '-p tcp -j MASQUERADE --to-ports 1024-31000 --random --random-fully',
    '-p icmp -j MASQUERADE --to-ports 1024': '=',
  },
  rejects: {
    '-p tcp -j MASQUERADE --to-ports 80-90/0': /^Port `0' not valid$/,
    '-p tcp -j MASQUERADE --to-ports 80/0': /^Garbage after port value: `\/0'$/,
    '-p tcp -j MASQUERADE --to-ports http-90': /^Port `http-90' not valid$/,
    '-p tcp -j MASQUERADE --to-ports 80-http': /^Port `http' not valid$/,
    '-p udplite -j MASQUERADE --to-ports 80': /^Need TCP, UDP, SCTP or DCCP with port specification$/,
    '-p tcp -j MASQUERADE --to-ports 80 --to-ports 81': /^MASQUERADE: option "--to-ports" can only be used once\.$/,
    '-p tcp -j MASQUERADE ! --to-ports 80': /^MASQUERADE: option "--to-ports" cannot be inverted\.$/,
    '-p tcp -j MASQUERADE --to-ports 90-80': /^Port range `80' funky$/,
    '-p tcp -j MASQUERADE --to-ports 80:90': /^Invalid port:port syntax - use dash$/,
    '-p tcp -j MASQUERADE --to-ports ""': /^Port `' not valid$/,
    '-p tcp -j MASQUERADE --to-ports x': /^Port `x' not valid$/,
    '-p tcp -j MASQUERADE --to-ports 80x': /^Garbage after port value: `x'$/,
    '-j MASQUERADE --to-ports 80': /^Need TCP, UDP, SCTP or DCCP with port specification$/,
    '-j MASQUERADE --random --random': /^MASQUERADE: option "--random" can only be used once\.$/,
    '-j MASQUERADE ! --random': /^MASQUERADE: option "--random" cannot be inverted\.$/,
    '-j MASQUERADE --to-ports 1024': /^Need TCP/,
    '-p tcp -j MASQUERADE --to-ports 9-1': /^Port range `1' funky$/,
    '-p tcp -j MASQUERADE --to-ports 5:9': /^Invalid port:port syntax - use dash$/,
  },
  acts: [
    [
      '-p tcp -j MASQUERADE --to-ports 1024-2048',
      tcpSyn,
      ({ environment }) =>
        expect(natTold(environment)).toEqual({ kind: 'masquerade', range: { ...noRange, ports: [1024, 2048] } }),
    ],
  ],
})

describe('-j MASQUERADE', () => {
  it('needs connection tracking', () => expect(MASQUERADE.needsConntrack).toBe(true))
  testShiftedPorts('POSTROUTING', 'MASQUERADE --to-ports 5000-5010/5000', 'MASQUERADE --to-ports 5000-5010/0')
})

testTarget(MASQUERADE, {
  family: 6,
  saves: {
    '-p tcp -j MASQUERADE --to-ports 80-90/5 --random': '-p tcp -j MASQUERADE --to-ports 80-90/0 --random',
    '-p tcp -j MASQUERADE --to-ports 80-90 --random-fully': '=',
    '-j MASQUERADE': '=',
    '-p dccp -j MASQUERADE --to-ports http': '-p dccp -j MASQUERADE --to-ports 80',
  },
  rejects: {
    '-j MASQUERADE --to-ports 80': /^Need TCP, UDP, SCTP or DCCP with port specification$/,
    '-p tcp -j MASQUERADE --to-ports 90-80': /^Port range `80' funky$/,
    '-p icmpv6 -j MASQUERADE --to-ports 80': /^Need TCP/,
  },
  acts: [
    [
      '-j MASQUERADE --random-fully',
      udp6(),
      ({ environment, verdict }) => {
        expect(natTold(environment)).toEqual({ kind: 'masquerade', range: { ...noRange, randomFully: true } })
        expect(verdict).toBe(VERDICT.accept)
      },
    ],
  ],
})
testTarget(MASQUERADE, { chain: 'PREROUTING', rejects: { '-j MASQUERADE': /not valid in PREROUTING/ } })
testTarget(MASQUERADE, { table: 'filter', chain: 'FORWARD', rejects: { '-j MASQUERADE': /table nat/ } })

testTarget(MASQUERADE, {
  table: 'nat',
  chain: 'INPUT',
  rejects: {
    '-j MASQUERADE': /^-j MASQUERADE is not valid in INPUT$/,
  },
})

testTarget(MASQUERADE, {
  table: 'nat',
  chain: 'OUTPUT',
  rejects: {
    '-j MASQUERADE': /^-j MASQUERADE is not valid in OUTPUT$/,
  },
})

testTarget(MASQUERADE, {
  table: 'nat',
  chain: 'PREROUTING',
  family: 6,
  rejects: {
    '-j MASQUERADE': /^-j MASQUERADE is not valid in PREROUTING$/,
  },
})

testTarget(MASQUERADE, {
  table: 'nat',
  chain: 'OUTPUT',
  family: 6,
  rejects: {
    '-j MASQUERADE': /^-j MASQUERADE is not valid in OUTPUT$/,
  },
})

testTarget(MASQUERADE, {
  table: 'filter',
  chain: 'FORWARD',
  family: 6,
  rejects: {
    '-j MASQUERADE': /^-j MASQUERADE is only valid in table nat, not in table filter$/,
  },
})
