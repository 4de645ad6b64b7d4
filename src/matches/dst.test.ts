import { testMatch } from '../../test/harness/extension-tester.ts'
import { packet } from '../packet/build.ts'
import { dst } from './dst.ts'

const ends = { source: 'fd00::5', destination: 'fd00:0:0:2::9' }
/** A UDP packet with the header, whose options are these bytes. */
const having = (...options: readonly number[]): Uint8Array =>
  packet.udp({ ...ends, extensions: [{ protocol: 60, body: Uint8Array.from(options) }] })
const cut = (...bytes: readonly number[]): Uint8Array =>
  packet.raw({ ...ends, protocol: 60, payload: Uint8Array.from(bytes) })
const sixteen = Array.from({ length: 16 }, (_, index) => index + 1).join(',')

testMatch(dst, {
  family: 6,
  saves: {
    '-m dst': '=',
    '-m dst --dst-opts 5 --dst-len 0x10': '-m dst --dst-len 16 --dst-opts 5',
    '-m dst ! --dst-len 0': '=',
    '-m dst --dst-opts 1:4,0x5,238:0,0': '-m dst --dst-opts 1:4,5,238:0,0',
    '-m dst --dst-opts 010:010,256,1:255,2:256': '-m dst --dst-opts 8:8,0,1,2:0',
    '-m dst --dst-opts +5:-2': '-m dst --dst-opts 5:254',
    [`-m dst --dst-opts ${sixteen}`]: '=',
    '-m dst --dst-len 8': '=',
    '-m dst ! --dst-len 8': '=',
    '-m dst --dst-len 0': '=',
    '-m dst --dst-len 4294967295': '=',
    '-m dst --dst-opts 1': '=',
    '-m dst --dst-opts 1:4': '=',
    '-m dst --dst-opts 256': '-m dst --dst-opts 0',
    '-m dst --dst-opts 1:256': '-m dst --dst-opts 1:0',
    '-m dst --dst-opts 1:255': '-m dst --dst-opts 1',
    '-m dst --dst-len 8 --dst-opts 1:4': '=',
    '-m dst ! --dst-len 8 --dst-opts 1:4': '=',
    '-m dst --dst-opts 1,2,3,4,5,6,7,8,9,10,11,12,13,14,15,16': '=',
    '-m dst --dst-len +5': '-m dst --dst-len 5',
  },
  rejects: {
    '-m dst --dst-len 8:16': /^dst: bad value for option "--dst-len", or out of range \(0-4294967295\)\.$/,
    '-m dst ! --dst-opts 1': /^dst: option "--dst-opts" cannot be inverted\.$/,
    '-m dst --dst-opts 0:1': /^PAD0 hasn't got length$/,
    '-m dst --dst-opts 1:4:5': /^dst: error parsing length `4:5'$/,
    '-m dst --dst-opts x': /^dst: no valid digits in opt `x'$/,
    '-m dst --dst-opts 1,': /^dst: no valid digits in opt `'$/,
    '-m dst --dst-opts 1:': /^dst: no valid digits in length `'$/,
    '-m dst --dst-opts 08': /^dst: error parsing opt `08'$/,
    '-m dst --dst-opts 1:0x': /^dst: error parsing length `0x'$/,
    '-m dst --dst-opts 99999999999999999999': /^opt `99999999999999999999' specified too big: would overflow$/,
    [`-m dst --dst-opts ${sixteen},17`]: /^too many addresses specified$/,
    [`-m dst --dst-opts ${sixteen}:1`]: /^too many ports specified$/,
    '-m dst --dst-len 4294967296': /^dst: bad value for option "--dst-len", or out of range \(0-4294967295\)\.$/,
    '-m dst --dst-len x': /^dst: bad value for option "--dst-len", or out of range \(0-4294967295\)\.$/,
    '-m dst --dst-len 1 --dst-len 1': /^dst: option "--dst-len" can only be used once\.$/,
    '-m dst --dst-opts ""': /^dst: no valid digits in opt `'$/,
    '-m dst --dst-opts :1': /^dst: no valid digits in opt `'$/,
    '-m dst --dst-opts 1 --dst-opts 2': /^dst: option "--dst-opts" can only be used once\.$/,
    '-m dst --dst-opts 1,2,3,4,5,6,7,8,9,10,11,12,13,14,15,16,17': /^too many addresses specified$/,
    '-m dst --dst-opts 1,2,3,4,5,6,7,8,9,10,11,12,13,14,15,16:1': /^too many ports specified$/,
  },
  matches: [
    ['-m dst', having(1, 4, 0, 0, 0, 0)],
    ['-m dst --dst-len 8', having(1, 4, 0, 0, 0, 0)],
    ['-m dst ! --dst-len 8', having(5, 2, 0, 0, 30, 8, 0, 0, 0, 0, 0, 0, 0, 0)],
    ['-m dst --dst-opts 1', having(1, 4, 0, 0, 0, 0)],
    ['-m dst --dst-opts 1:4', having(1, 4, 0, 0, 0, 0)],
    ['-m dst --dst-opts 0,0,1:2', having(0, 0, 1, 2, 0, 0)],
    ['-m dst --dst-opts 5:2', having(5, 2, 0, 0, 1, 0)],
    ['-m dst --dst-opts 5,1:0', having(5, 2, 0, 0, 1, 0)],
    ['-m dst --dst-opts 1', packet.udp({ ...ends, extensions: [{ protocol: 43 }, { protocol: 60 }] })],
    ['-m dst --dst-opts 5', cut(17, 0, 5, 200, 0, 0, 0, 0)],
  ],
  misses: [
    ['-m dst', packet.udp(ends)],
    ['-m dst ! --dst-len 8', packet.udp(ends)],
    ['-m dst ! --dst-len 8', having(1, 4, 0, 0, 0, 0)],
    ['-m dst --dst-opts 1:2', having(1, 4, 0, 0, 0, 0)],
    ['-m dst --dst-opts 1,5', having(5, 2, 0, 0, 1, 0)],
    ['-m dst --dst-opts 5,1,1', having(5, 2, 0, 0, 1, 0)],
    ['-m dst --dst-opts 0,0,0,0,0,0,0', having(0, 0, 0, 0, 0, 0)],
    ['-m dst', packet.udp({ ...ends, extensions: [{ protocol: 43 }] })],
    ['-m dst --dst-opts 5,1', cut(17, 0, 5, 200, 0, 0, 0, 0)],
    // The type of the last option is the last byte of the header.
    ['-m dst --dst-opts 1,5', having(1, 3, 0, 0, 0, 5)],
    ['-m dst', packet.raw({ ...ends, protocol: 60, payload: 16, offset: 8 })],
  ],
  hotdrops: [
    ['-m dst', cut(17, 2, 0, 0, 0, 0, 0, 0)],
    ['-m dst ! --dst-len 8', cut(17, 0, 0)],
    ['-m dst', cut(17)],
  ],
})
