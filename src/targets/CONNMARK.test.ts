import { describe, expect, it } from 'vitest'
import { testTarget } from '../../test/harness/extension-tester.ts'
import { marked, tracked, udp6 } from '../../test/harness/packets.ts'
import { VERDICT } from '../expression/action.ts'
import { CONNMARK } from './CONNMARK.ts'

testTarget(CONNMARK, {
  table: 'mangle',
  saves: {
    '-j CONNMARK --set-mark 1/3': '-j CONNMARK --set-xmark 0x1/0x3',
    '-j CONNMARK --set-mark 1/3 --mask 4': '-j CONNMARK --set-xmark 0x1/0x4',
    '-j CONNMARK --mask 4 --set-mark 1/3': '-j CONNMARK --set-xmark 0x1/0x3',
    '-j CONNMARK --set-mark 1/3 --nfmask 4': '-j CONNMARK --set-xmark 0x1/0x3',
    '-j CONNMARK --and-mark 3': '-j CONNMARK --set-xmark 0x0/0xfffffffc',
    '-j CONNMARK --mask 0xff --save-mark': '-j CONNMARK --save-mark --nfmask 0xff --ctmask 0xff',
    '-j CONNMARK --restore-mark': '-j CONNMARK --restore-mark --nfmask 0xffffffff --ctmask 0xffffffff',
    '-j CONNMARK --restore-mark --ctmask 0xf0 --nfmask 0xf --right-shift-mark 4':
      '-j CONNMARK --restore-mark --nfmask 0xf --ctmask 0xf0 --right-shift-mark 4',
    '-j CONNMARK --set-mark 1 --left-shift-mark 0': '-j CONNMARK --set-xmark 0x1/0xffffffff',
  },
  rejects: {
    '-j CONNMARK': /^CONNMARK target: No operation specified$/,
    '-j CONNMARK --mask 5': /^CONNMARK target: No operation specified$/,
    '-j CONNMARK --save-mark --restore-mark': /cannot be used together/,
    '-j CONNMARK --set-mark 1 --save-mark': /cannot be used together/,
    '-j CONNMARK --save-mark --mask 5 --nfmask 5': /cannot be used together/,
    '-j CONNMARK --set-mark 1 --left-shift-mark 32': /at most 31/,
    '-j CONNMARK --set-mark 1 --left-shift-mark 33': /out of range/,
  },
  acts: [
    [
      '-j CONNMARK --set-xmark 0x81/0xf0',
      marked(5, 0xffffff0f),
      ({ packet, environment, verdict }) => {
        expect(packet.ct?.mark).toBe(0xffffff8e)
        expect(packet.mark).toBe(5)
        expect(environment.told).toEqual([['connectionChanged']])
        expect(verdict).toBe(VERDICT.continue)
      },
    ],
    ['-j CONNMARK --set-xmark 7/0', marked(5, 0), ({ packet }) => expect(packet.ct?.mark).toBe(7)],
    [
      '-j CONNMARK --set-xmark 0/0',
      marked(5, 9),
      ({ packet, environment }) => {
        expect(packet.ct?.mark).toBe(9)
        expect(environment.told).toEqual([])
      },
    ],
    [
      '-j CONNMARK --save-mark --nfmask 0xf --ctmask 0xf0',
      marked(0xabcdef12, 0x80000055),
      ({ packet }) => expect(packet.ct?.mark).toBe((0x80000005 ^ 2) >>> 0),
    ],
    [
      '-j CONNMARK --save-mark --nfmask 0xf --ctmask 0xf0 --left-shift-mark 4',
      marked(0x12, 0x55),
      ({ packet }) => expect(packet.ct?.mark).toBe(0x25),
    ],
    [
      '-j CONNMARK --restore-mark --nfmask 0xff --ctmask 0xff00 --right-shift-mark 8',
      marked(0xabcd, 0x80001234),
      ({ packet }) => expect(packet.mark).toBe(0xab12),
    ],
    [
      '-j CONNMARK --set-xmark 0x80000001/0xffffffff --left-shift-mark 1',
      marked(0, 0),
      ({ packet }) => expect(packet.ct?.mark).toBe(2),
    ],
    ['-j CONNMARK --restore-mark', marked(5), ({ packet }) => expect(packet.mark).toBe(5)],
  ],
})

