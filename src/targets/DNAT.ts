import { defineTarget, flag } from '../xtables/index.ts'
import { formatEnd, natEnd, natFlagsText, natRange } from '../xtables/nat-kinds.ts'

/**
 * `-j DNAT`: give a new connection another destination; the packets of the connection follow it.
 *
 * Source: iptables-extensions(8) "DNAT"; Linux xt_nat.c xt_dnat_target_v2().
 */
export const DNAT = defineTarget({
  name: 'DNAT',
  families: [4, 6],
  tables: ['nat'],
  hooks: ['PREROUTING', 'OUTPUT'],
  needsConntrack: true,
  options: {
    'to-destination': natEnd('kept')({
      help: 'where it goes instead: address, port, or range of them',
      required: true,
    }),
    random: flag({ help: 'choose the port at random' }),
    persistent: flag({ help: 'one client always gets the same address of a range' }),
  },
  list: (values, rule) => {
    const end = values['to-destination']
    return end ? ` to:${formatEnd(end.value, rule)}${natFlagsText(values)}` : ''
  },
  act: (values) => [
    {
      kind: 'nat',
      side: 'destination',
      range: natRange({
        ...values['to-destination']?.value,
        random: values.random !== undefined,
        persistent: values.persistent !== undefined,
      }),
    },
  ],
})
