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
  },
  rejects: {
    '-p dccp --dccp-types REQ': /Unknown DCCP type `REQ'/,
    '-p dccp --dccp-option 0': /out of range \(1-255\)/,
    '-m dccp --dport 1': /dccp needs/,
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
