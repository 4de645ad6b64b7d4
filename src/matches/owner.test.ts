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
  },
  rejects: {
    '-m owner': /At least one of --uid-owner, --gid-owner or --socket-exists is required/,
    '-m owner --uid-owner nosuchuser': /Bad value for "--uid-owner" option: "nosuchuser"/,
    '-m owner --uid-owner 4294967295': /Bad value/,
    '-m owner --uid-owner 1-': /Bad value/,
    '-m owner --uid-owner 5-1': /above its end/,
    '-m owner --suppl-groups --gid-owner 5': /you need to use --gid-owner first/,
    '-m owner --gid-owner 5 ! --suppl-groups': /cannot be inverted/,
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
