import { VERDICT } from '../../src/expression/action.ts'
import type { AddressType, Environment } from '../../src/expression/environment.ts'
import type { Connection, Tuple } from '../../src/packet/connection.ts'
import { VirtualClock } from '../../src/util/clock.ts'

/** An environment for testing one extension: what it was asked and told is kept; answers can be set. */
export class TestEnvironment implements Environment {
  readonly clock = new VirtualClock()
  readonly told: unknown[] = []
  hook: Environment['hook'] = 'FORWARD'
  addressTypeOf: (address: readonly number[], device: string | null) => AddressType = () => 'UNICAST'
  reversePath = true
  expiresIn = 0
  /** What findConnection() finds. */
  connections: Connection[] = []
  mtu = 1500
  randomNumbers: number[] = []
  private readonly states = new Map<string, unknown>()

  now(): number {
    return this.clock.now()
  }
  wall(): number {
    return this.clock.wall()
  }
  jiffies(): number {
    return Math.floor(this.clock.now() / 4)
  }
  random(): number {
    return this.randomNumbers.shift() ?? 0
  }
  shared<T>(kind: string, name: string, create: () => T): T {
    const key = `${kind} ${name}`
    if (!this.states.has(key)) this.states.set(key, create())
    return this.states.get(key) as T
  }
  addressType(_family: 4 | 6, address: readonly [number, number, number, number], device: string | null): AddressType {
    return this.addressTypeOf(address, device)
  }
  reversePathHolds(): boolean {
    return this.reversePath
  }
  connectionExpiresIn(): number {
    return this.expiresIn
  }
  findConnection(tuple: Tuple): Connection | null {
    const wanted = JSON.stringify(tuple)
    return this.connections.find((one) => [one.original, one.reply].some((t) => JSON.stringify(t) === wanted)) ?? null
  }
  nat(...told: unknown[]): typeof VERDICT.accept {
    this.told.push(['nat', ...told])
    return VERDICT.accept
  }
  reply(_packet: unknown, kind: string): void {
    this.told.push(['reply', kind])
  }
  icmpError(_packet: unknown, ...error: unknown[]): void {
    this.told.push(['icmpError', ...error])
  }
  duplicate(_packet: unknown, ...told: unknown[]): void {
    this.told.push(['duplicate', ...told])
  }
  answerSyn(_packet: unknown, answer: unknown): void {
    this.told.push(['answerSyn', answer])
  }
  log(_packet: unknown, entry: unknown): void {
    this.told.push(['log', entry])
  }
  tproxy(_packet: unknown, action: unknown): typeof VERDICT.accept {
    this.told.push(['tproxy', action])
    return VERDICT.accept
  }
  pathMtu(): number {
    return this.mtu
  }
  connectionChanged(): void {
    this.told.push(['connectionChanged'])
  }
}
