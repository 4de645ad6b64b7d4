import { expect, it } from 'vitest'
import { TestEnvironment } from '../../test/harness/environment.ts'
import { ruleTest, testMatch } from '../../test/harness/extension-tester.ts'
import { connectionWith, packetWith, tracked, udp4 } from '../../test/harness/packets.ts'
import { evaluate } from '../expression/evaluate.ts'
import { OUTCOME } from '../expression/test.ts'
import { templateConnection } from '../packet/connection.ts'
import { connlabel } from './connlabel.ts'

const labelled = (labels: bigint) => tracked(udp4(), { labels })

testMatch(connlabel, {
  saves: {
    '-m connlabel --label 5': '-m connlabel --label "5"',
    '-m connlabel ! --label 127': '-m connlabel ! --label "127"',
    '-m connlabel --set --label 0x10': '-m connlabel --label "16" --set',
    '-m connlabel ! --label "010" --set': '-m connlabel ! --label "8" --set',
    '-m connlabel --label +5': '-m connlabel --label "5"',
    '-m connlabel --label 65541': '-m connlabel --label "5"',
    '-m connlabel --label 4294967301': '-m connlabel --label "5"',
  },
  rejects: {
    '-m connlabel': /^connlabel: option "--label" must be specified/,
    '-m connlabel --set': /^connlabel: option "--label" must be specified/,
    '-m connlabel --label foo': /^label 'foo' not found or invalid value$/,
    '-m connlabel --label 5x': /^label '5x' not found or invalid value$/,
    '-m connlabel --label -1': /^label '-1' not found or invalid value$/,
    '-m connlabel --label 4294967295': /^label '4294967295' not found/,
    '-m connlabel --label 18446744073709551617': /not found or invalid value$/,
    '-m connlabel --label ""': /^Argument must have a minimum length of 1 characters/,
    '-m connlabel --label 128': /labels 0 to 127/,
    '-m connlabel --label 5 ! --set': /cannot be inverted/,
    '-m connlabel --label 5 --label 6': /can only be used once/,
  },
  matches: [
    ['-m connlabel --label 5', labelled(1n << 5n)],
    ['-m connlabel --label 127', labelled(1n << 127n)],
    ['-m connlabel ! --label 5', labelled(1n << 6n)],
    ['-m connlabel --label 5 --set', labelled(0n)],
    ['-m connlabel ! --label 5 --set', packetWith(udp4())],
    ['-m connlabel ! --label 5', packetWith(udp4(), { ct: templateConnection(0) })],
    // A connection of its own for each packet of the rows.
    ['-m connlabel ! --label 5', udp4({ sport: 11 })],
  ],
  misses: [
    ['-m connlabel --label 5', labelled(~(1n << 5n))],
    ['-m connlabel ! --label 5 --set', labelled(0n)],
    ['-m connlabel --label 5 --set', packetWith(udp4())],
    ['-m connlabel --label 5 --set', packetWith(udp4(), { ct: templateConnection(0) })],
    ['-m connlabel --label 5', udp4({ sport: 12 })],
  ],
})

it('keeps what was set on the connection, for its other packets', () => {
  const environment = new TestEnvironment()
  const ct = connectionWith({ labels: 1n })
  const ask = (rule: string) => evaluate(ruleTest(rule), packetWith(udp4(), { ct }), environment)
  expect(ask('-m connlabel --label 7')).toBe(OUTCOME.no)
  expect(ask('-m connlabel --label 7 --set')).toBe(OUTCOME.yes)
  expect(ask('-m connlabel --label 7')).toBe(OUTCOME.yes)
  expect(ct.labels).toBe(0x81n)
})
