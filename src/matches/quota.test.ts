import { expect, it } from 'vitest'
import { TestEnvironment } from '../../test/harness/environment.ts'
import { ruleTest, testMatch } from '../../test/harness/extension-tester.ts'
import { packetWith } from '../../test/harness/packets.ts'
import { evaluate } from '../expression/evaluate.ts'
import { OUTCOME } from '../expression/test.ts'
import { packet } from '../packet/build.ts'
import { quota } from './quota.ts'

const of = (bytes: number): Uint8Array =>
  packet.udp({ source: '10.0.0.5', destination: '10.0.2.9', payload: bytes - 28 })

testMatch(quota, {
  saves: {
    '-m quota ! --quota 0x10': '-m quota ! --quota 16',
    '-m quota --quota 18446744073709551615': '=',
    '-m quota --quota 0x10': '-m quota --quota 16',
    '-m quota --quota 0': '=',
    '-m quota --quota 010': '-m quota --quota 8',
  },
  rejects: {
    '-m quota': /must be specified/,
    '-m quota --quota x': /out of range \(0-18446744073709551615\)/,
    '-m quota --quota': /^option "--quota" requires an argument$/,
    '-m quota --quota -1': /^quota: bad value for option "--quota", or out of range \(0-18446744073709551615\)\.$/,
    '-m quota --quota ""': /^quota: bad value for option "--quota", or out of range \(0-18446744073709551615\)\.$/,
    '-m quota --quota 18446744073709551616':
      /^quota: bad value for option "--quota", or out of range \(0-18446744073709551615\)\.$/,
    '-m quota --quota 1 --quota 2': /^quota: option "--quota" can only be used once\.$/,
    '-m quota --quota ! 1': /^quota: bad value for option "--quota", or out of range \(0-18446744073709551615\)\.$/,
    '-m quota --quota 1k': /^quota: bad value for option "--quota", or out of range \(0-18446744073709551615\)\.$/,
  },
  matches: [
    ['-m quota --quota 100', of(100)],
    ['-m quota ! --quota 100', of(101)],
  ],
  misses: [['-m quota --quota 100', of(101)]],
})

it('-m quota ends with the first packet that does not fit', () => {
  const environment = new TestEnvironment()
  const test = ruleTest('-m quota --quota 200')
  const ask = (bytes: number): boolean => evaluate(test, packetWith(of(bytes)), environment) === OUTCOME.yes
  expect([100, 50, 51, 28].map(ask)).toEqual([true, true, false, false])
})

testMatch(quota, {
  family: 6,
  saves: {
    '-m quota ! --quota 100': '=',
  },
  rejects: {
    '-m quota --quota x': /^quota: bad value for option "--quota", or out of range \(0-18446744073709551615\)\.$/,
  },
})
