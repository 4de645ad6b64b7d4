import { testMatch } from '../../test/harness/extension-tester.ts'
import { packetWith, tracked } from '../../test/harness/packets.ts'
import { packet } from '../packet/build.ts'
import { connmark } from './connmark.ts'

const bytes = packet.udp({ source: '10.0.0.5', destination: '10.0.2.9' })

testMatch(connmark, {
  saves: {
    '-m connmark ! --mark 16/0xf0': '-m connmark ! --mark 0x10/0xf0',
    '-m connmark --mark 1': '-m connmark --mark 0x1',
    '-m connmark ! --mark 1': '-m connmark ! --mark 0x1',
    '-m connmark --mark 0x1/0xff': '=',
    '-m connmark ! --mark 0xff/0xf': '=',
    '-m connmark --mark 1/0': '-m connmark --mark 0x1/0x0',
    '-m connmark --mark 0xffffffff/0xffffffff': '-m connmark --mark 0xffffffff',
    '-m connmark --mark 010/0x10': '-m connmark --mark 0x8/0x10',
    '-m connmark --mark " 1"': '-m connmark --mark 0x1',
    '-m connmark --mark +1': '-m connmark --mark 0x1',
    '-m connmark --mark 0/0': '-m connmark --mark 0x0/0x0',
  },
  rejects: {
    '-m connmark': /^connmark: option "--mark" must be specified$/,
    '-m connmark --mark 4294967296': /^connmark: bad integer value for option "--mark", or out of range\.$/,
    '-m connmark --mark 1/4294967296': /^connmark: bad integer value for option "--mark", or out of range\.$/,
    '-m connmark --mark x': /^connmark: bad integer value for option "--mark", or out of range\.$/,
    '-m connmark --mark ""': /^connmark: bad integer value for option "--mark", or out of range\.$/,
    '-m connmark --mark 1/': /^connmark: bad integer value for option "--mark", or out of range\.$/,
    '-m connmark --mark /1': /^connmark: bad integer value for option "--mark", or out of range\.$/,
    '-m connmark --mark 1/2/3': /^connmark: trailing garbage after value for option "--mark"\.$/,
    '-m connmark --mark -1': /^connmark: bad integer value for option "--mark", or out of range\.$/,
    '-m connmark --mark 1 --mark 2': /^connmark: option "--mark" can only be used once\.$/,
    '-m connmark --mark': /^option "--mark" requires an argument$/,
    '-m connmark --mark 1x': /^connmark: trailing garbage after value for option "--mark"\.$/,
    '-m connmark --mark 1/2x': /^connmark: trailing garbage after value for option "--mark"\.$/,
    '-m connmark --mark 1x/2': /^connmark: trailing garbage after value for option "--mark"\.$/,
    '-m connmark --mark 0x': /^connmark: trailing garbage after value for option "--mark"\.$/,
    '-m connmark --mark 08': /^connmark: trailing garbage after value for option "--mark"\.$/,
    '-m connmark --mark 1/2/': /^connmark: trailing garbage after value for option "--mark"\.$/,
  },
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

testMatch(connmark, {
  family: 6,
  saves: {
    '-m connmark --mark 1/3': '-m connmark --mark 0x1/0x3',
    '-m connmark --mark 1': '-m connmark --mark 0x1',
    '-m connmark ! --mark 1': '-m connmark ! --mark 0x1',
    '-m connmark --mark 0x1/0xff': '=',
    '-m connmark ! --mark 0xff/0xf': '=',
  },
  rejects: {
    '-m connmark': /^connmark: option "--mark" must be specified$/,
    '-m connmark --mark 4294967296': /^connmark: bad integer value for option "--mark", or out of range\.$/,
    '-m connmark --mark 1/4294967296': /^connmark: bad integer value for option "--mark", or out of range\.$/,
    '-m connmark --mark x': /^connmark: bad integer value for option "--mark", or out of range\.$/,
  },
})
