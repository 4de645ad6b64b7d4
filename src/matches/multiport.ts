import { field } from '../expression/field.ts'
import { anyOf, header, type Range, within } from '../expression/test.ts'
import { UsageError } from '../util/errors.ts'
import { PROTOCOL } from '../wire/protocols.ts'
import { defineMatch, type OptionContext, optionOf, parsePort, type RuleContext } from '../xtables/index.ts'

/** How many numbers a list may have; a range is two. Source: linux/netfilter/xt_multiport.h XT_MULTI_PORTS. */
const MOST_PORTS = 15

const WITH_PORTS: readonly number[] = [PROTOCOL.tcp, PROTOCOL.udp, PROTOCOL.udplite, PROTOCOL.sctp, PROTOCOL.dccp]

function parsePorts(word: string, context: OptionContext): Range[] {
  const ranges: Range[] = []
  let count = 0
  for (const part of word.split(',')) {
    const [first = '', ...rest] = part.split(':')
    const second = rest.length === 0 ? null : rest.join(':')
    count += second === null ? 1 : 2
    if (count > MOST_PORTS) throw new UsageError('too many ports specified')
    const from = parsePort(first, context)
    const to = second === null ? from : parsePort(second, context)
    if (second !== null && from >= to) throw new UsageError('invalid portrange specified')
    ranges.push([from, to])
  }
  return ranges
}

const ports = optionOf<readonly Range[]>({
  words: 1,
  placeholder: 'port[,port:port,port...]',
  parse: ([word = ''], context) => parsePorts(word, context),
  format: (ranges) => ranges.map(([from, to]) => (from === to ? from : `${from}:${to}`)).join(','),
})

function checkProtocol(rule: RuleContext): void {
  if (rule.protocol === 0) {
    throw new UsageError("multiport needs `-p tcp', `-p udp', `-p udplite', `-p sctp' or `-p dccp'")
  }
  if (rule.protocolInverted || !WITH_PORTS.includes(rule.protocol)) {
    throw new UsageError('multiport only works with TCP, UDP, UDPLITE, SCTP and DCCP')
  }
}

/**
 * `-m multiport`: source, destination or either port in a list of up to 15 ports, a range counting as two.
 *
 * Later fragments do not match; less than four bytes of ports drop the packet.
 *
 * Source: iptables-extensions(8) "multiport"; Linux xt_multiport.c multiport_mt().
 */
export const multiport = defineMatch({
  name: 'multiport',
  families: [4, 6],
  count: 'at most one',
  options: {
    sports: ports({
      aliases: ['source-ports'],
      help: 'match source port(s)',
      invertible: true,
      holds: (ranges) => within(field.l4.sport, ranges),
    }),
    dports: ports({
      aliases: ['destination-ports'],
      help: 'match destination port(s)',
      invertible: true,
      holds: (ranges) => within(field.l4.dport, ranges),
    }),
    ports: ports({
      help: 'match both source and destination port(s)',
      invertible: true,
      holds: (ranges) => anyOf(within(field.l4.sport, ranges), within(field.l4.dport, ranges)),
    }),
  },
  check: (values, rule) => {
    checkProtocol(rule)
    if (Object.keys(values).length === 0) throw new UsageError('multiport expection an option')
  },
  guard: (test) => header(4, test),
})
