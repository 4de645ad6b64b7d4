import { testMatch } from '../../test/harness/extension-tester.ts'
import { packet } from '../packet/build.ts'
import { dccp } from './dccp.ts'

const ends = { source: '10.0.0.5', destination: '10.0.2.9' }
const of = (type: string | number, options: number[] = []): Uint8Array =>
  packet.dccp({ ...ends, sport: 1, dport: 2, type, options: Uint8Array.from(options) })
const raw = (payload: Uint8Array | number, more: object = {}): Uint8Array =>
  packet.raw({ ...ends, protocol: 'dccp', payload, ...more })
/** A short header of a DATA packet with this data offset in words. */
const withOffset = (words: number, ...behind: number[]): Uint8Array =>
  raw(Uint8Array.of(0, 1, 0, 2, words, 0, 0, 0, 2 << 1, 0, 0, 0, ...behind))

testMatch(dccp, {
  saves: {
    '-p dccp --dport 1:2': '-p dccp -m dccp --dport 1:2',
    '-p dccp ! --sport 0:65535': '-p dccp -m dccp ! --sport 0:65535',
    '-p dccp ! --dccp-types ack,,REQUEST': '-p dccp -m dccp ! --dccp-types REQUEST,ACK',
    '-p dccp --dccp-option 0x10 --dport 70000': '-p dccp -m dccp --dport 4464 --dccp-option 16',
    '-p dccp -m dccp': '=',
    '-p 33 -m dccp --sport 1': '-p dccp -m dccp --sport 1',
    '-p dccp -m dccp ! --sport 1:5': '=',
    '-p dccp -m dccp --sport http': '-p dccp -m dccp --sport 80',
    '-p dccp -m dccp --sport 5:1': '=',
    '-p dccp -m dccp --sport :': '-p dccp -m dccp --sport 0:65535',
    '-p dccp -m dccp ! --sport :': '-p dccp -m dccp ! --sport 0:65535',
    '-p dccp -m dccp --dport 80': '=',
    '-p dccp -m dccp ! --dport 80:90': '=',
    '-p dccp -m dccp --dport 65536': '-p dccp -m dccp --dport 0',
    '-p dccp -m dccp --dport ""': '-p dccp -m dccp --dport 0',
    '-p dccp -m dccp --source-port 80 --destination-port 443': '-p dccp -m dccp --sport 80 --dport 443',
    '-p dccp -m dccp --dport 0:65535': '=',
    '-p dccp -m dccp --dccp-types REQUEST': '=',
    '-p dccp -m dccp --dccp-types REQUEST,RESPONSE,DATA,ACK,DATAACK,CLOSEREQ,CLOSE,RESET,SYNC,SYNCACK,INVALID': '=',
    '-p dccp -m dccp ! --dccp-types request,data': '-p dccp -m dccp ! --dccp-types REQUEST,DATA',
    '-p dccp -m dccp --dccp-option 1': '=',
    '-p dccp -m dccp ! --dccp-option 255': '=',
    '-p dccp --dport 80': '-p dccp -m dccp --dport 80',
    '-p dccp --dport 80 --sport 1 --dccp-types DATA --dccp-option 4':
      '-p dccp -m dccp --sport 1 --dport 80 --dccp-types DATA --dccp-option 4',
    '-p dccp -m dccp --dccp-option " 5"': '-p dccp -m dccp --dccp-option 5',
    '-p dccp -m dccp --dccp-option +5': '-p dccp -m dccp --dccp-option 5',
    '-p dccp -m dccp --dport " 5"': '-p dccp -m dccp --dport 5',
    '-p dccp -m dccp ! --dport 5:5': '-p dccp -m dccp ! --dport 5',
  },
  rejects: {
    '-p dccp --dccp-types REQ': /Unknown DCCP type `REQ'/,
    '-p dccp --dccp-option 0': /out of range \(1-255\)/,
    '-m dccp --dport 1': /dccp needs/,
    '-m dccp': /^dccp needs `-p dccp'$/,
    '-p dccp -m dccp --dport foo': /^Port "foo" does not resolve to anything\.$/,
    '-p dccp -m dccp --dport 1:2:3': /^dccp: Too many components for option "--destination-port" \(max: 2\)$/,
    '-p dccp -m dccp --dport 1 --dport 2': /^dccp: option "--destination-port" can only be used once\.$/,
    '-p dccp -m dccp --dccp-types foo': /^Unknown DCCP type `foo'$/,
    '-p dccp -m dccp --dccp-types REQUEST,foo': /^Unknown DCCP type `foo'$/,
    '-p dccp -m dccp --dccp-types REQUEST --dccp-types REQUEST':
      /^dccp: option "--dccp-types" can only be used once\.$/,
    '-p dccp -m dccp --dccp-option 0': /^dccp: bad value for option "--dccp-option", or out of range \(1-255\)\.$/,
    '-p dccp -m dccp --dccp-option 256': /^dccp: bad value for option "--dccp-option", or out of range \(1-255\)\.$/,
    '-p dccp -m dccp --dccp-option x': /^dccp: bad value for option "--dccp-option", or out of range \(1-255\)\.$/,
    '-p dccp -m dccp --dccp-option 1 --dccp-option 2': /^dccp: option "--dccp-option" can only be used once\.$/,
    '-p tcp -m dccp --dport 80': /^dccp needs `-p dccp'$/,
    '! -p dccp -m dccp --dport 80': /^dccp needs `-p dccp'$/,
    '-p dccp -m dccp --dport x:1:2': /^Port "x" does not resolve to anything\.$/,
    '-p dccp -m dccp --dport 1:2:x': /^dccp: Too many components for option "--destination-port" \(max: 2\)$/,
    '-p dccp -m dccp --dport "5 "': /^Port "5 " does not resolve to anything\.$/,
  },
  matches: [
    ['-p dccp --dport 2 --dccp-types REQUEST', of('REQUEST')],
    ['-p dccp ! --dccp-types REQUEST,RESPONSE', of('ACK')],
    ['-p dccp --dccp-types INVALID', of(10)],
    ['-p dccp --dccp-types INVALID,ACK', of(15)],
    ['-p dccp --dccp-option 32', of('DATA', [32, 4, 0, 0])],
    ['-p dccp --dccp-option 32', of('RESPONSE', [1, 40, 2, 32, 4, 0, 0, 0])],
    ['-p dccp ! --dccp-option 32', of('DATA')],
  ],
  misses: [
    ['-p dccp --dport 3', of('REQUEST')],
    ['-p dccp --dccp-types SYNCACK', of(11)],
    ['-p dccp --dccp-option 33', of('DATA', [32, 4, 33, 33])],
    ['-p dccp -m dccp', raw(64, { offset: 8 })],
  ],
  hotdrops: [
    ['-p dccp -m dccp', raw(11)],
    ['-p dccp --dccp-option 1', withOffset(2)],
    ['-p dccp --dccp-option 1', withOffset(5, 2, 2)],
  ],
})

