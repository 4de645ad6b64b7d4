import { expect } from 'vitest'
import { testTarget } from '../../test/harness/extension-tester.ts'
import { udp4, udp6 } from '../../test/harness/packets.ts'
import { trafficClass } from '../packet/mangle.ts'
import { TOS } from './TOS.ts'

testTarget(TOS, {
  saves: {
    '-j TOS --set-tos 0x10': '-j TOS --set-tos 0x10/0xff',
    '-j TOS --set-tos 017/0x3': '-j TOS --set-tos 0x0f/0x03',
    '-j TOS --set-tos minimize-Cost': '-j TOS --set-tos 0x02/0x3f',
    '-j TOS --and-tos 0x0f': '-j TOS --set-tos 0x00/0xf0',
    '-j TOS --or-tos 0x0f': '-j TOS --set-tos 0x0f/0x0f',
    '-j TOS --xor-tos 0x0f': '-j TOS --set-tos 0x0f/0x00',
  },
  rejects: {
    '-j TOS': /^TOS: An action is required$/,
    '-j TOS --set-tos 256': /^Symbolic name "256" is unknown$/,
    '-j TOS --set-tos Min': /^Symbolic name "Min" is unknown$/,
    '-j TOS --set-tos 1x': /^Illegal value: "1x"$/,
    '-j TOS --set-tos 3/300': /^Illegal value: "3\/300"$/,
    '-j TOS --and-tos 256': /out of range \(0-255\)/,
  },
  acts: [
    ['-j TOS --set-tos 0x81/0xf0', udp4({ tos: 0x3f }), ({ packet }) => expect(trafficClass(packet)).toBe(0x8e)],
    ['-j TOS --xor-tos 0xff', udp4({ tos: 0x3f }), ({ packet }) => expect(trafficClass(packet)).toBe(0xc0)],
  ],
})

testTarget(TOS, {
  family: 6,
  saves: { '-j TOS --set-tos Normal-Service': '-j TOS --set-tos 0x00/0x3f' },
  acts: [['-j TOS --set-tos 0x18', udp6({ tos: 0xa5 }), ({ packet }) => expect(trafficClass(packet)).toBe(0x18)]],
})
testTarget(TOS, { table: 'filter', rejects: { '-j TOS --set-tos 1': /table mangle/ } })

