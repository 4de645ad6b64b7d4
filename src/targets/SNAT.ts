import { defineTarget, flag } from '../xtables/index.ts'
import { formatEnd, natEnd, natFlagsText, natRange } from '../xtables/nat-kinds.ts'

/**
 * `-j SNAT`: give a new connection another source; the packets of the connection follow it.
 *
 * The base of a shifted port range is lost on the way into the kernel and is 0 from then on.
 *
 * Source: iptables-extensions(8) "SNAT"; Linux xt_nat.c xt_snat_target_v1().
 */
export const SNAT = defineTarget({
  name: 'SNAT',
  families: [4, 6],
  tables: ['nat'],
  hooks: ['POSTROUTING', 'INPUT'],
  needsConntrack: true,
  options: {
    'to-source': natEnd('lost')({
      help: 'where it seems to come from: address, port, or range of them',
      required: true,
    }),
    random: flag({ help: 'choose the port at random, the same for a flow' }),
    'random-fully': flag({ help: 'choose the port at random' }),
    persistent: flag({ help: 'one client always gets the same address of a range' }),
  },
  list: (values, rule) => {
    const end = values['to-source']
    return end ? ` to:${formatEnd(end.value, rule)}${natFlagsText(values)}` : ''
  },
  act: (values) => [
    {
      kind: 'nat',
      side: 'source',
      range: natRange({
        ...values['to-source']?.value,
        random: values.random !== undefined,
        randomFully: values['random-fully'] !== undefined,
        persistent: values.persistent !== undefined,
      }),
    },
  ],
})
