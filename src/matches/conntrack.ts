import { hasConnection, inState } from '../expression/connection.ts'
import type { Environment } from '../expression/environment.ts'
import { CT_STATE, field } from '../expression/field.ts'
import {
  allOf,
  anyOf,
  between,
  computed,
  equals,
  inNetwork,
  masked,
  not,
  OUTCOME,
  type Test,
} from '../expression/test.ts'
import { CT_INFO, CT_STATUS } from '../packet/connection.ts'
import type { Packet } from '../packet/packet.ts'
import { UsageError } from '../util/errors.ts'
import {
  badValue,
  defineMatch,
  formatHostMask,
  hostMask,
  type ListStyle,
  type Network,
  nameList,
  numberRange,
  type OptionDefinition,
  optionOf,
  optionTests,
  protocolValue,
  type RuleContext,
  resolvedPortRange,
} from '../xtables/index.ts'
import { STATE_ABBREVIATIONS, STATE_BITS } from './state-names.ts'

const states = nameList({
  bits: {
    ...STATE_BITS,
    SNAT: CT_STATE.sourceNat,
    DNAT: CT_STATE.destinationNat,
  },
  abbreviations: [...STATE_ABBREVIATIONS, 'SNAT', 'DNAT'],
  refuse: (rest) => new UsageError(`Bad ctstate "${rest}"`),
})

const STATUS_BITS = {
  EXPECTED: CT_STATUS.expected,
  SEEN_REPLY: CT_STATUS.seenReply,
  ASSURED: CT_STATUS.assured,
  CONFIRMED: CT_STATUS.confirmed,
} as const

const statuses = nameList({
  bits: STATUS_BITS,
  abbreviations: ['NONE', ...Object.keys(STATUS_BITS)],
  none: 'NONE',
  refuse: (rest) => new UsageError(`Bad ctstatus "${rest}"`),
})

const direction = optionOf<'ORIGINAL' | 'REPLY'>({
  words: 1,
  placeholder: '{ORIGINAL|REPLY}',
  parse: ([word = ''], context) => {
    const upper = word.toUpperCase()
    if (upper !== 'ORIGINAL' && upper !== 'REPLY') throw badValue(context, word)
    return upper
  },
  format: (side) => side,
})
const network = hostMask
const ports = resolvedPortRange

/** Whole seconds until the connection expires; 0 until it is confirmed. Source: Linux nf_ct_expires(). */
function secondsLeft(packet: Packet, environment: Environment): number {
  return packet.ct?.confirmed ? Math.floor(environment.connectionExpiresIn(packet) / 1000) : 0
}

function expiresBetween(from: number, to: number): Test {
  return computed(
    'conntrack',
    false,
    (packet, environment) => {
      const seconds = secondsLeft(packet, environment)
      return from <= seconds && seconds <= to ? OUTCOME.yes : OUTCOME.no
    },
    (packet, environment) => `expires in ${secondsLeft(packet, environment)} s`,
  )
}

