/** Options whose count stays zero on one side in every run, and why. */

/** Reasons by what is zero; `all` for every column, and, at an extension, for its options too. */
export interface Unheld {
  readonly all?: string
  readonly held?: string
  readonly missed?: string
  readonly inverted?: string
}

const noIpvs = 'the kernel that is asked has no IPVS'

/** Reasons by row of the matrix. */
export const unheld: Readonly<Record<string, Unheld>> = {
  'match ipvs': { all: noIpvs },
}
