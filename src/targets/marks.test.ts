import { describe, expect, it } from 'vitest'
import { testTarget } from '../../test/harness/extension-tester.ts'
import { VERDICT } from '../expression/action.ts'
import { packet } from '../packet/build.ts'
import type { Connection } from '../packet/connection.ts'
import { Packet } from '../packet/packet.ts'
import { CONNMARK } from './CONNMARK.ts'
import { MARK } from './MARK.ts'

/** A packet with a mark and, where `ctmark` is given, a connection with that mark. */
function marked(mark: number, ctmark?: number): Packet {
  const loaded = new Packet().load(packet.udp({}))
  loaded.parse()
  loaded.mark = mark
  if (ctmark !== undefined) loaded.ct = { mark: ctmark } as Connection
  return loaded
}

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
