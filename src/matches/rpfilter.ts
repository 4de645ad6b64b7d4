import { computed, not, OUTCOME } from '../expression/test.ts'
import { defineMatch, flag } from '../xtables/index.ts'

/**
 * `-m rpfilter`: the route back to the packet's source leads out of the device that it came in by, or, with
 * `--loose`, there is one at all. `--validmark` looks it up with the packet's mark; `--accept-local` allows the host's
 * own addresses as the source.
 *
 * Source: iptables-extensions(8) "rpfilter"; Linux ipt_rpfilter.c, ip6t_rpfilter.c rpfilter_mt().
 */
export const rpfilter = defineMatch({
  name: 'rpfilter',
  families: [4, 6],
  tables: ['raw', 'mangle'],
  hooks: ['PREROUTING'],
  options: {
    loose: flag({ help: 'a route back by whatever device will do' }),
    validmark: flag({ help: 'look up the route back with the mark of the packet' }),
    'accept-local': flag({ help: 'addresses of this host may be the source' }),
    invert: flag({ help: 'match what has no such route back' }),
  },
  list: (values) => {
    const words = (['loose', 'validmark', 'accept-local', 'invert'] as const).filter((one) => values[one])
    return ['', 'rpfilter', ...words].join(' ')
  },
  holds: (values) => {
    const options = {
      loose: values.loose !== undefined,
      validMark: values.validmark !== undefined,
      acceptLocal: values['accept-local'] !== undefined,
    }
    const test = computed('rpfilter', false, (packet, environment) =>
      environment.reversePathHolds(packet, options) ? OUTCOME.yes : OUTCOME.no,
    )
    return values.invert ? not(test) : test
  },
})
