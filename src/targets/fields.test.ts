import { expect } from 'vitest'
import { testTarget } from '../../test/harness/extension-tester.ts'
import { VERDICT } from '../expression/action.ts'
import { packet } from '../packet/build.ts'
import { trafficClass } from '../packet/mangle.ts'
import { AUDIT } from './AUDIT.ts'
import { CHECKSUM } from './CHECKSUM.ts'
import { CLASSIFY } from './CLASSIFY.ts'
import { DSCP } from './DSCP.ts'
import { ECN } from './ECN.ts'
import { HL } from './HL.ts'
import { TCPOPTSTRIP } from './TCPOPTSTRIP.ts'
import { TOS } from './TOS.ts'
import { TTL } from './TTL.ts'

const v4 = (fields: object = {}): Uint8Array => packet.udp({ source: '10.0.0.1', destination: '10.0.0.2', ...fields })
const v6 = (fields: object = {}): Uint8Array => packet.udp({ source: 'fd00::1', destination: 'fd00::2', ...fields })

testTarget(CLASSIFY, {
  table: 'mangle',
  saves: {
    '-j CLASSIFY --set-class ABCD:0x10': '-j CLASSIFY --set-class abcd:0010',
    '-j CLASSIFY --set-class 10000:1': '-j CLASSIFY --set-class 0000:0001',
  },
  rejects: {
    '-j CLASSIFY': /^CLASSIFY: option "--set-class" must be specified$/,
    '-j CLASSIFY --set-class 1': /^Bad class value "1"$/,
  },
  acts: [['-j CLASSIFY --set-class 8001:2', v4(), ({ packet }) => expect(packet.priority).toBe(0x80010002)]],
})
testTarget(CLASSIFY, { chain: 'INPUT', rejects: { '-j CLASSIFY --set-class 1:1': /not valid in INPUT/ } })

testTarget(DSCP, {
  saves: {
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
      v4({ tos: 0x03 }),
      ({ packet, verdict }) => {
        expect(trafficClass(packet)).toBe(0xbb)
        expect(verdict).toBe(VERDICT.continue)
      },
    ],
  ],
})
testTarget(DSCP, {
  family: 6,
  acts: [['-j DSCP --set-dscp 1', v6({ tos: 0xfe }), ({ packet }) => expect(trafficClass(packet)).toBe(6)]],
})
testTarget(DSCP, { table: 'filter', rejects: { '-j DSCP --set-dscp 1': /table mangle/ } })

testTarget(TOS, {
  saves: {
    '-j TOS --set-tos 0x10': '-j TOS --set-tos 0x10/0xff',
    '-j TOS --set-tos 017/0x3': '-j TOS --set-tos 0x0f/0x03',
    '-j TOS --set-tos minimize-Cost': '-j TOS --set-tos 0x02/0x3f',
    '-j TOS --and-tos 0x0f': '-j TOS --set-tos 0x00/0xf0',
    '-j TOS --or-tos 0x0f': '-j TOS --set-tos 0x0f/0x0f',
    '-j TOS --xor-tos 0x0f': '-j TOS --set-tos 0x0f/0x00',
  },
  rejects: {
    '-j TOS': /^TOS: An action is required$/,
    '-j TOS --set-tos 256': /^Symbolic name "256" is unknown$/,
    '-j TOS --set-tos Min': /^Symbolic name "Min" is unknown$/,
    '-j TOS --set-tos 1x': /^Illegal value: "1x"$/,
    '-j TOS --set-tos 3/300': /^Illegal value: "3\/300"$/,
    '-j TOS --and-tos 256': /out of range \(0-255\)/,
  },
  acts: [
    ['-j TOS --set-tos 0x81/0xf0', v4({ tos: 0x3f }), ({ packet }) => expect(trafficClass(packet)).toBe(0x8e)],
    ['-j TOS --xor-tos 0xff', v4({ tos: 0x3f }), ({ packet }) => expect(trafficClass(packet)).toBe(0xc0)],
  ],
})

testTarget(TTL, {
  saves: { '-j TTL --ttl-set 0': '=', '-j TTL --ttl-inc 1': '=', '-j TTL --ttl-dec 255': '=' },
  rejects: {
    '-j TTL': /^TTL: You must specify an action$/,
    '-j TTL --ttl-dec 0': /out of range \(1-255\)/,
    '-j TTL --ttl-set 256': /out of range \(0-255\)/,
    '-j TTL --ttl-set 1 --ttl-inc 2': /cannot be used together/,
  },
  acts: [
    ['-j TTL --ttl-set 7', v4({ ttl: 64 }), ({ packet }) => expect(packet.bytes[8]).toBe(7)],
    ['-j TTL --ttl-inc 200', v4({ ttl: 64 }), ({ packet }) => expect(packet.bytes[8]).toBe(255)],
    ['-j TTL --ttl-dec 65', v4({ ttl: 64 }), ({ packet }) => expect(packet.bytes[8]).toBe(0)],
    ['-j TTL --ttl-dec 1', v4({ ttl: 64 }), ({ packet }) => expect(packet.copyBytes()).toEqual(v4({ ttl: 63 }))],
  ],
})