describe('-j CONNMARK', () => {
  it('needs connection tracking', () => expect(CONNMARK.needsConntrack).toBe(true))
})

testTarget(CONNMARK, {
  family: 6,
  table: 'mangle',
  chain: 'POSTROUTING',
  saves: { '-j CONNMARK --xor-mark 0xf': '-j CONNMARK --set-xmark 0xf/0x0' },
  acts: [['-j CONNMARK --or-mark 6', tracked(udp6(), { mark: 9 }), ({ packet }) => expect(packet.ct?.mark).toBe(15)]],
})

testTarget(CONNMARK, {
  table: 'mangle',
  chain: 'FORWARD',
  saves: {
    '-j CONNMARK --restore': '-j CONNMARK --restore-mark --nfmask 0xffffffff --ctmask 0xffffffff',
    '-j CONNMARK --save': '-j CONNMARK --save-mark --nfmask 0xffffffff --ctmask 0xffffffff',
    '-j CONNMARK --save-mark --left-shift-mark 1 --right-shift-mark 2':
      '-j CONNMARK --save-mark --nfmask 0xffffffff --ctmask 0xffffffff --right-shift-mark 2',
    '-j CONNMARK --save-mark --right-shift-mark 2 --left-shift-mark 1':
      '-j CONNMARK --save-mark --nfmask 0xffffffff --ctmask 0xffffffff --left-shift-mark 1',
    '-j CONNMARK --save-mark --left-shift-mark 32 --right-shift-mark 0':
      '-j CONNMARK --save-mark --nfmask 0xffffffff --ctmask 0xffffffff',
    '-j CONNMARK --set-mark 1': '-j CONNMARK --set-xmark 0x1/0xffffffff',
    '-j CONNMARK --set-mark 1/3': '-j CONNMARK --set-xmark 0x1/0x3',
    '-j CONNMARK --set-xmark 1/3': '-j CONNMARK --set-xmark 0x1/0x3',
    '-j CONNMARK --set-xmark 3/3': '-j CONNMARK --set-xmark 0x3/0x3',
    '-j CONNMARK --set-xmark 0/3': '-j CONNMARK --set-xmark 0x0/0x3',
    '-j CONNMARK --set-xmark 3/0': '-j CONNMARK --set-xmark 0x3/0x0',
    '-j CONNMARK --set-xmark 0/0': '-j CONNMARK --set-xmark 0x0/0x0',
    '-j CONNMARK --and-mark 3': '-j CONNMARK --set-xmark 0x0/0xfffffffc',
    '-j CONNMARK --or-mark 3': '-j CONNMARK --set-xmark 0x3/0x3',
    '-j CONNMARK --xor-mark 3': '-j CONNMARK --set-xmark 0x3/0x0',
    '-j CONNMARK --and-mark 0': '-j CONNMARK --set-xmark 0x0/0xffffffff',
    '-j CONNMARK --or-mark 0': '-j CONNMARK --set-xmark 0x0/0x0',
    '-j CONNMARK --save-mark': '-j CONNMARK --save-mark --nfmask 0xffffffff --ctmask 0xffffffff',
    '-j CONNMARK --save-mark --mask 5': '-j CONNMARK --save-mark --nfmask 0x5 --ctmask 0x5',
    '-j CONNMARK --save-mark --nfmask 5': '-j CONNMARK --save-mark --nfmask 0x5 --ctmask 0xffffffff',
    '-j CONNMARK --save-mark --ctmask 5': '-j CONNMARK --save-mark --nfmask 0xffffffff --ctmask 0x5',
    '-j CONNMARK --restore-mark': '-j CONNMARK --restore-mark --nfmask 0xffffffff --ctmask 0xffffffff',
    '-j CONNMARK --restore-mark --mask 5': '-j CONNMARK --restore-mark --nfmask 0x5 --ctmask 0x5',
    '-j CONNMARK --restore-mark --nfmask 5': '-j CONNMARK --restore-mark --nfmask 0x5 --ctmask 0xffffffff',
    '-j CONNMARK --restore-mark --nfmask 5 --ctmask 4': '-j CONNMARK --restore-mark --nfmask 0x5 --ctmask 0x4',
    '-j CONNMARK --restore-mark --left-shift-mark 3':
      '-j CONNMARK --restore-mark --nfmask 0xffffffff --ctmask 0xffffffff --left-shift-mark 3',
    '-j CONNMARK --save-mark --right-shift-mark 3':
      '-j CONNMARK --save-mark --nfmask 0xffffffff --ctmask 0xffffffff --right-shift-mark 3',
    '-j CONNMARK --set-mark 5 --right-shift-mark 3': '-j CONNMARK --set-xmark 0x5/0xffffffff --right-shift-mark 3',
    '-j CONNMARK --set-mark 5 --right-shift-mark 0': '-j CONNMARK --set-xmark 0x5/0xffffffff',
    '-j CONNMARK --set-mark 5 --right-shift-mark 0 --left-shift-mark 2':
      '-j CONNMARK --set-xmark 0x5/0xffffffff --left-shift-mark 2',
    '-j CONNMARK --set-mark 1 --mask 1': '-j CONNMARK --set-xmark 0x1/0x1',
    '-j CONNMARK --set-mark 1 --ctmask 1': '-j CONNMARK --set-xmark 0x1/0x1',
    '-j CONNMARK --set-mark 1 --left-shift-mark 31': '-j CONNMARK --set-xmark 0x1/0xffffffff --left-shift-mark 31',
    '-j CONNMARK --set-mark 0': '-j CONNMARK --set-xmark 0x0/0xffffffff',
    '-j CONNMARK --set-mark 0xffffffff': '-j CONNMARK --set-xmark 0xffffffff/0xffffffff',
    '-j CONNMARK --save-mark --mask 0': '-j CONNMARK --save-mark --nfmask 0x0 --ctmask 0x0',
  },
  rejects: {
    '-j CONNMARK --s': /^unknown option "--s"$/,
    '-j CONNMARK --save-mark --nfmask 0xffffffffff':
      /^CONNMARK: bad value for option "--nfmask", or out of range \(0-4294967295\)\.$/,
    '-j CONNMARK --save-mark --mask x': /^CONNMARK: bad value for option "--mask", or out of range \(0-4294967295\)\.$/,
    '-j CONNMARK --save-mark --right-shift-mark 32': /^CONNMARK: the kernel shifts by at most 31 bits$/,
    '-j CONNMARK --nfmask 1': /^CONNMARK target: No operation specified$/,
    '-j CONNMARK --ctmask 1 --mask 1': /^CONNMARK target: No operation specified$/,
    '-j CONNMARK --set-mark 5 --right-shift-mark 3 --right-shift-mark 2':
      /^CONNMARK: option "--right-shift-mark" can only be used once\.$/,
    '-j CONNMARK --set-mark 5 --set-xmark 3':
      /^CONNMARK: option "--set-xmark" cannot be used together with "--set-mark"\.$/,
    '-j CONNMARK --set-mark 5 --set-mark 3': /^CONNMARK: option "--set-mark" can only be used once\.$/,
    '-j CONNMARK --and-mark 5 --or-mark 3':
      /^CONNMARK: option "--and-mark" cannot be used together with "--or-mark"\.$/,
    '-j CONNMARK --or-mark 5 --and-mark 3':
      /^CONNMARK: option "--and-mark" cannot be used together with "--or-mark"\.$/,
    '-j CONNMARK --or-mark 5 --save-mark':
      /^CONNMARK: option "--or-mark" cannot be used together with "--save-mark"\.$/,
    '-j CONNMARK --save-mark --or-mark 5':
      /^CONNMARK: option "--or-mark" cannot be used together with "--save-mark"\.$/,
    '-j CONNMARK --restore-mark --save-mark':
      /^CONNMARK: option "--save-mark" cannot be used together with "--restore-mark"\.$/,
    '-j CONNMARK --save-mark --save-mark': /^CONNMARK: option "--save-mark" can only be used once\.$/,
    '-j CONNMARK --save-mark --mask 1 --ctmask 1':
      /^CONNMARK: option "--ctmask" cannot be used together with "--mask"\.$/,
    '-j CONNMARK --save-mark --ctmask 1 --mask 1':
      /^CONNMARK: option "--ctmask" cannot be used together with "--mask"\.$/,
    '-j CONNMARK --save-mark --nfmask 1 --mask 1 --ctmask 3':
      /^CONNMARK: option "--ctmask" cannot be used together with "--mask"\.$/,
    '-j CONNMARK --set-mark 0x100000000': /^CONNMARK: bad integer value for option "--set-mark", or out of range\.$/,
    '-j CONNMARK --set-mark -1': /^CONNMARK: bad integer value for option "--set-mark", or out of range\.$/,
    '-j CONNMARK --set-mark 1/': /^CONNMARK: bad integer value for option "--set-mark", or out of range\.$/,
    '-j CONNMARK --set-mark ""': /^CONNMARK: bad integer value for option "--set-mark", or out of range\.$/,
    '-j CONNMARK --set-mark x': /^CONNMARK: bad integer value for option "--set-mark", or out of range\.$/,
    '-j CONNMARK --and-mark x': /^CONNMARK: bad value for option "--and-mark", or out of range \(0-4294967295\)\.$/,
    '-j CONNMARK --and-mark 0x1ffffffff':
      /^CONNMARK: bad value for option "--and-mark", or out of range \(0-4294967295\)\.$/,
    '-j CONNMARK ! --set-mark 1': /^CONNMARK: option "--set-mark" cannot be inverted\.$/,
    '-j CONNMARK ! --save-mark': /^CONNMARK: option "--save-mark" cannot be inverted\.$/,
    '-j CONNMARK --left-shift-mark 3': /^CONNMARK target: No operation specified$/,
    '-j CONNMARK --set-mark 1 --left-shift-mark -1':
      /^CONNMARK: bad value for option "--left-shift-mark", or out of range \(0-32\)\.$/,
    '-j CONNMARK --set-mark 1 --left-shift-mark 32': /^CONNMARK: the kernel shifts by at most 31 bits$/,
    '-j CONNMARK --set-mark 1 --right-shift-mark 33':
      /^CONNMARK: bad value for option "--right-shift-mark", or out of range \(0-32\)\.$/,
    '-j CONNMARK --set-xmark 1 --set-mark 1 --save-mark':
      /^CONNMARK: option "--set-xmark" cannot be used together with "--set-mark"\.$/,
    '-j CONNMARK --and-mark 1 --xor-mark 1 --restore-mark --save-mark':
      /^CONNMARK: option "--and-mark" cannot be used together with "--save-mark"\.$/,
  },
})

