import { expect } from 'vitest'
import { testTarget } from '../../test/harness/extension-tester.ts'
import { VERDICT } from '../expression/action.ts'
import { packet } from '../packet/build.ts'
import { NFLOG } from './NFLOG.ts'

testTarget(NFLOG, {
  saves: {
    '-j NFLOG --nflog-group 0': '-j NFLOG',
    '-j NFLOG --nflog-threshold 10 --nflog-size 128 --nflog-prefix "a b" --nflog-group 0x10':
      '-j NFLOG --nflog-prefix "a b" --nflog-group 16 --nflog-size 128 --nflog-threshold 10',
    '-j NFLOG --nflog-size 0': '=',
    '-j NFLOG --nflog-range 64 --nflog-threshold 0': '-j NFLOG --nflog-range 64',
    [`-j NFLOG --nflog-prefix ${'a'.repeat(65)}`]: `-j NFLOG --nflog-prefix ${'a'.repeat(63)}`,
  },
  rejects: {
    '-j NFLOG --nflog-group 65536': /out of range \(0-65535\)/,
    '-j NFLOG --nflog-range 1 --nflog-size 2': /cannot be used together/,
    '-j NFLOG --nflog-prefix ""': /minimum length of 1/,
  },
  acts: [
    [
      '-j NFLOG --nflog-group 7 --nflog-prefix p',
      packet.udp({}),
      ({ environment, verdict }) => {
        expect(verdict).toBe(VERDICT.continue)
        expect(environment.told).toMatchObject([['log', { kind: 'NFLOG', group: 7, prefix: 'p' }]])
      },
    ],
  ],
})

testTarget(NFLOG, {
  table: 'filter',
  chain: 'FORWARD',
  saves: {
    '-j NFLOG --nflog-prefix "ü: "': '=',
    '-j NFLOG --nflog-prefix "it\'s"': `-j NFLOG --nflog-prefix "it\\'s"`,
    '-j NFLOG --nflog-size 4294967295': '=',
    '-j NFLOG --nflog-size 0x10': '-j NFLOG --nflog-size 16',
    '-j NFLOG --nflog-threshold 65535': '=',
    '-j NFLOG': '=',
    '-j NFLOG --nflog-prefix "a b"': '=',
    '-j NFLOG --nflog-prefix a --nflog-group 3 --nflog-size 4 --nflog-threshold 5': '=',
    '-j NFLOG --nflog-range 4': '=',
    '-j NFLOG --nflog-range 0': '-j NFLOG',
    '-j NFLOG --nflog-size 0': '=',
    '-j NFLOG --nflog-group 0 --nflog-threshold 0': '-j NFLOG',
    '-j NFLOG --nflog-group 65535': '=',
    '-j NFLOG --nflog-prefix 0123456789012345678901234567890123456789012345678901234567890123456789':
      '-j NFLOG --nflog-prefix 012345678901234567890123456789012345678901234567890123456789012',
  },
  rejects: {
    '-j NFLOG --nflog-group -1': /^NFLOG: bad value for option "--nflog-group", or out of range \(0-65535\)\.$/,
    '-j NFLOG --nflog-group': /^option "--nflog-group" requires an argument$/,
    '-j NFLOG --nflog-group 65536': /^NFLOG: bad value for option "--nflog-group", or out of range \(0-65535\)\.$/,
    '-j NFLOG --nflog-threshold 65536':
      /^NFLOG: bad value for option "--nflog-threshold", or out of range \(0-65535\)\.$/,
    '-j NFLOG --nflog-size 4294967296':
      /^NFLOG: bad value for option "--nflog-size", or out of range \(0-4294967295\)\.$/,
    '-j NFLOG --nflog-range 1 --nflog-size 2':
      /^NFLOG: option "--nflog-range" cannot be used together with "--nflog-size"\.$/,
    '-j NFLOG --nflog-size 2 --nflog-range 1':
      /^NFLOG: option "--nflog-range" cannot be used together with "--nflog-size"\.$/,
    '-j NFLOG --nflog-range -1': /^NFLOG: bad value for option "--nflog-range", or out of range \(0-4294967295\)\.$/,
    '-j NFLOG --nflog-range 1 --nflog-range 1': /^NFLOG: option "--nflog-range" can only be used once\.$/,
    '-j NFLOG --nflog-prefix ""': /^Argument must have a minimum length of 1 characters$/,
    '-j NFLOG ! --nflog-prefix a': /^NFLOG: option "--nflog-prefix" cannot be inverted\.$/,
    '-j NFLOG --nflog-prefix a --nflog-prefix a': /^NFLOG: option "--nflog-prefix" can only be used once\.$/,
  },
})

testTarget(NFLOG, {
  table: 'filter',
  chain: 'FORWARD',
  family: 6,
  rejects: {
    '-j NFLOG --nflog-group 70000': /^NFLOG: bad value for option "--nflog-group", or out of range \(0-65535\)\.$/,
  },

  saves: {
    '-j NFLOG --nflog-group 7 --nflog-size 9': '=',
    '-j NFLOG --nflog-prefix "a\'b" --nflog-range 5': `-j NFLOG --nflog-prefix "a\\'b" --nflog-range 5`,
  },
})
