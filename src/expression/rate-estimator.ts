/**
 * The rate estimators of `-j RATEEST`, asked by `-m rateest`: bytes and packets per second as an average in which older
 * ticks of the estimator count less and less.
 *
 * A tick comes every 62 kernel ticks times a power of two, and a little late, as timers of that length do. Ticks that
 * passed while nobody looked are made up for when somebody looks, with the same result. Rates are kept with 8 bits
 * behind the point, in 64 bits.
 *
 * Source: Linux net/core/gen_estimator.c est_timer(), gen_estimator_read(); kernel/time/timer.c calc_index().
 */

import type { Environment } from './environment.ts'
import { timerGrain } from './kernel-timer.ts'

const HZ = 250
/** The shortest time between ticks, in kernel ticks; others are powers of two of it. Source: HZ/4 in whole numbers. */
const QUARTER_SECOND = Math.floor(HZ / 4)

/** How an estimator is set up. Source: Linux struct gnet_estimator. */
export interface EstimatorSettings {
  /** A tick every 2^interval seconds, -2..3. */
  readonly interval: number
  /** A tick's share of the average is 2^-ewmaLog, 1..30. */
  readonly ewmaLog: number
}

/** One average: what was counted since the last tick, and the rate it makes. */
class Average {
  pending = 0
  /** A second's amount, 32 bits. Source: xt_rateest_mt() keeps no more. */
  perSecond = 0
  private rate = 0n

  tick(shift: bigint, share: bigint): void {
    const fresh = BigInt(this.pending) << shift
    this.pending = 0
    this.rate = BigInt.asUintN(64, this.rate + (fresh >> share) - (this.rate >> share))
    this.perSecond = Number(BigInt.asUintN(32, this.rate >> 8n))
  }

  /** Whether further ticks without a packet change nothing. */
  isAtRest(share: bigint): boolean {
    return this.pending === 0 && this.rate >> share === 0n
  }
}

export class RateEstimator {
  private readonly settings: EstimatorSettings
  private readonly bytes = new Average()
  private readonly packets = new Average()
  /** Kernel ticks from one tick of the estimator to the next. */
  private readonly period: number
  /** What the kernel's timer rounds times of this length up to, in kernel ticks. */
  private readonly grain: number
  /** When the next tick is due. */
  private next: number

  /** `now`: the kernel tick at which it starts. */
  constructor(settings: EstimatorSettings, now: number) {
    this.settings = settings
    this.period = QUARTER_SECOND * 2 ** (settings.interval + 2)
    this.grain = timerGrain(this.period)
    this.next = now + this.period
  }

  /** Counts a packet of `length` bytes at the kernel tick `now`. */
  count(length: number, now: number): void {
    this.catchUp(now)
    this.bytes.pending += length
    this.packets.pending++
  }

  /** Bytes per second at the kernel tick `now`. */
  bytesPerSecond(now: number): number {
    this.catchUp(now)
    return this.bytes.perSecond
  }

  /** Packets per second at the kernel tick `now`. */
  packetsPerSecond(now: number): number {
    this.catchUp(now)
    return this.packets.perSecond
  }

  private catchUp(now: number): void {
    // The timer runs in the first grain after the time it is due.
    while ((Math.floor(this.next / this.grain) + 1) * this.grain <= now) this.tick(now)
  }

  private tick(now: number): void {
    const { interval, ewmaLog } = this.settings
    const share = BigInt(ewmaLog)
    if (this.bytes.isAtRest(share) && this.packets.isAtRest(share)) {
      this.next += Math.floor((now - this.next) / this.period) * this.period
    }
    this.bytes.tick(BigInt(8 - interval), share)
    this.packets.tick(BigInt(8 - interval), share)
    this.next += this.period
  }
}

/** The estimators of a host by name. */
export function estimatorsOf(environment: Environment): Map<string, RateEstimator> {
  return environment.shared('rateest', 'estimators', () => new Map<string, RateEstimator>())
}

/** Estimators' names keep 15 bytes. Source: linux/netfilter/xt_RATEEST.h, IFNAMSIZ. */
export const LONGEST_NAME = 15
