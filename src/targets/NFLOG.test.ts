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
