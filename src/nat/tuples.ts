/** The questions NAT asks about tuples. */

import type { NatRange } from '../expression/action.ts'
import type { Tuple } from '../packet/connection.ts'
import type { Side } from '../packet/mangle.ts'
import { compareWords, sameWords, type Words } from '../util/words.ts'

const ICMP = 1
const TCP = 6
const UDP = 17
const GRE = 47
const ICMPV6 = 58
const SCTP = 132
const UDPLITE = 136

/** Whether the protocol has an identifier, kept in `sport`, instead of ports. */
export function hasIdentifier(protocol: number): boolean {
  return protocol === ICMP || protocol === ICMPV6
}

/** Whether the protocol has ports that NAT may change. */
export function hasPorts(protocol: number): boolean {
  return protocol === TCP || protocol === UDP || protocol === UDPLITE || protocol === SCTP
}

/** Whether both tuples are the same. Source: Linux nf_ct_tuple_equal(). */
export function sameTuple(a: Tuple, b: Tuple): boolean {
  return (
    a.sport === b.sport &&
    a.dport === b.dport &&
    a.protocol === b.protocol &&
    a.family === b.family &&
    sameWords(a.source, b.source) &&
    sameWords(a.destination, b.destination)
  )
}

/** The tuple with another address and port at one end. */
export function withEnd(tuple: Tuple, side: Side, address: Words, port: number): Tuple {
  if (side === 'source') return { ...tuple, source: address, sport: port }
  return { ...tuple, destination: address, dport: port }
}

/** The tuple with another value where the protocol keeps what NAT changes at that end. */
export function withPort(tuple: Tuple, side: Side, port: number): Tuple {
  return side === 'source' || hasIdentifier(tuple.protocol) ? { ...tuple, sport: port } : { ...tuple, dport: port }
}

/** The port, identifier or key at one end. */
export function portOf(tuple: Tuple, side: Side): number {
  return side === 'source' || hasIdentifier(tuple.protocol) ? tuple.sport : tuple.dport
}

/** Whether the port is one of the range's; true for protocols without. Source: Linux l4proto_in_range(). */
export function isPortInRange(tuple: Tuple, side: Side, range: NatRange): boolean {
  const { protocol } = tuple
  if (range.ports === null) return true
  if (!hasIdentifier(protocol) && !hasPorts(protocol) && protocol !== GRE) return true
  const port = portOf(tuple, side)
  return port >= range.ports[0] && port <= range.ports[1]
}

/** Whether a source needs no change to suit the range. Source: Linux nf_in_range(). */
export function isSourceInRange(tuple: Tuple, range: NatRange): boolean {
  const { addresses } = range
  if (
    addresses !== null &&
    (compareWords(tuple.source, addresses[0]) < 0 || compareWords(tuple.source, addresses[1]) > 0)
  )
    return false
  return isPortInRange(tuple, 'source', range)
}
