import { CT_STATUS, type Tuple } from '../packet/connection.ts'
import { invariant } from '../util/errors.ts'
import { DEFAULT_ZONE, TrackedConnection, type Zone, zoneIn } from './connection.ts'
import { invert, keyOf } from './tuple.ts'

/** A connection found by a tuple, and the direction the tuple has in it. */
export interface Found {
  readonly connection: TrackedConnection
  readonly direction: 0 | 1
}

/**
 * The confirmed connections of a host, found by the tuples of both directions.
 *
 * Life-cycle of an entry: {@link create} makes it, unknown to all but its packet; {@link confirm} puts it in;
 * it leaves when it expired and is met again, or when it is killed.
 *
 * Invariants: every confirmed connection is in the index twice, under its original and its reply tuple; no two
 * confirmed connections share a tuple in the same zone and direction.
 *
 * Source: Linux nf_conntrack_core.c.
 */
export class ConnectionTable {
  private readonly index = new Map<string, Found | Found[]>()
  private readonly connections = new Set<TrackedConnection>()
  private nextId = 1
  private readonly now: () => number
  private readonly onEnd: (connection: TrackedConnection) => void

  /** `now` in milliseconds of host time; `onEnd` is told of each connection that ends, confirmed or not. */
  constructor(now: () => number, onEnd: (connection: TrackedConnection) => void) {
    this.now = now
    this.onEnd = onEnd
  }

  /** How many connections are confirmed, expired ones that nobody met included. */
  get size(): number {
    return this.connections.size
  }

  /** A connection for a first packet; null where its tuple has no reply. Source: Linux init_conntrack(). */
  create(original: Tuple, zone: Zone = DEFAULT_ZONE): TrackedConnection | null {
    const reply = invert(original)
    return reply === null ? null : new TrackedConnection(this.nextId++, original, reply, zone)
  }

  /**
   * The confirmed connection that has this tuple in the zone. A zone that counts for one direction only is looked
   * for under both of its numbers. Source: Linux nf_conntrack_find_get(), nf_ct_key_equal().
   */
  find(tuple: Tuple, zone: Zone = DEFAULT_ZONE): Found | null {
    const first = zoneIn(zone, 0)
    const second = zoneIn(zone, 1)
    return this.lookUp(tuple, zone, first) ?? (first === second ? null : this.lookUp(tuple, zone, second))
  }

  /**
   * Whether a connection other than `except` has the tuple in a direction; one with the same original tuple is the
   * same flow and does not count. Source: Linux nf_conntrack_tuple_taken().
   */
  isTaken(tuple: Tuple, except: TrackedConnection): boolean {
    const { zoneOf, original } = except
    return this.entries(tuple, zoneIn(zoneOf, 1)).some(({ connection, direction }) => {
      if (connection === except || zoneIn(connection.zoneOf, direction) !== zoneIn(zoneOf, direction)) return false
      const sameZone = zoneIn(connection.zoneOf, 0) === zoneIn(zoneOf, 0)
      return !(sameZone && keyOf(connection.original) === keyOf(original))
    })
  }

  private lookUp(tuple: Tuple, zone: Zone, number: number): Found | null {
    for (const found of this.entries(tuple, number)) {
      const { direction, connection } = found
      if (zoneIn(connection.zoneOf, direction) === zoneIn(zone, direction)) return found
    }
    return null
  }

  /** What is filed under a tuple and a zone number; what has expired is ended. */
  private entries(tuple: Tuple, number: number): readonly Found[] {
    const entry = this.index.get(fileOf(tuple, number))
    if (entry === undefined) return NOTHING
    const alive: Found[] = []
    for (const found of Array.isArray(entry) ? [...entry] : [entry]) {
      if (this.isExpired(found.connection)) this.end(found.connection)
      else alive.push(found)
    }
    return alive
  }

  /**
   * Puts a connection into the table; its time begins now. False where another one took its tuples meanwhile.
   * Source: Linux __nf_conntrack_confirm().
   */
  confirm(connection: TrackedConnection): boolean {
    invariant(!connection.confirmed, 'a connection is confirmed twice')
    const { original, reply, zoneOf } = connection
    const [there, back] = [zoneIn(zoneOf, 0), zoneIn(zoneOf, 1)]
    if (this.lookUp(original, zoneOf, there) !== null || this.lookUp(reply, zoneOf, back) !== null) return false
    connection.status |= CT_STATUS.confirmed
    connection.expires += this.now()
    this.connections.add(connection)
    this.put(fileOf(original, there), { connection, direction: 0 })
    this.put(fileOf(reply, back), { connection, direction: 1 })
    return true
  }

  /** Ends a connection, or gives one up that was never confirmed. */
  end(connection: TrackedConnection): void {
    if (connection.status & CT_STATUS.dying) return
    connection.status |= CT_STATUS.dying
    if (this.connections.delete(connection)) {
      this.take(fileOf(connection.original, zoneIn(connection.zoneOf, 0)), connection)
      this.take(fileOf(connection.reply, zoneIn(connection.zoneOf, 1)), connection)
    }
    this.onEnd(connection)
  }

  /** The connections that are alive, in the order they were confirmed. */
  *[Symbol.iterator](): Iterator<TrackedConnection> {
    for (const connection of this.connections) if (!this.isExpired(connection)) yield connection
  }

  /**
   * Makes room in a full table by ending a connection that was never answered or not assured; false where there is none.
   * Source: Linux early_drop().
   */
  dropEarly(): boolean {
    for (const connection of this.connections) {
      if ((connection.status & CT_STATUS.assured) !== 0 && !this.isExpired(connection)) continue
      this.end(connection)
      return true
    }
    return false
  }

  private isExpired(connection: TrackedConnection): boolean {
    return connection.expires <= this.now()
  }

  private put(key: string, found: Found): void {
    const there = this.index.get(key)
    if (there === undefined) this.index.set(key, found)
    // The newest is found first: where both directions have the same tuple, that is the reply.
    else if (Array.isArray(there)) there.unshift(found)
    else this.index.set(key, [found, there])
  }

  private take(key: string, connection: TrackedConnection): void {
    const there = this.index.get(key)
    if (there === undefined) return
    const rest = (Array.isArray(there) ? there : [there]).filter((found) => found.connection !== connection)
    if (rest.length === 0) this.index.delete(key)
    else this.index.set(key, rest.length === 1 ? (rest[0] as Found) : rest)
  }
}

const NOTHING: readonly Found[] = []

/** The key of a tuple in the index: connections of different zones are filed apart. Source: Linux hash_conntrack(). */
function fileOf(tuple: Tuple, zone: number): string {
  return zone === 0 ? keyOf(tuple) : `${zone}@${keyOf(tuple)}`
}
