import { describe, expect, it } from 'vitest'
import { testTarget } from '../../test/harness/extension-tester.ts'
import { VERDICT } from '../expression/action.ts'
import { extensions } from '../host/extensions.ts'
import { packet } from '../packet/build.ts'
import { type Connection, CT_INFO } from '../packet/connection.ts'
import { Packet } from '../packet/packet.ts'
import { restoreRuleset } from '../xtables/index.ts'
import { CT } from './CT.ts'

function loaded(change: (packet: Packet) => void = () => {}): Packet {
  const fresh = new Packet().load(packet.tcp({}))
  fresh.parse()
  change(fresh)
  return fresh
}

testTarget(CT, {
  saves: {
    '-j CT': '=',
    '-j CT --notrack --zone 5 --ctevents new': '-j CT --notrack --ctevents new --zone 5',
    '-j CT --zone 0': '-j CT',
    '-j CT --zone 0x10': '-j CT --zone 16',
    '-j CT --zone MARK': '-j CT --zone mark',
    '-j CT --zone-orig 2 --zone 1': '-j CT --zone-orig 1',
    '-j CT --zone 5 --zone-orig mark': '-j CT --zone-orig mark',
    '-j CT --zone-reply 2 --zone-orig 1': '-j CT --zone 1',
    '-j CT --zone 3 --expevents new --ctevents destroy,new,new':
      '-j CT --ctevents new,destroy --expevents new --zone 3',
    '-p tcp -j CT --helper ftp': '=',
    '-p udp -j CT --helper sip': '=',
  },
  rejects: {
    '-j CT --zone 65536': /^Cannot parse 65536 as a zone ID$/,
    '-j CT --ctevents new,': /^Unknown event type ""$/,
    '-j CT --expevents destroy': /^Unknown event type "destroy"$/,
    '-j CT --helper ftp': /needs `-p'/,
    '! -p tcp -j CT --helper ftp': /needs `-p'/,
    '-p udp -j CT --helper ftp': /there is no helper "ftp"/,
    '-p tcp -j CT --helper nosuch': /there is no helper "nosuch"/,
  },
  acts: [
    [
      '-j CT --zone-reply 7',
      loaded(),
      ({ packet, verdict }) => {
        expect(packet.ctTemplate).toMatchObject({ zone: 7, zoneDirection: 'reply', helper: null, timeoutPolicy: null })
        expect(packet.ctTemplate?.zoneFromMark).not.toBe(true)
        expect(verdict).toBe(VERDICT.continue)
      },
    ],
    [
      '-p tcp -j CT --helper ftp --timeout slow',
      loaded(),
      ({ packet }) =>
        expect(packet.ctTemplate).toMatchObject({
          zone: 0,
          zoneDirection: 'both',
          helper: 'ftp',
          timeoutPolicy: 'slow',
        }),
    ],
    [
      '-j CT --zone mark',
      loaded((one) => {
        one.mark = 0x12345
      }),
      ({ packet }) => expect(packet.ctTemplate).toMatchObject({ zone: 0x2345, zoneFromMark: true }),
    ],
    [
      '-j CT --notrack',
      loaded(),
      ({ packet }) => {
        expect(packet.ctInfo).toBe(CT_INFO.untracked)
        expect(packet.ctTemplate).toBeNull()
      },
    ],
    [
      '-j CT --zone 5',
      loaded((one) => {
        one.ctInfo = CT_INFO.untracked
      }),
      ({ packet }) => expect(packet.ctTemplate).toBeNull(),
    ],
    [
      '-j CT --zone 5',
      loaded((one) => {
        one.ct = {} as Connection
      }),
      ({ packet }) => expect(packet.ctTemplate).toBeNull(),
    ],
    [
      '-j CT --zone 5',
      loaded((one) => {
        one.ctTemplate = { zone: 9, zoneDirection: 'both', helper: null, timeoutPolicy: null }
      }),
      ({ packet }) => expect(packet.ctTemplate?.zone).toBe(9),
    ],
  ],
})

testTarget(CT, { table: 'filter', rejects: { '-j CT': /table raw/ } })

describe('connection tracking', () => {
  const needs = (rule: string): boolean =>
    restoreRuleset(`*raw\n-A PREROUTING ${rule}\nCOMMIT\n`, 4, extensions()).needsConntrack
  it('is turned on by CT', () => expect(needs('-j CT --zone 1')).toBe(true))
  it('is not turned on by CT --notrack', () => expect(needs('-j CT --notrack')).toBe(false))
})
