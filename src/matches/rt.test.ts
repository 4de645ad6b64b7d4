import { testMatch } from '../../test/harness/extension-tester.ts'
import { packet } from '../packet/build.ts'
import { rt } from './rt.ts'

const ends = { source: 'fd00::5', destination: 'fd00:0:0:2::9' }
const hop = (last: number): number[] => [0xfd, ...new Array<number>(14).fill(0), last]

/** A UDP packet with a routing header: type, segments left, the reserved 32 bits, then fd00::`hops`. */
function routed(type: number, left: number, hops: readonly number[] = [], reserved = 0): Uint8Array {
  const body = Uint8Array.of(type, left, 0, 0, 0, reserved, ...hops.flatMap(hop))
  return packet.udp({ ...ends, extensions: [{ protocol: 43, body }] })
}
/** The first bytes of a routing header of type 0 with no more packet behind them. */
const cut = (...bytes: readonly number[]): Uint8Array =>
  packet.raw({ ...ends, protocol: 43, payload: Uint8Array.from(bytes) })
const noHeader = packet.udp(ends)
const many = Array.from({ length: 17 }, (_, index) => `::${index + 1}`)

testMatch(rt, {
  family: 6,
  saves: {
    '-m rt': '=',
    '-m rt --rt-type 0 -j DROP': '=',
    '-m rt ! --rt-len 0x18 ! --rt-segsleft 1:05 ! --rt-type 0x2b':
      '-m rt ! --rt-type 43 ! --rt-segsleft 1:5 ! --rt-len 24',
    '-m rt --rt-segsleft :': '-m rt',
    '-m rt --rt-segsleft 5:': '-m rt --rt-segsleft 5:4294967295',
    '-m rt --rt-segsleft 5:2': '=',
    '-m rt --rt-segsleft 0x5:5 --rt-type 256': '-m rt --rt-type 256 --rt-segsleft 5',
    '-m rt --rt-type 0 --rt-0-addrs FD00:0::1 --rt-0-res --rt-len 24 -m length --length 5':
      '-m rt --rt-type 0 --rt-len 24 --rt-0-res --rt-0-addrs fd00::1 -m length --length 5',
    '-m rt --rt-type 0 --rt-0-addrs fd00::1,::ffff:10.0.0.1 --rt-0-not-strict -j ACCEPT': '=',
    [`-m rt --rt-type 0 --rt-0-addrs ${many.slice(1).join(',')}`]: '=',
    '-m rt --rt-type 0': '=',
    '-m rt ! --rt-type 0': '=',
    '-m rt --rt-type 4294967295': '=',
    '-m rt --rt-segsleft :5': '-m rt --rt-segsleft 0:5',
    '-m rt --rt-segsleft 5': '=',
    '-m rt ! --rt-segsleft 5': '=',
    '-m rt --rt-segsleft 0': '=',
    '-m rt ! --rt-segsleft 0': '=',
    '-m rt --rt-len 24': '=',
    '-m rt --rt-len 0': '=',
    '-m rt ! --rt-len 0': '=',
    '-m rt --rt-type 0 --rt-0-res': '=',
    '-m rt --rt-type 0 --rt-0-addrs fd00::1,::ffff:10.0.0.1 --rt-0-not-strict': '=',
    '-m rt --rt-type 0 --rt-0-addrs fd00::1,fd00::2': '=',
    '-m rt --rt-segsleft ""': '-m rt --rt-segsleft 0',
    '-m rt --rt-type 0 --rt-0-addrs ::1,::2,::3,::4,::5,::6,::7,::8,::9,::10,::11,::12,::13,::14,::15,::16': '=',
    '-m rt --rt-len 4294967295': '=',
    '-m rt --rt-len 2147483648 --rt-type 2147483648': '-m rt --rt-type 2147483648 --rt-len 2147483648',
    '-m rt --rt-segsleft 1:': '-m rt --rt-segsleft 1:4294967295',
    '-m rt --rt-segsleft " 1"': '-m rt --rt-segsleft 1',
  },
  rejects: {
    '-m rt --rt-type 1 --rt-0-addrs x': /^`--rt-type 0' required before `--rt-0-addrs'$/,
    '-m rt --rt-0-res --rt-type x': /^`--rt-type 0' required before `--rt-0-res'$/,
    '-m rt --rt-len 5:6': /^rt: bad value for option "--rt-len", or out of range \(0-4294967295\)\.$/,
    '-m rt --rt-type x': /^rt: bad value for option "--rt-type", or out of range \(0-4294967295\)\.$/,
    '-m rt --rt-segsleft 4294967296': /near "4294967296", or out of range/,
    '-m rt --rt-segsleft 1:2:3': /^rt: Too many components for option "--rt-segsleft" \(max: 2\)$/,
    '-m rt --rt-type 0 --rt-type 0': /^rt: option "--rt-type" can only be used once\.$/,
    '-m rt --rt-0-res --rt-type 0': /^`--rt-type 0' required before `--rt-0-res'$/,
    '-m rt ! --rt-type 0 --rt-0-res': /^`--rt-type 0' required before `--rt-0-res'$/,
    '-m rt --rt-type 1 --rt-0-addrs ::1': /^`--rt-type 0' required before `--rt-0-addrs'$/,
    '-m rt --rt-type 0 --rt-0-not-strict': /^`--rt-0-addr \.\.\.' required before `--rt-0-not-strict'$/,
    '-m rt --rt-type 0 --rt-0-not-strict --rt-0-addrs ::1':
      /^`--rt-0-addr \.\.\.' required before `--rt-0-not-strict'$/,
    '-m rt --rt-type 0 --rt-0-addrs 10.0.0.1': /^bad address: 10\.0\.0\.1$/,
    '-m rt --rt-type 0 --rt-0-addrs ::1,': /^bad address: $/,
    [`-m rt --rt-type 0 --rt-0-addrs ${many.join(',')}`]: /^too many addresses specified$/,
    '-m rt --rt-type 0 ! --rt-0-addrs ::1': /^rt: option "--rt-0-addrs" cannot be inverted\.$/,
    '-m rt --rt-type 0 ! --rt-0-res': /^rt: option "--rt-0-res" cannot be inverted\.$/,
    '-m rt --rt-type ""': /^rt: bad value for option "--rt-type", or out of range \(0-4294967295\)\.$/,
    '-m rt --rt-type -1': /^rt: bad value for option "--rt-type", or out of range \(0-4294967295\)\.$/,
    '-m rt --rt-type 4294967296': /^rt: bad value for option "--rt-type", or out of range \(0-4294967295\)\.$/,
    '-m rt --rt-segsleft x': /^rt: bad value for option "--rt-segsleft" near "x", or out of range \(0-4294967295\)\.$/,
    '-m rt --rt-segsleft 1:x':
      /^rt: bad value for option "--rt-segsleft" near "x", or out of range \(0-4294967295\)\.$/,
    '-m rt --rt-len x': /^rt: bad value for option "--rt-len", or out of range \(0-4294967295\)\.$/,
    '-m rt --rt-len 0 --rt-len 0': /^rt: option "--rt-len" can only be used once\.$/,
    '-m rt --rt-segsleft 0 --rt-segsleft 0': /^rt: option "--rt-segsleft" can only be used once\.$/,
    '-m rt --rt-0-addrs ::1': /^`--rt-type 0' required before `--rt-0-addrs'$/,
    '-m rt --rt-type 0 --rt-0-addrs ""': /^bad address: $/,
    '-m rt --rt-type 0 --rt-0-addrs ::1 --rt-0-addrs ::2': /^rt: option "--rt-0-addrs" can only be used once\.$/,
    '-m rt --rt-type 0 --rt-0-res --rt-0-res': /^rt: option "--rt-0-res" can only be used once\.$/,
    '-m rt --rt-type 0 --rt-0-addrs ::1 ! --rt-0-not-strict': /^rt: option "--rt-0-not-strict" cannot be inverted\.$/,
    '-m rt --rt-type 0 --rt-0-addrs ::1 --rt-0-not-strict --rt-0-not-strict':
      /^rt: option "--rt-0-not-strict" can only be used once\.$/,
    '-m rt --rt-type': /^option "--rt-type" requires an argument$/,
    '-m rt --rt-type 0 --rt-0-addrs ::1,::2,::3,::4,::5,::6,::7,::8,::9,::10,::11,::12,::13,::14,::15,::16,::17':
      /^too many addresses specified$/,
    '-m rt --rt-type ! 0': /^rt: bad value for option "--rt-type", or out of range \(0-4294967295\)\.$/,
    '-m rt --rt-segsleft 1-2': /^rt: Argument to "--rt-segsleft" has unexpected characters near "-2"\.$/,
    '-m rt --rt-segsleft x:1':
      /^rt: bad value for option "--rt-segsleft" near "x:1", or out of range \(0-4294967295\)\.$/,
    '-m rt --rt-segsleft 1:4294967296:3':
      /^rt: bad value for option "--rt-segsleft" near "4294967296:3", or out of range \(0-4294967295\)\.$/,
    '-m rt --rt-segsleft 0x': /^rt: Argument to "--rt-segsleft" has unexpected characters near "x"\.$/,
    '-m rt --rt-segsleft 1:-2':
      /^rt: bad value for option "--rt-segsleft" near "-2", or out of range \(0-4294967295\)\.$/,
  },
  matches: [
    ['-m rt', routed(0, 0)],
    ['-m rt --rt-type 0', routed(0, 1, [1])],
    ['-m rt --rt-type 2', routed(2, 1, [1])],
    ['-m rt ! --rt-type 256', routed(0, 1, [1])],
    ['-m rt --rt-segsleft 2:4', routed(0, 2, [1, 2])],
    ['-m rt ! --rt-segsleft 3:4', routed(0, 2, [1, 2])],
    ['-m rt ! --rt-segsleft 5:2', routed(0, 3, [])],
    ['-m rt --rt-len 24', routed(4, 1, [1])],
    ['-m rt ! --rt-len 8', routed(4, 1, [1])],
    ['-m rt --rt-type 0 --rt-0-res', routed(0, 1, [1])],
    ['-m rt --rt-type 0 --rt-0-addrs fd00::1,fd00::2', routed(0, 2, [1, 2])],
    ['-m rt --rt-type 0 --rt-0-addrs fd00::1,fd00::3 --rt-0-not-strict', routed(0, 3, [1, 2, 3])],
    ['-m rt --rt-type 0 --rt-0-addrs fd00::2,fd00::2 --rt-0-not-strict', routed(0, 3, [2, 1, 2])],
    [
      '-m rt --rt-segsleft 1',
      packet.udp({
        ...ends,
        extensions: [{ protocol: 60 }, { protocol: 43, body: Uint8Array.of(0, 1, 0, 0, 0, 0) }],
      }),
    ],
    ['-p udp -m rt --rt-type 0', routed(0, 0)],
  ],
  misses: [
    ['-m rt', noHeader],
    ['-m rt ! --rt-type 0', noHeader],
    ['-m rt ! --rt-type 0', routed(0, 0)],
    ['-m rt --rt-type 256', routed(0, 0)],
    ['-m rt ! --rt-segsleft :', routed(0, 0)],
    ['-m rt --rt-segsleft 5:2', routed(0, 3)],
    ['-m rt --rt-len 24', routed(0, 0)],
    ['-m rt --rt-type 0 --rt-0-res', routed(0, 1, [1], 1)],
    ['-m rt --rt-type 0 --rt-0-addrs fd00::2,fd00::1', routed(0, 2, [1, 2])],
    ['-m rt --rt-type 0 --rt-0-addrs fd00::1', routed(0, 2, [1, 2])],
    ['-m rt --rt-type 0 --rt-0-addrs fd00::3,fd00::1 --rt-0-not-strict', routed(0, 3, [1, 2, 3])],
    ['-m rt --rt-type 0 --rt-0-addrs fd00::1,fd00::2 --rt-0-not-strict', routed(0, 1, [1])],
    ['-m rt --rt-type 0 --rt-0-addrs fd00::2,fd00::1', routed(0, 1, [1])],
    // More addresses wanted than the header and the rest of the packet have.
    ['-m rt --rt-type 0 --rt-0-addrs fd00::1,fd00::2', routed(0, 1, [1])],
    // A later fragment in front of it.
    ['-m rt', packet.raw({ ...ends, protocol: 43, payload: 16, offset: 8 })],
  ],
  hotdrops: [
    ['-m rt', cut(17, 0, 0)],
    ['-m rt ! --rt-type 0', cut(17)],
    // Longer than the packet.
    ['-m rt', cut(17, 2, 0, 0, 0, 0, 0, 0)],
    ['-m rt ! --rt-type 0', cut(17, 2, 0, 0, 0, 0, 0, 0)],
    ['-m rt', cut(17, 0, 0, 0)],
  ],
})

testMatch(rt, {
  family: 4,
  chain: 'FORWARD',
  rejects: {
    '-m rt': /^Couldn't load match `rt':No such file or directory$/,
  },
})

// What the saved text loses, or cannot be read back: the real tool lists it from the kernel.
testMatch(rt, {
  loadable: false,
  family: 6,
  saves: {
    '-m rt ! --rt-segsleft : --rt-len 0': '-m rt --rt-len 0',
  },
  lists: {
    '-m rt ! --rt-segsleft : --rt-len 0': ' rt segslefts:!0:4294967295 length:0',
  },
})
