/** A number as strtoul reads it: white space and a plus sign may stand before it. */
const WHOLE = /^[ \t\n\v\f\r]*\+?(0[xX][0-9a-fA-F]+|0[0-7]*|[1-9][0-9]*)$/
const LEADING = /^[ \t\n\v\f\r]*\+?(0[xX][0-9a-fA-F]+|0[0-7]*|[1-9][0-9]*)/

/** A whole number as strtoul with base 0 reads it (`10`, `0x1f`, `017`); null for anything else. */
export function parseNumber(text: string): number | null {
  const digits = WHOLE.exec(text)?.[1]
  return digits === undefined ? null : Number(numberOf(digits))
}

/** As {@link parseNumber}, up to 2^64 - 1. */
export function parseUint64(text: string): bigint | null {
  const digits = WHOLE.exec(text)?.[1]
  const value = digits === undefined ? null : numberOf(digits)
  return value === null || value > 0xffff_ffff_ffff_ffffn ? null : value
}

/**
 * The number that a text begins with, at most `max`, and what stands behind it; null where it begins with none.
 * Source: libxtables xtables_strtoul() with an end pointer.
 */
export function leadingNumber(text: string, max: bigint): { readonly value: bigint; readonly rest: string } | null {
  const found = LEADING.exec(text)
  if (found === null) return null
  const value = numberOf(found[1] as string)
  return value > max ? null : { value, rest: text.slice(found[0].length) }
}

function numberOf(digits: string): bigint {
  return BigInt(digits.replace(/^0(?=[0-7])/, '0o'))
}

/** The number that a text begins with, as scanf's `%llu` takes it: what is negative wraps. Null where there is none. */
export function parseCounter(text: string): number | null {
  const match = /^\s*([-+]?)(\d+)/.exec(text)
  if (match === null) return null
  return Number(BigInt.asUintN(64, BigInt(`${match[1] === '-' ? '-' : ''}${match[2]}`)))
}
