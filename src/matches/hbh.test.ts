import { testMatch } from '../../test/harness/extension-tester.ts'
import { packet } from '../packet/build.ts'
import { hbh } from './hbh.ts'

const ends = { source: 'fd00::5', destination: 'fd00:0:0:2::9' }
/** A UDP packet with the header, whose options are these bytes. */
const having = (...options: readonly number[]): Uint8Array =>
  packet.udp({ ...ends, extensions: [{ protocol: 0, body: Uint8Array.from(options) }] })
const sixteen = Array.from({ length: 16 }, (_, index) => index + 1).join(',')

testMatch(hbh, {
  family: 6,
  saves: {
    '-m hbh': '=',
    '-m hbh --hbh-opts 5 --hbh-len 0x10': '-m hbh --hbh-len 16 --hbh-opts 5',
    '-m hbh ! --hbh-len 0': '=',
    '-m hbh --hbh-opts 1:4,0x5,238:0,0': '-m hbh --hbh-opts 1:4,5,238:0,0',
    '-m hbh --hbh-opts 010:010,256,1:255,2:256': '-m hbh --hbh-opts 8:8,0,1,2:0',
    '-m hbh --hbh-opts +5:-2': '-m hbh --hbh-opts 5:254',
    [`-m hbh --hbh-opts ${sixteen}`]: '=',
    '-m hbh --hbh-len 8': '=',
    '-m hbh ! --hbh-len 8': '=',
    '-m hbh --hbh-len 0': '=',
    '-m hbh --hbh-len 4294967295': '=',
    '-m hbh --hbh-opts 1': '=',
    '-m hbh --hbh-opts 1:4': '=',
    '-m hbh --hbh-opts 256': '-m hbh --hbh-opts 0',
    '-m hbh --hbh-opts 1:255': '-m hbh --hbh-opts 1',
    '-m hbh --hbh-len 8 --hbh-opts 1:4': '=',
    '-m hbh ! --hbh-len 8 --hbh-opts 1:4': '=',
    '-m hbh --hbh-opts -1': '-m hbh --hbh-opts 255',
    '-m hbh --hbh-opts " 1"': '-m hbh --hbh-opts 1',
  },
  rejects: {
    '-m hbh --hbh-len 8:16': /^hbh: bad value for option "--hbh-len", or out of range \(0-4294967295\)\.$/,
    '-m hbh ! --hbh-opts 1': /^hbh: option "--hbh-opts" cannot be inverted\.$/,
    '-m hbh --hbh-opts 0:1': /^PAD0 has not got length$/,
    '-m hbh --hbh-opts 1:4:5': /^hbh: error parsing length `4:5'$/,
    '-m hbh --hbh-opts x': /^hbh: no valid digits in opt `x'$/,
    '-m hbh --hbh-opts 1,': /^hbh: no valid digits in opt `'$/,
    '-m hbh --hbh-opts 1:': /^hbh: no valid digits in length `'$/,
    '-m hbh --hbh-opts 08': /^hbh: error parsing opt `08'$/,
    '-m hbh --hbh-opts 1:0x': /^hbh: error parsing length `0x'$/,
    '-m hbh --hbh-opts 99999999999999999999': /^opt `99999999999999999999' specified too big: would overflow$/,
    [`-m hbh --hbh-opts ${sixteen},17`]: /^too many addresses specified$/,
    [`-m hbh --hbh-opts ${sixteen}:1`]: /^too many ports specified$/,
    '-m hbh --hbh-len 4294967296': /^hbh: bad value for option "--hbh-len", or out of range \(0-4294967295\)\.$/,
    '-m hbh --hbh-len x': /^hbh: bad value for option "--hbh-len", or out of range \(0-4294967295\)\.$/,
    '-m hbh --hbh-len 1 --hbh-len 1': /^hbh: option "--hbh-len" can only be used once\.$/,
    '-m hbh --hbh-opts ""': /^hbh: no valid digits in opt `'$/,
    '-m hbh --hbh-opts :1': /^hbh: no valid digits in opt `'$/,
    '-m hbh --hbh-opts 1 --hbh-opts 2': /^hbh: option "--hbh-opts" can only be used once\.$/,
    '-m hbh --hbh-opts 1,2,3,4,5,6,7,8,9,10,11,12,13,14,15,16,17': /^too many addresses specified$/,
    '-m hbh --hbh-opts "1 "': /^hbh: error parsing opt `1 '$/,
  },
  matches: [
    ['-m hbh', having(1, 4, 0, 0, 0, 0)],
    ['-m hbh --hbh-len 8', having(1, 4, 0, 0, 0, 0)],
    ['-m hbh ! --hbh-len 8', having(5, 2, 0, 0, 30, 8, 0, 0, 0, 0, 0, 0, 0, 0)],
    ['-m hbh --hbh-opts 1', having(1, 4, 0, 0, 0, 0)],
    ['-m hbh --hbh-opts 1:4', having(1, 4, 0, 0, 0, 0)],
    ['-m hbh --hbh-opts 0,0,1:2', having(0, 0, 1, 2, 0, 0)],
    ['-m hbh --hbh-opts 5:2', having(5, 2, 0, 0, 1, 0)],
    ['-m hbh --hbh-opts 5,1:0', having(5, 2, 0, 0, 1, 0)],
  ],
  misses: [
    ['-m hbh', packet.udp(ends)],
    ['-m hbh ! --hbh-len 8', packet.udp(ends)],
    ['-m hbh ! --hbh-len 8', having(1, 4, 0, 0, 0, 0)],
    ['-m hbh --hbh-opts 1:2', having(1, 4, 0, 0, 0, 0)],
    ['-m hbh --hbh-opts 1,5', having(5, 2, 0, 0, 1, 0)],
    ['-m hbh --hbh-opts 5,1,1', having(5, 2, 0, 0, 1, 0)],
    ['-m hbh --hbh-opts 0,0,0,0,0,0,0', having(0, 0, 0, 0, 0, 0)],
    ['-m hbh', packet.udp({ ...ends, extensions: [{ protocol: 60 }] })],
  ],
})
