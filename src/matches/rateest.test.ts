import { describe, expect, it } from 'vitest'
import { TestEnvironment } from '../../test/harness/environment.ts'
import { ruleTest, testMatch } from '../../test/harness/extension-tester.ts'
import { listed } from '../../test/harness/listed.ts'
import { packetWith } from '../../test/harness/packets.ts'
import { evaluate } from '../expression/evaluate.ts'
import { estimatorsOf, RateEstimator } from '../expression/rate-estimator.ts'
import { OUTCOME, type Outcome } from '../expression/test.ts'
import { extensions } from '../host/extensions.ts'
import { packet } from '../packet/build.ts'
import { restoreRuleset, saveRuleset } from '../xtables/index.ts'
import { rateest } from './rateest.ts'

testMatch(rateest, {
  // The real kernel needs the estimators first.
  kernel: false,
  rejects: {
    '-m rateest': /no comparison/,
    '-m rateest --rateest x --rateest-gt': /no kind of rate/,
    '-m rateest --rateest-gt --rateest-pps 5': /no estimator/,
    '-m rateest ! --rateest x --rateest-gt --rateest-pps 5': /rateest: rateest can't be inverted/,
    '-m rateest --rateest x --rateest-gt ! --rateest-pps 5': /rateest: rateest-pps can't be inverted/,
    '-m rateest --rateest x --rateest1 y --rateest-lt --rateest-pps 6': /rateest: can't specify --rateest1 twice/,
    '-m rateest --rateest x --rateest-gt --rateest-bps 5foo': /rateest: could not parse rate `5foo'/,
    '-m rateest --rateest x --rateest-gt --rateest-pps 4294967296': /rateest: could not parse pps `4294967296'/,
    '-m rateest --rateest x --rateest-gt --rateest-pps 5kbit': /could not parse pps/,
  },
})

/** The texts of the real tool, once with estimators `x` and `y` in place. */
describe('rules of -m rateest', () => {
  it.each([
    ['--rateest x --rateest-lt --rateest-bps 1kbit', '--rateest x --rateest-lt --rateest-bps 1000bit', 'x bps 125 lt'],
    ['--rateest x ! --rateest-eq --rateest-pps 0x10', '--rateest x ! --rateest-eq --rateest-pps 16', 'x pps ! eq 16'],
    ['--rateest x --rateest-gt --rateest-pps', '--rateest x --rateest-gt --rateest-pps 0', 'x pps gt 0'],
    ['--rateest1 x --rateest-gt --rateest-bps2 8', '--rateest x --rateest-gt --rateest-bps 8bit', 'x bps 1 gt'],
    ['--rateest x --rateest-gt --rateest-lt --rateest-pps 6', '--rateest x --rateest-lt --rateest-pps 6', 'x pps lt 6'],
    [
      '--rateest x --rateest-gt --rateest-bps 5 --rateest-pps 6',
      '--rateest x --rateest-gt --rateest-bps 0bit --rateest-gt --rateest-pps 6',
      'x bps 0 gt pps gt 6',
    ],
    [
      '--rateest1 x --rateest-pps1 5 --rateest-lt --rateest2 y',
      '--rateest1 x --rateest-lt --rateest-pps --rateest2 y',
      'x pps lt y pps',
    ],
    [
      '--rateest-delta --rateest1 x --rateest-pps1 5 --rateest-lt --rateest2 y --rateest-bps2 6',
      '--rateest-delta --rateest1 x --rateest-bps1 0bit --rateest-lt --rateest-bps2 0bit --rateest-pps1 5 --rateest-lt --rateest-pps2 0 --rateest2 y',
      'x delta bps 0 pps 5 lt y bps 0 pps 0',
    ],
    [
      '--rateest-delta --rateest x --rateest-bps1 2mbit --rateest-gt --rateest-bps2 1mibit',
      '--rateest-delta --rateest x --rateest-bps1 2000Kbit --rateest-gt --rateest-bps2 1049Kbit',
      'x delta bps 250000 131072 gt',
    ],
    [
      '--rateest x --rateest-gt --rateest-bps 100gbit',
      '--rateest x --rateest-gt --rateest-bps 31281Mbit',
      'x bps 3910065408 gt',
    ],
    [
      '--rateest x --rateest-gt --rateest-bps 1KiBps',
      '--rateest x --rateest-gt --rateest-bps 8192bit',
      'x bps 1024 gt',
    ],
  ])('%s', (written, saved, shown) => {
    const ruleset = restoreRuleset(`*filter\n-A FORWARD -m rateest ${written}\nCOMMIT\n`, 4, extensions())
    expect(saveRuleset(ruleset)).toContain(`-A FORWARD -m rateest ${saved}\n`)
    expect(listed(`-m rateest ${written}`)).toBe(` rateest match ${shown}`)
  })

  it('are listed with units where names are wanted', () => {
    const rule = '-m rateest --rateest x --rateest-gt --rateest-bps 1gbit'
    expect(listed(rule, { numeric: false })).toBe(' rateest match x bps 1000Mbit gt')
  })
})

describe('-m rateest', () => {
  const environment = new TestEnvironment()
  // 100 packets and 20000 bytes per second, and half of both.
  for (const [name, packets] of [
    ['x', 50],
    ['y', 25],
  ] as const) {
    const estimator = new RateEstimator({ interval: -2, ewmaLog: 1 }, 0)
    for (let i = 0; i < packets; i++) estimator.count(200, 0)
    estimatorsOf(environment).set(name, estimator)
  }
  environment.clock.advance(4 * 63)
  const ask = (rule: string): Outcome => evaluate(ruleTest(`-m rateest ${rule}`), packetWith(packet.udp()), environment)

  it.each([
    '--rateest x --rateest-eq --rateest-pps 100',
    '--rateest x --rateest-lt --rateest-pps 101',
    '--rateest x ! --rateest-gt --rateest-pps 100',
    '--rateest x --rateest-eq --rateest-bps 20000Bps',
    '--rateest x --rateest-gt --rateest-bps 159kbit',
    '--rateest1 x --rateest-gt --rateest2 y --rateest-pps',
    '--rateest-delta --rateest x --rateest-pps1 150 --rateest-eq --rateest-pps2 50',
    '--rateest-delta --rateest x --rateest-pps1 10 --rateest-eq --rateest-pps2 0',
    '--rateest-delta --rateest1 x --rateest-pps1 150 --rateest-lt --rateest2 y --rateest-pps2 101',
  ])('holds: %s', (rule) => expect(ask(rule)).toBe(OUTCOME.yes))

  it.each([
    '--rateest x --rateest-gt --rateest-pps 100',
    '--rateest x ! --rateest-eq --rateest-pps 100',
    '--rateest x --rateest-gt --rateest-bps 160kbit',
    '--rateest x --rateest-gt --rateest-bps 1 --rateest-pps 100',
    '--rateest1 x --rateest-lt --rateest2 y --rateest-bps',
    '--rateest-delta --rateest1 x --rateest-pps1 150 --rateest-lt --rateest2 y --rateest-pps2 100',
  ])('does not hold: %s', (rule) => expect(ask(rule)).toBe(OUTCOME.no))

  it('is unknown without its estimators', () => {
    expect(ask('--rateest z --rateest-gt --rateest-pps 0')).toBe(OUTCOME.unknown)
    expect(ask('--rateest1 x --rateest-gt --rateest2 z --rateest-pps')).toBe(OUTCOME.unknown)
  })
})
