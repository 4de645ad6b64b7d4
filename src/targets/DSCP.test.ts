import { expect } from 'vitest'
import { testTarget } from '../../test/harness/extension-tester.ts'
import { udp4, udp6 } from '../../test/harness/packets.ts'
import { VERDICT } from '../expression/action.ts'
import { trafficClass } from '../packet/mangle.ts'
import { DSCP } from './DSCP.ts'

testTarget(DSCP, {
  saves: {
    '-j DSCP --set-dscp 0x3f': '=',
    '-j DSCP --set-dscp 010': '-j DSCP --set-dscp 0x08',
    '-j DSCP --set-dscp-class EF': '-j DSCP --set-dscp 0x2e',
    '-j DSCP --set-dscp-class af43': '-j DSCP --set-dscp 0x26',
    '-j DSCP --set-dscp-class CS7': '-j DSCP --set-dscp 0x38',
    '-j DSCP --set-dscp-class BE': '-j DSCP --set-dscp 0x00',
  },
  rejects: {
    '-j DSCP': /^DSCP target: Parameter --set-dscp is required$/,
    '-j DSCP --set-dscp 64': /out of range \(0-63\)/,
    '-j DSCP --set-dscp-class foo': /^Invalid DSCP value `foo'$/,
    '-j DSCP --set-dscp 1 --set-dscp-class EF': /cannot be used together/,
  },
  acts: [
    [
      '-j DSCP --set-dscp 0x2e',
      udp4({ tos: 0x03 }),
      ({ packet, verdict }) => {
        expect(trafficClass(packet)).toBe(0xbb)
        expect(verdict).toBe(VERDICT.continue)
      },
    ],
  ],
})

testTarget(DSCP, {
  family: 6,
  acts: [['-j DSCP --set-dscp 1', udp6({ tos: 0xfe }), ({ packet }) => expect(trafficClass(packet)).toBe(6)]],
})

testTarget(DSCP, { table: 'filter', rejects: { '-j DSCP --set-dscp 1': /table mangle/ } })

testTarget(DSCP, {
  table: 'mangle',
  chain: 'FORWARD',
  saves: {
    '-j DSCP --set-dscp 077': '-j DSCP --set-dscp 0x3f',
    '-j DSCP --set-dscp +5': '-j DSCP --set-dscp 0x05',
    '-j DSCP --set-dscp-class ef': '-j DSCP --set-dscp 0x2e',
    '-j DSCP --set-dscp-class cs0': '-j DSCP --set-dscp 0x00',
    '-j DSCP --set-dscp-class be': '-j DSCP --set-dscp 0x00',
    '-j DSCP --set-dscp 0': '-j DSCP --set-dscp 0x00',
    '-j DSCP --set-dscp 63': '-j DSCP --set-dscp 0x3f',
    '-j DSCP --set-dscp 0x1f': '=',
    '-j DSCP --set-dscp-class af41': '-j DSCP --set-dscp 0x22',
  },
  rejects: {
    '-j DSCP --set-dscp 0x40': /^DSCP: bad value for option "--set-dscp", or out of range \(0-63\)\.$/,
    '-j DSCP --set-dscp-class AF1': /^Invalid DSCP value `AF1'$/,
    '-j DSCP --set-dscp-class 3': /^Invalid DSCP value `3'$/,
    '-j DSCP --set-dscp-class CS': /^Invalid DSCP value `CS'$/,
    '-j DSCP --set-dscp 64': /^DSCP: bad value for option "--set-dscp", or out of range \(0-63\)\.$/,
    '-j DSCP --set-dscp x': /^DSCP: bad value for option "--set-dscp", or out of range \(0-63\)\.$/,
    '-j DSCP --set-dscp ""': /^DSCP: bad value for option "--set-dscp", or out of range \(0-63\)\.$/,
    '-j DSCP --set-dscp -1': /^DSCP: bad value for option "--set-dscp", or out of range \(0-63\)\.$/,
    '-j DSCP ! --set-dscp 1': /^DSCP: option "--set-dscp" cannot be inverted\.$/,
    '-j DSCP --set-dscp 1 --set-dscp 1': /^DSCP: option "--set-dscp" can only be used once\.$/,
    '-j DSCP --set-dscp 1 --set-dscp-class BE':
      /^DSCP: option "--set-dscp" cannot be used together with "--set-dscp-class"\.$/,
    '-j DSCP --set-dscp-class BE --set-dscp 1':
      /^DSCP: option "--set-dscp" cannot be used together with "--set-dscp-class"\.$/,
    '-j DSCP --set-dscp-class BE --set-dscp-class EF': /^DSCP: option "--set-dscp-class" can only be used once\.$/,
    '-j DSCP --set-dscp-class CS8': /^Invalid DSCP value `CS8'$/,
    '-j DSCP --set-dscp-class AF44': /^Invalid DSCP value `AF44'$/,
    '-j DSCP --set-dscp-class ""': /^Invalid DSCP value `'$/,
    '-j DSCP': /^DSCP target: Parameter --set-dscp is required$/,
  },
})

testTarget(DSCP, {
  table: 'filter',
  chain: 'FORWARD',
  rejects: {
    '-j DSCP --set-dscp 1': /^-j DSCP is only valid in table mangle, not in table filter$/,
  },
})

testTarget(DSCP, {
  table: 'mangle',
  chain: 'FORWARD',
  family: 6,
  rejects: {
    '-j DSCP --set-dscp 64': /^DSCP: bad value for option "--set-dscp", or out of range \(0-63\)\.$/,
    '-j DSCP': /^DSCP target: Parameter --set-dscp is required$/,
  },

  saves: {
    '-j DSCP --set-dscp-class AF11': '-j DSCP --set-dscp 0x0a',
    '-j DSCP --set-dscp 1': '-j DSCP --set-dscp 0x01',
  },
})
