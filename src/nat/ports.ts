/** Choosing a port, identifier or key. */

import type { NatRange } from '../expression/action.ts'
import type { Connection, Tuple } from '../packet/connection.ts'
import type { Side } from '../packet/mangle.ts'
import type { NatOptions } from './table.ts'
import { hasIdentifier, hasPorts, portOf, withPort } from './tuples.ts'

const GRE = 47
const TCP = 6
const MAX_ATTEMPTS = 128
const MIN_ATTEMPTS = 16
/** With fewer attempts left, closed TCP connections may be evicted. */
const HARDER_THRESHOLD = MAX_ATTEMPTS / 4

/**
 * The tuple with a port that makes it unique, tried from a random one on; where the search ends without success,
 * the last one tried.
 *
 * Source: Linux nf_nat_l4proto_unique_tuple().
 */
export function choosePort(
  options: NatOptions,
  connection: Connection,
  tuple: Tuple,
  range: NatRange,
  side: Side,
): Tuple {
  const candidates = portCandidates(connection, tuple, range, side)
  if (candidates === null) return tuple
  const [first, size] = candidates
  const offset = () => {
    const wanted = options.choosePort?.({ first, size, side, tuple })
    return wanted === undefined ? options.random() & 0xffff : (wanted - first) & 0xffff
  }
  let next: number
  if (range.basePort !== null) next = (portOf(tuple, side) - range.basePort) & 0xffff
  else if (range.random || range.randomFully || side === 'source') next = offset()
  else next = 0

  let candidate = tuple
  for (let attempts = Math.min(size, MAX_ATTEMPTS); ; attempts >>= 1) {
    for (let i = 0; i < attempts; i++, next = (next + 1) & 0xffff) {
      candidate = withPort(tuple, side, (first + (next % size)) & 0xffff)
      if (!isUsedHard(options, candidate, connection, attempts - i)) return candidate
    }
    if (attempts >= size || attempts < MIN_ATTEMPTS) return candidate
    next = offset()
  }
}

/** First number and count of those to choose from; null where nothing may be changed. */
function portCandidates(
  connection: Connection,
  tuple: Tuple,
  range: NatRange,
  side: Side,
): readonly [first: number, size: number] | null {
  const { protocol } = tuple
  const { ports } = range
  if (hasIdentifier(protocol)) return ports === null ? [0, 65536] : [ports[0], idCount(ports)]
  if (protocol === GRE) {
    // Only PPTP's data channel, which has a master, has keys that can be changed.
    if (connection.master === null) return null
    return ports === null ? [1, 65535] : [ports[0], idCount(ports)]
  }
  if (!hasPorts(protocol)) return null
  if (ports !== null) {
    const low = Math.min(ports[0], ports[1])
    return [low, Math.max(ports[0], ports[1]) - low + 1]
  }
  if (side === 'destination') return null
  const port = portOf(tuple, side)
  if (port >= 1024) return [1024, 65535 - 1024 + 1]
  return port < 512 ? [1, 511] : [600, 1023 - 600 + 1]
}

function idCount(ports: readonly [number, number]): number {
  // The kernel's unsigned arithmetic makes a huge number of a range turned around.
  return (ports[1] - ports[0] + 1) >>> 0 || 1
}

/** Source: Linux nf_nat_used_tuple_harder(). */
function isUsedHard(options: NatOptions, tuple: Tuple, connection: Connection, attemptsLeft: number): boolean {
  const { table } = options
  const reply = table.invert(tuple)
  if (reply === null || !table.isTaken(reply, connection, connection.zone)) return false
  if (attemptsLeft > HARDER_THRESHOLD || tuple.protocol !== TCP) return true
  return !(table.evict?.(reply, connection) ?? false)
}
