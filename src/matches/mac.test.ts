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
    '-m mac ! --mac-source AA:BB:CC:DD:EE:0F': '-m mac ! --mac-source aa:bb:cc:dd:ee:0f',
    '-m mac --mac-source 00:11:22:33:44:55 -m mac --mac-source 00:11:22:33:44:56': '=',
    '-m mac --mac-source :0:0:0:0:0': '-m mac --mac-source 00:00:00:00:00:00',
    '-m mac --mac-source 0:0:0:0:0:+1': '-m mac --mac-source 00:00:00:00:00:01',
    '-m mac --mac-source 0:0:0:0:0:': '-m mac --mac-source 00:00:00:00:00:00',
    '-m mac --mac-source 0:0:0:0::0': '-m mac --mac-source 00:00:00:00:00:00',
    '-m mac --mac-source " 1:2:3:4:5:6"': '-m mac --mac-source 01:02:03:04:05:06',
    '-m mac --mac-source "1:2:3:4:5: 6"': '-m mac --mac-source 01:02:03:04:05:06',
    '-m mac --mac-source -1:2:3:4:5:6': '-m mac --mac-source ff:02:03:04:05:06',
    '-m mac --mac-source 1:2:3:4:5:-0': '-m mac --mac-source 01:02:03:04:05:00',
    '-m mac --mac-source +1:0:0:0:0:0': '-m mac --mac-source 01:00:00:00:00:00',
    '-m mac --mac-source ff:0:0:0:0:ff': '-m mac --mac-source ff:00:00:00:00:ff',
    '-m mac --mac-source -1:0:0:0:0:ff': '-m mac --mac-source ff:00:00:00:00:ff',
    '-m mac --mac-source :::::': '-m mac --mac-source 00:00:00:00:00:00',
  },
  rejects: {
    '-m mac': /must be specified/,
    '-m mac --mac-source 00:11:22:33:44': /Invalid MAC address/,
    '-m mac --mac-source 00-11-22-33-44-55': /Invalid MAC address/,
    '-m mac --mac-source 0:0:0:0:0:123': /Invalid MAC address/,
    '-m mac --mac-source': /^option "--mac-source" requires an argument$/,
    '-m mac --mac-source ""': /^Invalid MAC address specified\.$/,
    '-m mac --mac-source 00:11:22:33:44:55:66': /^Invalid MAC address specified\.$/,
    '-m mac --mac-source 00:11:22:33:44:5g': /^Invalid MAC address specified\.$/,
    '-m mac --mac-source 00:11:22:33:44:55 --mac-source 00:11:22:33:44:55':
      /^mac: option "--mac-source" can only be used once\.$/,
    '-m mac --foo': /^unknown option "--foo"$/,
    '-m mac --mac-source ! 00:11:22:33:44:55': /^Invalid MAC address specified\.$/,
    '-m mac --mac-source 00000:0000:0:0:0:0': /^Invalid MAC address specified\.$/,
    '-m mac --mac-source 1:2:3:4:5:6:7': /^Invalid MAC address specified\.$/,
    '-m mac --mac-source 1:2:3:4:5:100': /^Invalid MAC address specified\.$/,
    '-m mac --mac-source 1:2:3:4:5:0100': /^Invalid MAC address specified\.$/,
    '-m mac --mac-source "1:2:3:4:5:6 "': /^Invalid MAC address specified\.$/,
    '-m mac --mac-source 0x1:2:3:4:5:6': /^Invalid MAC address specified\.$/,
    '-m mac --mac-source 0x1:0x2:0x3:4:5': /^Invalid MAC address specified\.$/,
    '-m mac --mac-source 1:2:3:4:5': /^Invalid MAC address specified\.$/,
    '-m mac --mac-source -:-:-:-:-:-': /^Invalid MAC address specified\.$/,
    '-m mac --mac-source 0:0:0:0:0:g': /^Invalid MAC address specified\.$/,
    '-m mac --mac-source 0:0:0:0:0:0x': /^Invalid MAC address specified\.$/,
    '-m mac --mac-source 0:0:0:0:0:fff': /^Invalid MAC address specified\.$/,
    '-m mac --mac-source 12:0x:0:0:0:ff': /^Invalid MAC address specified\.$/,
    '-m mac --mac-source ::::::::::': /^Invalid MAC address specified\.$/,
    '-m mac --mac-source 0:0:0:0:0:0000': /^Invalid MAC address specified\.$/,
    '-m mac --mac-source 001:0:0:0:0:0': /^Invalid MAC address specified\.$/,
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

testMatch(mac, {
  family: 6,
  saves: {
    '-m mac --mac-source AA:BB:CC:DD:EE:0F': '-m mac --mac-source aa:bb:cc:dd:ee:0f',
    '-m mac ! --mac-source AA:BB:CC:DD:EE:0F': '-m mac ! --mac-source aa:bb:cc:dd:ee:0f',
  },
})

testMatch(mac, {
  chain: 'OUTPUT',
  rejects: {
    '-m mac --mac-source 02:00:00:00:00:01': /^-m mac is not valid in OUTPUT$/,
  },
})
