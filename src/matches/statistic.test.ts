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
    '-m statistic --mode nth --every 3 --packet 0': '=',
    '-m statistic --mode nth ! --every 3 --packet 2': '=',
    '-m statistic --mode nth --every 1 --packet 0': '=',
    '-m statistic --mode random --probability 1': '-m statistic --mode random --probability 1.00000000000',
    '-m statistic --mode random --probability 0': '-m statistic --mode random --probability 0.00000000000',
    '-m statistic --mode random --probability -0': '-m statistic --mode random --probability 0.00000000000',
    '-m statistic --mode random --probability nan': '-m statistic --mode random --probability 0.00000000000',
    '-m statistic --mode random --probability 0x1p-2': '-m statistic --mode random --probability 0.25000000000',
    '-m statistic --mode random --probability 0x.8': '-m statistic --mode random --probability 0.50000000000',
    '-m statistic --mode random --probability 0x0': '-m statistic --mode random --probability 0.00000000000',
    '-m statistic --mode random --probability " 0.5"': '-m statistic --mode random --probability 0.50000000000',
    '-m statistic --mode random --probability 1e-400': '-m statistic --mode random --probability 0.00000000000',
    '-m statistic --mode random --probability 0.99999999999': '-m statistic --mode random --probability 1.00000000000',
  },
  rejects: {
    '-m statistic --mode nth --packet 0': /"--packet" also requires "--every"/,
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
    '-m statistic --mode ""': /^Bad mode ""$/,
    '-m statistic --mode Random --probability 0.5': /^Bad mode "Random"$/,
    '-m statistic': /^--probability must be specified when using random mode$/,
    '-m statistic --mode': /^option "--mode" requires an argument$/,
    '-m statistic --every 3': /^--probability must be specified when using random mode$/,
    '-m statistic --packet 3': /^--probability must be specified when using random mode$/,
    '-m statistic --every 3 --packet 2': /^--probability must be specified when using random mode$/,
    '-m statistic --mode nth --packet 2': /^the --packet p must be 0 <= p <= n-1$/,
    '-m statistic --mode nth --every 3 --packet 4': /^the --packet p must be 0 <= p <= n-1$/,
    '-m statistic --mode random --every 3 --packet 2': /^--probability must be specified when using random mode$/,
    '-m statistic --mode nth --probability 0.5': /^--every and --packet must be specified when using nth mode$/,
    '-m statistic --mode random --probability -0.1':
      /^statistic: bad value for option "--probability", or out of range \(0-1\)\.$/,
    '-m statistic --mode random --probability ""':
      /^statistic: bad value for option "--probability", or out of range \(0-1\)\.$/,
    '-m statistic --mode random --probability "0.5 "':
      /^statistic: bad value for option "--probability", or out of range \(0-1\)\.$/,
    '-m statistic --mode random --probability x':
      /^statistic: bad value for option "--probability", or out of range \(0-1\)\.$/,
    '-m statistic --mode random --probability 0.5,':
      /^statistic: bad value for option "--probability", or out of range \(0-1\)\.$/,
    '-m statistic --mode random --probability 1.0000000001':
      /^statistic: bad value for option "--probability", or out of range \(0-1\)\.$/,
    '-m statistic --mode nth --every 2 --packet 0 --probability 0.5':
      /^statistic: option "--probability" cannot be used together with "--every"\.$/,
    '-m statistic --mode random --probability 0.5 --packet 0':
      /^statistic: option "--probability" cannot be used together with "--packet"\.$/,
    '-m statistic --mode random --probability 0.5 --every 2':
      /^statistic: option "--probability" cannot be used together with "--every"\.$/,
    '-m statistic ! --mode nth --every 3 --packet 1': /^statistic: option "--mode" cannot be inverted\.$/,
    '-m statistic --mode random --probability 0.5 --probability 0.6':
      /^statistic: option "--probability" can only be used once\.$/,
    '-m statistic --mode random --mode nth --every 3 --packet 0':
      /^statistic: option "--mode" can only be used once\.$/,
    '-m statistic --mode nth --every 3 --every 4 --packet 0': /^statistic: option "--every" can only be used once\.$/,
    '-m statistic --mode nth --every 3 --packet 0 --packet 1': /^statistic: option "--packet" can only be used once\.$/,
    '-m statistic --mode nth --every 4294967296 --packet 0':
      /^statistic: bad value for option "--every", or out of range \(1-4294967295\)\.$/,
    '-m statistic --mode nth --every 3 --packet 4294967296':
      /^statistic: bad value for option "--packet", or out of range \(0-4294967295\)\.$/,
    '-m statistic --mode nth --every -1 --packet 0':
      /^statistic: bad value for option "--every", or out of range \(1-4294967295\)\.$/,
    '-m statistic --mode nth --every x --packet 0':
      /^statistic: bad value for option "--every", or out of range \(1-4294967295\)\.$/,
    '-m statistic --mode nth --every "" --packet 0':
      /^statistic: bad value for option "--every", or out of range \(1-4294967295\)\.$/,
    '-m statistic --mode nth --every 3 --packet x':
      /^statistic: bad value for option "--packet", or out of range \(0-4294967295\)\.$/,
    '-m statistic --mode random --probability ! 0.5':
      /^statistic: bad value for option "--probability", or out of range \(0-1\)\.$/,
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

testMatch(statistic, {
  family: 6,
  saves: {
    '-m statistic --mode random ! --probability 0.25': '-m statistic --mode random ! --probability 0.25000000000',
    '-m statistic --mode nth --every 3 --packet 2': '=',
  },
  rejects: {
    '-m statistic --mode nth': /^--every and --packet must be specified when using nth mode$/,
  },
})
