import { tupleOf } from '../conntrack/index.ts'
import { ruleState } from '../expression/state.ts'
import { computed, OUTCOME, type Outcome, type Test } from '../expression/test.ts'
import { CT_STATUS } from '../packet/connection.ts'
import type { Packet } from '../packet/packet.ts'
import { UsageError } from '../util/errors.ts'
import { prefixMask } from '../wire/address.ts'
import { defineMatch, flag, type RuleContext, uint32, type Values } from '../xtables/index.ts'
import { ConnectionCount } from './connection-count.ts'
import { NO_PREFIX, prefixLengthOption } from './prefix-length.ts'

const options = {
  'connlimit-upto': uint32({
    help: 'at most so many connections',
    invertible: true,
    excludes: ['connlimit-above'],
  }),
  'connlimit-above': uint32({
    help: 'more than so many connections',
    invertible: true,
    excludes: ['connlimit-upto'],
  }),
  'connlimit-mask': prefixLengthOption({ help: 'length of the prefix that groups hosts' }),
  'connlimit-saddr': flag({ help: 'count by source address, as without it', excludes: ['connlimit-daddr'] }),
  'connlimit-daddr': flag({ help: 'count by destination address' }),
}

/** What a rule asks: whether there are more than `limit` connections, or not. */
interface Question {
  readonly limit: number
  readonly above: boolean
  readonly side: 'source' | 'destination'
  readonly length: number
}

function questionOf(values: Values<typeof options>, { family }: Pick<RuleContext, 'family'>): Question {
  const { 'connlimit-upto': upto, 'connlimit-above': above, 'connlimit-mask': mask } = values
  const most = family === 4 ? 32 : 128
  return {
    limit: (above ?? upto)?.value ?? 0,
    above: above ? !above.inverted : upto?.inverted === true,
    side: values['connlimit-daddr'] ? 'destination' : 'source',
    length: mask === undefined || mask.value === NO_PREFIX ? most : mask.value,
  }
}

function countTest(question: Question, { family }: RuleContext): Test {
  const mask = prefixMask(family, question.length)
  const stateOf = ruleState((environment) => new ConnectionCount(mask, environment))
  return computed(
    'connlimit',
    true,
    (packet, environment) => ask(question, packet, stateOf(environment)),
    (packet, environment) => `${stateOf(environment).countOf(packet[question.side], packet.ct)} connections`,
  )
}

/** Source: Linux connlimit_mt(). */
function ask({ limit, above, side }: Question, packet: Packet, counted: ConnectionCount): Outcome {
  // What CT put there in raw is no connection yet.
  const ct = packet.ct !== null && packet.ct.status & CT_STATUS.template ? null : packet.ct
  const tuple = ct?.original ?? tupleOf(packet)
  if (tuple === null) return OUTCOME.hotdrop
  const connections = counted.count(packet[side], tuple, ct)
  if (connections === 0) return OUTCOME.hotdrop
  return connections > limit === above ? OUTCOME.yes : OUTCOME.no
}

/**
 * `-m connlimit`: how many connections this rule has seen from (or to) the packet's host, or the network around it,
 * the packet's own among them; 0..2^32-1. A packet that cannot be tracked is dropped.
 *
 * Each rule counts for itself. A connection counts from its first packet, if the rule saw it, until a later packet of
 * the same group finds it ended, or closed in the case of TCP; one whose first packet was dropped behind the rule is so
 * counted for a while. The packet with which the last connection of a group closes finds none, and is dropped.
 *
 * Differs: the kernel looks its list over at most once a tick and keeps refused flows in it for a while; counts that
 * depend on that may differ.
 *
 * Source: iptables-extensions(8) "connlimit"; Linux xt_connlimit.c connlimit_mt(), nf_conncount.c.
 */
export const connlimit = defineMatch({
  name: 'connlimit',
  families: [4, 6],
  needsConntrack: true,
  options,
  check: (values) => {
    if (values['connlimit-upto'] || values['connlimit-above']) return
    throw new UsageError('You must specify "--connlimit-above" or "--connlimit-upto".')
  },
  holds: (values, rule) => countTest(questionOf(values, rule), rule),
  save: (values, rule) => {
    const { limit, above, side, length } = questionOf(values, rule)
    return ` --connlimit-${above ? 'above' : 'upto'} ${limit} --connlimit-mask ${length} --connlimit-${side === 'source' ? 'saddr' : 'daddr'}`
  },
  list: (values, rule) => {
    const { limit, above, side, length } = questionOf(values, rule)
    return ` #conn ${side === 'source' ? 'src' : 'dst'}/${length} ${above ? '>' : '<='} ${limit}`
  },
})
