import { describe, expect, it } from 'vitest'
import { testTarget } from '../../test/harness/extension-tester.ts'
import { natTold, noRange, tcpSyn } from '../../test/harness/nat.ts'
import { udp6 } from '../../test/harness/packets.ts'
import { VERDICT } from '../expression/action.ts'
import { REDIRECT } from './REDIRECT.ts'

testTarget(REDIRECT, {
  saves: {
    '-p tcp -j REDIRECT --to-ports 0-65535': '=',
    '-p tcp -j REDIRECT --to-port 80': '-p tcp -j REDIRECT --to-ports 80',
    '-j REDIRECT --random': '=',
    '-p tcp -j REDIRECT --to-ports 80': '=',
    '-p tcp -j REDIRECT --to-ports 80-90 --random': '=',
    '-p tcp -j REDIRECT --to-ports http': '-p tcp -j REDIRECT --to-ports 80',
    '-j REDIRECT': '=',
    '-p udp -j REDIRECT --to-port domain --random': '-p udp -j REDIRECT --to-ports 53 --random',
    '-p tcp -j REDIRECT --to-ports 0': '=',
  },
  rejects: {
    '-p all -j REDIRECT --to-ports 80': /^Need TCP, UDP, SCTP or DCCP with port specification$/,
    '-p tcp -j REDIRECT --to-ports 80-90/5': /^Shifted portmap ranges not supported with this kernel$/,
    '-p tcp -j REDIRECT --to-ports 80-90/0': /^Port `0' not valid$/,
    '-p tcp -j REDIRECT --to-ports 80-90/x': /^Port `x' not valid$/,
    '-p tcp -j REDIRECT --to-ports 80 --to-ports 81': /^REDIRECT: option "--to-ports" can only be used once\.$/,
    '-p tcp -j REDIRECT ! --to-ports 80': /^REDIRECT: option "--to-ports" cannot be inverted\.$/,
    '-p tcp -j REDIRECT --to-ports 70000': /^Port `70000' not valid$/,
    '-j REDIRECT --random --random': /^REDIRECT: option "--random" can only be used once\.$/,
    '-j REDIRECT --to-ports 80': /^Need TCP/,
    '-p tcp -j REDIRECT --to-ports 65536': /^Port `65536' not valid$/,
    '-p tcp -j REDIRECT --to-ports 5000-5010/5000': /^Shifted portmap ranges not supported with this kernel$/,
    '-p tcp -j REDIRECT --to-ports 80 --persistent': /unknown option/,
  },
  acts: [
    [
      '-p tcp -j REDIRECT --to-ports 8080 --random',
      tcpSyn,
      ({ environment }) =>
        expect(natTold(environment)).toEqual({
          kind: 'redirect',
          range: { ...noRange, ports: [8080, 8080], random: true },
        }),
    ],
  ],
})

describe('-j REDIRECT', () => {
  it('needs connection tracking', () => expect(REDIRECT.needsConntrack).toBe(true))
})

testTarget(REDIRECT, {
  family: 6,
  chain: 'OUTPUT',
  saves: {
    '-p tcp -j REDIRECT --to-ports http': '-p tcp -j REDIRECT --to-ports 80',
    '-p sctp -j REDIRECT --to-ports 0x50-0132': '-p sctp -j REDIRECT --to-ports 80-90',
  },
  acts: [
    [
      '-j REDIRECT',
      udp6(),
      ({ environment, verdict }) => {
        expect(natTold(environment)).toEqual({ kind: 'redirect', range: noRange })
        expect(verdict).toBe(VERDICT.accept)
      },
    ],
  ],
})
testTarget(REDIRECT, { chain: 'POSTROUTING', rejects: { '-j REDIRECT': /not valid in POSTROUTING/ } })
testTarget(REDIRECT, { table: 'filter', chain: 'FORWARD', rejects: { '-j REDIRECT': /table nat/ } })

testTarget(REDIRECT, {
  table: 'nat',
  chain: 'INPUT',
  rejects: {
    '-j REDIRECT': /^-j REDIRECT is not valid in INPUT$/,
  },
})

testTarget(REDIRECT, {
  table: 'nat',
  chain: 'OUTPUT',
  saves: {
    '-j REDIRECT': '=',
  },
})

testTarget(REDIRECT, {
  table: 'nat',
  chain: 'PREROUTING',
  family: 6,
  saves: {
    '-p tcp -j REDIRECT --to-ports 80-90 --random': '=',
    '-j REDIRECT': '=',
  },
  rejects: {
    '-j REDIRECT --to-ports 80': /^Need TCP, UDP, SCTP or DCCP with port specification$/,
    '-p tcp -j REDIRECT --to-ports 80-90/5': /^Shifted portmap ranges not supported with this kernel$/,
  },
})

testTarget(REDIRECT, {
  table: 'nat',
  chain: 'POSTROUTING',
  family: 6,
  rejects: {
    '-j REDIRECT': /^-j REDIRECT is not valid in POSTROUTING$/,
  },
})

testTarget(REDIRECT, {
  table: 'filter',
  chain: 'FORWARD',
  family: 6,
  rejects: {
    '-j REDIRECT': /^-j REDIRECT is only valid in table nat, not in table filter$/,
  },
})
