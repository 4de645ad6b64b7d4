/**
 * Reproducible random numbers: Chris Doty-Humphrey's sfc32 (four words of state, passes PractRand), seeded from text.
 *
 * A generator made from the same seed gives the same numbers on every machine. {@link Random.fork} derives an
 * independent generator from a name without drawing from this one, so adding a consumer never shifts the others.
 * Not for secrets.
 */
import { invariant } from './errors.ts'

/** FNV-1a with a final mix, one of four seeds per word of state. */
function hash(text: string, basis: number): number {
  let h = basis ^ 0x811c9dc5
  for (let i = 0; i < text.length; i++) h = Math.imul(h ^ text.charCodeAt(i), 0x01000193)
  h = Math.imul(h ^ (h >>> 16), 0x85ebca6b)
  h = Math.imul(h ^ (h >>> 13), 0xc2b2ae35)
  return (h ^ (h >>> 16)) >>> 0
}

export class Random {
  /** The seed as text; `new Random(seed)` replays this generator from its start. */
  readonly seed: string
  private a: number
  private b: number
  private c: number
  private counter = 1

  constructor(seed: string | number) {
    this.seed = String(seed)
    this.a = hash(this.seed, 0)
    this.b = hash(this.seed, 0x9e3779b9)
    this.c = hash(this.seed, 0x7f4a7c15)
    for (let i = 0; i < 12; i++) this.next()
  }

  /** The next number, 0..2^32-1, uniform. Source: PractRand, sfc32. */
  next(): number {
    const result = (this.a + this.b + this.counter) | 0
    this.counter = (this.counter + 1) | 0
    this.a = this.b ^ (this.b >>> 9)
    this.b = (this.c + (this.c << 3)) | 0
    this.c = (((this.c << 21) | (this.c >>> 11)) + result) | 0
    return result >>> 0
  }

  /** An independent generator, decided by this one's seed and the name only. */
  fork(name: string | number): Random {
    return new Random(`${this.seed}/${name}`)
  }

  /** An integer 0..limit-1; `limit` is 1..2^32. The bias of the modulus is rejected. */
  below(limit: number): number {
    invariant(Number.isInteger(limit) && limit >= 1 && limit <= 0x1_0000_0000, `Random.below(${limit})`)
    const usable = 0x1_0000_0000 - (0x1_0000_0000 % limit)
    for (;;) {
      const n = this.next()
      if (n < usable) return n % limit
    }
  }

  /** An integer from `low` to `high`, both included. */
  between(low: number, high: number): number {
    return low + this.below(high - low + 1)
  }

  /** True with the given probability, 0..1. */
  chance(probability: number): boolean {
    return this.next() < probability * 0x1_0000_0000
  }

  /** One of the items, each as likely. Throws on an empty list. */
  pick<T>(items: readonly T[]): T {
    return items[this.below(items.length)] as T
  }

  /** `count` different items in random order; fewer when the list is shorter. */
  sample<T>(items: readonly T[], count: number): T[] {
    const rest = [...items]
    const out: T[] = []
    while (out.length < count && rest.length > 0) out.push(...rest.splice(this.below(rest.length), 1))
    return out
  }

  /** `size` uniform bytes. */
  bytes(size: number): Uint8Array {
    return Uint8Array.from({ length: size }, () => this.next() & 0xff)
  }
}
