import { testMatch } from '../../test/harness/extension-tester.ts'
import { packet } from '../packet/build.ts'
import { frag } from './frag.ts'

const ends = { source: 'fd00::5', destination: 'fd00:0:0:2::9' }
/** A fragment of UDP: reserved byte, offset in bytes with its three low bits, id. */
function fragment(id: number, bits: number, reserved = 0): Uint8Array {
  const header = Uint8Array.of(17, reserved, bits >> 8, bits & 255, 0, 0, id >> 8, id & 255)
  return packet.raw({ ...ends, protocol: 44, payload: Uint8Array.of(...header, 0, 1, 0, 2, 0, 8, 0, 0) })
}
const cut = (length: number): Uint8Array =>
  packet.raw({ ...ends, protocol: 44, payload: Uint8Array.of(17, 0, 0, 9, 0, 0, 0).subarray(0, length) })

testMatch(frag, {
  family: 6,
  saves: {
    '-m frag': '=',
    '-m frag ! --fragid 0x5:011': '-m frag ! --fragid 5:9',
    '-m frag --fragid :': '-m frag',
    '-m frag --fragid 9:5': '=',
    '-m frag ! --fraglen 0': '=',
    '-m frag --fragmore --fragfirst --fragres --fraglen 9 --fragid 5':
      '-m frag --fragid 5 --fraglen 9 --fragres --fragfirst --fragmore',
    '-m frag --fraglast --fragfirst': '-m frag --fragfirst --fraglast',
    '-m frag --fragid 1': '=',
    '-m frag ! --fragid 1': '=',
    '-m frag --fragid 1:5': '=',
    '-m frag ! --fragid 1:5': '=',
    '-m frag --fragid 5:1': '=',
    '-m frag --fragid 5:': '-m frag --fragid 5:4294967295',
    '-m frag --fraglen 8': '=',
    '-m frag ! --fraglen 8': '=',
    '-m frag --fraglen 0': '=',
    '-m frag --fragres': '=',
    '-m frag --fragfirst': '=',
    '-m frag --fragmore': '=',
    '-m frag --fraglast': '=',
    '-m frag --fragid 1 --fraglen 8 --fragres --fragfirst --fragmore': '=',
    '-m frag ! --fragid 1 ! --fraglen 8 --fragres --fragfirst --fraglast': '=',
    '-p ipv6-frag -m frag': '=',
  },
  rejects: {
    '-m frag --fragmore --fraglast': /^frag: option "--fragmore" cannot be used together with "--fraglast"\.$/,
    '-m frag --fraglast --fragmore': /cannot be used together/,
    '-m frag ! --fraglast': /^frag: option "--fraglast" cannot be inverted\.$/,
    '-m frag ! --fragres': /^frag: option "--fragres" cannot be inverted\.$/,
    '-m frag --fraglen 8:9': /^frag: bad value for option "--fraglen", or out of range \(0-4294967295\)\.$/,
    '-m frag --fragid 4294967296': /near "4294967296", or out of range/,
    '-m frag --fragid x': /^frag: bad value for option "--fragid" near "x", or out of range \(0-4294967295\)\.$/,
    '-m frag --fragid 1:2:3': /^frag: Too many components for option "--fragid" \(max: 2\)$/,
    '-m frag --fragid 1 --fragid 2': /^frag: option "--fragid" can only be used once\.$/,
    '-m frag --fraglen 4294967296': /^frag: bad value for option "--fraglen", or out of range \(0-4294967295\)\.$/,
    '-m frag --fraglen x': /^frag: bad value for option "--fraglen", or out of range \(0-4294967295\)\.$/,
    '-m frag --fraglen 1 --fraglen 2': /^frag: option "--fraglen" can only be used once\.$/,
    '-m frag --fragres --fragres': /^frag: option "--fragres" can only be used once\.$/,
    '-m frag ! --fragfirst': /^frag: option "--fragfirst" cannot be inverted\.$/,
    '-m frag --fragfirst --fragfirst': /^frag: option "--fragfirst" can only be used once\.$/,
    '-m frag --fragmore --fragmore': /^frag: option "--fragmore" can only be used once\.$/,
    '-m frag ! --fragmore': /^frag: option "--fragmore" cannot be inverted\.$/,
    '-m frag --fraglast --fraglast': /^frag: option "--fraglast" can only be used once\.$/,
    '-m frag --fragmore --fraglast --fragmore': /^frag: option "--fragmore" can only be used once\.$/,
  },
  matches: [
    ['-m frag', fragment(7, 0)],
    ['-m frag', fragment(7, 9)],
    ['-m frag --fragid 5:7', fragment(7, 9)],
    ['-m frag ! --fragid 8:', fragment(7, 9)],
    ['-m frag --fraglen 9', fragment(7, 9)],
    ['-m frag ! --fraglen 8', fragment(7, 9)],
    ['-m frag --fragres', fragment(7, 9)],
    ['-m frag --fragfirst --fragmore', fragment(7, 1)],
    ['-m frag --fragfirst --fraglast', fragment(7, 0)],
    ['-m frag --fraglast', fragment(7, 0x5a8)],
    ['-m frag', packet.udp({ ...ends, extensions: [{ protocol: 60 }], mf: true })],
  ],
  misses: [
    ['-m frag', packet.udp(ends)],
    ['-m frag ! --fragid 5', packet.udp(ends)],
    ['-m frag ! --fragid :', fragment(7, 9)],
    ['-m frag --fragid 9:5', fragment(7, 9)],
    ['-m frag --fragres', fragment(7, 9, 1)],
    ['-m frag --fragres', fragment(7, 9 | 2)],
    ['-m frag --fragres', fragment(7, 9 | 4)],
    ['-m frag --fragfirst', fragment(7, 8)],
    ['-m frag --fragmore', fragment(7, 8)],
    ['-m frag --fraglast', fragment(7, 9)],
  ],
  hotdrops: [
    ['-m frag', cut(7)],
    ['-m frag ! --fragid 5', cut(3)],
    ['-m frag', cut(1)],
  ],
})

// What iptables-save does not say is only listed while the rule was not read back.
testMatch(frag, {
  loadable: false,
  saves: {
    '-m frag ! --fragid :': '-m frag',
  },
  lists: {
    '-m frag ! --fragid :': ' frag ids:!0:4294967295',
  },
})
