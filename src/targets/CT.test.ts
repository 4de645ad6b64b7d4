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
  notFoundAgain: ['-j CT --notrack --timeout abcdefgh'],
  saves: {
    '-j CT --notrack': '=',
    '-j CT --notrack --zone 1': '=',
    '-j CT --zone 1': '=',
    '-j CT --zone-orig 1': '=',
    '-j CT --zone-reply 1': '=',
    '-j CT --zone mark': '=',
    '-j CT --zone-orig mark': '=',
    '-j CT --zone-orig 0': '-j CT',
    '-j CT --zone 010': '-j CT --zone 8',
    '-j CT --zone 1 --zone-orig 2': '-j CT --zone-orig 2',
    '-j CT --zone-orig 1 --zone-reply 2': '-j CT --zone 2',
    '-j CT --zone-orig 1 --zone-reply 2 --zone 3': '-j CT --zone 3',
    '-j CT --ctevents new': '=',
    '-j CT --ctevents new,related,destroy,reply,assured,protoinfo,helper,mark,natseqinfo,secmark': '=',
    '-j CT --expevents new': '=',
    '-j CT --expevents new --ctevents destroy --zone 4': '-j CT --ctevents destroy --expevents new --zone 4',
    '-p tcp -j CT --helper ftp --zone 3 --ctevents new': '-p tcp -j CT --helper ftp --ctevents new --zone 3',
    '-p tcp -j CT --helper ""': '-p tcp -j CT',
    '-p tcp -j CT --helper ftp --notrack': '-p tcp -j CT --notrack --helper ftp',
    '-p tcp -j CT --timeout ""': '-p tcp -j CT',
    '-p tcp -j CT --helper pptp': '=',
    '-p udp -j CT --helper tftp': '=',
    '-p udp -j CT --helper snmp': '=',
    '-p udp -j CT --helper snmp_trap': '=',
    '-p udp -j CT --helper amanda': '=',
    '-p udp -j CT --helper netbios-ns': '=',
    '-p tcp -j CT --helper irc': '=',
    '-p tcp -j CT --helper sane': '=',
    '-p udp -j CT --helper H.245': '=',
    '-p tcp -j CT --helper Q.931': '=',
    '-p udp -j CT --helper RAS': '=',
    '-j CT --notrack --timeout abcdefgh': '-j CT --notrack --timeout abcd',
    '-j CT --notrack --helper 0123456789abcdefgh': '-j CT --notrack --helper 0123456789abcde',
    '-p tcp -j CT --helper ftp --timeout ""': '-p tcp -j CT --helper ftp',
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
    '-j CT --timeout bogus --helper ftp': /^CT: --helper needs `-p' with a protocol, not inverted$/,
    '-j CT --zone -1': /^Cannot parse -1 as a zone ID$/,
    '-j CT --zone ""': /^Cannot parse {2}as a zone ID$/,
    '-j CT --zone 1 --zone 2': /^CT: option "--zone" can only be used once\.$/,
    '-j CT --ctevents ""': /^Unknown event type ""$/,
    '-j CT --ctevents ,new': /^Unknown event type ""$/,
    '-j CT --ctevents new, related': /^Unknown event type ""$/,
    '-j CT --ctevents NEW': /^Unknown event type "NEW"$/,
    '-p tcp -j CT --helper 0123456789abcdef': /^CT: there is no helper "0123456789abcde" for this protocol$/,
    '-p tcp -j CT --helper 0123456789abcde': /^CT: there is no helper "0123456789abcde" for this protocol$/,
    '-j CT ! --notrack': /^CT: option "--notrack" cannot be inverted\.$/,
    '-j CT ! --zone 1': /^CT: option "--zone" cannot be inverted\.$/,
    '-j CT --notrack --notrack': /^CT: option "--notrack" can only be used once\.$/,
    '-p tcp -j CT --helper H.245': /^CT: there is no helper "H\.245" for this protocol$/,
    '-p tcp -j CT --helper ftp-21': /^CT: there is no helper "ftp-21" for this protocol$/,
    '-p sctp -j CT --helper sip': /^CT: there is no helper "sip" for this protocol$/,
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

testTarget(CT, {
  table: 'raw',
  chain: 'OUTPUT',
  saves: {
    '-j CT --zone 4': '=',
  },
})

testTarget(CT, {
  table: 'filter',
  chain: 'FORWARD',
  rejects: {
    '-j CT --notrack': /^-j CT is only valid in table raw, not in table filter$/,
  },
})

testTarget(CT, {
  table: 'mangle',
  chain: 'PREROUTING',
  rejects: {
    '-j CT --notrack': /^-j CT is only valid in table raw, not in table mangle$/,
  },
})

testTarget(CT, {
  table: 'raw',
  chain: 'PREROUTING',
  family: 6,
  saves: {
    '-j CT --ctevents new --expevents new --zone-orig mark': '=',
    '-j CT --notrack --zone 1': '=',
    '-p tcp -j CT --helper ftp': '=',
    '-p tcp -j CT --helper Q.931': '=',
    '-p udp -j CT --helper amanda': '=',
    '-p udp -j CT --helper tftp': '=',
    '-p udp -j CT --helper sip': '=',
    '-p tcp -j CT --helper sane': '=',
    '-p udp -j CT --helper H.245': '=',
    '-p udp -j CT --helper RAS': '=',
  },
  rejects: {
    '-j CT --zone 65536': /^Cannot parse 65536 as a zone ID$/,
    '-j CT --helper ftp': /^CT: --helper needs `-p' with a protocol, not inverted$/,
    '-p tcp -j CT --helper bogus': /^CT: there is no helper "bogus" for this protocol$/,
    '-j CT --timeout bogus': /^CT: --timeout needs `-p' with a protocol, not inverted$/,
    '-j CT --helper ftp --timeout bogus': /^CT: --helper needs `-p' with a protocol, not inverted$/,
    '-p tcp -j CT --helper pptp': /^CT: there is no helper "pptp" for this protocol$/,
    '-p tcp -j CT --helper irc': /^CT: there is no helper "irc" for this protocol$/,
    '-p udp -j CT --helper netbios-ns': /^CT: there is no helper "netbios-ns" for this protocol$/,
    '-p udp -j CT --helper snmp': /^CT: there is no helper "snmp" for this protocol$/,
    '-p udp -j CT --helper snmp_trap': /^CT: there is no helper "snmp_trap" for this protocol$/,
  },
})

testTarget(CT, {
  table: 'filter',
  chain: 'FORWARD',
  family: 6,
  rejects: {
    '-j CT --zone 1': /^-j CT is only valid in table raw, not in table filter$/,
  },
})
