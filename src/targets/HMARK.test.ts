import { expect } from 'vitest'
import { testTarget } from '../../test/harness/extension-tester.ts'
import { packetWith, tracked, udp4, udp6 } from '../../test/harness/packets.ts'
import { VERDICT } from '../expression/action.ts'
import { packet as build } from '../packet/build.ts'
import { HMARK } from './HMARK.ts'

const BY = '--hmark-mod 3 --hmark-rnd 1'
const WHOLE = '-j HMARK --hmark-tuple src,dst,sport,dport,proto --hmark-mod 0xffffffff --hmark-rnd 0xfeedcafe'
const QUERY = udp4({ source: '10.0.0.5', destination: '10.0.2.9', sport: 40000, dport: 53 })
const ANSWER = udp4({ source: '10.0.2.9', destination: '10.0.0.5', sport: 53, dport: 40000 })
/** What Linux 6.18 marks the query with. */
const MARK = 3278324129

testTarget(HMARK, {
  table: 'mangle',
  saves: {
    '-j HMARK --hmark-tuple src,dst,sport,dport,proto,ct --hmark-mod 2 --hmark-offset 100 --hmark-rnd 0xfeedcafe':
      '-j HMARK --hmark-src-prefix 32 --hmark-dst-prefix 32 --hmark-sport-mask 0xffff --hmark-dport-mask 0xffff --hmark-proto-mask 0xffff --hmark-rnd 0xfeedcafe --hmark-mod 2 --hmark-offset 100 --hmark-tuple ct',
    [`-j HMARK --hmark-tuple S,d,sp,P ${BY}`]:
      '-j HMARK --hmark-src-prefix 32 --hmark-dst-prefix 32 --hmark-sport-mask 0xffff --hmark-proto-mask 0xffff --hmark-rnd 0x00000001 --hmark-mod 3',
    [`-j HMARK --hmark-tuple spi ${BY} --hmark-offset 0`]:
      '-j HMARK --hmark-spi-mask 0xffffffff --hmark-rnd 0x00000001 --hmark-mod 3 --hmark-offset 0',
    [`-j HMARK --hmark-src-prefix 33 --hmark-dst-prefix 255.255.0.0 --hmark-sport 80 --hmark-dport 0x5a ${BY}`]:
      '-j HMARK --hmark-src-prefix 32 --hmark-dst-prefix 16 --hmark-sport 0x0050 --hmark-dport 0x005a --hmark-rnd 0x00000001 --hmark-mod 3',
    [`-j HMARK --hmark-spi-mask 2 --hmark-sport 1 ${BY}`]:
      '-j HMARK --hmark-spi-mask 0x00000002 --hmark-sport 0x0001 --hmark-rnd 0x00000001 --hmark-mod 3',
    [`-j HMARK --hmark-sport-mask 2 --hmark-spi 1 --hmark-proto-mask 6 ${BY}`]:
      '-j HMARK --hmark-sport-mask 0x0002 --hmark-spi 0x00000001 --hmark-proto-mask 0x06 --hmark-rnd 0x00000001 --hmark-mod 3',
    [`-j HMARK --hmark-src-prefix 8 --hmark-tuple src ${BY}`]:
      '-j HMARK --hmark-src-prefix 32 --hmark-rnd 0x00000001 --hmark-mod 3',
    [`-j HMARK --hmark-tuple ct ${BY}`]: '-j HMARK --hmark-rnd 0x00000001 --hmark-mod 3 --hmark-tuple ct',
  },
  lists: {
    '-j HMARK --hmark-tuple src,dst,sport,dport,proto,ct --hmark-mod 2 --hmark-offset 100 --hmark-rnd 0xfeedcafe':
      ' HMARK mod 2 + 0x64 ct, src-prefix 32 dst-prefix 32 sport-mask 0xffff dport-mask 0xffff proto-mask 0xffff rnd 0xfeedcafe ',
    [`-j HMARK --hmark-spi-mask 2 --hmark-spi 9 ${BY}`]: ' HMARK mod 3 spi-mask 0x2 spi 0x9 rnd 0x1 ',
  },
  rejects: {
    '-j HMARK': /^--hmark-mod is mandatory$/,
    '-j HMARK --hmark-mod 2': /^--hmark-rnd is mandatory$/,
    '-j HMARK --hmark-mod 2 --hmark-rnd 2': /^you have to specify --hmark-tuple at least$/,
    '-j HMARK --hmark-mod 0 --hmark-rnd 2 --hmark-tuple src': /out of range \(1-4294967295\)/,
    [`-j HMARK --hmark-tuple src,foo,bar ${BY}`]: /^Bad type "foo,bar"$/,
    [`-j HMARK --hmark-tuple src, ${BY}`]: /^"--hmark-tuple" requires a list of types with no spaces/,
    [`-j HMARK --hmark-tuple ,src ${BY}`]: /^Bad type ",src"$/,
    [`-j HMARK --hmark-tuple spi,sport ${BY}`]:
      /^you cannot use --hmark-spi-mask and --hmark-\?port-mask,at the same time$/,
    [`-j HMARK --hmark-tuple src --hmark-src-prefix 8 ${BY}`]: /option "--hmark-src-prefix" can only be used once/,
    [`-j HMARK --hmark-sport 1 --hmark-spi 2 ${BY}`]: /--hmark-spi cannot stand with ports/,
    [`-j HMARK --hmark-src-prefix x ${BY}`]: /neither a valid network mask nor valid CIDR \(0-32\)/,
    [`-j HMARK --hmark-proto-mask 65536 ${BY}`]: /out of range \(0-65535\)/,
  },
  acts: [
    [WHOLE, QUERY, ({ packet }) => expect(packet.mark).toBe(MARK)],
    [WHOLE, ANSWER, ({ packet }) => expect(packet.mark).toBe(MARK)],
    [
      WHOLE,
      build.icmp({ source: '10.0.2.1', destination: '10.0.0.5', type: 'port-unreachable', payload: QUERY }),
      ({ packet }) => expect(packet.mark).toBe(MARK),
    ],
    [
      `-j HMARK --hmark-tuple ct,src ${BY}`,
      packetWith(udp4(), { mark: 9 }),
      ({ packet, verdict }) => {
        expect(packet.mark).toBe(9)
        expect(verdict).toBe(VERDICT.continue)
      },
    ],
    [
      '-j HMARK --hmark-tuple src --hmark-mod 1 --hmark-rnd 1 --hmark-offset 0xffffffff',
      tracked(udp4()),
      ({ packet }) => expect(packet.mark).toBe(0xffffffff),
    ],
  ],
})

testTarget(HMARK, {
  family: 6,
  table: 'mangle',
  saves: {
    [`-j HMARK --hmark-src-prefix 64 --hmark-dst-prefix ffff:0:ffff:: ${BY}`]:
      '-j HMARK --hmark-src-prefix 64 --hmark-dst-prefix 128 --hmark-rnd 0x00000001 --hmark-mod 3',
  },
  lists: {
    [`-j HMARK --hmark-src-prefix 64 --hmark-tuple dst ${BY}`]: ' HMARK mod 3 src-prefix 64 dst-prefix  rnd 0x1 ',
  },
  acts: [
    [
      `-j HMARK --hmark-tuple ct,src ${BY}`,
      packetWith(udp6(), { mark: 9 }),
      ({ packet }) => expect(packet.mark).toBe(9),
    ],
  ],
})
