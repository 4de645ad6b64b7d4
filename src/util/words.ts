/**
 * An address as four unsigned 32-bit words in host order, most significant first.
 * IPv6 fills all four; IPv4 is `[address, 0, 0, 0]`, so one comparison serves both families.
 */
export type Words = readonly [number, number, number, number]

/** The address with every bit 0: `0.0.0.0` and `::`. */
export const ZERO_WORDS: Words = [0, 0, 0, 0]

/** Whether both addresses have the same bits. */
export function sameWords(a: Words, b: Words): boolean {
  return a[0] === b[0] && a[1] === b[1] && a[2] === b[2] && a[3] === b[3]
}

/** -1, 0 or 1 as `a` is below, equal to or above `b`, compared as unsigned big-endian numbers. */
export function compareWords(a: Words, b: Words): number {
  for (let i = 0; i < 4; i++) {
    const x = a[i] as number
    const y = b[i] as number
    if (x !== y) return x < y ? -1 : 1
  }
  return 0
}

/** The bits of `a` that `mask` keeps. */
export function maskWords(a: Words, mask: Words): Words {
  return [(a[0] & mask[0]) >>> 0, (a[1] & mask[1]) >>> 0, (a[2] & mask[2]) >>> 0, (a[3] & mask[3]) >>> 0]
}
