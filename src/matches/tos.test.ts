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
    '-m tos ! --tos Minimize-Delay': '-m tos ! --tos 0x10/0x3f',
    '-m tos --tos Maximize-Throughput': '-m tos --tos 0x08/0x3f',
    '-m tos --tos maximize-reliability': '-m tos --tos 0x04/0x3f',
    '-m tos --tos Minimize-Cost': '-m tos --tos 0x02/0x3f',
    '-m tos --tos Normal-Service': '-m tos --tos 0x00/0x3f',
    '-m tos --tos 0x10/0x3f': '=',
    '-m tos --tos 0x08/0x3f': '=',
    '-m tos --tos 0x00/0x3f': '=',
    '-m tos --tos 0x11/0x3f': '=',
    '-m tos --tos 0/0': '-m tos --tos 0x00/0x00',
    '-m tos --tos 0': '-m tos --tos 0x00/0xff',
    '-m tos --tos 255/255': '-m tos --tos 0xff/0xff',
    '-m tos ! --tos 0x02/0x3f': '=',
    '-m tos --tos " 5"': '-m tos --tos 0x05/0xff',
    '-m tos --tos +5': '-m tos --tos 0x05/0xff',
    '-m tos --tos minimize-delay': '-m tos --tos 0x10/0x3f',
    '-m tos --tos 1/+2': '-m tos --tos 0x01/0x02',
  },
  rejects: {
    '-m tos': /must be specified/,
    '-m tos --tos Mini': /Symbolic name "Mini" is unknown/,
    '-m tos --tos 256': /Symbolic name "256" is unknown/,
    '-m tos --tos': /^option "--tos" requires an argument$/,
    '-m tos --tos -1': /^Symbolic name "-1" is unknown$/,
    '-m tos --tos 1/256': /^Illegal value: "1\/256"$/,
    '-m tos --tos 1/': /^Illegal value: "1\/"$/,
    '-m tos --tos /1': /^Symbolic name "\/1" is unknown$/,
    '-m tos --tos 1/x': /^Illegal value: "1\/x"$/,
    '-m tos --tos 1/2/3': /^Illegal value: "1\/2\/3"$/,
    '-m tos --tos 1x': /^Illegal value: "1x"$/,
    '-m tos --tos ""': /^Symbolic name "" is unknown$/,
    '-m tos --tos 5 --tos 6': /^tos: option "--tos" can only be used once\.$/,
    '-m tos --tos ! 5': /^Symbolic name "!" is unknown$/,
    '-m tos --tos Minimize-Delay/0xff': /^Symbolic name "Minimize-Delay\/0xff" is unknown$/,
    '-m tos --tos "Normal-Service "': /^Symbolic name "Normal-Service " is unknown$/,
    '-m tos --tos 0x': /^Illegal value: "0x"$/,
    '-m tos --tos 08': /^Illegal value: "08"$/,
    '-m tos --tos 1/0x': /^Illegal value: "1\/0x"$/,
    '-m tos --tos 5:5': /^Illegal value: "5:5"$/,
    '-m tos --tos 256x': /^Symbolic name "256x" is unknown$/,
    '-m tos --tos 1/2x': /^Illegal value: "1\/2x"$/,
    '-m tos --tos 1/-2': /^Illegal value: "1\/-2"$/,
    '-m tos --tos -x': /^Symbolic name "-x" is unknown$/,
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

testMatch(tos, {
  family: 6,
  saves: {
    '-m tos --tos Minimize-Delay': '-m tos --tos 0x10/0x3f',
    '-m tos ! --tos 0x10/0x3f': '=',
  },
  rejects: {
    '-m tos --tos foo': /^Symbolic name "foo" is unknown$/,
  },
})
