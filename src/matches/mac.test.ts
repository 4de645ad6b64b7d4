import { testMatch } from '../../test/harness/extension-tester.ts'
import { packetWith } from '../../test/harness/packets.ts'
import { packet } from '../packet/build.ts'
import { fromHex } from '../util/bytes.ts'
import { mac } from './mac.ts'

const bytes = packet.udp({ source: '10.0.0.5', destination: '10.0.2.9' })
const framed = packetWith(bytes, { frame: fromHex('ffffffffffff 020000000001 0800') })

testMatch(mac, {
  saves: {
    '-m mac --mac-source AA:BB:CC:DD:EE:0F': '-m mac --mac-source aa:bb:cc:dd:ee:0f',
    '-m mac ! --mac 2:0:0:0:0:': '-m mac ! --mac-source 02:00:00:00:00:00',
  },
  rejects: {
    '-m mac': /must be specified/,
    '-m mac --mac-source 00:11:22:33:44': /Invalid MAC address/,
    '-m mac --mac-source 00-11-22-33-44-55': /Invalid MAC address/,
    '-m mac --mac-source 0:0:0:0:0:123': /Invalid MAC address/,
  },
  matches: [
    ['-m mac --mac-source 02:00:00:00:00:01', framed],
    ['-m mac ! --mac-source 02:00:00:00:00:02', framed],
  ],
  misses: [
    ['-m mac --mac-source 02:00:00:00:00:02', framed],
    ['-m mac --mac-source 02:00:00:00:00:01', bytes],
    ['-m mac ! --mac-source 02:00:00:00:00:01', bytes],
  ],
})

testMatch(mac, { chain: 'OUTPUT', rejects: { '-m mac --mac-source 02:00:00:00:00:01': /not valid in OUTPUT/ } })
