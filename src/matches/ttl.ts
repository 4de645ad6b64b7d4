import { field } from '../expression/field.ts'
import { between, equals } from '../expression/test.ts'
import { UsageError } from '../util/errors.ts'
import { defineMatch, uint8 } from '../xtables/index.ts'

const hops = field.ip.ttl

/**
 * `-m ttl`: compare the IPv4 Time To Live, in hops (0..255). IPv6 has its own match, `hl`.
 *
 * Source: iptables-extensions(8) "ttl"; RFC 791 section 3.1; Linux xt_hl.c ttl_mt().
 */
export const ttl = defineMatch({
  name: 'ttl',
  families: [4],
  options: {
    'ttl-lt': uint8({
      help: 'TTL below this, 0-255',
      excludes: ['ttl-eq', 'ttl-gt'],
      holds: (n) => between(hops, 0, n - 1),
    }),
    'ttl-gt': uint8({
      help: 'TTL above this, 0-255',
      excludes: ['ttl-eq', 'ttl-lt'],
      holds: (n) => between(hops, n + 1, 255),
    }),
    'ttl-eq': uint8({
      aliases: ['ttl'],
      help: 'TTL exactly this, 0-255',
      invertible: true,
      excludes: ['ttl-lt', 'ttl-gt'],
      holds: (n) => equals(hops, n),
    }),
  },
  list: ({ 'ttl-eq': equal, 'ttl-lt': less, 'ttl-gt': greater }) => {
    const [sign, given] = equal ? [equal.inverted ? '!=' : '==', equal] : less ? ['<', less] : ['>', greater]
    return ` TTL match TTL ${sign} ${given?.value}`
  },
  check: (values) => {
    if (Object.keys(values).length === 0)
      throw new UsageError("TTL match: You must specify one of `--ttl-eq', `--ttl-lt', `--ttl-gt")
  },
})
