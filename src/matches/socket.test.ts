import { expect, it } from 'vitest'
import { TestEnvironment } from '../../test/harness/environment.ts'
import { ruleTest, testMatch } from '../../test/harness/extension-tester.ts'
import { packetWith } from '../../test/harness/packets.ts'
import { evaluate } from '../expression/evaluate.ts'
import { OUTCOME } from '../expression/test.ts'
import { packet } from '../packet/build.ts'
import { socket } from './socket.ts'

testMatch(socket, {
  saves: {
    '-m socket': '=',
    '-m socket --restore-skmark --nowildcard --transparent': '-m socket --transparent --nowildcard --restore-skmark',
  },
  rejects: { '-m socket ! --transparent': /cannot be inverted/ },
})

testMatch(socket, { chain: 'OUTPUT', rejects: { '-m socket': /not valid in OUTPUT/ } })

it('-m socket cannot be evaluated', () => {
  const test = ruleTest('-m socket', 'mangle', 'PREROUTING')
  expect(evaluate(test, packetWith(packet.udp()), new TestEnvironment())).toBe(OUTCOME.unknown)
})
