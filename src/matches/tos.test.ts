import { testMatch } from '../../test/harness/extension-tester.ts'
import { packet } from '../packet/build.ts'
import { tos } from './tos.ts'

const of = (byte: number): Uint8Array => packet.udp({ source: '10.0.0.5', destination: '10.0.2.9', tos: byte })
const of6 = (byte: number): Uint8Array =>
  packet.udp({ source: 'fd00::5', destination: 'fd00:0:0:2::9', tos: byte, flowLabel: 0xfffff })

testMatch(tos, {
  saves: {
    '-m tos --tos Minimize-Delay': '-m tos --tos 0x10/0x3f',
    '-m tos ! --tos 8/7': '-m tos ! --tos 0x08/0x07',
    '-m tos --tos 16': '-m tos --tos 0x10/0xff',
  },
  rejects: {
    '-m tos': /must be specified/,
    '-m tos --tos Mini': /Symbolic name "Mini" is unknown/,
    '-m tos --tos 256': /Symbolic name "256" is unknown/,
  },
  matches: [
    ['-m tos --tos 0x10/0x3f', of(0x50)],
    ['-m tos ! --tos 0x10', of(0x11)],
    ['-m tos --tos 0/0', of(0xff)],
    ['-m tos ! --tos 0x08/0x07', of(8)],
  ],
  misses: [
    ['-m tos --tos 0x10', of(0x11)],
    ['-m tos --tos 0x08/0x07', of(8)],
  ],
})

testMatch(tos, {
  family: 6,
  matches: [['-m tos --tos 0xb8', of6(0xb8)]],
  misses: [['-m tos --tos 0xb8', of6(0xb9)]],
})
