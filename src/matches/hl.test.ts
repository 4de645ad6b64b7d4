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
  },
  rejects: {
    '-m hl': /hl|HL/,
    '-m hl --hl-eq 256': /out of range/,
    '-m hl ! --hl-lt 5': /cannot be inverted/,
    '-m hl --hl-eq 1 --hl-gt 2': /cannot be used together/,
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
