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
    '-m state ! --state NEW': '=',
    '-m state --state INVALID': '=',
    '-m state --state UNTRACKED': '=',
    '-m state --state INVALID,NEW,RELATED,ESTABLISHED,UNTRACKED': '=',
    '-m state --state inv': '-m state --state INVALID',
  },
  rejects: {
    '-m state': /must be specified/,
    '-m state --state SNAT': /Bad state "SNAT"/,
    '-m state --state NEW,': /requires a list of states/,
    '-m state --state': /^option "--state" requires an argument$/,
    '-m state --state SNAT,NEW': /^Bad state "SNAT,NEW"$/,
    '-m state --state NEW,SNAT': /^Bad state "SNAT"$/,
    '-m state --state ,NEW': /^Bad state ",NEW"$/,
    '-m state --state ""': /^"--state" requires a list of states with no spaces, e\.g\. ESTABLISHED,RELATED$/,
    '-m state --state ","': /^Bad state ","$/,
    '-m state --state NEWX': /^Bad state "NEWX"$/,
    '-m state --state NEW --state NEW': /^state: option "--state" can only be used once\.$/,
    '-m state --state ! NEW': /^Bad state "!"$/,
    '-m state --ctstate NEW': /^unknown option "--ctstate"$/,
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

testMatch(state, {
  family: 6,
  saves: {
    '-m state ! --state NEW,INVALID': '-m state ! --state INVALID,NEW',
  },
  rejects: {
    '-m state --state FOO': /^Bad state "FOO"$/,
  },
})
