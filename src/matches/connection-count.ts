/**
 * How `-m connlimit` counts: lists of connections by group of hosts.
 *
 * A packet of an assured connection adds nothing to a list: what ended is taken out, and the length told, which is 0
 * where the connection itself was the last and is closed. Any other connection is looked for, which ends where it is
 * found, and else added. For neither is a list looked over twice in a kernel tick while fewer than 64 connections have
 * joined since, unless the connection is confirmed but not assured. The kernel also throws lists away now and then,
 * which is not repeated here; they have nothing in them but what ended.
 *
 * Source: Linux 6.18.44 nf_conncount.c __nf_conncount_add(), __nf_conncount_gc_list(), count_tree(), insert_tree(); that
 * being assured is what decides was measured (fixtures/golden/connlimit.json).
 */

import type { Environment } from '../expression/environment.ts'
import { type Connection, CT_STATUS, type Tuple } from '../packet/connection.ts'
import { maskWords, sameWords, type Words } from '../util/words.ts'
import { PROTOCOL } from '../wire/protocols.ts'

/** Source: nf_conncount.c CONNCOUNT_GC_MAX_NODES. */
const MOST_AT_ONCE = 64

/** One counted connection: what it is found by again. */
interface Counted {
  readonly tuple: Tuple
  /** What it belonged to when it was counted, for its zone; null where it was not tracked. */
  readonly connection: Connection | null
}

interface Group {
  counted: Counted[]
  /** Kernel ticks of the last look over the list, and how many were left in it. */
  lookedAt: number
  left: number
}

export class ConnectionCount {
  private readonly mask: Words
  private readonly environment: Environment
  private readonly groups = new Map<string, Group>()

  /** `mask`: the bits of addresses that make a group. */
  constructor(mask: Words, environment: Environment) {
    this.mask = mask
    this.environment = environment
  }

  /** How many connections of an address' group are counted now; changes nothing. */
  countOf(address: Words, connection: Connection | null): number {
    return this.groups.get(this.keyOf(address, connection))?.counted.length ?? 0
  }

  /**
   * Counts a packet's connection in the group of `address`; how many there are then. A packet that is not tracked counts
   * by its own tuple, unless an assured connection has that. Source: Linux get_ct_or_tuple_from_skb().
   */
  count(address: Words, tuple: Tuple, tracked: Connection | null): number {
    const key = this.keyOf(address, tracked)
    const connection = tracked ?? this.environment.findConnection(tuple, null)
    const now = this.environment.jiffies()
    const group = this.groups.get(key)
    if (group === undefined) {
      this.groups.set(key, { counted: [{ tuple, connection }], lookedAt: now, left: 0 })
      return 1
    }
    const isFresh = group.lookedAt === now && group.counted.length - group.left < MOST_AT_ONCE
    const isSought = ((connection?.status ?? 0) & CT_STATUS.assured) === 0
    if (!isFresh || (isSought && connection?.confirmed === true)) {
      if (this.lookOver(group, isSought ? tuple : null)) return group.counted.length
      group.lookedAt = now
      group.left = group.counted.length
    }
    return isSought ? group.counted.push({ tuple, connection }) : group.counted.length
  }

  /** Forgets what ended, up to the connection that has the tuple (null: all of it); whether that one is there. */
  private lookOver(group: Group, tuple: Tuple | null): boolean {
    const kept: Counted[] = []
    let forgotten = 0
    let found = false
    for (const one of group.counted) {
      if (found || forgotten > MOST_AT_ONCE) {
        kept.push(one)
        continue
      }
      const living = this.environment.findConnection(one.tuple, one.connection)
      found = living !== null && tuple !== null && isSame(one.tuple, tuple)
      if (found || (living !== null && !isClosed(living))) kept.push(one)
      else forgotten++
    }
    group.counted = kept
    return found
  }

  private keyOf(address: Words, connection: Connection | null): string {
    return `${maskWords(address, this.mask).join()} ${connection?.zone ?? 0}`
  }
}

/** Source: Linux already_closed(). */
function isClosed({ original, protocolState }: Connection): boolean {
  return original.protocol === PROTOCOL.tcp && (protocolState === 'TIME_WAIT' || protocolState === 'CLOSE')
}

function isSame(one: Tuple, other: Tuple): boolean {
  return (
    one.protocol === other.protocol &&
    one.sport === other.sport &&
    one.dport === other.dport &&
    sameWords(one.source, other.source) &&
    sameWords(one.destination, other.destination)
  )
}