testMatch(dccp, {
  family: 6,
  saves: {
    '-p dccp -m dccp --sport 1:5 ! --dport 80': '=',
    '-p dccp --sport 1': '-p dccp -m dccp --sport 1',
    '-p 33 --sport 1': '-p dccp -m dccp --sport 1',
    '-p dccp -m dccp': '=',
    '-p 33 -m dccp --sport 1': '-p dccp -m dccp --sport 1',
    '-p dccp -m dccp ! --sport 1:5': '=',
    '-p dccp -m dccp --sport http': '-p dccp -m dccp --sport 80',
  },
  rejects: {
    '-m dccp': /^dccp needs `-p dccp'$/,
    '-p dccp -m dccp --dport foo': /^Port "foo" does not resolve to anything\.$/,
    '-p dccp -m dccp --dport 1:2:3': /^dccp: Too many components for option "--destination-port" \(max: 2\)$/,
    '-p dccp -m dccp --dport 1 --dport 2': /^dccp: option "--destination-port" can only be used once\.$/,
  },
})

// A list without types is taken, and saved as what cannot be read back.
testMatch(dccp, {
  loadable: false,
  lists: {
    '-p dccp --dccp-types ,': ' dccp ',
    '-p dccp ! --dccp-types ""': ' dccp ! ',
  },
})
