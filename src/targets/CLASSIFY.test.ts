import { expect } from 'vitest'
import { testTarget } from '../../test/harness/extension-tester.ts'
import { udp4, udp6 } from '../../test/harness/packets.ts'
import { VERDICT } from '../expression/action.ts'
import { CLASSIFY } from './CLASSIFY.ts'

testTarget(CLASSIFY, {
  table: 'mangle',
  saves: {
    '-j CLASSIFY --set-class 1:2': '-j CLASSIFY --set-class 0001:0002',
    '-j CLASSIFY --set-class abcd:0': '-j CLASSIFY --set-class abcd:0000',
    '-j CLASSIFY --set-class -1:2': '-j CLASSIFY --set-class ffff:0002',
    '-j CLASSIFY --set-class 12345:fffff': '-j CLASSIFY --set-class 2345:ffff',
    '-j CLASSIFY --set-class 1:2x': '-j CLASSIFY --set-class 0001:0002',
    '-j CLASSIFY --set-class "1: 2"': '-j CLASSIFY --set-class 0001:0002',
    '-j CLASSIFY --set-class 1:-2': '-j CLASSIFY --set-class 0001:fffe',
    '-j CLASSIFY --set-class 100000000:2': '-j CLASSIFY --set-class 0000:0002',
    '-j CLASSIFY --set-class 1:10000000000000002': '-j CLASSIFY --set-class 0001:ffff',
    '-j CLASSIFY --set-class 1:2:3': '-j CLASSIFY --set-class 0001:0002',
    '-j CLASSIFY --set-class ABCD:0x10': '-j CLASSIFY --set-class abcd:0010',
    '-j CLASSIFY --set-class 0:0': '-j CLASSIFY --set-class 0000:0000',
    '-j CLASSIFY --set-class 10000:1': '-j CLASSIFY --set-class 0000:0001',
  },
  rejects: {
    '-j CLASSIFY --set-class 1:2 --set-class 1:3': /^CLASSIFY: option "--set-class" can only be used once\.$/,
    '-j CLASSIFY --set-class 1:': /^Bad class value "1:"$/,
    '-j CLASSIFY --set-class :1': /^Bad class value ":1"$/,
    '-j CLASSIFY --set-class ""': /^Bad class value ""$/,
    '-j CLASSIFY ! --set-class 1:2': /^CLASSIFY: option "--set-class" cannot be inverted\.$/,
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

testTarget(CLASSIFY, {
  table: 'mangle',
  chain: 'PREROUTING',
  rejects: {
    '-j CLASSIFY --set-class 1:2': /^-j CLASSIFY is not valid in PREROUTING$/,
  },
})

testTarget(CLASSIFY, {
  table: 'mangle',
  chain: 'INPUT',
  rejects: {
    '-j CLASSIFY --set-class 1:2': /^-j CLASSIFY is not valid in INPUT$/,
  },
})

testTarget(CLASSIFY, {
  table: 'mangle',
  chain: 'OUTPUT',
  saves: {
    '-j CLASSIFY --set-class 1:2': '-j CLASSIFY --set-class 0001:0002',
  },
})

testTarget(CLASSIFY, {
  table: 'nat',
  chain: 'POSTROUTING',
  saves: {
    '-j CLASSIFY --set-class 1:2': '-j CLASSIFY --set-class 0001:0002',
  },
})

testTarget(CLASSIFY, {
  table: 'mangle',
  chain: 'FORWARD',
  family: 6,
  rejects: {
    '-j CLASSIFY --set-class 1': /^Bad class value "1"$/,
    '-j CLASSIFY': /^CLASSIFY: option "--set-class" must be specified$/,
  },

  saves: {
    '-j CLASSIFY --set-class 1:2': '-j CLASSIFY --set-class 0001:0002',
  },
})

testTarget(CLASSIFY, {
  table: 'mangle',
  chain: 'PREROUTING',
  family: 6,
  rejects: {
    '-j CLASSIFY --set-class 1:1': /^-j CLASSIFY is not valid in PREROUTING$/,
  },
})
