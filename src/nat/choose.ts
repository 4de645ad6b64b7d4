/** Choosing the tuple that a new connection gets. */

import type { NatRange } from '../expression/action.ts'
import type { Connection, Tuple } from '../packet/connection.ts'
import type { Side } from '../packet/mangle.ts'
import { jhashAddress, scale, swapBytes } from '../util/jhash.ts'
import { sameWords, type Words } from '../util/words.ts'
import { PROTOCOL } from '../wire/protocols.ts'
import { choosePort } from './ports.ts'
import type { SourceIndex } from './sources.ts'
import type { NatOptions, NatTable } from './table.ts'
import { isPortInRange, isSourceInRange, sameTuple } from './tuples.ts'

/**
 * The tuple for a connection whose packets would now leave as `original`: unique if possible, within `range`.
 *
 * Where no free one is found it returns one that is taken; the connection then fails to be confirmed.
 * Source: Linux get_unique_tuple().
 */
export function uniqueTuple(
  options: NatOptions,
  sources: SourceIndex,
  connection: Connection,
  original: Tuple,
  range: NatRange,
  side: Side,
): Tuple {
  const { table } = options
  const atRandom = range.random || range.randomFully
  if (side === 'source' && !atRandom) {
    if (isSourceInRange(original, range)) {
      if (!isUsed(table, original, connection) || isReverseClash(table, original, connection)) return original
    } else {
      const mapped = sources.find(original, connection.zone, (known) => {
        const inverse = table.invert(known.reply)
        if (inverse === null) return null
        const candidate = { ...original, source: inverse.source, sport: inverse.sport }
        return isSourceInRange(candidate, range) ? candidate : null
      })
      if (mapped !== null && !isUsed(table, mapped, connection)) return mapped
    }
  }
  const tuple = withAddress(original, range, side, connection.zone)
  if (!atRandom) {
    if (range.ports !== null) {
      const single = range.ports[0] === range.ports[1]
      if (range.basePort === null && isPortInRange(tuple, side, range) && (single || !isUsed(table, tuple, connection)))
        return tuple
    } else if (!isUsed(table, tuple, connection)) return tuple
  }
  return choosePort(options, connection, tuple, range, side)
}

/**
 * Whether the tuple is used only by the same UDP flow seen the other way round: it is kept, and the loser is dropped
 * when it is confirmed. Source: Linux nf_nat_used_tuple_new().
 */
function isReverseClash(table: NatTable, tuple: Tuple, connection: Connection): boolean {
  const mayClash = tuple.protocol === PROTOCOL.udp || tuple.protocol === PROTOCOL.udplite
  const reply = mayClash ? table.invert(tuple) : null
  return reply !== null && table.isReverseOf(reply, connection)
}

/** Whether replies to a packet with this tuple would be taken for another connection's. Source: Linux nf_nat_used_tuple(). */
function isUsed(table: NatTable, tuple: Tuple, except: Connection): boolean {
  const reply = table.invert(tuple)
  return reply !== null && table.isTaken(reply, except, except.zone)
}

/** The tuple with an address of the range, chosen by a hash of both ends. Source: Linux find_best_ips_proto(). */
function withAddress(tuple: Tuple, range: NatRange, side: Side, zone: number): Tuple {
  if (range.addresses === null) return tuple
  const [low, high] = range.addresses
  const address = sameWords(low, high) ? low : spread(tuple, low, high, side, range.persistent, zone)
  const changed = side === 'source' ? { ...tuple, source: address } : { ...tuple, destination: address }
  return sameTuple(changed, tuple) ? tuple : changed
}

function spread(tuple: Tuple, low: Words, high: Words, side: Side, persistent: boolean, zone: number): Words {
  const last = tuple.family === 4 ? 0 : 3
  const { destination } = tuple
  let hash = jhashAddress(tuple.source, persistent ? 0 : swapBytes(destination[last]!) ^ zone)
  const chosen: [number, number, number, number] = [0, 0, 0, 0]
  if (side === 'destination') for (let i = 0; i < 4; i++) chosen[i] = destination[i]!
  else for (let i = 0; i < 4; i++) chosen[i] = tuple.source[i]!
  let isFree = false
  for (let i = 0; i <= last; i++) {
    const base = isFree ? 0 : low[i]!
    // A distance of 2^32 wraps to 0 in the kernel's arithmetic.
    const size = isFree ? 0xffffffff : (high[i]! - base + 1) >>> 0
    chosen[i] = (base + scale(hash, size)) >>> 0
    if (chosen[i] !== high[i]) isFree = true
    // For a destination the kernel reads the word it has just written.
    if (!persistent) hash = (hash ^ swapBytes(side === 'destination' ? chosen[i]! : destination[i]!)) >>> 0
  }
  return chosen
}