const options = {
  ctstate: states({
    help: 'states of the connection, any of which will do',
    invertible: true,
    holds: inState,
  }),
  ctproto: protocolValue({
    help: 'protocol of the connection, by name or number',
    invertible: true,
    holds: (number) => equals(field.ct.protocol, number),
  }),
  ctorigsrc: network({
    help: 'source address in the original direction',
    invertible: true,
    holds: ({ address, mask }) => inNetwork(field.ct.originalSource, address, mask),
  }),
  ctorigdst: network({
    help: 'destination address in the original direction',
    invertible: true,
    holds: ({ address, mask }) => inNetwork(field.ct.originalDestination, address, mask),
  }),
  ctreplsrc: network({
    help: 'source address in the reply direction',
    invertible: true,
    holds: ({ address, mask }) => inNetwork(field.ct.replySource, address, mask),
  }),
  ctrepldst: network({
    help: 'destination address in the reply direction',
    invertible: true,
    holds: ({ address, mask }) => inNetwork(field.ct.replyDestination, address, mask),
  }),
  ctorigsrcport: ports({
    help: 'source port in the original direction, or range of ports',
    invertible: true,
    holds: ({ from, to }) => between(field.ct.originalSport, from, to),
  }),
  ctorigdstport: ports({
    help: 'destination port in the original direction, or range of ports',
    invertible: true,
    holds: ({ from, to }) => between(field.ct.originalDport, from, to),
  }),
  ctreplsrcport: ports({
    help: 'source port in the reply direction, or range of ports',
    invertible: true,
    holds: ({ from, to }) => between(field.ct.replySport, from, to),
  }),
  ctrepldstport: ports({
    help: 'destination port in the reply direction, or range of ports',
    invertible: true,
    holds: ({ from, to }) => between(field.ct.replyDport, from, to),
  }),
  ctstatus: statuses({
    help: 'marks of the connection’s history, any of which will do',
    invertible: true,
    holds: (bits) => not(masked(field.ct.status, bits, 0)),
  }),
  ctexpire: numberRange(32)({
    help: 'seconds until the connection is forgotten, or range',
    invertible: true,
    holds: ({ from, to }) => expiresBetween(from, to),
  }),
  ctdir: direction({
    help: 'side of the connection that sent the packet',
    holds: (side) =>
      side === 'ORIGINAL'
        ? between(field.ct.info, CT_INFO.established, CT_INFO.new)
        : between(field.ct.info, CT_INFO.establishedReply, CT_INFO.untracked),
  }),
}

const ADDRESSES: readonly string[] = [
  'ctorigsrc',
  'ctorigdst',
  'ctreplsrc',
  'ctrepldst',
] satisfies (keyof typeof options)[]

/** Source: iptables 1.8.9 libxt_conntrack.c conntrack_dump_addr(). */
function listNetwork(value: Network, { family }: RuleContext, { numeric, nameOf }: ListStyle): string {
  if (numeric) return formatHostMask(value, family)
  if (value.address.every((part) => part === 0)) return 'anywhere'
  return formatHostMask(value, family, nameOf?.(value.address, family, true))
}

/**
 * `-m conntrack`: the packet's connection: its state, tuples, status, direction and remaining life in seconds.
 *
 * A packet without a connection is INVALID, or UNTRACKED; then only `--ctstate` decides, whatever else is
 * given, and without `--ctstate` it never matches, negated or not. `--ctstatus NONE` never matches. Ports of
 * ICMP are the identifier (source) and `type << 8 | code` (destination); of GRE, the keys.
 *
 * Source: iptables-extensions(8) "conntrack"; Linux xt_conntrack.c conntrack_mt().
 */
export const conntrack = defineMatch({
  name: 'conntrack',
  families: [4, 6],
  needsConntrack: true,
  options,
  list: (values, rule, how) => {
    const context = { ...rule, extension: 'conntrack' }
    let text = ''
    for (const [option, kind] of Object.entries(options) as [keyof typeof options, OptionDefinition<unknown>][]) {
      const given = values[option]
      if (given === undefined) continue
      const shown = ADDRESSES.includes(option)
        ? listNetwork(given.value as Network, rule, how)
        : kind.format(given.value, { ...context, option })
      text += `${given.inverted ? ' !' : ''} ${option} ${shown}`
    }
    return text
  },
  check: (values) => {
    if (Object.keys(values).length === 0) throw new UsageError('conntrack: At least one option is required')
  },
  holds: (values, rule) => {
    const { ctstate, ...rest } = optionTests({ name: 'conntrack', options }, values, rule)
    const others = allOf(...Object.values(rest))
    if (ctstate === undefined) return allOf(hasConnection, others)
    return others.kind === 'always' ? ctstate : allOf(ctstate, anyOf(not(hasConnection), others))
  },
})
