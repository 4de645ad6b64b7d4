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
  },
  rejects: {
    '-m ttl --ttl-eq 256': /out of range \(0-255\)/,
    '-m ttl --ttl-eq x': /out of range \(0-255\)/,
    '-m ttl': /must specify/i,
    '-m ttl --ttl-lt 1 --ttl-gt 2': /cannot be used together/,
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
