import { testMatch } from '../../test/harness/extension-tester.ts'
import { packet } from '../packet/build.ts'
import { Packet } from '../packet/packet.ts'
import { mark } from './mark.ts'

const marked = (value: number): Packet => {
  const one = new Packet().load(packet.udp())
  one.parse()
  one.mark = value
  return one
}
const unmarked = packet.udp({ source: '10.0.0.5', destination: '10.0.2.9' })

testMatch(mark, {
  saves: {
    '-m mark --mark 0x1': '=',
    '-m mark --mark 010/0xff': '-m mark --mark 0x8/0xff',
    '-m mark ! --mark 4294967295/4294967295': '-m mark ! --mark 0xffffffff',
    '-m mark --mark 0/0': '-m mark --mark 0x0/0x0',
    '-m mark ! --mark 0x1': '=',
    '-m mark ! --mark 0/0': '-m mark ! --mark 0x0/0x0',
    '-m mark --mark 5/2': '-m mark --mark 0x5/0x2',
    '-m mark --mark 0xFFFFFFFF': '-m mark --mark 0xffffffff',
    '-m mark --mark 1 -m mark --mark 2/3': '-m mark --mark 0x1 -m mark --mark 0x2/0x3',
    '-m mark --mark " 1"': '-m mark --mark 0x1',
    '-m mark --mark "1/ 1"': '-m mark --mark 0x1/0x1',
    '-m mark --mark +1': '-m mark --mark 0x1',
  },
  rejects: {
    '-m mark': /must be specified/,
    '-m mark --mark 4294967296': /mark/,
    '-m mark --mark 1/': /mark/,
    '-m mark --mark x': /mark/,
    '-m mark --mark ! 1': /mark/,
    '-m mark --mark': /^option "--mark" requires an argument$/,
    '-m mark --mark /1': /^mark: bad integer value for option "--mark", or out of range\.$/,
    '-m mark --mark -1': /^mark: bad integer value for option "--mark", or out of range\.$/,
    '-m mark --mark 1/2/3': /^mark: trailing garbage after value for option "--mark"\.$/,
    '-m mark --mark ""': /^mark: bad integer value for option "--mark", or out of range\.$/,
    '-m mark --mark 1/4294967296': /^mark: bad integer value for option "--mark", or out of range\.$/,
    '-m mark --mark 1 --mark 2': /^mark: option "--mark" can only be used once\.$/,
    '-m mark --mark 1x': /^mark: trailing garbage after value for option "--mark"\.$/,
    '-m mark --mark 1/x': /^mark: bad integer value for option "--mark", or out of range\.$/,
    '-m mark --mark "1 "': /^mark: trailing garbage after value for option "--mark"\.$/,
    '-m mark --mark "1 /1"': /^mark: trailing garbage after value for option "--mark"\.$/,
    '-m mark --mark 0x': /^mark: trailing garbage after value for option "--mark"\.$/,
    '-m mark --mark 08': /^mark: trailing garbage after value for option "--mark"\.$/,
    '-m mark --mark 1/0x': /^mark: trailing garbage after value for option "--mark"\.$/,
    '-m mark --mark 1/-1': /^mark: bad integer value for option "--mark", or out of range\.$/,
    '-m mark --mark 1/1x': /^mark: trailing garbage after value for option "--mark"\.$/,
    '-m mark --mark 1:1': /^mark: trailing garbage after value for option "--mark"\.$/,
  },
  matches: [
    ['-m mark --mark 0x12/0xff', marked(0xabcdef12)],
    ['-m mark ! --mark 0x12', marked(0xabcdef12)],
    ['-m mark --mark 0xffffffff', marked(0xffffffff)],
    ['-m mark --mark 0x80000000/0x80000000', marked(0xf0000000)],
    ['-m mark --mark 0', unmarked],
    ['-m mark --mark 0/0', unmarked],
    ['-m mark ! --mark 0x5/0x2', unmarked],
  ],
  misses: [
    ['-m mark --mark 0x5/0x2', marked(5)],
    ['-m mark ! --mark 0', unmarked],
    ['-m mark --mark 1', unmarked],
  ],
})

testMatch(mark, {
  family: 6,
  saves: {
    '-m mark ! --mark 0x1/0xff': '=',
  },
  rejects: {
    '-m mark': /^mark: option "--mark" must be specified$/,
  },
})
