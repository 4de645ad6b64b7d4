import { field } from '../expression/field.ts'
import { anyOf, header, type Range, within } from '../expression/test.ts'
import { UsageError } from '../util/errors.ts'
import { PROTOCOL } from '../wire/protocols.ts'
import { defineMatch, type Given, type OptionContext, optionOf, parsePort, saveOption } from '../xtables/index.ts'
import { portText } from './ports-text.ts'

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
  parse: ([word = ''], context) => {
    // A protocol given behind it comes too late.
    checkProtocol(context)
    return parsePorts(word, context)
  },
  format: (ranges) => rangesText(ranges, String),
})

function rangesText(ranges: readonly Range[], text: (port: number) => string): string {
  return ranges.map(([from, to]) => (from === to ? text(from) : `${text(from)}:${text(to)}`)).join(',')
}

function checkProtocol({ protocol, protocolInverted }: OptionContext): void {
  if (protocolInverted) throw new UsageError('multiport only works with TCP, UDP, UDPLITE, SCTP and DCCP')
  if (protocol === 0) {
    throw new UsageError("multiport needs `-p tcp', `-p udp', `-p udplite', `-p sctp' or `-p dccp'")
  }
  if (!WITH_PORTS.includes(protocol)) {
    throw new UsageError('multiport only works with TCP, UDP, UDPLITE, SCTP and DCCP')
  }
}

interface PortValues {
  readonly 'source-ports'?: Given<readonly Range[]>
  readonly 'destination-ports'?: Given<readonly Range[]>
  readonly ports?: Given<readonly Range[]>
}

/** The one option that is given, by the name it is saved with. */
function givenPorts(values: PortValues): readonly [name: string, given: Given<readonly Range[]>] {
  const { 'source-ports': source, 'destination-ports': destination, ports: either } = values
  return source ? ['sports', source] : destination ? ['dports', destination] : ['ports', either ?? NO_PORTS]
}

const NO_PORTS: Given<readonly Range[]> = { value: [], inverted: false }

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
  options: {
    'source-ports': ports({
      aliases: ['sports'],
      help: 'up to 15 source ports, a range counts as two',
      invertible: true,
      excludes: ['destination-ports', 'ports'],
      holds: (ranges) => within(field.l4.sport, ranges),
    }),
    'destination-ports': ports({
      aliases: ['dports'],
      help: 'up to 15 destination ports, a range counts as two',
      invertible: true,
      excludes: ['source-ports', 'ports'],
      holds: (ranges) => within(field.l4.dport, ranges),
    }),
    ports: ports({
      help: 'the same, for either of the two ports',
      invertible: true,
      excludes: ['source-ports', 'destination-ports'],
      holds: (ranges) => anyOf(within(field.l4.sport, ranges), within(field.l4.dport, ranges)),
    }),
  },
  check: (values) => {
    if (Object.keys(values).length === 0) throw new UsageError('multiport expection an option')
  },
  save: (values) => {
    const [name, { value, inverted }] = givenPorts(values)
    return saveOption(name, rangesText(value, String), inverted)
  },
  list: (values, { protocol }, { numeric }) => {
    const [name, { value, inverted }] = givenPorts(values)
    return ` multiport ${name} ${inverted ? ' !' : ''}${rangesText(value, (port) => portText(port, protocol, numeric))}`
  },
  guard: (test) => header(4, test),
})
