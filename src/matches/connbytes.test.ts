import { testMatch } from '../../test/harness/extension-tester.ts'
import { packetWith, tracked } from '../../test/harness/packets.ts'
import { packet } from '../packet/build.ts'
import type { Packet } from '../packet/packet.ts'
import { connbytes } from './connbytes.ts'

const bytes = packet.tcp({ source: '10.0.0.5', destination: '10.0.2.9' })
const counted = (...[original, reply]: [[number, number], [number, number]]): Packet =>
  tracked(bytes, {
    accounting: [
      { packets: original[0], bytes: original[1] },
      { packets: reply[0], bytes: reply[1] },
    ],
  })
const some = counted([10, 1000], [5, 3000])
const options = (mode: string, direction: string): string => `--connbytes-mode ${mode} --connbytes-dir ${direction}`

testMatch(connbytes, {
  saves: {
    '-m connbytes --connbytes-dir both --connbytes 10:20 --connbytes-mode packets': `-m connbytes --connbytes 10:20 ${options('packets', 'both')}`,
    [`-m connbytes ! --connbytes :20 ${options('avgpkt', 'reply')}`]: `-m connbytes ! --connbytes 0:20 ${options('avgpkt', 'reply')}`,
    [`-m connbytes --connbytes 0x10:18446744073709551615 ${options('bytes', 'original')}`]: `-m connbytes --connbytes 16 ${options('bytes', 'original')}`,
    [`-m connbytes ! --connbytes 5:5 ${options('bytes', 'both')}`]: `-m connbytes --connbytes 5:5 ${options('bytes', 'both')}`,
    '-m connbytes --connbytes 5 --connbytes-mode bytes --connbytes-dir both': '=',
    '-m connbytes --connbytes 5:9 --connbytes-mode packets --connbytes-dir original': '=',
    '-m connbytes ! --connbytes 5:9 --connbytes-mode avgpkt --connbytes-dir reply': '=',
    '-m connbytes ! --connbytes 5 --connbytes-mode avgpkt --connbytes-dir reply': '=',
    '-m connbytes ! --connbytes 5:5 --connbytes-mode avgpkt --connbytes-dir reply':
      '-m connbytes --connbytes 5:5 --connbytes-mode avgpkt --connbytes-dir reply',
    '-m connbytes --connbytes : --connbytes-mode packets --connbytes-dir original':
      '-m connbytes --connbytes 0 --connbytes-mode packets --connbytes-dir original',
    '-m connbytes ! --connbytes : --connbytes-mode packets --connbytes-dir original':
      '-m connbytes ! --connbytes 0 --connbytes-mode packets --connbytes-dir original',
    '-m connbytes --connbytes :7 --connbytes-mode packets --connbytes-dir original':
      '-m connbytes --connbytes 0:7 --connbytes-mode packets --connbytes-dir original',
    '-m connbytes --connbytes 7: --connbytes-mode packets --connbytes-dir original':
      '-m connbytes --connbytes 7 --connbytes-mode packets --connbytes-dir original',
    '-m connbytes --connbytes 18446744073709551615 --connbytes-mode packets --connbytes-dir original': '=',
    '-m connbytes --connbytes "" --connbytes-mode packets --connbytes-dir original':
      '-m connbytes --connbytes 0 --connbytes-mode packets --connbytes-dir original',
    '-m connbytes --connbytes +5 --connbytes-mode bytes --connbytes-dir both':
      '-m connbytes --connbytes 5 --connbytes-mode bytes --connbytes-dir both',
    '-m connbytes --connbytes 010:0x10 --connbytes-mode bytes --connbytes-dir both':
      '-m connbytes --connbytes 8:16 --connbytes-mode bytes --connbytes-dir both',
    '-m connbytes ! --connbytes 0 --connbytes-mode bytes --connbytes-dir both': '=',
    '-m connbytes --connbytes 0:18446744073709551615 --connbytes-mode bytes --connbytes-dir both':
      '-m connbytes --connbytes 0 --connbytes-mode bytes --connbytes-dir both',
  },
  rejects: {
    '-m connbytes --connbytes 5': /must be specified/,
    [`-m connbytes --connbytes 9:5 ${options('bytes', 'both')}`]: /9 should be less than 5/,
    [`-m connbytes --connbytes 5 ${options('bytes', 'foo')}`]: /Unknown --connbytes-dir `foo'/,
    [`-m connbytes --connbytes x ${options('bytes', 'both')}`]: /near "x"/,
    [`-m connbytes --connbytes 1:2:3 ${options('bytes', 'both')}`]: /Too many components/,
    '-m connbytes': /^connbytes: option "--connbytes" must be specified$/,
    '-m connbytes --connbytes 5 --connbytes-mode bytes': /^connbytes: option "--connbytes-dir" must be specified$/,
    '-m connbytes --connbytes 5 --connbytes-dir both': /^connbytes: option "--connbytes-mode" must be specified$/,
    '-m connbytes --connbytes-mode bytes --connbytes-dir both': /^connbytes: option "--connbytes" must be specified$/,
    '-m connbytes --connbytes-mode bytes': /^connbytes: option "--connbytes" must be specified$/,
    '-m connbytes --connbytes-dir both': /^connbytes: option "--connbytes" must be specified$/,
    '-m connbytes --connbytes 9:5 --connbytes-mode packets --connbytes-dir original': /^9 should be less than 5$/,
    '-m connbytes --connbytes 9:5': /^9 should be less than 5$/,
    '-m connbytes --connbytes 18446744073709551616 --connbytes-mode packets --connbytes-dir original':
      /^connbytes: bad value for option "--connbytes" near "18446744073709551616", or out of range \(0-18446744073709551615\)\.$/,
    '-m connbytes --connbytes 1:18446744073709551616 --connbytes-mode packets --connbytes-dir original':
      /^connbytes: bad value for option "--connbytes" near "18446744073709551616", or out of range \(0-18446744073709551615\)\.$/,
    '-m connbytes --connbytes -1 --connbytes-mode packets --connbytes-dir original':
      /^connbytes: bad value for option "--connbytes" near "-1", or out of range \(0-18446744073709551615\)\.$/,
    '-m connbytes --connbytes x --connbytes-mode packets --connbytes-dir original':
      /^connbytes: bad value for option "--connbytes" near "x", or out of range \(0-18446744073709551615\)\.$/,
    '-m connbytes --connbytes 1:2:3 --connbytes-mode packets --connbytes-dir original':
      /^connbytes: Too many components for option "--connbytes" \(max: 2\)$/,
    '-m connbytes --connbytes 1 --connbytes 2 --connbytes-mode packets --connbytes-dir original':
      /^connbytes: option "--connbytes" can only be used once\.$/,
    '-m connbytes --connbytes 1 --connbytes-mode packets --connbytes-mode packets --connbytes-dir original':
      /^connbytes: option "--connbytes-mode" can only be used once\.$/,
    '-m connbytes --connbytes 1 --connbytes-mode packets --connbytes-dir original --connbytes-dir original':
      /^connbytes: option "--connbytes-dir" can only be used once\.$/,
    '-m connbytes --connbytes 1 ! --connbytes-mode packets --connbytes-dir original':
      /^connbytes: option "--connbytes-mode" cannot be inverted\.$/,
    '-m connbytes --connbytes 1 --connbytes-mode packets ! --connbytes-dir original':
      /^connbytes: option "--connbytes-dir" cannot be inverted\.$/,
    '-m connbytes --connbytes 1 --connbytes-mode foo --connbytes-dir original': /^Unknown --connbytes-mode `foo'$/,
    '-m connbytes --connbytes 1 --connbytes-mode packets --connbytes-dir foo': /^Unknown --connbytes-dir `foo'$/,
    '-m connbytes --connbytes 1 --connbytes-mode PACKETS --connbytes-dir both': /^Unknown --connbytes-mode `PACKETS'$/,
    '-m connbytes --connbytes 1 --connbytes-mode "" --connbytes-dir both': /^Unknown --connbytes-mode `'$/,
    '-m connbytes --connbytes': /^option "--connbytes" requires an argument$/,
    '-m connbytes --connbytes-dir foo --connbytes-mode bar': /^Unknown --connbytes-dir `foo'$/,
  },
  matches: [
    [`-m connbytes --connbytes 10 ${options('packets', 'original')}`, some],
    [`-m connbytes --connbytes 15:15 ${options('packets', 'both')}`, some],
    [`-m connbytes --connbytes 3000:3000 ${options('bytes', 'reply')}`, some],
    [`-m connbytes --connbytes 266:266 ${options('avgpkt', 'both')}`, some],
    [`-m connbytes ! --connbytes 11: ${options('packets', 'original')}`, some],
    [`-m connbytes --connbytes 0:0 ${options('avgpkt', 'reply')}`, counted([1, 100], [0, 0])],
  ],
  misses: [
    [`-m connbytes --connbytes 11 ${options('packets', 'original')}`, some],
    [`-m connbytes ! --connbytes 10:20 ${options('packets', 'original')}`, some],
    [`-m connbytes ! --connbytes 5:5 ${options('packets', 'original')}`, some],
    [`-m connbytes --connbytes 0 ${options('packets', 'both')}`, packetWith(bytes)],
    [`-m connbytes --connbytes 0 ${options('packets', 'both')}`, counted([0, 0], [0, 0])],
    [`-m connbytes ! --connbytes 0: ${options('packets', 'both')}`, packetWith(bytes)],
  ],
})

testMatch(connbytes, {
  family: 6,
  saves: {
    '-m connbytes ! --connbytes 5:9 --connbytes-mode avgpkt --connbytes-dir reply': '=',
    '-m connbytes --connbytes 5 --connbytes-mode bytes --connbytes-dir both': '=',
    '-m connbytes --connbytes 5:9 --connbytes-mode packets --connbytes-dir original': '=',
    '-m connbytes ! --connbytes 5 --connbytes-mode avgpkt --connbytes-dir reply': '=',
    '-m connbytes ! --connbytes 5:5 --connbytes-mode avgpkt --connbytes-dir reply':
      '-m connbytes --connbytes 5:5 --connbytes-mode avgpkt --connbytes-dir reply',
  },
  rejects: {
    '-m connbytes': /^connbytes: option "--connbytes" must be specified$/,
    '-m connbytes --connbytes 5': /^connbytes: option "--connbytes-dir" must be specified$/,
    '-m connbytes --connbytes 5 --connbytes-mode bytes': /^connbytes: option "--connbytes-dir" must be specified$/,
    '-m connbytes --connbytes 5 --connbytes-dir both': /^connbytes: option "--connbytes-mode" must be specified$/,
  },
})
