import { testMatch } from '../../test/harness/extension-tester.ts'
import { packetWith, tracked } from '../../test/harness/packets.ts'
import { packet } from '../packet/build.ts'
import { connmark } from './connmark.ts'

const bytes = packet.udp({ source: '10.0.0.5', destination: '10.0.2.9' })

testMatch(connmark, {
  saves: { '-m connmark ! --mark 16/0xf0': '-m connmark ! --mark 0x10/0xf0' },
  rejects: { '-m connmark': /must be specified/, '-m connmark --mark x': /connmark/ },
  matches: [
    ['-m connmark --mark 0x12/0xff', tracked(bytes, { mark: 0xffffff12 })],
    ['-m connmark ! --mark 0x12', tracked(bytes, { mark: 0xffffff12 })],
  ],
  misses: [
    ['-m connmark --mark 0x12', tracked(bytes, { mark: 0x13 })],
    ['-m connmark --mark 0', packetWith(bytes)],
    ['-m connmark ! --mark 1', packetWith(bytes)],
  ],
})
