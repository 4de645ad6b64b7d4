import { expect, it } from 'vitest'
import { TestEnvironment } from '../../test/harness/environment.ts'
import { ruleTest, testMatch } from '../../test/harness/extension-tester.ts'
import { packetWith } from '../../test/harness/packets.ts'
import { evaluate } from '../expression/evaluate.ts'
import { packet } from '../packet/build.ts'
import { rpfilter } from './rpfilter.ts'

const bytes = packet.udp({ source: '10.0.0.5', destination: '10.0.2.9' })
const answering = (holds: boolean): TestEnvironment => Object.assign(new TestEnvironment(), { reversePath: holds })

testMatch(rpfilter, {
  saves: {
    '-m rpfilter': '=',
    '-m rpfilter --invert --accept-local --validmark --loose':
      '-m rpfilter --loose --validmark --accept-local --invert',
    '-m rpfilter --inv -j DROP': '-m rpfilter --invert -j DROP',
    '-m rpfilter --loose': '=',
    '-m rpfilter --validmark': '=',
    '-m rpfilter --accept-local': '=',
    '-m rpfilter --invert': '=',
    '-m rpfilter --inv': '-m rpfilter --invert',
  },
  rejects: {
    '-m rpfilter ! --loose': /cannot be inverted/,
    '-m rpfilter --loose --loose': /can only be used once/,
    '-m rpfilter ! --invert': /^rpfilter: option "--invert" cannot be inverted\.$/,
    '-m rpfilter --invert --invert': /^rpfilter: option "--invert" can only be used once\.$/,
    '-m rpfilter --foo': /^unknown option "--foo"$/,
    '-m rpfilter ! --validmark': /^rpfilter: option "--validmark" cannot be inverted\.$/,
    '-m rpfilter ! --accept-local': /^rpfilter: option "--accept-local" cannot be inverted\.$/,
    '-m rpfilter --validmark --validmark': /^rpfilter: option "--validmark" can only be used once\.$/,
    '-m rpfilter --accept-local --accept-local': /^rpfilter: option "--accept-local" can only be used once\.$/,
  },
  matches: [
    ['-m rpfilter', bytes, answering(true)],
    ['-m rpfilter --invert', bytes, answering(false)],
  ],
  misses: [
    ['-m rpfilter', bytes, answering(false)],
    ['-m rpfilter --invert', bytes, answering(true)],
  ],
})

testMatch(rpfilter, { table: 'filter', chain: 'INPUT', rejects: { '-m rpfilter': /only valid in tables raw, mangle/ } })
testMatch(rpfilter, { table: 'mangle', chain: 'INPUT', rejects: { '-m rpfilter': /not valid in INPUT/ } })

it('asks for the reverse path as the options say', () => {
  const environment = new TestEnvironment()
  const asked: unknown[] = []
  environment.reversePathHolds = ((_packet: unknown, options: unknown) => asked.push(options) > 0) as () => boolean
  for (const options of ['', ' --loose', ' --validmark', ' --accept-local']) {
    evaluate(ruleTest(`-m rpfilter${options}`, 'raw', 'PREROUTING'), packetWith(bytes), environment)
  }
  const none = { loose: false, validMark: false, acceptLocal: false }
  expect(asked).toEqual([none, { ...none, loose: true }, { ...none, validMark: true }, { ...none, acceptLocal: true }])
})

testMatch(rpfilter, {
  table: 'mangle',
  chain: 'PREROUTING',
  saves: {
    '-m rpfilter --loose': '=',
  },
})

testMatch(rpfilter, {
  table: 'filter',
  chain: 'INPUT',
  rejects: {
    '-m rpfilter': /^-m rpfilter is only valid in tables raw, mangle, not in table filter$/,
  },
})

testMatch(rpfilter, {
  table: 'mangle',
  chain: 'INPUT',
  rejects: {
    '-m rpfilter': /^-m rpfilter is not valid in INPUT$/,
  },
})

testMatch(rpfilter, {
  table: 'nat',
  chain: 'PREROUTING',
  rejects: {
    '-m rpfilter': /^-m rpfilter is only valid in tables raw, mangle, not in table nat$/,
  },
})

testMatch(rpfilter, {
  chain: 'OUTPUT',
  rejects: {
    '-m rpfilter': /^-m rpfilter is not valid in OUTPUT$/,
  },
})

testMatch(rpfilter, {
  family: 6,
  chain: 'PREROUTING',
  saves: {
    '-m rpfilter --invert --accept-local --validmark --loose':
      '-m rpfilter --loose --validmark --accept-local --invert',
  },
  rejects: {
    '-m rpfilter --loose --loose': /^rpfilter: option "--loose" can only be used once\.$/,
  },
})

testMatch(rpfilter, {
  family: 6,
  table: 'filter',
  chain: 'INPUT',
  rejects: {
    '-m rpfilter': /^-m rpfilter is only valid in tables raw, mangle, not in table filter$/,
  },
})
