import { defineTarget, flag } from '../xtables/index.ts'
import { formatPorts, natFlagsText, natPorts, natRange } from '../xtables/nat-kinds.ts'

/**
 * `-j REDIRECT`: destination NAT to the host itself: to the address of the incoming device, or to the loopback
 * address for packets that the host sends.
 *
 * Source: iptables-extensions(8) "REDIRECT"; Linux nf_nat_redirect_ipv4(), nf_nat_redirect_ipv6().
 */
export const REDIRECT = defineTarget({
  name: 'REDIRECT',
  families: [4, 6],
  tables: ['nat'],
  hooks: ['PREROUTING', 'OUTPUT'],
  needsConntrack: true,
  options: {
    'to-ports': natPorts('refused')({ help: 'port of this host to go to, or range of ports' }),
    random: flag({ help: 'choose the port at random' }),
  },
  list: (values) => {
    const ports = values['to-ports']
    return `${ports ? ` redir ports ${formatPorts(ports.value)}` : ''}${natFlagsText(values)}`
  },
  act: (values) => [
    {
      kind: 'redirect',
      range: natRange({ ports: values['to-ports']?.value, random: values.random !== undefined }),
    },
  ],
})
