import { expect } from 'vitest'
import { testTarget } from '../../test/harness/extension-tester.ts'
import { udp4, udp6 } from '../../test/harness/packets.ts'
import { VERDICT } from '../expression/action.ts'
import { CLASSIFY } from './CLASSIFY.ts'

testTarget(CLASSIFY, {
  table: 'mangle',
  saves: {
    '-j CLASSIFY --set-class ABCD:0x10': '-j CLASSIFY --set-class abcd:0010',
    '-j CLASSIFY --set-class 0:0': '-j CLASSIFY --set-class 0000:0000',
    '-j CLASSIFY --set-class 10000:1': '-j CLASSIFY --set-class 0000:0001',
  },
  rejects: {
    '-j CLASSIFY': /^CLASSIFY: option "--set-class" must be specified$/,
    '-j CLASSIFY --set-class 1': /^Bad class value "1"$/,
  },
  acts: [['-j CLASSIFY --set-class 8001:2', udp4(), ({ packet }) => expect(packet.priority).toBe(0x80010002)]],
})

testTarget(CLASSIFY, { chain: 'INPUT', rejects: { '-j CLASSIFY --set-class 1:1': /not valid in INPUT/ } })

testTarget(CLASSIFY, {
  family: 6,
  table: 'mangle',
  chain: 'POSTROUTING',
  saves: { '-j CLASSIFY --set-class 1:fFfF': '-j CLASSIFY --set-class 0001:ffff' },
  acts: [
    [
      '-j CLASSIFY --set-class 1:ffff',
      udp6(),
      ({ packet, verdict }) => {
        expect(packet.priority).toBe(0x1ffff)
        expect(verdict).toBe(VERDICT.continue)
      },
    ],
  ],
})
