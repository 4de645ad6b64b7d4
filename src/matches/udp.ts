import { field } from '../expression/field.ts'
import { between, header } from '../expression/test.ts'
import { PROTOCOL } from '../wire/protocols.ts'
import { defineMatch, resolvedPortRange } from '../xtables/index.ts'
import { portsText, savePorts } from './ports-text.ts'

/**
 * `-m udp`: source and destination port, 0..65535; loaded by `-p udp` itself when one of its options is met.
 *
 * Later fragments do not match; a header cut short drops the packet. A range that begins above its end never
 * holds. UDP-Lite has no match of its own.
 *
 * Source: iptables-extensions(8) "udp"; RFC 768; Linux xt_tcpudp.c udp_mt().
 */
export const udp = defineMatch({
  name: 'udp',
  families: [4, 6],
  protocols: [PROTOCOL.udp],
  implicitFor: [PROTOCOL.udp],
  options: {
    'source-port': resolvedPortRange({
      aliases: ['sport'],
      help: 'one source port or a range, 0-65535',
      invertible: true,
      holds: ({ from, to }) => between(field.udp.sport, from, to),
    }),
    'destination-port': resolvedPortRange({
      aliases: ['dport'],
      help: 'one destination port or a range, 0-65535',
      invertible: true,
      holds: ({ from, to }) => between(field.udp.dport, from, to),
    }),
  },
  save: (values) => savePorts('sport', values['source-port']) + savePorts('dport', values['destination-port']),
  list: (values, _rule, { numeric }) => {
    const source = portsText('spt', values['source-port'], PROTOCOL.udp, numeric)
    return ` udp${source}${portsText('dpt', values['destination-port'], PROTOCOL.udp, numeric)}`
  },
  guard: (test) => header(8, test),
})
