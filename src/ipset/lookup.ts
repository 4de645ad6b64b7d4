/** Asking and changing a set by a packet, with what goes for every type. */

import type { Packet } from '../packet/packet.ts'
import type { Change, Found, Lookup, NamedSet } from './set.ts'

function takes(set: NamedSet, packet: Packet, { sides }: Pick<Lookup, 'sides'>): boolean {
  return sides.length >= set.dimension && (set.family === null || set.family === packet.family)
}

/** Whether the packet is in the set. Source: Linux ip_set_test(). */
export function testIn(set: NamedSet, packet: Packet, lookup: Lookup, ticks: number): boolean {
  const found: Found = takes(set, packet, lookup) ? set.test(packet, lookup, ticks) : 'no'
  return found === (lookup.returnNomatch && set.listsNomatch ? 'nomatch' : 'yes')
}

/** Adds the packet's element; false where that changed nothing. Source: Linux ip_set_add(). */
export function addTo(set: NamedSet, packet: Packet, change: Change, ticks: number): boolean {
  return takes(set, packet, change) && set.add(packet, change, ticks)
}

/** Takes the packet's element out; false where there was none. Source: Linux ip_set_del(). */
export function removeFrom(set: NamedSet, packet: Packet, change: Change, ticks: number): boolean {
  return takes(set, packet, change) && set.remove(packet, change, ticks)
}
