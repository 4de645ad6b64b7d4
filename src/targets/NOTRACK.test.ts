import { describe, expect, it } from 'vitest'
import { testTarget } from '../../test/harness/extension-tester.ts'
import { connectionWith, packetWith, udp4, udp6 } from '../../test/harness/packets.ts'
import { VERDICT } from '../expression/action.ts'
import { extensions } from '../host/extensions.ts'
import { CT_INFO } from '../packet/connection.ts'
import { restoreRuleset } from '../xtables/index.ts'
import { NOTRACK } from './NOTRACK.ts'

testTarget(NOTRACK, {
  saves: { '-j NOTRACK': '=' },
  rejects: {
    '-j NOTRACK --foo': /^unknown option "--foo"$/,
    '-j NOTRACK --zone 5': /^unknown option "--zone"$/,
    '-j NOTRACK --notrack': /^unknown option "--notrack"$/,
  },
  acts: [
    ['-j NOTRACK', udp4(), ({ packet }) => expect(packet.ctInfo).toBe(CT_INFO.untracked)],
    [
      '-j NOTRACK',
      packetWith(udp4(), { ct: connectionWith(), ctInfo: CT_INFO.established }),
      ({ packet }) => expect(packet.ctInfo).toBe(CT_INFO.established),
    ],
    [
      '-j NOTRACK',
      packetWith(udp4(), {
        ctTemplate: { zone: 9, zoneDirection: 'both', helper: null, timeoutPolicy: null },
        ctInfo: CT_INFO.new,
      }),
      ({ packet }) => expect(packet.ctInfo).toBe(CT_INFO.new),
    ],
  ],
})

testTarget(NOTRACK, {
  family: 6,
  chain: 'OUTPUT',
  saves: { '-p udp -m udp --dport domain -j NOTRACK': '-p udp -m udp --dport 53 -j NOTRACK' },
  acts: [
    [
      '-j NOTRACK',
      udp6(),
      ({ packet, verdict }) => {
        expect(packet.ctInfo).toBe(CT_INFO.untracked)
        expect(verdict).toBe(VERDICT.continue)
      },
    ],
  ],
})
testTarget(NOTRACK, { table: 'filter', rejects: { '-j NOTRACK': /table raw/ } })

describe('-j NOTRACK', () => {
  it('does not turn on connection tracking', () => {
    const ruleset = restoreRuleset('*raw\n-A PREROUTING -j NOTRACK\nCOMMIT\n', 4, extensions())
    expect(ruleset.needsConntrack).toBe(false)
  })
})

testTarget(NOTRACK, {
  table: 'raw',
  chain: 'PREROUTING',
  family: 6,
  saves: {
    '-j NOTRACK': '=',
  },
})

testTarget(NOTRACK, {
  table: 'filter',
  chain: 'FORWARD',
  rejects: {
    '-j NOTRACK': /^-j NOTRACK is only valid in table raw, not in table filter$/,
  },
})

testTarget(NOTRACK, {
  table: 'filter',
  chain: 'FORWARD',
  family: 6,
  rejects: {
    '-j NOTRACK': /^-j NOTRACK is only valid in table raw, not in table filter$/,
  },
})

testTarget(NOTRACK, {
  table: 'mangle',
  chain: 'PREROUTING',
  rejects: {
    '-j NOTRACK': /^-j NOTRACK is only valid in table raw, not in table mangle$/,
  },
})
