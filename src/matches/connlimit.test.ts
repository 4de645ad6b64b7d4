import { describe, expect, it } from 'vitest'
import { TestEnvironment } from '../../test/harness/environment.ts'
import { ruleTest, testMatch } from '../../test/harness/extension-tester.ts'
import { listed } from '../../test/harness/listed.ts'
import { connectionWith, packetWith } from '../../test/harness/packets.ts'
import { evaluate } from '../expression/evaluate.ts'
import { OUTCOME, type Test } from '../expression/test.ts'
import { packet } from '../packet/build.ts'
import { type Connection, CT_STATUS, type Tuple } from '../packet/connection.ts'
import type { Words } from '../util/words.ts'
import { connlimit } from './connlimit.ts'

const upto = (rest = ''): string => `-m connlimit --connlimit-upto 2 --connlimit-mask ${rest}`

testMatch(connlimit, {
  saves: {
    '-m connlimit --connlimit-upto 2': upto('32 --connlimit-saddr'),
    '-m connlimit ! --connlimit-above 0x2 --connlimit-saddr': upto('32 --connlimit-saddr'),
    '-m connlimit ! --connlimit-upto 4294967295':
      '-m connlimit --connlimit-above 4294967295 --connlimit-mask 32 --connlimit-saddr',
    [upto('0 --connlimit-daddr')]: '=',
    [upto('010')]: upto('8 --connlimit-saddr'),
    [upto('255.255.0.0')]: upto('16 --connlimit-saddr'),
    [upto('4294901760')]: upto('16 --connlimit-saddr'),
    // No prefix: the whole address.
    [upto('255.0.255.0')]: upto('32 --connlimit-saddr'),
    [upto('33')]: upto('32 --connlimit-saddr'),
  },
  rejects: {
    '-m connlimit': /You must specify "--connlimit-above" or "--connlimit-upto"\./,
    '-m connlimit --connlimit-mask 1': /You must specify/,
    '-m connlimit --connlimit-upto 2 --connlimit-above 2':
      /option "--connlimit-upto" cannot be used together with "--connlimit-above"/,
    '-m connlimit --connlimit-upto 4294967296': /"--connlimit-upto", or out of range \(0-4294967295\)/,
    '-m connlimit --connlimit-upto -1': /out of range/,
    '-m connlimit --connlimit-upto 1 --connlimit-upto 2': /can only be used once/,
    '-m connlimit --connlimit-upto 1 --connlimit-saddr --connlimit-daddr':
      /option "--connlimit-saddr" cannot be used together with "--connlimit-daddr"/,
    [upto('24x')]: /"--connlimit-mask", neither a valid network mask nor valid CIDR \(0-32\)\./,
    [upto('""')]: /valid CIDR/,
    '-m connlimit --connlimit-upto 1 ! --connlimit-mask 1': /cannot be inverted/,
  },
})

testMatch(connlimit, {
  family: 6,
  saves: {
    '-m connlimit --connlimit-upto 2': upto('128 --connlimit-saddr'),
    [upto('ffff:: --connlimit-daddr')]: upto('16 --connlimit-daddr'),
    [upto('ffff::ff')]: upto('128 --connlimit-saddr'),
  },
  rejects: { [upto('129')]: /valid CIDR \(0-128\)/ },
})

it('connlimit is listed', () => {
  expect(listed('-m connlimit --connlimit-above 2 --connlimit-mask 24 --connlimit-daddr')).toBe(' #conn dst/24 > 2')
  expect(listed('-m connlimit --connlimit-upto 0')).toBe(' #conn src/32 <= 0')
})

/** Packets of flows of 10.0.0.5, told apart by their source port, to a rule on a host that tracks connections. */
class CountHost {
  readonly environment = new TestEnvironment()
  private readonly test: Test

  constructor(rule: string) {
    this.test = ruleTest(`-m connlimit ${rule}`)
  }

  /** What the rule says to a packet of each flow: `x` where it holds. A new flow is confirmed where it does not. */
  see(...flows: number[]): string {
    return flows.map((flow) => this.one(flow)).join('')
  }

  private one(flow: number): string {
    const original = this.tuple(flow)
    const known = this.environment.connections.find((one) => one.original.sport === flow)
    const ct = known ?? connectionWith({ original, reply: { ...original, sport: 0 }, confirmed: false })
    const bytes = packet.tcp({ source: '10.0.0.5', destination: '10.0.2.9', sport: flow, dport: 80 })
    const holds = evaluate(this.test, packetWith(bytes, { ct }), this.environment) === OUTCOME.yes
    if (!holds && known === undefined) this.environment.connections.push({ ...ct, confirmed: true } as Connection)
    return holds ? 'x' : '.'
  }

