import { testMatch } from '../../test/harness/extension-tester.ts'
import { packet } from '../packet/build.ts'
import { ttl } from './ttl.ts'

const hops = (count: number): Uint8Array =>
  packet.udp({ source: '10.0.0.1', destination: '10.0.0.2', sport: 1, dport: 2, ttl: count })

testMatch(ttl, {
  saves: {
    '-m ttl --ttl-eq 255': '=',
    '-m ttl ! --ttl-eq 0x40': '-m ttl ! --ttl-eq 64',
    '-m ttl --ttl-lt 5': '=',
    '-m ttl --ttl-gt 017': '-m ttl --ttl-gt 15',
    '-m ttl --ttl 255': '-m ttl --ttl-eq 255',
    '-m ttl ! --ttl 5': '-m ttl ! --ttl-eq 5',
    '-m ttl --ttl-gt 5 -m ttl --ttl-lt 10': '=',
  },
  rejects: {
    '-m ttl --ttl-eq 256': /out of range \(0-255\)/,
    '-m ttl --ttl-eq x': /out of range \(0-255\)/,
    '-m ttl': /must specify/i,
    '-m ttl --ttl-lt 1 --ttl-gt 2': /cannot be used together/,
    '-m ttl --ttl-gt 1 --ttl-lt 2': /^ttl: option "--ttl-lt" cannot be used together with "--ttl-gt"\.$/,
    '-m ttl --ttl-eq 1 --ttl-gt 2': /^ttl: option "--ttl-gt" cannot be used together with "--ttl-eq"\.$/,
    '-m ttl --ttl-gt 1 --ttl-eq 2': /^ttl: option "--ttl-gt" cannot be used together with "--ttl-eq"\.$/,
    '-m ttl --ttl 1 --ttl-eq 2': /^ttl: option "--ttl-eq" can only be used once\.$/,
    '-m ttl --ttl-eq 1 --ttl 2': /^ttl: option "--ttl-eq" can only be used once\.$/,
    '-m ttl --ttl-eq 1 --ttl-eq 2': /^ttl: option "--ttl-eq" can only be used once\.$/,
    '-m ttl --ttl-lt 1 --ttl-lt 2': /^ttl: option "--ttl-lt" can only be used once\.$/,
    '-m ttl --ttl 1 --ttl-gt 2': /^ttl: option "--ttl-gt" cannot be used together with "--ttl-eq"\.$/,
    '-m ttl --ttl-lt 1 --ttl-gt 2 --ttl-eq 5': /^ttl: option "--ttl-lt" cannot be used together with "--ttl-eq"\.$/,
    '-m ttl ! --ttl-lt 5': /^ttl: option "--ttl-lt" cannot be inverted\.$/,
    '-m ttl ! --ttl-gt 5': /^ttl: option "--ttl-gt" cannot be inverted\.$/,
    '-m ttl --ttl 256': /^ttl: bad value for option "--ttl-eq", or out of range \(0-255\)\.$/,
    '-m ttl --ttl-lt -1': /^ttl: bad value for option "--ttl-lt", or out of range \(0-255\)\.$/,
    '-m ttl --ttl-lt ""': /^ttl: bad value for option "--ttl-lt", or out of range \(0-255\)\.$/,
    '-m ttl --ttl-gt x': /^ttl: bad value for option "--ttl-gt", or out of range \(0-255\)\.$/,
    '-m ttl --ttl-gt': /^option "--ttl-gt" requires an argument$/,
    '-m ttl --ttl-eq ! 5': /^ttl: bad value for option "--ttl-eq", or out of range \(0-255\)\.$/,
  },
  matches: [
    ['-m ttl --ttl-eq 64', hops(64)],
    ['-m ttl ! --ttl-eq 64', hops(63)],
    ['-m ttl --ttl-gt 63', hops(64)],
    ['-m ttl --ttl-lt 64', hops(63)],
  ],
  misses: [
    ['-m ttl --ttl-eq 64', hops(63)],
    ['-m ttl --ttl-gt 255', hops(255)],
    ['-m ttl --ttl-lt 0', hops(0)],
  ],
})

testMatch(ttl, {
  family: 6,
  rejects: {
    '-m ttl --ttl-eq 5': /^Couldn't load match `ttl':No such file or directory$/,
  },
})
