import { UsageError } from '../util/errors.ts'

const PREFIXES = ['', 'k', 'm', 'g', 't']

/** Bits of each unit, in lower case: `kbit`, `kibit`, `kbps` (bytes) and their like. */
const UNITS: ReadonlyMap<string, number> = new Map(
  PREFIXES.flatMap((prefix, power) =>
    (
      [
        ['bit', 1],
        ['bps', 8],
      ] as const
    ).flatMap(([unit, bits]): [string, number][] => [
      [`${prefix}${unit}`, bits * 1000 ** power],
      [`${prefix}${prefix === '' ? '' : 'i'}${unit}`, bits * 1024 ** power],
    ]),
  ),
)

/** A rate such as `2.5mbit` or `10KiBps` in bytes per second, of which 32 bits are kept. Throws iptables' text. Source: libxt_rateest.c rateest_get_rate(). */
export function parseBits(word: string): number {
  const [, number = '', unit = ''] = /^\s*([+-]?(?:\d+\.?\d*|\.\d+)(?:e[+-]?\d+)?)(.*)$/is.exec(word) ?? []
  const bits = unit === '' ? 1 : UNITS.get(unit.toLowerCase())
  if (number === '' || bits === undefined) throw new UsageError(`rateest: could not parse rate \`${word}'`)
  return Number(BigInt.asUintN(32, BigInt(Math.trunc((Number(number) * bits) / 8))))
}

/** Bytes per second as bits in a unit that needs no point. Source: libxt_rateest.c rateest_print_rate(). */
export function formatBits(bytes: number): string {
  const bits = bytes * 8
  if (bits >= 1e9) return `${roundHalfEven(bits / 1e6)}Mbit`
  if (bits >= 1e6) return `${roundHalfEven(bits / 1e3)}Kbit`
  return `${bits}bit`
}

/** As printf rounds. */
function roundHalfEven(value: number): number {
  const floor = Math.floor(value)
  const rest = value - floor
  return rest > 0.5 || (rest === 0.5 && floor % 2 === 1) ? floor + 1 : floor
}
