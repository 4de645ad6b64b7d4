import { describe, expect, it } from 'vitest'
import { TestEnvironment } from '../../test/harness/environment.ts'
import { ruleTest, testMatch } from '../../test/harness/extension-tester.ts'
import { packetWith } from '../../test/harness/packets.ts'
import { evaluate } from '../expression/evaluate.ts'
import { OUTCOME, type Test } from '../expression/test.ts'
import { packet } from '../packet/build.ts'
import { limit } from './limit.ts'

testMatch(limit, {
  saves: {
    '-m limit': '-m limit --limit 3/hour',
    '-m limit --limit 5/second --limit-burst 5': '-m limit --limit 5/sec',
    '-m limit --limit 10/M --limit-burst 0x10': '-m limit --limit 10/min --limit-burst 16',
    '-m limit --limit 3600/hour': '-m limit --limit 1/sec',
    '-m limit --limit 24/day': '-m limit --limit 1/hour',
    '-m limit --limit 700/hour': '=',
    '-m limit --limit 7x/s': '-m limit --limit 7/sec',
    '-m limit --limit 9/d': '-m limit --limit 9/day',
    '-m limit --limit 10000': '-m limit --limit 10000/sec',
    '-m limit --limit 1/d --limit-burst 1': '-m limit --limit 1/day --limit-burst 1',
    '-m limit --limit 1/s': '-m limit --limit 1/sec',
    '-m limit --limit 5/min': '=',
    '-m limit --limit 5/MINUTE --limit-burst 7': '-m limit --limit 5/min --limit-burst 7',
    '-m limit --limit 1/day --limit-burst 1': '=',
    '-m limit --limit-burst 1': '-m limit --limit 3/hour --limit-burst 1',
    '-m limit --limit 10000/s': '-m limit --limit 10000/sec',
    '-m limit --limit 5/second': '-m limit --limit 5/sec',
    '-m limit --limit " 5/s"': '-m limit --limit 5/sec',
    '-m limit --limit +5/s': '-m limit --limit 5/sec',
    '-m limit --limit 5x/s': '-m limit --limit 5/sec',
    '-m limit --limit 3/hour': '=',
    '-m limit --limit 7/min --limit-burst 5': '-m limit --limit 7/min',
    '-m limit --limit 61/min': '=',
    '-m limit --limit 1439/day --limit-burst 6': '=',
    '-m limit --limit-burst +5': '-m limit --limit 3/hour',
    '-m limit --limit-burst 0x10': '-m limit --limit 3/hour --limit-burst 16',
  },
  rejects: {
    '-m limit --limit 0/s': /bad rate "0\/s"'/,
    '-m limit --limit 1/ss': /bad rate/,
    '-m limit --limit /s': /bad rate/,
    '-m limit --limit 0x5/s': /bad rate/,
    '-m limit --limit 10001/s': /Rate too fast "10001\/s"/,
    '-m limit --limit -5/s': /Rate too fast/,
    '-m limit --limit-burst 10001': /out of range \(0-10000\)/,
    '-m limit --limit-burst 0': /Numerical result out of range/,
    '-m limit --limit 1/day': /Numerical result out of range/,
    '-m limit ! --limit 5/s': /cannot be inverted/,
    '-m limit --limit-burst 10000': /^Numerical result out of range\.$/,
    '-m limit --limit-burst x': /^limit: bad value for option "--limit-burst", or out of range \(0-10000\)\.$/,
    '-m limit --limit-burst ""': /^limit: bad value for option "--limit-burst", or out of range \(0-10000\)\.$/,
    '-m limit --limit-burst -1': /^limit: bad value for option "--limit-burst", or out of range \(0-10000\)\.$/,
    '-m limit --limit 600001/min': /^Rate too fast "600001\/min"$/,
    '-m limit --limit 0': /^bad rate "0"'$/,
    '-m limit --limit x': /^bad rate "x"'$/,
    '-m limit --limit ""': /^bad rate ""'$/,
    '-m limit --limit 5/': /^bad rate "5\/"'$/,
    '-m limit --limit 5/x': /^bad rate "5\/x"'$/,
    '-m limit --limit 5/ss': /^bad rate "5\/ss"'$/,
    '-m limit --limit 5/seconds': /^bad rate "5\/seconds"'$/,
    '-m limit --limit -1/s': /^Rate too fast "-1\/s"$/,
    '-m limit --limit 4294967295/s': /^Rate too fast "4294967295\/s"$/,
    '-m limit --limit 4294967296/s': /^bad rate "4294967296\/s"'$/,
    '-m limit --limit 99999999999999999999/s': /^Rate too fast "99999999999999999999\/s"$/,
    '-m limit --limit 0x10/s': /^bad rate "0x10\/s"'$/,
    '-m limit --limit 5/s/s': /^bad rate "5\/s\/s"'$/,
    '-m limit --limit 5/s --limit 5/s': /^limit: option "--limit" can only be used once\.$/,
    '-m limit --limit-burst 5 --limit-burst 5': /^limit: option "--limit-burst" can only be used once\.$/,
    '-m limit ! --limit-burst 5': /^limit: option "--limit-burst" cannot be inverted\.$/,
    '-m limit --limit 5/s ! --limit-burst 5': /^limit: option "--limit-burst" cannot be inverted\.$/,
    '-m limit --limit': /^option "--limit" requires an argument$/,
  },
})