  private tuple(sport: number): Tuple {
    const [source, destination]: [Words, Words] = [
      [0x0a000005, 0, 0, 0],
      [0x0a000209, 0, 0, 0],
    ]
    return { family: 4, protocol: 6, source, destination, sport, dport: 80 }
  }

  /** A tick passes. */
  tick(): void {
    this.environment.clock.advance(4)
  }

  end(flow: number): void {
    this.environment.connections = this.environment.connections.filter((one) => one.original.sport !== flow)
  }

  close(flow: number, protocolState: string): void {
    this.end(flow)
    this.environment.connections.push(connectionWith({ original: this.tuple(flow), protocolState }))
  }
}

describe('counting connections', () => {
  it('counts a connection once', () => {
    const host = new CountHost('--connlimit-above 2')
    expect(host.see(1, 1, 2, 1, 2, 2)).toBe('......')
    expect(host.see(3)).toBe('x')
  })

  it('says the opposite of --connlimit-above with --connlimit-upto', () => {
    const host = new CountHost('! --connlimit-upto 1')
    expect(host.see(1, 2)).toBe('.x')
  })

  it('counts a flow that was refused until a new one looks the list over', () => {
    // As the kernel answered these packets, a tick between the groups.
    const host = new CountHost('--connlimit-above 2')
    expect(host.see(1)).toBe('.')
    host.tick()
    expect(host.see(2)).toBe('.')
    host.tick()
    expect(host.see(3)).toBe('x')
    host.tick()
    expect(host.see(1)).toBe('x')
    host.tick()
    host.end(1)
    expect(host.see(2)).toBe('.')
  })

  it('does not look over within a tick, so that a flow never confirmed counts again and again', () => {
    const host = new CountHost('--connlimit-above 1')
    host.see(1)
    expect(host.see(...Array<number>(62).fill(2))).toMatch(/^x{62}$/)
    // 63 are counted; the next is the 64th, and then the list is looked over.
    expect(host.see(2)).toBe('x')
    host.end(1)
    expect(host.see(3)).toBe('.')
  })

  it.each(['TIME_WAIT', 'CLOSE'])('forgets TCP connections in %s', (state) => {
    const host = new CountHost('--connlimit-above 1')
    host.see(1)
    host.close(1, state)
    host.tick()
    expect(host.see(2)).toBe('.')
  })

  it('keeps TCP connections that are closing', () => {
    const host = new CountHost('--connlimit-above 1')
    host.see(1)
    host.close(1, 'FIN_WAIT')
    host.tick()
    expect(host.see(2)).toBe('x')
  })

  it('drops the packet with which the last connection of a group closes, and what it sends behind', () => {
    const environment = new TestEnvironment()
    const test = ruleTest('-m connlimit --connlimit-upto 9')
    const ask = (protocolState: string, status: number): number => {
      const ct = connectionWith({ protocolState, status })
      environment.connections = [ct]
      environment.clock.advance(4)
      return evaluate(
        test,
        packetWith(packet.tcp({ source: '10.0.0.5', destination: '10.0.2.9' }), { ct }),
        environment,
      )
    }
    expect(ask('SYN_SENT', 0)).toBe(OUTCOME.yes)
    expect(ask('LAST_ACK', CT_STATUS.assured)).toBe(OUTCOME.yes)
    expect(ask('TIME_WAIT', CT_STATUS.assured)).toBe(OUTCOME.hotdrop)
    expect(ask('TIME_WAIT', CT_STATUS.assured)).toBe(OUTCOME.hotdrop)
    expect(ask('SYN_SENT', 0)).toBe(OUTCOME.yes)
  })

  it('groups by the masked address of the packet', () => {
    const test = ruleTest('-m connlimit --connlimit-above 1 --connlimit-mask 24')
    const environment = new TestEnvironment()
    const ask = (source: string): number => evaluate(test, packetWith(packet.udp({ source })), environment)
    expect([ask('10.0.0.1'), ask('10.0.1.1'), ask('10.0.0.2')]).toEqual([OUTCOME.no, OUTCOME.no, OUTCOME.yes])
  })

  it('drops what cannot be tracked', () => {
    const test = ruleTest('-m connlimit --connlimit-above 1')
    const short = packetWith(packet.ipv4({ protocol: 6, payload: new Uint8Array(3) }))
    expect(evaluate(test, short, new TestEnvironment())).toBe(OUTCOME.hotdrop)
  })
})
