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

testTarget(NFQUEUE, {
  table: 'filter',
  chain: 'FORWARD',
  saves: {
    '-j NFQUEUE --queue-num 0x10': '-j NFQUEUE --queue-num 16',
    '-j NFQUEUE --queue-balance 0x1:010': '-j NFQUEUE --queue-balance 1:8',
    '-j NFQUEUE --queue-balance " 1:2"': '-j NFQUEUE --queue-balance 1:2',
    '-j NFQUEUE': '-j NFQUEUE --queue-num 0',
    '-j NFQUEUE --queue-num 0': '=',
    '-j NFQUEUE --queue-num 5': '=',
    '-j NFQUEUE --queue-num 65535': '=',
    '-j NFQUEUE --queue-num 5 --queue-bypass': '=',
    '-j NFQUEUE --queue-balance 1:2': '=',
    '-j NFQUEUE --queue-balance 1:2 --queue-bypass': '=',
    '-j NFQUEUE --queue-balance 1:2 --queue-cpu-fanout': '=',
    '-j NFQUEUE --queue-balance 1:2 --queue-cpu-fanout --queue-bypass':
      '-j NFQUEUE --queue-balance 1:2 --queue-bypass --queue-cpu-fanout',
    '-j NFQUEUE --queue-bypass': '-j NFQUEUE --queue-num 0 --queue-bypass',
    '-j NFQUEUE --queue-balance :2': '-j NFQUEUE --queue-balance 0:2',
    '-j NFQUEUE --queue-balance 2:': '-j NFQUEUE --queue-balance 2:65535',
    '-j NFQUEUE --queue-balance 1:65535': '=',
  },
  rejects: {
    '-j NFQUEUE --queue-num 1 --queue-num 2': /^NFQUEUE: option "--queue-num" can only be used once\.$/,
    '-j NFQUEUE --queue-bypass --queue-bypass': /^NFQUEUE: option "--queue-bypass" can only be used once\.$/,
    '-j NFQUEUE --queue-cpu-fanout --queue-num 5':
      /^NFQUEUE: option "--queue-cpu-fanout" also requires "--queue-balance"\.$/,
    '-j NFQUEUE --queue-num 5 --queue-balance 1:2 --queue-cpu-fanout':
      /^NFQUEUE: option "--queue-num" cannot be used together with "--queue-balance"\.$/,
    '-j NFQUEUE --queue-num 65536': /^NFQUEUE: bad value for option "--queue-num", or out of range \(0-65535\)\.$/,
    '-j NFQUEUE --queue-num -1': /^NFQUEUE: bad value for option "--queue-num", or out of range \(0-65535\)\.$/,
    '-j NFQUEUE --queue-num 5 --queue-cpu-fanout':
      /^NFQUEUE: option "--queue-cpu-fanout" also requires "--queue-balance"\.$/,
    '-j NFQUEUE --queue-num 5 --queue-balance 1:2':
      /^NFQUEUE: option "--queue-num" cannot be used together with "--queue-balance"\.$/,
    '-j NFQUEUE --queue-cpu-fanout': /^NFQUEUE: option "--queue-cpu-fanout" also requires "--queue-balance"\.$/,
    '-j NFQUEUE --queue-balance 2:1': /^2 should be less than 1$/,
    '-j NFQUEUE --queue-balance 2:2': /^2 should be less than 2$/,
    '-j NFQUEUE --queue-balance 2': /^Bad range "2"$/,
    '-j NFQUEUE --queue-balance :': /^NFQUEUE: the kernel balances over at most 65535 queues$/,
    '-j NFQUEUE --queue-balance 0:65535': /^NFQUEUE: the kernel balances over at most 65535 queues$/,
    '-j NFQUEUE --queue-balance 1:65536':
      /^NFQUEUE: bad value for option "--queue-balance" near "65536", or out of range \(0-65535\)\.$/,
    '-j NFQUEUE --queue-balance 65536:1':
      /^NFQUEUE: bad value for option "--queue-balance" near "65536:1", or out of range \(0-65535\)\.$/,
    '-j NFQUEUE --queue-balance 1:2:3': /^NFQUEUE: Too many components for option "--queue-balance" \(max: 2\)$/,
    '-j NFQUEUE --queue-balance x:1':
      /^NFQUEUE: bad value for option "--queue-balance" near "x:1", or out of range \(0-65535\)\.$/,
    '-j NFQUEUE --queue-balance 1:x':
      /^NFQUEUE: bad value for option "--queue-balance" near "x", or out of range \(0-65535\)\.$/,
    '-j NFQUEUE --queue-balance x':
      /^NFQUEUE: bad value for option "--queue-balance" near "x", or out of range \(0-65535\)\.$/,
    '-j NFQUEUE --queue-balance ""': /^Bad range ""$/,
    '-j NFQUEUE --queue-balance 1:2 --queue-balance 1:2': /^NFQUEUE: option "--queue-balance" can only be used once\.$/,
    '-j NFQUEUE ! --queue-num 1': /^NFQUEUE: option "--queue-num" cannot be inverted\.$/,
    '-j NFQUEUE ! --queue-bypass': /^NFQUEUE: option "--queue-bypass" cannot be inverted\.$/,
  },
})

testTarget(NFQUEUE, {
  table: 'filter',
  chain: 'FORWARD',
  family: 6,
  rejects: {
    '-j NFQUEUE --queue-num 70000': /^NFQUEUE: bad value for option "--queue-num", or out of range \(0-65535\)\.$/,
    '-j NFQUEUE --queue-balance 2:1': /^2 should be less than 1$/,
    '-j NFQUEUE --queue-balance 0:65535': /^NFQUEUE: the kernel balances over at most 65535 queues$/,
    '-j NFQUEUE --queue-cpu-fanout': /^NFQUEUE: option "--queue-cpu-fanout" also requires "--queue-balance"\.$/,
  },

  saves: {
    '-j NFQUEUE --queue-balance 1:2 --queue-cpu-fanout --queue-bypass':
      '-j NFQUEUE --queue-balance 1:2 --queue-bypass --queue-cpu-fanout',
  },
})

testTarget(NFQUEUE, {
  table: 'mangle',
  chain: 'FORWARD',
  family: 6,
  saves: {
    '-j NFQUEUE': '-j NFQUEUE --queue-num 0',
  },
})
