import { UsageError } from '../util/errors.ts'
import type { Words } from '../util/words.ts'
import { prefixLength, tryParseIpv6Address } from '../wire/address.ts'
import { optionOf, parseLooseIpv4, parseNumber } from '../xtables/index.ts'

/** What a mask that is no prefix is read as. */
export const NO_PREFIX = 255

/**
 * A prefix length, or a mask from which one is read; {@link NO_PREFIX} for a mask with holes, as which IPv4 also takes
 * lengths above 32. Source: libxtables xtopt_parse_plen().
 */
export const prefixLengthOption = optionOf<number>({
  words: 1,
  placeholder: 'length',
  parse: ([word = ''], context) => {
    const most = context.family === 4 ? 32 : 128
    const number = parseNumber(word)
    if (number !== null && number <= most) return number
    const mask = parseMask(word, context.family)
    if (mask !== null) return prefixLength(context.family, mask) ?? NO_PREFIX
    throw new UsageError(
      `${context.extension}: bad value for option "--${context.option}", neither a valid network mask nor valid CIDR (0-${most}).\n`,
    )
  },
  format: String,
})

function parseMask(word: string, family: 4 | 6): Words | null {
  if (family === 6) return tryParseIpv6Address(word) ?? null
  const number = parseLooseIpv4(word)
  return number === null ? null : [number, 0, 0, 0]
}
