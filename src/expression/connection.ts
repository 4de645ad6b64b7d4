import { CT_STATE, field } from './field.ts'
import { masked, not, type Test } from './test.ts'

/** One of the {@link CT_STATE} bits holds. */
export function inState(bits: number): Test {
  return not(masked(field.ct.state, bits, 0))
}

/** The packet belongs to a connection: it is neither invalid nor untracked. */
export const hasConnection: Test = masked(field.ct.state, CT_STATE.invalid | CT_STATE.untracked, 0)
