import { testMatch } from '../../test/harness/extension-tester.ts'
import { packet } from '../packet/build.ts'
import { hl } from './hl.ts'

const hops = (ttl: number): Uint8Array => packet.udp({ source: 'fd00::5', destination: 'fd00:0:0:2::9', ttl })

testMatch(hl, {
  saves: {
    '-m hl --hl-eq 64': '=',
    '-m hl ! --hl 0x40': '-m hl ! --hl-eq 64',
    '-m hl --hl-lt 010': '-m hl --hl-lt 8',
    '-m hl --hl-gt 255 -j ACCEPT': '=',
    '-m hl ! --hl-eq 64': '=',
    '-m hl --hl 64': '-m hl --hl-eq 64',
    '-m hl --hl-lt 64': '=',
    '-m hl --hl-gt 64': '=',
    '-m hl --hl-lt 0': '=',
    '-m hl --hl-gt 255': '=',
  },
  rejects: {
    '-m hl': /hl|HL/,
    '-m hl --hl-eq 256': /out of range/,
    '-m hl ! --hl-lt 5': /cannot be inverted/,
    '-m hl --hl-eq 1 --hl-gt 2': /cannot be used together/,
    '-m hl ! --hl-lt 64': /^hl: option "--hl-lt" cannot be inverted\.$/,
    '-m hl ! --hl-gt 64': /^hl: option "--hl-gt" cannot be inverted\.$/,
    '-m hl --hl-eq x': /^hl: bad value for option "--hl-eq", or out of range \(0-255\)\.$/,
    '-m hl --hl-eq ""': /^hl: bad value for option "--hl-eq", or out of range \(0-255\)\.$/,
    '-m hl --hl-eq -1': /^hl: bad value for option "--hl-eq", or out of range \(0-255\)\.$/,
    '-m hl --hl-eq 1 --hl-eq 2': /^hl: option "--hl-eq" can only be used once\.$/,
    '-m hl --hl-eq 1 --hl-lt 2': /^hl: option "--hl-lt" cannot be used together with "--hl-eq"\.$/,
    '-m hl --hl-lt 1 --hl-eq 2': /^hl: option "--hl-lt" cannot be used together with "--hl-eq"\.$/,
    '-m hl --hl-gt 1 --hl-lt 2': /^hl: option "--hl-lt" cannot be used together with "--hl-gt"\.$/,
    '-m hl --hl-lt 1 --hl-gt 2': /^hl: option "--hl-lt" cannot be used together with "--hl-gt"\.$/,
    '-m hl --hl-gt 1 --hl-eq 2': /^hl: option "--hl-gt" cannot be used together with "--hl-eq"\.$/,
    '-m hl --hl-eq 1 --hl-lt 2 --hl-gt 3': /^hl: option "--hl-lt" cannot be used together with "--hl-eq"\.$/,
  },
  matches: [
    ['-m hl --hl-eq 64', hops(64)],
    ['-m hl ! --hl-eq 64', hops(63)],
    ['-m hl --hl-lt 64', hops(63)],
    ['-m hl --hl-gt 63', hops(64)],
  ],
  misses: [
    ['-m hl --hl-eq 64', hops(63)],
    ['-m hl --hl-lt 64', hops(64)],
    ['-m hl --hl-gt 255', hops(255)],
    ['-m hl --hl-lt 1', hops(1)],
  ],
})
