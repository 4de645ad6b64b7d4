import { describe, expect, it } from 'vitest'
import { TestEnvironment } from '../../test/harness/environment.ts'
import { testTarget } from '../../test/harness/extension-tester.ts'
import { udp4 } from '../../test/harness/packets.ts'
import { VERDICT } from '../expression/action.ts'
import { Packet } from '../packet/packet.ts'
import { IDLETIMER, type IdleTimer } from './IDLETIMER.ts'

testTarget(IDLETIMER, {
  saves: {
    '-j IDLETIMER --timeout 5 --label foo': '=',
    '-j IDLETIMER --label foo --timeout 0x10': '-j IDLETIMER --timeout 16 --label foo',
    '-j IDLETIMER --timeout 2147482 --label abc': '=',
    '-j IDLETIMER --timeout 5 --label bar --alarm': '=',
    '-j IDLETIMER --timeout 5 --label aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa':
      '-j IDLETIMER --timeout 5 --label aaaaaaaaaaaaaaaaaaaaaaaaaaa',
  },
  lists: {
    '-j IDLETIMER --timeout 5 --label foo': ' timeout:5 label:foo',
    '-j IDLETIMER --timeout 5 --label bar --alarm': ' timeout:5 label:bar alarm',
  },
  rejects: {
    '-j IDLETIMER': /^IDLETIMER: option "--timeout" must be specified/,
    '-j IDLETIMER --timeout 5': /^IDLETIMER: option "--label" must be specified/,
    '-j IDLETIMER --timeout 0 --label a': /between 1 and 2147482/,
    '-j IDLETIMER --timeout 2147483 --label a': /between 1 and 2147482/,
    '-j IDLETIMER --timeout 4294967296 --label a': /bad value for option "--timeout", or out of range/,
    '-j IDLETIMER --timeout 5 --label ""': /cannot be the name/,
    '-j IDLETIMER --timeout 5 --label a/b': /cannot be the name/,
    '-j IDLETIMER --timeout 5 --label power': /cannot be the name/,
    '-j IDLETIMER --timeout 5 ! --label a': /cannot be inverted/,
  },
})

const actionOf = (timeout: number, isAlarm: boolean) => {
  const values = {
    timeout: { value: timeout, inverted: false },
    label: { value: 'x', inverted: false },
    ...(isAlarm ? { alarm: { value: true as const, inverted: false } } : {}),
  }
  const context = { family: 4, protocol: 0, protocolInverted: false, table: 'filter' } as const
  const [action] = IDLETIMER.act(values, { ...context, inDevice: '', outDevice: '', matches: [] })
  if (action?.kind !== 'computed') throw new Error('not a computed action')
  return action
}

describe('the timer of -j IDLETIMER', () => {
  it('runs from the load on, starts again with each packet, and stops at 0', () => {
    const environment = new TestEnvironment()
    const action = actionOf(5, false)
    action.prepare?.(environment)
    const timer = environment.shared<IdleTimer>('IDLETIMER', 'x', () => {
      throw new Error('no timer')
    })
    environment.clock.advance(3001)
    expect(timer.secondsLeft(environment)).toBe(2)
    const packet = new Packet().load(udp4())
    expect(action.act(packet, environment)).toBe(VERDICT.continue)
    expect(timer.secondsLeft(environment)).toBe(5)
    environment.clock.advance(60_000)
    expect(timer.secondsLeft(environment)).toBe(0)
  })

  it('is started again by a further rule, but an alarm is not', () => {
    for (const [isAlarm, wanted] of [
      [false, 9],
      [true, 4],
    ] as const) {
      const environment = new TestEnvironment()
      actionOf(5, isAlarm).prepare?.(environment)
      environment.clock.advance(1000)
      actionOf(9, isAlarm).prepare?.(environment)
      const timer = environment.shared<IdleTimer>('IDLETIMER', 'x', () => {
        throw new Error('no timer')
      })
      expect(timer.secondsLeft(environment)).toBe(wanted)
    }
  })
})
