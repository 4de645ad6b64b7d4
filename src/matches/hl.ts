import { field } from '../expression/field.ts'
import { between, equals } from '../expression/test.ts'
import { UsageError } from '../util/errors.ts'
import { defineMatch, uint8 } from '../xtables/index.ts'

const hops = field.ip6.hopLimit

/**
 * `-m hl`: compare the IPv6 hop limit, in hops (0..255). IPv4 has its own match, `ttl`.
 *
 * Source: ip6tables-extensions(8) "hl"; RFC 8200 section 3; Linux xt_hl.c hl_mt6().
 */
export const hl = defineMatch({
  name: 'hl',
  families: [6],
  options: {
    'hl-lt': uint8({
      help: 'hop limit below this, 0-255',
      excludes: ['hl-eq', 'hl-gt'],
      holds: (n) => between(hops, 0, n - 1),
    }),
    'hl-gt': uint8({
      help: 'hop limit above this, 0-255',
      excludes: ['hl-eq'],
      holds: (n) => between(hops, n + 1, 255),
    }),
    'hl-eq': uint8({
      aliases: ['hl'],
      help: 'hop limit exactly this, 0-255',
      invertible: true,
      holds: (n) => equals(hops, n),
    }),
  },
  list: ({ 'hl-eq': equal, 'hl-lt': below, 'hl-gt': above }) => {
    if (equal) return ` HL match HL ${equal.inverted ? '!=' : '=='} ${equal.value}`
    return ` HL match HL ${below ? `< ${below.value}` : `> ${above?.value}`}`
  },
  check: (values) => {
    if (Object.keys(values).length === 0)
      throw new UsageError("HL match: You must specify one of `--hl-eq', `--hl-lt', `--hl-gt'")
  },
})
