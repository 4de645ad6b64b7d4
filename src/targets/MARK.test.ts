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

testTarget(MARK, {
  table: 'mangle',
  chain: 'FORWARD',
  saves: {
    '-j MARK --set-mark +1': '-j MARK --set-xmark 0x1/0xffffffff',
    '-j MARK --set-mark " 1"': '-j MARK --set-xmark 0x1/0xffffffff',
    '-j MARK --set-mark 01777': '-j MARK --set-xmark 0x3ff/0xffffffff',
    '-j MARK --set-xmark 0xffffffff/0xffffffff': '=',
    '-j MARK --set-xmark 4294967295/1': '-j MARK --set-xmark 0xffffffff/0x1',
    '-j MARK --and-mark 0xffffffff': '-j MARK --set-xmark 0x0/0x0',
    '-j MARK --or-mark 0xffffffff': '-j MARK --set-xmark 0xffffffff/0xffffffff',
    '-j MARK --xor-mark 0xffffffff': '-j MARK --set-xmark 0xffffffff/0x0',
    '-j MARK --set-mark 1': '-j MARK --set-xmark 0x1/0xffffffff',
    '-j MARK --set-mark 1/3': '-j MARK --set-xmark 0x1/0x3',
    '-j MARK --set-xmark 1/3': '-j MARK --set-xmark 0x1/0x3',
    '-j MARK --set-xmark 3/3': '-j MARK --set-xmark 0x3/0x3',
    '-j MARK --set-xmark 0/3': '-j MARK --set-xmark 0x0/0x3',
    '-j MARK --set-xmark 3/0': '-j MARK --set-xmark 0x3/0x0',
    '-j MARK --set-xmark 0/0': '-j MARK --set-xmark 0x0/0x0',
    '-j MARK --and-mark 3': '-j MARK --set-xmark 0x0/0xfffffffc',
    '-j MARK --or-mark 3': '-j MARK --set-xmark 0x3/0x3',
    '-j MARK --xor-mark 3': '-j MARK --set-xmark 0x3/0x0',
    '-j MARK --and-mark 0': '-j MARK --set-xmark 0x0/0xffffffff',
    '-j MARK --or-mark 0': '-j MARK --set-xmark 0x0/0x0',
    '-j MARK --xor-mark 0': '-j MARK --set-xmark 0x0/0x0',
    '-j MARK --set-mark 0': '-j MARK --set-xmark 0x0/0xffffffff',
    '-j MARK --set-mark 0xffffffff': '-j MARK --set-xmark 0xffffffff/0xffffffff',
  },
  rejects: {
    '-j MARK --set-mark 0x': /^MARK: trailing garbage after value for option "--set-mark"\.$/,
    '-j MARK --set-mark /3': /^MARK: bad integer value for option "--set-mark", or out of range\.$/,
    '-j MARK --set-mark 1/3x': /^MARK: trailing garbage after value for option "--set-mark"\.$/,
    '-j MARK --set-mark': /^option "--set-mark" requires an argument$/,
    '-j MARK --set 1': /^unknown option "--set"$/,
    '-j MARK --set-mark 5 --set-xmark 3': /^MARK: option "--set-xmark" cannot be used together with "--set-mark"\.$/,
    '-j MARK --set-xmark 5 --set-mark 3': /^MARK: option "--set-xmark" cannot be used together with "--set-mark"\.$/,
    '-j MARK --set-mark 5 --set-mark 3': /^MARK: option "--set-mark" can only be used once\.$/,
    '-j MARK --and-mark 5 --or-mark 3': /^MARK: option "--and-mark" cannot be used together with "--or-mark"\.$/,
    '-j MARK --or-mark 5 --and-mark 3': /^MARK: option "--and-mark" cannot be used together with "--or-mark"\.$/,
    '-j MARK --or-mark 5 --and-mark 3 --set-mark 4':
      /^MARK: option "--set-mark" cannot be used together with "--and-mark"\.$/,
    '-j MARK --xor-mark 5 --set-xmark 3': /^MARK: option "--set-xmark" cannot be used together with "--xor-mark"\.$/,
    '-j MARK --set-mark 1//': /^MARK: bad integer value for option "--set-mark", or out of range\.$/,
    '-j MARK --set-mark 1/x': /^MARK: bad integer value for option "--set-mark", or out of range\.$/,
    '-j MARK --set-mark 0x100000000': /^MARK: bad integer value for option "--set-mark", or out of range\.$/,
    '-j MARK --set-mark -1': /^MARK: bad integer value for option "--set-mark", or out of range\.$/,
    '-j MARK --and-mark -1': /^MARK: bad value for option "--and-mark", or out of range \(0-4294967295\)\.$/,
    '-j MARK': /^MARK: One of the --set-xmark, --\{and,or,xor,set\}-mark options is required$/,
    '-j MARK ! --set-mark 1': /^MARK: option "--set-mark" cannot be inverted\.$/,
    '-j MARK ! --and-mark 1': /^MARK: option "--and-mark" cannot be inverted\.$/,
  },
})

testTarget(MARK, {
  table: 'filter',
  chain: 'FORWARD',
  saves: {
    '-j MARK --set-mark 1': '-j MARK --set-xmark 0x1/0xffffffff',
  },
})

testTarget(MARK, {
  table: 'mangle',
  chain: 'FORWARD',
  family: 6,
  rejects: {
    '-j MARK': /^MARK: One of the --set-xmark, --\{and,or,xor,set\}-mark options is required$/,
    '-j MARK --and-mark x': /^MARK: bad value for option "--and-mark", or out of range \(0-4294967295\)\.$/,
    '-j MARK --and-mark 1 --or-mark 2': /^MARK: option "--and-mark" cannot be used together with "--or-mark"\.$/,
  },

  saves: {
    '-j MARK --set-mark 5/7': '-j MARK --set-xmark 0x5/0x7',
    '-j MARK --or-mark 5': '-j MARK --set-xmark 0x5/0x5',
    '-j MARK --set-mark 1': '-j MARK --set-xmark 0x1/0xffffffff',
  },
})
