/** One of the things that are measured side by side. */
export interface Variant {
  readonly name: string
  /** Does the work `count` times. */
  readonly run: (count: number) => void
}

/** How long one repetition of a variant took. */
export interface Measured {
  readonly name: string
  /** Nanoseconds: the median over the rounds. */
  readonly median: number
  /** Half of the rounds lie between these. */
  readonly quartiles: readonly [number, number]
}

/**
 * Measures variants in turns, so that whatever else the machine does hits all of them alike, and takes medians.
 *
 * `milliseconds`: how long one turn should last; `rounds`: how many turns each gets; `warmUp`: the least number of
 * milliseconds for which each works before it is measured.
 */
export function measure(
  variants: readonly Variant[],
  { milliseconds = 30, rounds = 15, warmUp = 500 } = {},
): Measured[] {
  for (const variant of variants) heat(variant, warmUp)
  const counts = variants.map((variant) => countFor(variant, milliseconds))
  const times = variants.map((): number[] => [])
  for (let round = 0; round < rounds; round++) {
    for (const [index, variant] of variants.entries()) {
      const count = counts[index] as number
      times[index]?.push(time(variant, count) / count)
    }
  }
  return variants.map(({ name }, index) => {
    const sorted = (times[index] as number[]).sort((a, b) => a - b)
    const at = (share: number): number => sorted[Math.floor((sorted.length - 1) * share)] as number
    return { name, median: at(0.5), quartiles: [at(0.25), at(0.75)] }
  })
}

/** Works for so many milliseconds, and on until it gets no faster: the JavaScript engine compiles in the background. */
function heat(variant: Variant, milliseconds: number): void {
  const limit = performance.now() + 20 * milliseconds
  let fastest = Number.POSITIVE_INFINITY
  for (;;) {
    const start = performance.now()
    let count = 0
    let spent = 0
    while (spent < milliseconds) {
      variant.run(1)
      count++
      spent = performance.now() - start
    }
    if (spent / count > 0.8 * fastest || performance.now() > limit) return
    fastest = spent / count
  }
}

/** How often the work fits into the time, found while it warms up. */
function countFor(variant: Variant, milliseconds: number): number {
  let count = 1
  for (;;) {
    const nanoseconds = time(variant, count)
    if (nanoseconds >= milliseconds * 1e6) break
    count = Math.max(count + 1, Math.ceil(count * Math.min(10, (milliseconds * 1.2e6) / Math.max(nanoseconds, 1))))
  }
  // Once more, now that the code is compiled.
  return Math.max(1, Math.round((count * milliseconds * 1e6) / time(variant, count)))
}

function time({ run }: Variant, count: number): number {
  const start = process.hrtime.bigint()
  run(count)
  return Number(process.hrtime.bigint() - start)
}

/** A duration in a unit that suits it. */
export function showTime(nanoseconds: number): string {
  if (nanoseconds < 1e3) return `${nanoseconds.toFixed(1)} ns`
  if (nanoseconds < 1e6) return `${(nanoseconds / 1e3).toFixed(2)} µs`
  return `${(nanoseconds / 1e6).toFixed(2)} ms`
}