testTarget(TOS, {
  table: 'mangle',
  chain: 'FORWARD',
  saves: {
    '-j TOS --set-tos " 1"': '-j TOS --set-tos 0x01/0xff',
    '-j TOS --set-tos +1': '-j TOS --set-tos 0x01/0xff',
    '-j TOS --set-tos 0X1F': '-j TOS --set-tos 0x1f/0xff',
    '-j TOS --or-tos 0': '-j TOS --set-tos 0x00/0x00',
    '-j TOS --and-tos 255': '-j TOS --set-tos 0x00/0x00',
    '-j TOS --set-tos Maximize-Reliability': '-j TOS --set-tos 0x04/0x3f',
    '-j TOS --set-tos 0x10': '-j TOS --set-tos 0x10/0xff',
    '-j TOS --set-tos 0x10/0x3f': '=',
    '-j TOS --set-tos 0': '-j TOS --set-tos 0x00/0xff',
    '-j TOS --set-tos 0/0': '-j TOS --set-tos 0x00/0x00',
    '-j TOS --set-tos 0/0x3f': '-j TOS --set-tos 0x00/0x3f',
    '-j TOS --set-tos 0x10/0x10': '=',
    '-j TOS --set-tos 0x10/0': '-j TOS --set-tos 0x10/0x00',
    '-j TOS --set-tos 1': '-j TOS --set-tos 0x01/0xff',
    '-j TOS --set-tos 1/3': '-j TOS --set-tos 0x01/0x03',
    '-j TOS --set-tos 3/3': '-j TOS --set-tos 0x03/0x03',
    '-j TOS --set-tos 0/3': '-j TOS --set-tos 0x00/0x03',
    '-j TOS --set-tos Minimize-Delay': '-j TOS --set-tos 0x10/0x3f',
    '-j TOS --set-tos maximize-throughput': '-j TOS --set-tos 0x08/0x3f',
    '-j TOS --set-tos normal-service': '-j TOS --set-tos 0x00/0x3f',
    '-j TOS --and-tos 3': '-j TOS --set-tos 0x00/0xfc',
    '-j TOS --or-tos 3': '-j TOS --set-tos 0x03/0x03',
    '-j TOS --xor-tos 3': '-j TOS --set-tos 0x03/0x00',
    '-j TOS --set-tos 0xff': '-j TOS --set-tos 0xff/0xff',
    '-j TOS --set-tos 0x3f/0x3f': '=',
    '-j TOS --set-tos 0x11/0x3f': '=',
    '-j TOS --set-tos 0/0xff': '-j TOS --set-tos 0x00/0xff',
  },
  rejects: {
    '-j TOS --set-tos 0x10/0xff/': /^Illegal value: "0x10\/0xff\/"$/,
    '-j TOS --set-tos 1/-1': /^Illegal value: "1\/-1"$/,
    '-j TOS --set-tos 4294967297': /^Symbolic name "4294967297" is unknown$/,
    '-j TOS --set-tos 99999999999999999999': /^Symbolic name "99999999999999999999" is unknown$/,
    '-j TOS --set-tos normal-service/3': /^Symbolic name "normal-service\/3" is unknown$/,
    '-j TOS --and-tos 256': /^TOS: bad value for option "--and-tos", or out of range \(0-255\)\.$/,
    '-j TOS --and-tos -1': /^TOS: bad value for option "--and-tos", or out of range \(0-255\)\.$/,
    '-j TOS --set-tos 256': /^Symbolic name "256" is unknown$/,
    '-j TOS --set-tos 1/256': /^Illegal value: "1\/256"$/,
    '-j TOS --set-tos 1/': /^Illegal value: "1\/"$/,
    '-j TOS --set-tos 1/2/3': /^Illegal value: "1\/2\/3"$/,
    '-j TOS --set-tos -1': /^Symbolic name "-1" is unknown$/,
    '-j TOS --set-tos ""': /^Symbolic name "" is unknown$/,
    '-j TOS --set-tos 1x': /^Illegal value: "1x"$/,
    '-j TOS --set-tos 300/1': /^Symbolic name "300\/1" is unknown$/,
    '-j TOS --set-tos 09': /^Illegal value: "09"$/,
    '-j TOS --set-tos 0x': /^Illegal value: "0x"$/,
    '-j TOS --set-tos min': /^Symbolic name "min" is unknown$/,
    '-j TOS --set-tos 1 --set-tos 1': /^TOS: option "--set-tos" can only be used once\.$/,
    '-j TOS --set-tos 1 --and-tos 1': /^TOS: option "--set-tos" cannot be used together with "--and-tos"\.$/,
    '-j TOS --and-tos 1 --set-tos 1': /^TOS: option "--set-tos" cannot be used together with "--and-tos"\.$/,
    '-j TOS --or-tos 1 --xor-tos 1': /^TOS: option "--or-tos" cannot be used together with "--xor-tos"\.$/,
    '-j TOS --xor-tos 1 --and-tos 1': /^TOS: option "--and-tos" cannot be used together with "--xor-tos"\.$/,
    '-j TOS --xor-tos 1 --or-tos 1 --and-tos 1': /^TOS: option "--and-tos" cannot be used together with "--or-tos"\.$/,
    '-j TOS --xor-tos 1 --or-tos 1': /^TOS: option "--or-tos" cannot be used together with "--xor-tos"\.$/,
    '-j TOS ! --set-tos 1': /^TOS: option "--set-tos" cannot be inverted\.$/,
    '-j TOS': /^TOS: An action is required$/,
    '-j TOS --set-tos 0x11/0x3f --or-tos 1': /^TOS: option "--set-tos" cannot be used together with "--or-tos"\.$/,
  },
})

testTarget(TOS, {
  table: 'filter',
  chain: 'FORWARD',
  rejects: {
    '-j TOS --set-tos 1': /^-j TOS is only valid in table mangle, not in table filter$/,
  },
})

testTarget(TOS, {
  table: 'mangle',
  chain: 'FORWARD',
  family: 6,
  rejects: {
    '-j TOS --set-tos 1 --or-tos 1': /^TOS: option "--set-tos" cannot be used together with "--or-tos"\.$/,
    '-j TOS': /^TOS: An action is required$/,
  },

  saves: {
    '-j TOS --set-tos 1/2': '-j TOS --set-tos 0x01/0x02',
    '-j TOS --and-tos 3': '-j TOS --set-tos 0x00/0xfc',
    '-j TOS --set-tos 0x10': '-j TOS --set-tos 0x10/0xff',
    '-j TOS --set-tos minimize-cost': '-j TOS --set-tos 0x02/0x3f',
    '-j TOS --xor-tos 3': '-j TOS --set-tos 0x03/0x00',
  },
})
