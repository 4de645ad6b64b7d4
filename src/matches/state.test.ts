import { testMatch } from '../../test/harness/extension-tester.ts'
import { packetWith, tracked } from '../../test/harness/packets.ts'
import { packet } from '../packet/build.ts'
import { CT_INFO } from '../packet/connection.ts'
import { state } from './state.ts'

const bytes = packet.udp({ source: '10.0.0.5', destination: '10.0.2.9' })

testMatch(state, {
  saves: {
    '-m state --state ESTABLISHED,RELATED': '-m state --state RELATED,ESTABLISHED',
    '-m state ! --stat new': '-m state ! --state NEW',
    '-m state --state n,i,u,r': '-m state --state INVALID,NEW,RELATED,UNTRACKED',
  },
  rejects: {
    '-m state': /must be specified/,
    '-m state --state SNAT': /Bad state "SNAT"/,
    '-m state --state NEW,': /requires a list of states/,
  },
  matches: [
    ['-m state --state NEW', tracked(bytes)],
    ['-m state --state RELATED,ESTABLISHED', tracked(bytes, {}, 'establishedReply')],
    ['-m state --state INVALID', packetWith(bytes)],
    ['-m state ! --state INVALID', packetWith(bytes, { ctInfo: CT_INFO.untracked })],
  ],
  misses: [
    ['-m state --state NEW', tracked(bytes, {}, 'related')],
    ['-m state ! --state UNTRACKED', packetWith(bytes, { ctInfo: CT_INFO.untracked })],
  ],
})
