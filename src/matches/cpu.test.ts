import { expect, it } from 'vitest'
import { testMatch } from '../../test/harness/extension-tester.ts'
import { listed } from '../../test/harness/listed.ts'
import { packet } from '../packet/build.ts'
import { cpu } from './cpu.ts'

testMatch(cpu, {
  // The kernel's processor is whichever runs the test.
  kernel: false,
  saves: {
    '-m cpu --cpu 0': '=',
    '-m cpu ! --cpu 0x1': '-m cpu ! --cpu 1',
    '-m cpu --cpu 4294967295': '=',
  },
  rejects: {
    '-m cpu': /cpu: option "--cpu" must be specified/,
    '-m cpu --cpu 4294967296': /cpu: bad value for option "--cpu", or out of range \(0-4294967295\)\./,
    '-m cpu --cpu x': /bad value/,
    '-m cpu --cpu 0 --cpu 1': /option "--cpu" can only be used once/,
  },
  matches: [
    ['-m cpu --cpu 0', packet.udp()],
    ['-m cpu ! --cpu 1', packet.udp()],
  ],
  misses: [
    ['-m cpu --cpu 1', packet.udp()],
    ['-m cpu ! --cpu 0', packet.udp()],
  ],
})

it('cpu is listed', () => {
  expect(listed('-m cpu --cpu 0')).toBe(' cpu 0')
  expect(listed('-m cpu ! --cpu 3')).toBe(' cpu ! 3')
})
