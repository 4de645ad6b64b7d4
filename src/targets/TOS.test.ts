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
