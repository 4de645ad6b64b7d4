/** Which connections a source has been mapped for, so that it keeps its mapping. */

import type { Connection, Tuple } from '../packet/connection.ts'

/** Connections by zone, protocol, source address and port of their original direction. Source: Linux nf_nat_bysource. */
export class SourceIndex {
  private readonly connections = new Map<string, Connection[]>()

  add(connection: Connection): void {
    const key = keyOf(connection.original, connection.zone)
    const known = this.connections.get(key)
    // The newest is asked first.
    if (known === undefined) this.connections.set(key, [connection])
    else known.unshift(connection)
  }

  remove(connection: Connection): void {
    const key = keyOf(connection.original, connection.zone)
    const known = this.connections.get(key)
    const at = known?.indexOf(connection) ?? -1
    if (known === undefined || at < 0) return
    if (known.length === 1) this.connections.delete(key)
    else known.splice(at, 1)
  }

  /** What `accept` makes of the newest connection with this source that it does not refuse with null. */
  find(tuple: Tuple, zone: number, accept: (connection: Connection) => Tuple | null): Tuple | null {
    for (const connection of this.connections.get(keyOf(tuple, zone)) ?? []) {
      const found = accept(connection)
      if (found !== null) return found
    }
    return null
  }
}

function keyOf(tuple: Tuple, zone: number): string {
  return `${zone} ${tuple.protocol} ${tuple.sport} ${tuple.source.join(' ')}`
}
