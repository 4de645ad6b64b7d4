import { expect } from 'vitest'
import { testTarget } from '../../test/harness/extension-tester.ts'
import { VERDICT } from '../expression/action.ts'
import { packet } from '../packet/build.ts'
import { NFQUEUE } from './NFQUEUE.ts'

testTarget(NFQUEUE, {
  saves: {
    '-j NFQUEUE': '-j NFQUEUE --queue-num 0',
    '-j NFQUEUE --queue-bypass --queue-num 0x10': '-j NFQUEUE --queue-num 16 --queue-bypass',
    '-j NFQUEUE --queue-balance 3:': '-j NFQUEUE --queue-balance 3:65535',
    '-j NFQUEUE --queue-cpu-fanout --queue-balance :3': '-j NFQUEUE --queue-balance 0:3 --queue-cpu-fanout',
  },
  rejects: {
    '-j NFQUEUE --queue-balance 3:3': /^3 should be less than 3$/,
    '-j NFQUEUE --queue-balance 5': /^Bad range "5"$/,
    '-j NFQUEUE --queue-balance 1:2:3': /^NFQUEUE: Too many components/,
    '-j NFQUEUE --queue-balance 0:65536': /near "65536", or out of range \(0-65535\)/,
    '-j NFQUEUE --queue-balance 0:65535': /at most 65535 queues/,
    '-j NFQUEUE --queue-num 1 --queue-balance 0:3': /cannot be used together/,
    '-j NFQUEUE --queue-num 1 --queue-cpu-fanout': /also requires "--queue-balance"/,
  },
  acts: [['-j NFQUEUE --queue-num 3', packet.udp({}), ({ verdict }) => expect(verdict).toBe(VERDICT.queue)]],
})
