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
