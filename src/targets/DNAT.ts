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
    'to-destination': natEnd('kept')({ help: 'Address to map destination to', required: true }),
    random: flag({ help: 'Choose the port at random' }),
    persistent: flag({ help: 'Give a client the same address for each connection' }),
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
