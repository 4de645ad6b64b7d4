import { expect } from 'vitest'
import { testTarget } from '../../test/harness/extension-tester.ts'
import { udp4 } from '../../test/harness/packets.ts'
import { VERDICT } from '../expression/action.ts'
import { packet } from '../packet/build.ts'
import { trafficClass } from '../packet/mangle.ts'
import { ECN } from './ECN.ts'

testTarget(ECN, {
  saves: {
    '-p tcp -j ECN --ecn-tcp-cwr 01': '-p tcp -j ECN --ecn-tcp-cwr 1',
    '-p tcp -j ECN --ecn-tcp-remove': '=',
    '-p tcp -j ECN --ecn-tcp-cwr 0 --ecn-tcp-ece 0': '-p tcp -j ECN --ecn-tcp-remove',
    '-p tcp -j ECN --ecn-tcp-remove --ecn-ip-ect 1': '-p tcp -j ECN --ecn-tcp-ece 0 --ecn-tcp-cwr 0 --ecn-ip-ect 1',
    '-j ECN --ecn-ip-ect 3': '=',
  },
  rejects: {
    '-j ECN': /^ECN target: An operation is required$/,
    '-j ECN --ecn-tcp-remove': /-p tcp/,
    '! -p tcp -j ECN --ecn-tcp-cwr 1': /-p tcp/,
    '-p tcp -j ECN --ecn-tcp-ece 2': /out of range \(0-1\)/,
    '-j ECN --ecn-ip-ect 4': /out of range \(0-3\)/,
  },
  acts: [
    [
      '-p tcp -j ECN --ecn-tcp-ece 1',
      packet.tcp({ flags: 'SW' }),
      ({ packet, verdict }) => {
        expect(packet.bytes[packet.transport + 13]).toBe(0xc2)
        expect(verdict).toBe(VERDICT.continue)
      },
    ],
    [
      '-p tcp -j ECN --ecn-tcp-remove',
      packet.tcp({}).subarray(0, 32),
      ({ verdict }) => expect(verdict).toBe(VERDICT.drop),
    ],
    [
      '-p tcp -j ECN --ecn-tcp-remove',
      packet.tcp({ flags: 'SEW' }),
      ({ packet }) => expect(packet.bytes[packet.transport + 13]).toBe(2),
    ],
    ['-j ECN --ecn-ip-ect 2', udp4({ tos: 0x11 }), ({ packet }) => expect(trafficClass(packet)).toBe(0x12)],
  ],
})

testTarget(ECN, { table: 'filter', rejects: { '-j ECN --ecn-ip-ect 0': /table mangle/ } })

testTarget(ECN, {
  table: 'mangle',
  chain: 'FORWARD',
  saves: {
    '-j ECN --ecn-ip-ect 0x3': '-j ECN --ecn-ip-ect 3',
    '-p tcp -j ECN --ecn-tcp-remove --ecn-ip-ect 0': '-p tcp -j ECN --ecn-tcp-ece 0 --ecn-tcp-cwr 0 --ecn-ip-ect 0',
    '-p tcp -j ECN --ecn-tcp-cwr 0 --ecn-ip-ect 0': '=',
    '-p tcp -j ECN --ecn-tcp-remove': '=',
    '-j ECN --ecn-ip-ect 1': '=',
    '-j ECN --ecn-ip-ect 0': '=',
    '-j ECN --ecn-ip-ect 3': '=',
    '-p tcp -j ECN --ecn-tcp-ece 0': '=',
    '-p tcp -j ECN --ecn-tcp-ece 1': '=',
    '-p tcp -j ECN --ecn-tcp-cwr 1': '=',
    '-p tcp -j ECN --ecn-tcp-cwr 0 --ecn-tcp-ece 0': '-p tcp -j ECN --ecn-tcp-remove',
    '-p tcp -j ECN --ecn-tcp-cwr 0 --ecn-tcp-ece 0 --ecn-ip-ect 2':
      '-p tcp -j ECN --ecn-tcp-ece 0 --ecn-tcp-cwr 0 --ecn-ip-ect 2',
    '-p tcp -j ECN --ecn-tcp-remove --ecn-ip-ect 2': '-p tcp -j ECN --ecn-tcp-ece 0 --ecn-tcp-cwr 0 --ecn-ip-ect 2',
    '-p tcp -j ECN --ecn-tcp-cwr 1 --ecn-tcp-ece 0 --ecn-ip-ect 2':
      '-p tcp -j ECN --ecn-tcp-ece 0 --ecn-tcp-cwr 1 --ecn-ip-ect 2',
  },
  rejects: {
    '-p tcp -j ECN --ecn-tcp-cwr -1': /^ECN: bad value for option "--ecn-tcp-cwr", or out of range \(0-1\)\.$/,
    '-p tcp -j ECN --ecn-tcp-cwr 1 --ecn-tcp-cwr 1': /^ECN: option "--ecn-tcp-cwr" can only be used once\.$/,
    '-p tcp -j ECN --ecn-ip-ect x': /^ECN: bad value for option "--ecn-ip-ect", or out of range \(0-3\)\.$/,
    '-j ECN --ecn-tcp-remove': /^ECN: cannot use operation on non-tcp rule: `-p tcp' is missing$/,
    '-j ECN --ecn-ip-ect 4': /^ECN: bad value for option "--ecn-ip-ect", or out of range \(0-3\)\.$/,
    '-p tcp -j ECN --ecn-tcp-ece 2': /^ECN: bad value for option "--ecn-tcp-ece", or out of range \(0-1\)\.$/,
    '-p tcp -j ECN --ecn-tcp-remove --ecn-tcp-ece 0':
      /^ECN: option "--ecn-tcp-remove" cannot be used together with "--ecn-tcp-ece"\.$/,
    '-p tcp -j ECN --ecn-tcp-cwr 0 --ecn-tcp-remove':
      /^ECN: option "--ecn-tcp-remove" cannot be used together with "--ecn-tcp-cwr"\.$/,
    '-p tcp -j ECN --ecn-tcp-cwr 0 --ecn-tcp-ece 0 --ecn-tcp-remove':
      /^ECN: option "--ecn-tcp-remove" cannot be used together with "--ecn-tcp-cwr"\.$/,
    '-p tcp -j ECN --ecn-tcp-remove --ecn-tcp-remove': /^ECN: option "--ecn-tcp-remove" can only be used once\.$/,
    '-p tcp -j ECN ! --ecn-tcp-remove': /^ECN: option "--ecn-tcp-remove" cannot be inverted\.$/,
    '-p tcp -j ECN': /^ECN target: An operation is required$/,
    '! -p tcp -j ECN --ecn-tcp-remove': /^ECN: cannot use operation on non-tcp rule: `-p tcp' is missing$/,
    '-p udp -j ECN --ecn-tcp-cwr 1': /^ECN: cannot use operation on non-tcp rule: `-p tcp' is missing$/,
  },
})

testTarget(ECN, {
  table: 'filter',
  chain: 'FORWARD',
  rejects: {
    '-j ECN': /^ECN target: An operation is required$/,
    '-j ECN --ecn-ip-ect 0': /^-j ECN is only valid in table mangle, not in table filter$/,
    '-p tcp -j ECN --ecn-tcp-remove': /^-j ECN is only valid in table mangle, not in table filter$/,
  },
})