testTarget(CONNMARK, {
  table: 'filter',
  chain: 'FORWARD',
  saves: {
    '-j CONNMARK --set-mark 1': '-j CONNMARK --set-xmark 0x1/0xffffffff',
  },
})

testTarget(CONNMARK, {
  table: 'nat',
  chain: 'OUTPUT',
  saves: {
    '-j CONNMARK --set-mark 1': '-j CONNMARK --set-xmark 0x1/0xffffffff',
  },
})

testTarget(CONNMARK, {
  table: 'raw',
  chain: 'OUTPUT',
  saves: {
    '-j CONNMARK --set-mark 1': '-j CONNMARK --set-xmark 0x1/0xffffffff',
  },
})

testTarget(CONNMARK, {
  table: 'raw',
  chain: 'OUTPUT',
  family: 6,
  saves: {
    '-j CONNMARK --set-mark 1': '-j CONNMARK --set-xmark 0x1/0xffffffff',
  },
})

testTarget(CONNMARK, {
  table: 'mangle',
  chain: 'OUTPUT',
  family: 6,
  saves: {
    '-j CONNMARK --set-mark 1': '-j CONNMARK --set-xmark 0x1/0xffffffff',
  },
})

testTarget(CONNMARK, {
  table: 'mangle',
  chain: 'FORWARD',
  family: 6,
  rejects: {
    '-j CONNMARK --set-mark x': /^CONNMARK: bad integer value for option "--set-mark", or out of range\.$/,
  },

  saves: {
    '-j CONNMARK --set-mark 5/7': '-j CONNMARK --set-xmark 0x5/0x7',
    '-j CONNMARK --save-mark --nfmask 1 --ctmask 2': '-j CONNMARK --save-mark --nfmask 0x1 --ctmask 0x2',
    '-j CONNMARK --restore-mark --nfmask 5 --ctmask 4 --left-shift-mark 1':
      '-j CONNMARK --restore-mark --nfmask 0x5 --ctmask 0x4 --left-shift-mark 1',
  },
})
