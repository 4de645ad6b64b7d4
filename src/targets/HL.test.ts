import { expect } from 'vitest'
import { testTarget } from '../../test/harness/extension-tester.ts'
import { udp6 } from '../../test/harness/packets.ts'
import { VERDICT } from '../expression/action.ts'
import { HL } from './HL.ts'

testTarget(HL, {
  family: 6,
  saves: {
    '-j HL --hl-set 0x40': '-j HL --hl-set 64',
    '-j HL --hl-dec 0377': '-j HL --hl-dec 255',
    '-j HL --hl-set 64': '=',
    '-j HL --hl-inc 1': '=',
    '-j HL --hl-dec 1': '=',
  },
  rejects: {
    '-j HL --hl-dec 256': /^HL: bad value for option "--hl-dec", or out of range \(1-255\)\.$/,
    '-j HL --hl-set 1 --hl-dec 2': /cannot be used together/,
    '-j HL --hl-inc 1 --hl-dec 2': /cannot be used together/,
    '-j HL': /^HL: You must specify an action$/,
    '-j HL --hl-inc 0': /out of range \(1-255\)/,
  },
  acts: [
    [
      '-j HL --hl-set 0',
      udp6({ ttl: 64 }),
      ({ packet, verdict }) => {
        expect(packet.bytes[7]).toBe(0)
        expect(verdict).toBe(VERDICT.continue)
      },
    ],
    ['-j HL --hl-inc 192', udp6({ ttl: 64 }), ({ packet }) => expect(packet.bytes[7]).toBe(255)],
    ['-j HL --hl-dec 65', udp6({ ttl: 64 }), ({ packet }) => expect(packet.bytes[7]).toBe(0)],
    ['-j HL --hl-dec 10', udp6({ ttl: 64 }), ({ packet }) => expect(packet.bytes[7]).toBe(54)],
  ],
})

testTarget(HL, { family: 6, table: 'filter', rejects: { '-j HL --hl-set 1': /table mangle/ } })

testTarget(HL, {
  table: 'mangle',
  chain: 'FORWARD',
  saves: {
    '-j HL --hl-inc 255': '=',
    '-j HL --hl-set 255': '=',
    '-j HL --hl-set 1': '=',
    '-j HL --hl-inc 1': '=',
    '-j HL --hl-dec 1': '=',
  },
  rejects: {
    '-j HL --hl-dec 256': /^HL: bad value for option "--hl-dec", or out of range \(1-255\)\.$/,
    '-j HL --hl-set 256': /^HL: bad value for option "--hl-set", or out of range \(0-255\)\.$/,
    '-j HL --hl-set 1 --hl-inc 2 --hl-dec 3': /^HL: option "--hl-set" cannot be used together with "--hl-inc"\.$/,
    '-j HL --hl-set 1 --hl-inc 1': /^HL: option "--hl-set" cannot be used together with "--hl-inc"\.$/,
    '-j HL --hl-inc 1 --hl-dec 1': /^HL: option "--hl-dec" cannot be used together with "--hl-inc"\.$/,
    '-j HL --hl-dec 1 --hl-set 1': /^HL: option "--hl-set" cannot be used together with "--hl-dec"\.$/,
    '-j HL --hl-dec 1 --hl-dec 1': /^HL: option "--hl-dec" can only be used once\.$/,
    '-j HL --hl-dec 0': /^HL: bad value for option "--hl-dec", or out of range \(1-255\)\.$/,
    '-j HL --hl-inc 0': /^HL: bad value for option "--hl-inc", or out of range \(1-255\)\.$/,
    '-j HL --hl-inc 256': /^HL: bad value for option "--hl-inc", or out of range \(1-255\)\.$/,
    '-j HL --hl-set -1': /^HL: bad value for option "--hl-set", or out of range \(0-255\)\.$/,
    '-j HL --hl-set x': /^HL: bad value for option "--hl-set", or out of range \(0-255\)\.$/,
    '-j HL ! --hl-set 1': /^HL: option "--hl-set" cannot be inverted\.$/,
    '-j HL': /^HL: You must specify an action$/,
  },
})

testTarget(HL, {
  table: 'filter',
  chain: 'FORWARD',
  rejects: {
    '-j HL --hl-set 1': /^-j HL is only valid in table mangle, not in table filter$/,
  },
})
