/**
 * Time as the engine sees it. The engine never reads the machine's clock: a clock is handed to it.
 * All times are milliseconds (fractions allowed).
 */
export interface Clock {
  /** Milliseconds since the host started; never goes back. */
  now(): number
  /** Milliseconds since 1970-01-01T00:00:00Z, for wall-clock matches such as `time`. */
  wall(): number
}

/** A clock that stands still until it is told to move. */
export class VirtualClock implements Clock {
  private elapsed = 0
  private readonly start: number

  /** `start`: what {@link wall} says at time 0, in milliseconds since 1970. */
  constructor(start: number = Date.UTC(2026, 0, 1)) {
    this.start = start
  }

  now(): number {
    return this.elapsed
  }

  wall(): number {
    return this.start + this.elapsed
  }

  /** Moves the clock to `milliseconds` after the host's start; an earlier time leaves it where it is. */
  moveTo(milliseconds: number): void {
    if (milliseconds > this.elapsed) this.elapsed = milliseconds
  }

  /** Moves the clock forward by `milliseconds`. */
  advance(milliseconds: number): void {
    this.moveTo(this.elapsed + milliseconds)
  }
}
