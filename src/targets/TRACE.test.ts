import { expect } from 'vitest'
import { testTarget } from '../../test/harness/extension-tester.ts'
import { udp4, udp6 } from '../../test/harness/packets.ts'
import { VERDICT } from '../expression/action.ts'
import { TRACE } from './TRACE.ts'

testTarget(TRACE, {
  saves: { '-j TRACE': '=' },
  rejects: { '-j TRACE --foo': /unknown option/, '-j TRACE ACCEPT': /^Bad argument `ACCEPT'$/ },
  acts: [
    [
      '-j TRACE',
      udp4(),
      ({ packet, verdict }) => {
        expect(packet.nfTrace).toBe(true)
        expect(verdict).toBe(VERDICT.continue)
      },
    ],
  ],
})

testTarget(TRACE, {
  family: 6,
  chain: 'OUTPUT',
  saves: { '-o t+ -p 6 -j TRACE': '-o t+ -p tcp -j TRACE' },
  acts: [['-j TRACE', udp6(), ({ packet }) => expect(packet.nfTrace).toBe(true)]],
})
testTarget(TRACE, { table: 'filter', rejects: { '-j TRACE': /table raw/ } })

testTarget(TRACE, {
  table: 'raw',
  chain: 'PREROUTING',
  family: 6,
  saves: {
    '-j TRACE': '=',
  },
})

testTarget(TRACE, {
  table: 'filter',
  chain: 'FORWARD',
  rejects: {
    '-j TRACE': /^-j TRACE is only valid in table raw, not in table filter$/,
  },
})

testTarget(TRACE, {
  table: 'filter',
  chain: 'FORWARD',
  family: 6,
  rejects: {
    '-j TRACE': /^-j TRACE is only valid in table raw, not in table filter$/,
  },
})

testTarget(TRACE, {
  table: 'nat',
  chain: 'PREROUTING',
  rejects: {
    '-j TRACE': /^-j TRACE is only valid in table raw, not in table nat$/,
  },
})
