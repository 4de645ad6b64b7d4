import { testMatch } from '../../test/harness/extension-tester.ts'
import { packetWith } from '../../test/harness/packets.ts'
import { packet } from '../packet/build.ts'
import type { Packet } from '../packet/packet.ts'
import { fromHex } from '../util/bytes.ts'
import { eui64 } from './eui64.ts'

const from = (source: string): Uint8Array => packet.udp({ source, destination: 'fd00:0:0:2::9' })
const framed = (source: string, behind = '86dd'): Packet =>
  packetWith(from(source), { frame: fromHex(`ffffffffffff 021122334455 ${behind}`) })

testMatch(eui64, {
  saves: { '-m eui64': '=' },
  lists: {
    '-m eui64': 'eui64 ',
  },
  rejects: { '-m eui64 --foo': /unknown option "--foo"/ },
  matches: [
    ['-m eui64', framed('fd00::11:22ff:fe33:4455')],
    ['-m eui64', framed('fd00::11:22ff:fe33:4455', '8100000786dd')],
  ],
  misses: [
    ['-m eui64', framed('fd00::211:22ff:fe33:4455')],
    ['-m eui64', framed('fd00::11:22ff:fe33:4456')],
    ['-m eui64', framed('fd00::11:22ff:fe33:4455', '0800')],
    ['-m eui64', from('fd00::11:22ff:fe33:4455')],
    // What would be the frame, were this device's packets to have one, would fit this address.
    ['-m eui64', from('fd00:1:86dd:0:1340:fdff:fe00:1')],
    [
      '-p udp -m eui64',
      packet.raw({ source: 'fd00::5', destination: 'fd00:0:0:2::9', protocol: 17, payload: 16, offset: 8 }),
    ],
  ],
})
testMatch(eui64, { chain: 'OUTPUT', rejects: { '-m eui64': /not valid in OUTPUT/ } })