/** Times at which packets come, in milliseconds, to whether the rule holds. */
function ask(test: Test, times: readonly number[], environment = new TestEnvironment()): boolean[] {
  const one = packetWith(packet.udp())
  return times.map((time) => {
    environment.clock.moveTo(time)
    return evaluate(test, one, environment) === OUTCOME.yes
  })
}

describe('the token bucket of limit', () => {
  it('lets a burst through and then nothing', () => {
    expect(ask(ruleTest('-m limit --limit 1/s --limit-burst 3'), [0, 0, 0, 0, 0])).toEqual([
      true,
      true,
      true,
      false,
      false,
    ])
  })

  it('earns one packet in each period, counted in whole ticks', () => {
    expect(ask(ruleTest('-m limit --limit 1/s --limit-burst 1'), [0, 999, 1000, 1999, 2000])).toEqual([
      true,
      false,
      true,
      false,
      true,
    ])
    // A third of a second costs 10665 credits, more than 83 ticks earn; a bucket of one packet holds no more.
    const third = ruleTest('-m limit --limit 3/s --limit-burst 1')
    expect(ask(third, [0, 332, 336, 668, 672])).toEqual([true, false, true, false, true])
    // A bucket of two keeps what is left over.
    const two = ruleTest('-m limit --limit 3/s --limit-burst 2')
    expect(ask(two, [0, 0, 332, 336, 664, 668])).toEqual([true, true, false, true, false, true])
  })

  it('never holds more than its burst', () => {
    expect(ask(ruleTest('-m limit --limit 1/s --limit-burst 2'), [0, 3_600_000, 3_600_000, 3_600_000])).toEqual([
      true,
      true,
      true,
      false,
    ])
  })

  it('keeps a bucket for each host', () => {
    const test = ruleTest('-m limit --limit 1/s --limit-burst 1')
    expect(ask(test, [0, 0])).toEqual([true, false])
    expect(ask(test, [0, 0])).toEqual([true, false])
  })
})

testMatch(limit, {
  family: 6,
  saves: {
    '-m limit --limit 7/min': '=',
    '-m limit': '-m limit --limit 3/hour',
    '-m limit --limit 1/s': '-m limit --limit 1/sec',
    '-m limit --limit 5/min': '=',
    '-m limit --limit 5/MINUTE --limit-burst 7': '-m limit --limit 5/min --limit-burst 7',
  },
  rejects: {
    '-m limit --limit 1/day': /^Numerical result out of range\.$/,
    '-m limit --limit-burst 0': /^Numerical result out of range\.$/,
    '-m limit --limit-burst 10000': /^Numerical result out of range\.$/,
    '-m limit --limit-burst 10001': /^limit: bad value for option "--limit-burst", or out of range \(0-10000\)\.$/,
  },
})
