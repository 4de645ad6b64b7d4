import { describe, expect, it } from 'vitest'
import { testTarget } from '../../test/harness/extension-tester.ts'
import { VERDICT } from '../expression/action.ts'
import { estimatorsOf, RateEstimator } from '../expression/rate-estimator.ts'
import { packet } from '../packet/build.ts'
import { RATEEST } from './RATEEST.ts'

const rule = (interval: string, ewmalog: string, name = 'x'): string =>
  `-j RATEEST --rateest-name ${name} --rateest-interval ${interval} --rateest-ewmalog ${ewmalog}`

/** One estimator has one set of times: each row has a name of its own. */
testTarget(RATEEST, {
  table: 'mangle',
  chain: 'FORWARD',
  saves: {
    [rule('250ms', '500ms', 'a')]: rule('250.0ms', '500.0ms', 'a'),
    [rule('250', '500', 'b')]: rule('250.0ms', '500.0ms', 'b'),
    [rule('1', '500', 'c')]: rule('250.0ms', '64.0s', 'c'),
    [rule('1S', '10sec', 'd')]: rule('1.0s', '8.0s', 'd'),
    [rule('0.5s', '4secs', 'e')]: rule('500.0ms', '4.0s', 'e'),
    [rule('500000us', '32000msecs', 'f')]: rule('500.0ms', '32.0s', 'f'),
    [rule('5s', '32s', 'g')]: rule('8.0s', '32.0s', 'g'),
    // 32 bits of microseconds.
    [rule('8s', '262144s', 'h')]: rule('8.0s', '128.0s', 'h'),
    [rule('1s', '4s', '1234567890123456')]: rule('1.0s', '4.0s', '123456789012345'),
  },
  rejects: {
    '-j RATEEST': /RATEEST: ewmalog value is out of range/,
    '-j RATEEST --rateest-interval 1s --rateest-ewmalog 4s': /RATEEST: option "--rateest-name" must be specified/,
    [rule('1s', '1s')]: /RATEEST: ewmalog value is out of range/,
    [rule('9s', '32s')]: /RATEEST: interval value is too large/,
    [rule('1min', '32s')]: /RATEEST: bad interval value "1min"/,
    [rule('1s', 'foo')]: /RATEEST: bad ewmalog value "foo"/,
    [`${rule('1s', '4s')} --rateest-name y`]: /can only be used once/,
  },
  acts: [
    [
      rule('250ms', '500ms'),
      packet.udp({ payload: new Uint8Array(72) }),
      ({ verdict, environment }) => {
        expect(verdict).toBe(VERDICT.continue)
        expect(estimatorsOf(environment).get('x')?.bytesPerSecond(64)).toBe(200)
      },
    ],
  ],
})

describe('an estimator', () => {
  it('takes its share of each interval, a little after 62 ticks', () => {
    const estimator = new RateEstimator({ interval: -2, ewmaLog: 1 }, 0)
    for (let i = 0; i < 50; i++) estimator.count(128, 0)
    expect(estimator.packetsPerSecond(62)).toBe(0)
    expect(estimator.packetsPerSecond(63)).toBe(100)
    expect(estimator.bytesPerSecond(63)).toBe(12800)
    expect(estimator.packetsPerSecond(124)).toBe(100)
    expect(estimator.packetsPerSecond(125)).toBe(50)
  })

  it('says the same whether it is asked all the time or once', () => {
    const often = new RateEstimator({ interval: 0, ewmaLog: 3 }, 7)
    const once = new RateEstimator({ interval: 0, ewmaLog: 3 }, 7)
    for (const estimator of [often, once]) estimator.count(1500, 20)
    for (let now = 20; now < 50_000; now += 5) often.bytesPerSecond(now)
    for (const estimator of [often, once]) estimator.count(1500, 50_000)
    expect(often.bytesPerSecond(50_400)).toBe(once.bytesPerSecond(50_400))
    expect(once.bytesPerSecond(50_400)).toBeGreaterThan(0)
  })

  it('rounds longer intervals up to whole grains of the kernel timer', () => {
    const estimator = new RateEstimator({ interval: 0, ewmaLog: 1 }, 0)
    estimator.count(100, 0)
    expect(estimator.bytesPerSecond(255)).toBe(0)
    expect(estimator.bytesPerSecond(256)).toBe(50)
  })
})
