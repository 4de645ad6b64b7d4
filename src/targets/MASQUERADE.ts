import { defineTarget, flag } from '../xtables/index.ts'
import { formatPorts, natFlagsText, natPorts, natRange } from '../xtables/nat-kinds.ts'

/**
 * `-j MASQUERADE`: source NAT to the address of the device that the packet leaves through.
 *
 * The base of a shifted port range is lost on the way into the kernel and is 0 from then on.
 *
 * Source: iptables-extensions(8) "MASQUERADE"; Linux nf_nat_masquerade_ipv4(), nf_nat_masquerade_ipv6().
 */
export const MASQUERADE = defineTarget({
  name: 'MASQUERADE',
  families: [4, 6],
  tables: ['nat'],
  hooks: ['POSTROUTING'],
  needsConntrack: true,
  options: {
    'to-ports': natPorts('lost')({ help: 'source port to take, or range of ports' }),
    random: flag({ help: 'choose the port at random, the same for a flow' }),
    'random-fully': flag({ help: 'choose the port at random' }),
  },
  list: (values) => {
    const ports = values['to-ports']
    return `${ports ? ` masq ports: ${formatPorts(ports.value)}` : ''}${natFlagsText(values)}`
  },
  act: (values) => [
    {
      kind: 'masquerade',
      range: natRange({
        ports: values['to-ports']?.value,
        random: values.random !== undefined,
        randomFully: values['random-fully'] !== undefined,
      }),
    },
  ],
})
