import { testMatch } from '../../test/harness/extension-tester.ts'
import { packetWith, udp4 } from '../../test/harness/packets.ts'
import type { Packet } from '../packet/packet.ts'
import { realm } from './realm.ts'

const routed = (number?: number): Packet =>
  packetWith(udp4(), { route: number === undefined ? null : { realm: number } })

testMatch(realm, {
  chain: 'FORWARD',
  saves: {
    '-m realm --realm 017': '-m realm --realm 0xf',
    '-m realm ! --realm 5/0xff': '-m realm ! --realm 0x5/0xff',
    '-m realm --realm 0': '-m realm --realm cosmos',
    '-m realm ! --realm cosmos': '=',
    '-m realm --realm 0/0xff': '-m realm --realm 0x0/0xff',
    '-m realm --realm 1/4294967295': '-m realm --realm 0x1',
    '-m realm --realm 5/0': '-m realm --realm 0x5/0x0',
  },
  lists: {
    '-m realm ! --realm 0': ' ! realm 0x0',
    '-m realm --realm 5/0xff': ' realm 0x5/0xff',
  },
  rejects: {
    '-m realm': /option "--realm" must be specified/,
    '-m realm --realm cosmos/1': /could not map name cosmos\/1 to an integer value for option "--realm"/,
    '-m realm --realm 4294967296': /could not map name 4294967296/,
    '-m realm --realm ""': /could not map name {2}to an integer/,
    '-m realm --realm 1/': /bad integer value for option "--realm", or out of range/,
    '-m realm --realm 1/4294967296': /bad integer value/,
    '-m realm --realm 1/2/3': /trailing garbage after value/,
  },
  matches: [
    ['-m realm --realm 5', routed(5)],
    ['-m realm --realm 5/0xffff', routed(0x30005)],
    ['-m realm --realm cosmos', routed()],
    ['-m realm ! --realm 5', routed(0x30005)],
    ['-m realm --realm 0xffff0000/0xffff0000', routed(0xffff0001)],
  ],
  misses: [
    ['-m realm --realm 5', routed(6)],
    ['-m realm --realm 5/0', routed(5)],
    ['-m realm ! --realm 0', routed()],
  ],
})
testMatch(realm, { table: 'mangle', chain: 'PREROUTING', rejects: { '-m realm --realm 5': /not valid in PREROUTING/ } })
