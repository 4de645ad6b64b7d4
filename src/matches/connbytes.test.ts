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
  },
  rejects: {
    '-m connbytes --connbytes 5': /must be specified/,
    [`-m connbytes --connbytes 9:5 ${options('bytes', 'both')}`]: /9 should be less than 5/,
    [`-m connbytes --connbytes 5 ${options('bytes', 'foo')}`]: /Unknown --connbytes-dir `foo'/,
    [`-m connbytes --connbytes x ${options('bytes', 'both')}`]: /near "x"/,
    [`-m connbytes --connbytes 1:2:3 ${options('bytes', 'both')}`]: /Too many components/,
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
