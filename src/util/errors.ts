/** The three classes of error: packets never throw; bad input throws {@link UsageError}; a broken assumption throws {@link InvariantError}. */

/** A place in a text that a person wrote: file name, line and column, both counted from 1. */
export interface TextPlace {
  readonly file?: string
  readonly line: number
  readonly column: number
}

/** Input that cannot be accepted, with what is wrong in the first line of `message`. */
export class UsageError extends Error {
  readonly place: TextPlace | undefined
  /** The exit status of the compatible command that prints this error (iptables: 2 usage, 1 other). */
  readonly exitStatus: number

  constructor(message: string, options: { place?: TextPlace; exitStatus?: number } = {}) {
    super(message)
    this.name = 'UsageError'
    this.place = options.place
    this.exitStatus = options.exitStatus ?? 2
  }

  /** The same error with a place, where it has none yet. */
  at(place: TextPlace): UsageError {
    return this.place ? this : new UsageError(this.message, { place, exitStatus: this.exitStatus })
  }
}

/** An assumption of our own code that does not hold: always our bug. */
export class InvariantError extends Error {
  constructor(message: string) {
    super(`hookline bug: ${message}`)
    this.name = 'InvariantError'
  }
}

/** Throws {@link InvariantError} with `text` unless `condition` holds. */
export function invariant(condition: unknown, text: string): asserts condition {
  if (!condition) throw new InvariantError(text)
}
