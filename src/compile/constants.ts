import { invariant } from '../util/errors.ts'

/**
 * What generated code refers to besides numbers: objects of the ruleset, handed over in an array and known to
 * the code as `k0`, `k1`, … No text of a rule ever becomes part of the code.
 */
export class Constants {
  readonly values: unknown[] = []
  private readonly indices = new Map<unknown, number>()

  /** The identifier of a value; the same for the same value. */
  name(value: unknown): string {
    let index = this.indices.get(value)
    if (index === undefined) {
      index = this.values.push(value) - 1
      this.indices.set(value, index)
    }
    return `k${index}`
  }
}

/** A whole number as it stands in generated code. */
export function literal(value: number): string {
  invariant(Number.isSafeInteger(value), `${value} in generated code`)
  return value < 0 ? `(${value})` : String(value)
}

/** The low 32 bits of a number, signed, as bit operators yield them. */
export function literal32(value: number): string {
  return literal(value | 0)
}
