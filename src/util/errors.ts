/** The three classes of error: packets never throw; bad input throws {@link UsageError}; a broken assumption throws {@link InvariantError}. */

/** A place in a text that a person wrote: file name, line and column, both counted from 1. */
export interface TextPlace {
  readonly file?: string
  readonly line: number
  readonly column: number
}

/** Errors of system calls that rules can meet. Source: errno(3). */
export type Errno =
  | 'EINVAL'
  | 'ENOENT'
  | 'EEXIST'
  | 'ELOOP'
  | 'EBUSY'
  | 'ENOMEM'
  | 'EPROTONOSUPPORT'
  | 'ENOTSUP'
  | 'EDOM'
  | 'ERANGE'
  | 'E2BIG'
  | 'ENOTEMPTY'
  | 'EMLINK'
  | 'EAGAIN'
  | 'EPERM'
  | 'ENODEV'
  | 'ENOSPC'

/** Input that cannot be accepted, with what is wrong in `message`. */
export class UsageError extends Error {
  readonly place: TextPlace | undefined
  /** The exit status of the compatible command that prints this error (iptables: 2 usage, 1 other). */
  readonly exitStatus: number
  /**
   * What the kernel would answer where iptables takes the text and the kernel refuses the rule. The compatible
   * commands then print the system's words for it instead of `message`.
   */
  readonly errno: Errno | undefined

  /** The text as the compatible command prints it: with the empty lines that some messages of iptables have around them. */
  readonly verbatim: string

  constructor(message: string, options: { place?: TextPlace; exitStatus?: number; errno?: Errno } = {}) {
    super(message.replace(/^\n+|\n+$/g, ''))
    this.verbatim = message
    this.name = 'UsageError'
    this.place = options.place
    this.errno = options.errno
    this.exitStatus = options.exitStatus ?? (options.errno === undefined ? 2 : 1)
  }

  /** The same error with a place, where it has none yet. */
  at(place: TextPlace): UsageError {
    const { verbatim, exitStatus, errno } = this
    return this.place ? this : new UsageError(verbatim, { place, exitStatus, ...(errno ? { errno } : {}) })
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
