import { testMatch } from '../../test/harness/extension-tester.ts'
import { packet } from '../packet/build.ts'
import { dscp } from './dscp.ts'

const of = (byte: number): Uint8Array => packet.udp({ source: '10.0.0.5', destination: '10.0.2.9', tos: byte })
const of6 = (byte: number): Uint8Array =>
  packet.udp({ source: 'fd00::5', destination: 'fd00:0:0:2::9', tos: byte, flowLabel: 0xfffff })

testMatch(dscp, {
  saves: {
    '-m dscp --dscp 46': '-m dscp --dscp 0x2e',
    '-m dscp ! --dscp-class ef': '-m dscp ! --dscp 0x2e',
    '-m dscp --dscp-class AF41': '-m dscp --dscp 0x22',
    '-m dscp --dscp-class CS1': '-m dscp --dscp 0x08',
    '-m dscp --dscp-class be': '-m dscp --dscp 0x00',
    '-m dscp --dscp 0': '-m dscp --dscp 0x00',
    '-m dscp ! --dscp 0x3f': '=',
    '-m dscp --dscp 017': '-m dscp --dscp 0x0f',
    '-m dscp --dscp-class EF': '-m dscp --dscp 0x2e',
    '-m dscp ! --dscp-class cs1': '-m dscp ! --dscp 0x08',
    '-m dscp --dscp-class AF11': '-m dscp --dscp 0x0a',
    '-m dscp --dscp-class BE': '-m dscp --dscp 0x00',
    '-m dscp --dscp +5': '-m dscp --dscp 0x05',
  },
  rejects: {
    '-m dscp': /dscp/,
    '-m dscp --dscp 64': /out of range \(0-63\)/,
    '-m dscp --dscp-class LE': /Invalid DSCP value `LE'/,
    '-m dscp --dscp-class AF44': /Invalid DSCP value/,
    '-m dscp --dscp 1 --dscp-class EF': /cannot be used together/,
    '-m dscp --dscp x': /^dscp: bad value for option "--dscp", or out of range \(0-63\)\.$/,
    '-m dscp --dscp ""': /^dscp: bad value for option "--dscp", or out of range \(0-63\)\.$/,
    '-m dscp --dscp -1': /^dscp: bad value for option "--dscp", or out of range \(0-63\)\.$/,
    '-m dscp --dscp 1 --dscp 2': /^dscp: option "--dscp" can only be used once\.$/,
    '-m dscp --dscp-class EF --dscp 1': /^dscp: option "--dscp" cannot be used together with "--dscp-class"\.$/,
    '-m dscp --dscp-class foo': /^Invalid DSCP value `foo'$/,
    '-m dscp --dscp-class ""': /^Invalid DSCP value `'$/,
    '-m dscp --dscp-class EF --dscp-class EF': /^dscp: option "--dscp-class" can only be used once\.$/,
    '-m dscp --dscp': /^option "--dscp" requires an argument$/,
  },
  matches: [
    ['-m dscp --dscp 46', of(0xb8)],
    ['-m dscp --dscp 46', of(0xbb)],
    ['-m dscp ! --dscp 0', of(4)],
  ],
  misses: [
    ['-m dscp --dscp 46', of(0xbc)],
    ['-m dscp ! --dscp 0', of(3)],
  ],
})

testMatch(dscp, {
  family: 6,
  saves: {
    '-m dscp --dscp-class EF': '-m dscp --dscp 0x2e',
    '-m dscp --dscp 0': '-m dscp --dscp 0x00',
    '-m dscp ! --dscp 0x3f': '=',
    '-m dscp --dscp 017': '-m dscp --dscp 0x0f',
    '-m dscp ! --dscp-class cs1': '-m dscp ! --dscp 0x08',
  },
  rejects: {
    '-m dscp': /^DSCP match: Parameter --dscp is required$/,
    '-m dscp --dscp 64': /^dscp: bad value for option "--dscp", or out of range \(0-63\)\.$/,
    '-m dscp --dscp x': /^dscp: bad value for option "--dscp", or out of range \(0-63\)\.$/,
    '-m dscp --dscp ""': /^dscp: bad value for option "--dscp", or out of range \(0-63\)\.$/,
  },
  matches: [['-m dscp --dscp-class EF', of6(0xbb)]],
  misses: [['-m dscp --dscp-class EF', of6(0xbc)]],
})
