import { expect } from 'vitest'
import { testTarget } from '../../test/harness/extension-tester.ts'
import { marked, packetWith, udp6 } from '../../test/harness/packets.ts'
import { MARK } from './MARK.ts'

testTarget(MARK, {
  table: 'mangle',
  saves: {
    '-j MARK --set-mark 0xf0/0x0f': '-j MARK --set-xmark 0xf0/0xff',
    '-j MARK --set-xmark 1': '-j MARK --set-xmark 0x1/0xffffffff',
    '-j MARK --and-mark 0xff': '-j MARK --set-xmark 0x0/0xffffff00',
    '-j MARK --or-mark 255': '-j MARK --set-xmark 0xff/0xff',
    '-j MARK --xor-mark 0x8000': '-j MARK --set-xmark 0x8000/0x0',
  },
  rejects: {
    '-j MARK': /^MARK: One of the --set-xmark, --\{and,or,xor,set\}-mark options is required$/,
    '-j MARK --set-mark 1 --or-mark 2': /cannot be used together/,
    '-j MARK --set-mark 4294967296': /out of range/,
  },
  acts: [
    ['-j MARK --set-xmark 0x81/0xf0', marked(0xffffff0f), ({ packet }) => expect(packet.mark).toBe(0xffffff8e)],
    ['-j MARK --and-mark 0xf0000000', marked(0xffffffff), ({ packet }) => expect(packet.mark).toBe(0xf0000000)],
    ['-j MARK --or-mark 0x80000001', marked(2), ({ packet }) => expect(packet.mark).toBe(0x80000003)],
    ['-j MARK --xor-mark 3', marked(0x80000001), ({ packet }) => expect(packet.mark).toBe(0x80000002)],
  ],
})

testTarget(MARK, {
  family: 6,
  table: 'raw',
  saves: { '-j MARK --set-mark 0': '-j MARK --set-xmark 0x0/0xffffffff' },
  acts: [['-j MARK --set-mark 010', packetWith(udp6()), ({ packet }) => expect(packet.mark).toBe(8)]],
})
