import { describe, expect, it } from 'vitest'
import { testTarget } from '../../test/harness/extension-tester.ts'
import { natTold, noRange, tcpSyn, ten } from '../../test/harness/nat.ts'
import { NETMAP } from './NETMAP.ts'

testTarget(NETMAP, {
  saves: {
    '-j NETMAP --to 198.51.100.7/24': '-j NETMAP --to 198.51.100.0/24',
    '-j NETMAP --to 198.51.100.7/255.255.255.128': '-j NETMAP --to 198.51.100.0/25',
    '-j NETMAP --to 198.51.100.7': '-j NETMAP --to 198.51.100.7/32',
    '-j NETMAP --to 198.51.100.7/255.0.255.0': '-j NETMAP --to 198.51.100.7/32',
  },
  rejects: {
    '-j NETMAP': /^NETMAP: option "--to" must be specified$/,
    '-j NETMAP ! --to 10.0.0.0/8': /cannot be inverted/,
  },
  acts: [
    [
      '-j NETMAP --to 10.0.0.0/24',
      tcpSyn,
      ({ environment }) =>
        expect(natTold(environment)).toEqual({
          kind: 'nat',
          side: 'destination',
          range: { ...noRange, addresses: [ten(0), ten(255)], netmap: true },
        }),
    ],
  ],
})

testTarget(NETMAP, { family: 6, saves: { '-j NETMAP --to fd01::5/60': '-j NETMAP --to fd01::/60' } })

describe('-j NETMAP', () => {
  it('needs connection tracking', () => expect(NETMAP.needsConntrack).toBe(true))
})

testTarget(NETMAP, { family: 6, rejects: { '-j NETMAP --to 10.0.0.0/8': /10\.0\.0\.0/ } })
testTarget(NETMAP, { table: 'filter', chain: 'FORWARD', rejects: { '-j NETMAP --to 10.0.0.0/8': /table nat/ } })
