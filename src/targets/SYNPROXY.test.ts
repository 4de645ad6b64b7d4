import { describe, expect, it } from 'vitest'
import { TestEnvironment } from '../../test/harness/environment.ts'
import { testTarget } from '../../test/harness/extension-tester.ts'
import { packetWith } from '../../test/harness/packets.ts'
import { VERDICT } from '../expression/action.ts'
import type { SynAnswer } from '../expression/environment.ts'
import { packet } from '../packet/build.ts'
import { toHex } from '../util/bytes.ts'
import { SYNPROXY } from './SYNPROXY.ts'

const ENDS = { source: '10.0.0.5', destination: '10.0.2.9', sport: 1000, dport: 80 }
/** MSS 1460, SACK, timestamp 1, window scale 7. */
const OPTIONS = Uint8Array.from([2, 4, 5, 180, 4, 2, 8, 10, 0, 0, 0, 1, 0, 0, 0, 0, 1, 3, 3, 7])
const syn = (flags = 'S', options = OPTIONS) => packet.tcp({ ...ENDS, flags, seq: 77, options })

const answerIn = (environment: TestEnvironment): SynAnswer => {
  const [[kind, answer]] = environment.told as [[string, SynAnswer]]
  expect(kind).toBe('answerSyn')
  return answer
}

testTarget(SYNPROXY, {
  chain: 'FORWARD',
  saves: {
    '-p tcp -j SYNPROXY': '=',
    '-p tcp -j SYNPROXY --ecn --mss 1460 --wscale 9 --timestamp --sack-perm':
      '-p tcp -j SYNPROXY --sack-perm --timestamp --wscale 9 --mss 1460 --ecn',
    '-p tcp -j SYNPROXY --mss 65536 --wscale 300': '-p tcp -j SYNPROXY --wscale 44 --mss 0',
  },
  lists: {
    '-p tcp -j SYNPROXY': ' SYNPROXY ',
    '-p tcp -j SYNPROXY --sack-perm --timestamp --wscale 9 --mss 1460 --ecn':
      ' SYNPROXY sack-perm timestamp wscale 9 mss 1460 ecn ',
  },
  rejects: {
    '-j SYNPROXY': /-p tcp/,
    '-p udp -j SYNPROXY': /-p tcp/,
    '! -p tcp -j SYNPROXY': /-p tcp/,
    '-p tcp -j SYNPROXY --mss x': /bad value for option "--mss", or out of range \(0-4294967295\)/,
    '-p tcp -j SYNPROXY ! --timestamp': /cannot be inverted/,
  },
  acts: [
    [
      '-p tcp -j SYNPROXY --mss 1400 --timestamp --sack-perm --wscale 9',
      syn(),
      ({ verdict, environment }) => {
        expect(verdict).toBe(VERDICT.stolen)
        const { options, ecn } = answerIn(environment)
        // The timestamp holds the client's scale 7 and that it can do SACK.
        expect(toHex(options)).toBe('020405780402080a000000170000000101030309')
        expect(ecn).toBe(false)
      },
    ],
    [
      '-p tcp -j SYNPROXY --mss 1400 --sack-perm --wscale 9 --ecn',
      syn('SEW'),
      ({ environment }) => {
        const { options, ecn } = answerIn(environment)
        expect(toHex(options)).toBe('02040578')
        expect(ecn).toBe(false)
      },
    ],
    [
      '-p tcp -j SYNPROXY --timestamp --ecn',
      syn('SEW'),
      ({ environment }) => {
        const { options, ecn } = answerIn(environment)
        expect(toHex(options)).toBe('0101080a0000002f00000001')
        expect(ecn).toBe(true)
      },
    ],
    [
      '-p tcp -j SYNPROXY --mss 1400',
      syn('S', new Uint8Array()),
      ({ environment }) => expect(answerIn(environment).options).toHaveLength(0),
    ],
    ['-p tcp -j SYNPROXY', syn('A'), ({ verdict }) => expect(verdict).toBe(VERDICT.drop)],
    ['-p tcp -j SYNPROXY', syn('SA'), ({ verdict }) => expect(verdict).toBe(VERDICT.continue)],
    ['-p tcp -j SYNPROXY', syn('R'), ({ verdict }) => expect(verdict).toBe(VERDICT.continue)],
    [
      '-p tcp -j SYNPROXY',
      packet.tcp({ ...ENDS, flags: 'S', checksum: 1 }),
      ({ verdict, environment }) => {
        expect(verdict).toBe(VERDICT.drop)
        expect(environment.told).toEqual([])
      },
    ],
  ],
})

testTarget(SYNPROXY, {
  chain: 'OUTPUT',
  rejects: { '-p tcp -j SYNPROXY': /not valid in OUTPUT/ },
})
testTarget(SYNPROXY, { family: 6, chain: 'INPUT', saves: { '-p tcp -j SYNPROXY --timestamp --ecn': '=' } })

describe('the cookies of -j SYNPROXY', () => {
  const context = { family: 4, protocol: 6, protocolInverted: false, table: 'filter' } as const
  const [action] = SYNPROXY.act({}, { ...context, inDevice: '', outDevice: '', matches: [] })
  const answerAfter = (milliseconds: number, ends = ENDS): number => {
    const environment = new TestEnvironment()
    environment.randomNumbers = [0x12345678, 0x9abcdef0]
    if (action?.kind !== 'computed') throw new Error('not a computed action')
    action.act(packetWith(syn()), environment)
    const { sequence } = answerIn(environment)
    environment.clock.advance(milliseconds)
    const ack = packet.tcp({ ...ends, flags: 'A', seq: 78, ack: (sequence + 1) >>> 0 })
    return action.act(packetWith(ack), environment)
  }

  it('are known again for a minute or two', () => {
    expect(answerAfter(0)).toBe(VERDICT.unknown)
    expect(answerAfter(60_000)).toBe(VERDICT.unknown)
    expect(answerAfter(120_000)).toBe(VERDICT.drop)
  })

  it('belong to one connection', () => {
    expect(answerAfter(0, { ...ENDS, sport: 1001 })).toBe(VERDICT.drop)
    expect(answerAfter(0, { ...ENDS, source: '10.0.0.6' })).toBe(VERDICT.drop)
  })
})
