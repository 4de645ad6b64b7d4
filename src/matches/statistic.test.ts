import { describe, expect, it } from 'vitest'
import { TestEnvironment } from '../../test/harness/environment.ts'
import { ruleTest, testMatch } from '../../test/harness/extension-tester.ts'
import { packetWith } from '../../test/harness/packets.ts'
import { evaluate } from '../expression/evaluate.ts'
import { OUTCOME } from '../expression/test.ts'
import { packet } from '../packet/build.ts'
import { statistic } from './statistic.ts'

testMatch(statistic, {
  saves: {
    '-m statistic --mode random --probability 0.5': '-m statistic --mode random --probability 0.50000000000',
    '-m statistic --probability 1e-3 --mode random': '-m statistic --mode random --probability 0.00100000016',
    '-m statistic --mode random ! --probability .33333333349':
      '-m statistic --mode random ! --probability 0.33333333349',
    '-m statistic --mode random --probability 0.000244140625': '-m statistic --mode random --probability 0.00024414062',
    '-m statistic --mode nth --every 3 --packet 0x2': '-m statistic --mode nth --every 3 --packet 2',
    '-m statistic --mode nth ! --every 4294967295 --packet 4294967294': '=',
  },
  rejects: {
    '-m statistic --mode foo': /Bad mode "foo"/,
    '-m statistic --probability 0.5': /option "--mode" must be specified/,
    '-m statistic --mode random': /--probability must be specified when using random mode/,
    '-m statistic --mode nth': /--every and --packet must be specified when using nth mode/,
    '-m statistic --mode nth --every 2': /"--every" also requires "--packet"/,
    '-m statistic --mode nth --every 0 --packet 0': /out of range \(1-4294967295\)/,
    '-m statistic --mode nth --every 3 --packet 3': /the --packet p must be 0 <= p <= n-1/,
    '-m statistic --mode random --probability 1.1': /out of range \(0-1\)/,
    '-m statistic --mode random --probability inf': /out of range \(0-1\)/,
    '-m statistic --mode random --probability 0.5 --every 2 --packet 0': /cannot be used together/,
    '-m statistic --mode nth --every 3 ! --packet 1': /cannot be inverted/,
  },
  matches: [
    ['-m statistic --mode random --probability 0.5', packet.udp(), drawing(0x3fffffff)],
    ['-m statistic --mode random --probability 0.5', packet.udp(), drawing(0xbfffffff)],
    ['-m statistic --mode random ! --probability 0.5', packet.udp(), drawing(0x40000000)],
    ['-m statistic --mode random --probability 1', packet.udp(), drawing(0xffffffff)],
  ],
  misses: [
    ['-m statistic --mode random --probability 0.5', packet.udp(), drawing(0x40000000)],
    ['-m statistic --mode random --probability 0', packet.udp(), drawing(0)],
  ],
})

function drawing(number: number): TestEnvironment {
  return Object.assign(new TestEnvironment(), { randomNumbers: [number] })
}

describe('counting with --mode nth', () => {
  const count = (options: string, packets: number): string => {
    const test = ruleTest(`-m statistic --mode nth ${options}`)
    const environment = new TestEnvironment()
    const one = packetWith(packet.udp())
    let outcomes = ''
    for (let i = 0; i < packets; i++) outcomes += evaluate(test, one, environment) === OUTCOME.yes ? 'x' : '.'
    return outcomes
  }

  it('holds for one packet of each group, that with the given number', () => {
    expect(count('--every 3 --packet 0', 7)).toBe('x..x..x')
    expect(count('--every 3 --packet 2', 7)).toBe('..x..x.')
    expect(count('--every 1 --packet 0', 3)).toBe('xxx')
  })

  it('holds for the others where it is negated', () => {
    expect(count('! --every 3 --packet 1', 7)).toBe('x.xx.xx')
  })
})
