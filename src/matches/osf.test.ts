import { expect, it } from 'vitest'
import { TestEnvironment } from '../../test/harness/environment.ts'
import { ruleTest, testMatch } from '../../test/harness/extension-tester.ts'
import { packetWith } from '../../test/harness/packets.ts'
import { evaluate } from '../expression/evaluate.ts'
import { packet } from '../packet/build.ts'
import { osf } from './osf.ts'

const syn = packet.tcp({ source: '10.0.0.5', destination: '10.0.2.9', sport: 1000, dport: 80 })
const ack = packet.tcp({ source: '10.0.0.5', destination: '10.0.2.9', sport: 1000, dport: 80, flags: 'A' })

testMatch(osf, {
  saves: {
    '-p tcp -m osf --genre Linux': '=',
    '-p tcp -m osf --log 0x1 ! --genre Linux --ttl 2': '-p tcp -m osf ! --genre Linux --ttl 2 --log 1',
    '-p tcp -m osf --genre 01234567890123456789012345678901': '-p tcp -m osf --genre 0123456789012345678901234567890',
  },
  lists: {
    '-p tcp -m osf ! --genre "a b" --ttl 1': ' OS fingerprint match ! a b',
  },
  rejects: {
    '-p tcp -m osf': /option "--genre" must be specified/,
    '-p tcp -m osf --genre Linux --ttl 3': /option "--ttl", or out of range \(0-2\)/,
    '-p tcp -m osf --genre Linux ! --log 2': /option "--log" cannot be inverted/,
    '-m osf --genre Linux': /./,
  },
  misses: [
    ['-p tcp -m osf --genre Linux', syn],
    ['-p tcp -m osf ! --genre Linux', syn],
    ['-p tcp -m osf ! --genre Linux --log 0', ack],
  ],
})
testMatch(osf, { chain: 'OUTPUT', rejects: { '-p tcp -m osf --genre Linux': /not valid in OUTPUT/ } })

it('logs what it does not know, where asked to', () => {
  const environment = new TestEnvironment()
  evaluate(ruleTest('-p tcp -m osf --genre Linux'), packetWith(syn), environment)
  evaluate(ruleTest('-p tcp -m osf --genre Linux --log 2'), packetWith(ack), environment)
  expect(environment.told).toEqual([])
  evaluate(ruleTest('-p tcp -m osf --genre Linux --log 2'), packetWith(syn), environment)
  expect(environment.told).toMatchObject([
    ['log', { prefix: 'Remote OS is not known: 10.0.0.5:1000 -> 10.0.2.9:80\n' }],
  ])
})
