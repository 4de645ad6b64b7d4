import { expect } from 'vitest'
import { testTarget } from '../../test/harness/extension-tester.ts'
import { udp4 } from '../../test/harness/packets.ts'
import { VERDICT } from '../expression/action.ts'
import { CHECKSUM } from './CHECKSUM.ts'

testTarget(CHECKSUM, {
  saves: {
    '-p udp -m udp --dport 68 -j CHECKSUM --checksum': '-p udp -m udp --dport 68 -j CHECKSUM --checksum-fill',
    '-j CHECKSUM --checksum-fill': '=',
  },
  rejects: {
    '-j CHECKSUM ! --checksum-fill': /cannot be inverted/,
    '-j CHECKSUM --checksum-fill 1': /^Bad argument `1'$/,
    '-j CHECKSUM': /^CHECKSUM: option "--checksum-fill" must be specified$/,
  },
  acts: [
    [
      '-j CHECKSUM --checksum-fill',
      udp4(),
      ({ packet, verdict }) => {
        expect(verdict).toBe(VERDICT.continue)
        expect(packet.copyBytes()).toEqual(udp4())
      },
    ],
  ],
})

testTarget(CHECKSUM, { family: 6, chain: 'POSTROUTING', saves: { '-j CHECKSUM --checksum-fill': '=' } })
testTarget(CHECKSUM, { table: 'filter', rejects: { '-j CHECKSUM --checksum-fill': /table mangle/ } })

testTarget(CHECKSUM, {
  table: 'mangle',
  chain: 'FORWARD',
  saves: {
    '-j CHECKSUM --checksum-fill': '=',
  },
  rejects: {
    '-p udp -j CHECKSUM --checksum-fill --checksum-fill':
      /^CHECKSUM: option "--checksum-fill" can only be used once\.$/,
    '-j CHECKSUM': /^CHECKSUM: option "--checksum-fill" must be specified$/,
  },
})

testTarget(CHECKSUM, {
  table: 'mangle',
  chain: 'FORWARD',
  family: 6,
  rejects: {
    '-j CHECKSUM': /^CHECKSUM: option "--checksum-fill" must be specified$/,
  },

  saves: {
    '-j CHECKSUM --checksum-fill': '=',
  },
})

testTarget(CHECKSUM, {
  table: 'filter',
  chain: 'FORWARD',
  rejects: {
    '-j CHECKSUM --checksum-fill': /^-j CHECKSUM is only valid in table mangle, not in table filter$/,
  },
})

testTarget(CHECKSUM, {
  table: 'filter',
  chain: 'FORWARD',
  family: 6,
  rejects: {
    '-j CHECKSUM --checksum-fill': /^-j CHECKSUM is only valid in table mangle, not in table filter$/,
  },
})
