import { computed, not, OUTCOME } from '../expression/test.ts'
import { defineMatch, flag } from '../xtables/index.ts'

/**
 * `-m rpfilter`: a reply to the packet would be sent to the device that it came from, or, with `--loose`, at
 * all. `--validmark` routes the reply with the packet's mark; `--accept-local` allows own source addresses.
 *
 * Source: iptables-extensions(8) "rpfilter"; Linux ipt_rpfilter.c, ip6t_rpfilter.c rpfilter_mt().
 */
export const rpfilter = defineMatch({
  name: 'rpfilter',
  families: [4, 6],
  tables: ['raw', 'mangle'],
  hooks: ['PREROUTING'],
  options: {
    loose: flag({ help: 'permit reverse path via any interface' }),
    validmark: flag({ help: 'use skb nfmark when performing route lookup' }),
    'accept-local': flag({ help: 'do not reject packets with a local source address' }),
    invert: flag({ help: 'match packets that failed the reverse path test' }),
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
