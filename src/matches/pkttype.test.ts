import { testMatch } from '../../test/harness/extension-tester.ts'
import { packetWith } from '../../test/harness/packets.ts'
import { packet } from '../packet/build.ts'
import { type Packet, PKTTYPE } from '../packet/packet.ts'
import { pkttype } from './pkttype.ts'

const bytes = packet.udp({ source: '10.0.0.5', destination: '10.0.2.9' })
const of = (type: keyof typeof PKTTYPE): Packet => packetWith(bytes, { pkttype: PKTTYPE[type] })
/** A copy of an own packet to this group. */
const loopedBack = (destination: string): Packet =>
  packetWith(packet.udp({ source: '10.0.0.1', destination }), { pkttype: 5 })

testMatch(pkttype, {
  saves: {
    '-m pkttype --pkt-type HOST': '-m pkttype --pkt-type unicast',
    '-m pkttype ! --pkt-type bcast': '-m pkttype ! --pkt-type broadcast',
    '-m pkttype --pkt-type mcast': '-m pkttype --pkt-type multicast',
    '-m pkttype --pkt-type otherhost': '=',
    '-m pkttype --pkt-type unicast': '=',
    '-m pkttype --pkt-type broadcast': '=',
    '-m pkttype ! --pkt-type multicast': '=',
    '-m pkttype ! --pkt-type OtherHost': '-m pkttype ! --pkt-type otherhost',
  },
  rejects: {
    '-m pkttype': /must be specified/,
    '-m pkttype --pkt-type b': /Bad packet type 'b'/,
    '-m pkttype --pkt-type ""': /Bad packet type ''/,
    '-m pkttype --pkt-type': /^option "--pkt-type" requires an argument$/,
    '-m pkttype --pkt-type ! host': /^Bad packet type '!'$/,
    '-m pkttype --pkt-type host --pkt-type host': /^pkttype: option "--pkt-type" can only be used once\.$/,
    '-m pkttype --pkt-type unicastx': /^Bad packet type 'unicastx'$/,
    '-m pkttype --pkt-type uni': /^Bad packet type 'uni'$/,
  },
  matches: [
    ['-m pkttype --pkt-type unicast', bytes],
    ['-m pkttype --pkt-type broadcast', of('broadcast')],
    ['-m pkttype ! --pkt-type unicast', of('multicast')],
    ['-m pkttype --pkt-type multicast', loopedBack('224.0.0.5')],
    ['-m pkttype --pkt-type broadcast', loopedBack('10.0.0.255')],
    ['-m pkttype ! --pkt-type multicast', loopedBack('10.0.0.255')],
  ],
  misses: [
    ['-m pkttype --pkt-type multicast', bytes],
    ['-m pkttype --pkt-type unicast', of('broadcast')],
    ['-m pkttype --pkt-type broadcast', loopedBack('224.0.0.5')],
  ],
})

testMatch(pkttype, {
  family: 6,
  saves: {
    '-m pkttype ! --pkt-type multicast': '=',
  },
  rejects: {
    '-m pkttype --pkt-type b': /^Bad packet type 'b'$/,
  },
})
