import { testMatch } from '../../test/harness/extension-tester.ts'
import { packetWith } from '../../test/harness/packets.ts'
import { packet } from '../packet/build.ts'
import type { Packet } from '../packet/packet.ts'
import { owner } from './owner.ts'

const bytes = packet.udp({ source: '10.0.0.1', destination: '10.0.2.9' })
const by = (uid: number, gid: number, ...supplementaryGroups: number[]): Packet =>
  packetWith(bytes, { owner: { uid, gid, supplementaryGroups } })
const forwarded = packetWith(bytes)

testMatch(owner, {
  saves: {
    '-m owner --uid-owner root': '-m owner --uid-owner 0',
    '-m owner ! --gid-owner nogroup --uid-owner 010-0x10': '-m owner --uid-owner 8-16 ! --gid-owner 65534',
    '-m owner --gid-owner 5:5 --suppl-groups ! --socket-exists':
      '-m owner ! --socket-exists --gid-owner 5 --suppl-groups',
    '-m owner --uid-owner 4294967294': '=',
    '-m owner --uid-owner 12345': '=',
    '-m owner ! --uid-owner 12345-12350': '=',
    '-m owner --uid-owner 0-5': '=',
    '-m owner --gid-owner root': '-m owner --gid-owner 0',
    '-m owner --gid-owner nogroup': '-m owner --gid-owner 65534',
    '-m owner --gid-owner daemon': '-m owner --gid-owner 1',
    '-m owner --uid-owner daemon': '-m owner --uid-owner 1',
    '-m owner --uid-owner nobody --gid-owner users': '-m owner --uid-owner 65534 --gid-owner 100',
    '-m owner --gid-owner 54321': '=',
    '-m owner --socket-exists': '=',
    '-m owner ! --socket-exists': '=',
    '-m owner ! --uid-owner 1-2 ! --gid-owner 3-4 --suppl-groups --socket-exists':
      '-m owner --socket-exists ! --uid-owner 1-2 ! --gid-owner 3-4 --suppl-groups',
    '-m owner --uid-owner 1:2': '-m owner --uid-owner 1-2',
    '-m owner --uid-owner " 1"': '-m owner --uid-owner 1',
    '-m owner --uid-owner 0x10': '-m owner --uid-owner 16',
    '-m owner --uid-owner 010': '-m owner --uid-owner 8',
    '-m owner --uid-owner 0-0': '-m owner --uid-owner 0',
    '-m owner --gid-owner 1:2': '-m owner --gid-owner 1-2',
    '-m owner --gid-owner 1-4294967294': '=',
  },
  rejects: {
    '-m owner --suppl-groups --suppl-groups': /you need to use --gid-owner first/,
    '-m owner': /At least one of --uid-owner, --gid-owner or --socket-exists is required/,
    '-m owner --uid-owner nosuchuser': /Bad value for "--uid-owner" option: "nosuchuser"/,
    '-m owner --uid-owner 4294967295': /Bad value/,
    '-m owner --uid-owner 1-': /Bad value/,
    '-m owner --uid-owner 5-1': /above its end/,
    '-m owner --suppl-groups --gid-owner 5': /you need to use --gid-owner first/,
    '-m owner --gid-owner 5 ! --suppl-groups': /cannot be inverted/,
    '-m owner --gid-owner nosuchgroup': /^owner: Bad value for "--gid-owner" option: "nosuchgroup"$/,
    '-m owner --uid-owner 4294967296': /^owner: Bad value for "--uid-owner" option: "4294967296"$/,
    '-m owner --uid-owner -1': /^owner: Bad value for "--uid-owner" option: "-1"$/,
    '-m owner --uid-owner ""': /^owner: Bad value for "--uid-owner" option: ""$/,
    '-m owner --uid-owner 1-2-3': /^owner: Bad value for "--uid-owner" option: "1-2-3"$/,
    '-m owner --uid-owner 1-4294967295': /^owner: Bad value for "--uid-owner" option: "1-4294967295"$/,
    '-m owner --uid-owner 1,2': /^owner: Bad value for "--uid-owner" option: "1,2"$/,
    '-m owner --uid-owner 1-x': /^owner: Bad value for "--uid-owner" option: "1-x"$/,
    '-m owner --suppl-groups': /^owner: Bad value for "--suppl-groups" option: "you need to use --gid-owner first"$/,
    '-m owner --uid-owner': /^option "--uid-owner" requires an argument$/,
    '-m owner --uid-owner 1 --uid-owner 2': /^owner: option "--uid-owner" can only be used once\.$/,
    '-m owner --gid-owner 1 --gid-owner 2': /^owner: option "--gid-owner" can only be used once\.$/,
    '-m owner --socket-exists --socket-exists': /^owner: option "--socket-exists" can only be used once\.$/,
    '-m owner --gid-owner 1 --suppl-groups --suppl-groups': /^owner: option "--suppl-groups" can only be used once\.$/,
    '-m owner --pid-owner 1': /^unknown option "--pid-owner"$/,
    '-m owner --uid-owner ! 1': /^owner: Bad value for "--uid-owner" option: "!"$/,
    '-m owner --uid-owner "1 "': /^owner: Bad value for "--uid-owner" option: "1 "$/,
    '-m owner --uid-owner 1-0': /^owner: a range of owners begins above its end$/,
    '-m owner --uid-owner -5': /^owner: Bad value for "--uid-owner" option: "-5"$/,
    '-m owner --uid-owner 5-x': /^owner: Bad value for "--uid-owner" option: "5-x"$/,
    '-m owner --uid-owner root-daemon': /^owner: Bad value for "--uid-owner" option: "root-daemon"$/,
    '-m owner --gid-owner 5-1': /^owner: a range of owners begins above its end$/,
    '-m owner --gid-owner ""': /^owner: Bad value for "--gid-owner" option: ""$/,
    '-m owner --gid-owner x': /^owner: Bad value for "--gid-owner" option: "x"$/,
    '-m owner --gid-owner 4294967295': /^owner: Bad value for "--gid-owner" option: "4294967295"$/,
    '-m owner --socket-exists --suppl-groups':
      /^owner: Bad value for "--suppl-groups" option: "you need to use --gid-owner first"$/,
    '-m owner --suppl-groups --uid-owner 1':
      /^owner: Bad value for "--suppl-groups" option: "you need to use --gid-owner first"$/,
  },
  matches: [
    ['-m owner --uid-owner 1000', by(1000, 100)],
    ['-m owner --uid-owner 1000-2000 ! --gid-owner 1', by(2000, 2)],
    ['-m owner --socket-exists', by(1, 1)],
    ['-m owner --gid-owner 5 --suppl-groups', by(1, 1, 4, 5)],
    ['-m owner ! --gid-owner 6 --suppl-groups', by(1, 1, 4, 5)],
    ['-m owner ! --uid-owner 1 ! --gid-owner 1', forwarded],
    ['-m owner ! --socket-exists', forwarded],
  ],
  misses: [
    ['-m owner --uid-owner 1000', by(1001, 100)],
    ['-m owner --gid-owner 5', by(1, 1, 4, 5)],
    ['-m owner ! --gid-owner 5 --suppl-groups', by(1, 1, 4, 5)],
    ['-m owner ! --socket-exists --uid-owner 1', by(1, 1)],
    ['-m owner --uid-owner 0', forwarded],
    ['-m owner ! --uid-owner 1 --gid-owner 1', forwarded],
    ['-m owner ! --gid-owner 1 --suppl-groups', forwarded],
  ],
})

testMatch(owner, { chain: 'INPUT', rejects: { '-m owner --uid-owner 0': /not valid in INPUT/ } })

testMatch(owner, {
  chain: 'FORWARD',
  rejects: {
    '-m owner --uid-owner root': /^-m owner is not valid in FORWARD$/,
  },
})

testMatch(owner, {
  chain: 'INPUT',
  rejects: {
    '-m owner --uid-owner 0': /^-m owner is not valid in INPUT$/,
    '-m owner': /^owner: At least one of --uid-owner, --gid-owner or --socket-exists is required$/,
  },
})

testMatch(owner, {
  family: 6,
  chain: 'OUTPUT',
  saves: {
    '-m owner ! --uid-owner 1-2 ! --gid-owner 3-4 --suppl-groups --socket-exists':
      '-m owner --socket-exists ! --uid-owner 1-2 ! --gid-owner 3-4 --suppl-groups',
    '-m owner --uid-owner root --gid-owner daemon': '-m owner --uid-owner 0 --gid-owner 1',
  },
  rejects: {
    '-m owner': /^owner: At least one of --uid-owner, --gid-owner or --socket-exists is required$/,
  },
})
