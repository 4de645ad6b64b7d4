import { describe, expect, it } from 'vitest'
import { testTarget } from '../../test/harness/extension-tester.ts'
import { natTold, noRange, tcpSyn } from '../../test/harness/nat.ts'
import { udp6 } from '../../test/harness/packets.ts'
import { VERDICT } from '../expression/action.ts'
import { REDIRECT } from './REDIRECT.ts'

testTarget(REDIRECT, {
  saves: {
    '-j REDIRECT': '=',
    '-p udp -j REDIRECT --to-port domain --random': '-p udp -j REDIRECT --to-ports 53 --random',
    '-p tcp -j REDIRECT --to-ports 0': '=',
  },
  rejects: {
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
  saves: { '-p sctp -j REDIRECT --to-ports 0x50-0132': '-p sctp -j REDIRECT --to-ports 80-90' },
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
