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