testTarget(HL, {
  family: 6,
  saves: { '-j HL --hl-set 64': '=', '-j HL --hl-inc 1': '=', '-j HL --hl-dec 1': '=' },
  rejects: { '-j HL': /^HL: You must specify an action$/, '-j HL --hl-inc 0': /out of range \(1-255\)/ },
  acts: [['-j HL --hl-dec 10', v6({ ttl: 64 }), ({ packet }) => expect(packet.bytes[7]).toBe(54)]],
})

const withOptions = packet.tcp({ options: new Uint8Array([2, 4, 5, 180, 8, 10, 1, 2, 3, 4, 5, 6, 7, 8, 1, 1]) })

testTarget(TCPOPTSTRIP, {
  saves: {
    '-p tcp -j TCPOPTSTRIP': '=',
    '-p tcp -j TCPOPTSTRIP --strip-options wscale,sack-permitted,md5,sack,0xff,mss,timestamp':
      '-p tcp -j TCPOPTSTRIP --strip-options 2,3,4,5,8,19,255',
  },
  rejects: {
    '-p tcp -j TCPOPTSTRIP --strip-options 256': /^Bad TCP option value "256"$/,
    '-p tcp -j TCPOPTSTRIP --strip-options 0': /^Option value may not be 0 or 1$/,
    '-p tcp -j TCPOPTSTRIP --strip-options 5,sack': /^Option "sack" already specified$/,
    '-j TCPOPTSTRIP --strip-options 8': /needs `-p tcp'/,
  },
  acts: [
    [
      '-p tcp -j TCPOPTSTRIP --strip-options timestamp',
      withOptions,
      ({ packet, verdict }) => {
        expect([...packet.copyBytes().subarray(40, 56)]).toEqual([2, 4, 5, 180, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1])
        expect(verdict).toBe(VERDICT.continue)
      },
    ],
    [
      '-p tcp -j TCPOPTSTRIP --strip-options mss',
      packet.tcp({}).subarray(0, 30),
      ({ verdict }) => expect(verdict).toBe(VERDICT.drop),
    ],
  ],
})

testTarget(ECN, {
  saves: {
    '-p tcp -j ECN --ecn-tcp-remove': '=',
    '-p tcp -j ECN --ecn-tcp-cwr 0 --ecn-tcp-ece 0': '-p tcp -j ECN --ecn-tcp-remove',
    '-p tcp -j ECN --ecn-tcp-remove --ecn-ip-ect 1': '-p tcp -j ECN --ecn-tcp-ece 0 --ecn-tcp-cwr 0 --ecn-ip-ect 1',
    '-j ECN --ecn-ip-ect 3': '=',
  },
  rejects: {
    '-j ECN': /^ECN target: An operation is required$/,
    '-j ECN --ecn-tcp-remove': /-p tcp/,
    '-j ECN --ecn-ip-ect 4': /out of range \(0-3\)/,
  },
  acts: [
    [
      '-p tcp -j ECN --ecn-tcp-remove',
      packet.tcp({ flags: 'SEW' }),
      ({ packet }) => expect(packet.bytes[packet.transport + 13]).toBe(2),
    ],
    ['-j ECN --ecn-ip-ect 2', v4({ tos: 0x11 }), ({ packet }) => expect(trafficClass(packet)).toBe(0x12)],
  ],
})

testTarget(CHECKSUM, {
  saves: { '-j CHECKSUM --checksum-fill': '=' },
  rejects: { '-j CHECKSUM': /^CHECKSUM: option "--checksum-fill" must be specified$/ },
  acts: [['-j CHECKSUM --checksum-fill', v4(), ({ verdict }) => expect(verdict).toBe(VERDICT.continue)]],
})

testTarget(AUDIT, {
  saves: { '-j AUDIT --type accept': '=', '-j AUDIT --type DROP': '-j AUDIT --type drop' },
  rejects: { '-j AUDIT': /must be specified/, '-j AUDIT --type foo': /^Bad action type value "foo"$/ },
  acts: [['-j AUDIT --type reject', v4(), ({ verdict }) => expect(verdict).toBe(VERDICT.continue)]],
})
