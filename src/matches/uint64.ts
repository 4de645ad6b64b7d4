/**
 * A number of 0..2^64-1 that wraps around, changed in place: for counters of the packet path, where a bigint would be
 * an object for every packet.
 *
 * Invariant: `high` and `low` are whole numbers of 0..2^32-1.
 */
export class Uint64 {
  high = 0
  low = 0

  /** A number of its own with the value's lowest 64 bits. */
  static of(value: bigint): Uint64 {
    const made = new Uint64()
    made.high = Number(BigInt.asUintN(32, value >> 32n))
    made.low = Number(BigInt.asUintN(32, value))
    return made
  }

  set(high: number, low: number): void {
    this.high = high
    this.low = low
  }

  copy(other: Uint64): void {
    this.high = other.high
    this.low = other.low
  }

  isZero(): boolean {
    return this.high === 0 && this.low === 0
  }

  isBelow(other: Uint64): boolean {
    return this.high < other.high || (this.high === other.high && this.low < other.low)
  }

  /** Adds `high * 2^32 + low`; both whole, below 2^52. */
  add(high: number, low: number): void {
    const sum = this.low + low
    this.low = sum % 2 ** 32
    this.high = (this.high + high + Math.floor(sum / 2 ** 32)) % 2 ** 32
  }

  subtract(other: Uint64): void {
    const difference = this.low - other.low
    this.low = difference < 0 ? difference + 2 ** 32 : difference
    const high = this.high - other.high - (difference < 0 ? 1 : 0)
    this.high = high < 0 ? high + 2 ** 32 : high
  }

  /** Becomes `other` times a whole number below 2^20. */
  product(other: Uint64, factor: number): void {
    const low = other.low * factor
    this.low = low % 2 ** 32
    this.high = (other.high * factor + Math.floor(low / 2 ** 32)) % 2 ** 32
  }

  get value(): bigint {
    return (BigInt(this.high) << 32n) | BigInt(this.low)
  }
}
