import { computed, OUTCOME, type Outcome, type Test } from '../expression/test.ts'
import type { Packet } from '../packet/packet.ts'

const HOP = 0
const ROUTING = 43
const FRAGMENT = 44
const AUTH = 51
const DESTINATION = 60

/** There is no header of that kind. */
const ABSENT = -1
/** The extension headers are cut short before it. */
const BROKEN = -2

/**
 * Where the first extension header of a kind (its protocol number) begins, or {@link ABSENT} or {@link BROKEN}.
 * Behind the header of a later fragment nothing is looked for. Source: Linux ipv6_find_hdr() with a target.
 */
function findIpv6Header({ view, network, end }: Packet, target: number): number {
  let next = view.getUint8(network + 6)
  let at = network + 40
  for (;;) {
    const isExtension = next === HOP || next === ROUTING || next === FRAGMENT || next === AUTH || next === DESTINATION
    if (!isExtension) return next === target ? at : ABSENT
    if (at + (next === ROUTING ? 4 : 2) > end) return BROKEN
    let length = (view.getUint8(at + 1) + 1) * 8
    if (next === FRAGMENT) {
      if (at + 4 > end) return BROKEN
      if (view.getUint16(at + 2) >> 3 !== 0 && target !== FRAGMENT) return ABSENT
      length = 8
    } else if (next === AUTH) length = (view.getUint8(at + 1) + 2) * 4
    if (next === target) return at
    next = view.getUint8(at)
    at += length
  }
}

/**
 * Where the first extension header of a kind begins; null where there is none, or where that cannot be told because
 * the headers are cut short.
 */
export function ipv6HeaderAt(packet: Packet, protocol: number): number | null {
  const at = findIpv6Header(packet, protocol)
  return at < 0 ? null : at
}

/**
 * A test of the first extension header of a kind, of which `least` bytes must be there or the packet is dropped.
 * Without such a header it does not hold. Source: the beginnings of Linux rt_mt6(), frag_mt6(), hbh_mt6(), ah_mt6().
 */
export function ofIpv6Header(
  name: string,
  protocol: number,
  least: number,
  holds: (packet: Packet, at: number) => boolean | Outcome,
): Test {
  return computed(name, false, (packet) => {
    const at = findIpv6Header(packet, protocol)
    if (at === ABSENT) return OUTCOME.no
    if (at === BROKEN || at + least > packet.end) return OUTCOME.hotdrop
    const said = holds(packet, at)
    return typeof said === 'boolean' ? (said ? OUTCOME.yes : OUTCOME.no) : said
  })
}

/**
 * Where rules take the transport header to be. Of later IPv6 fragments they are not told the place, and look at
 * the start of the packet; only matches that do not ask about fragments notice.
 * Source: Linux ip6_packet_match() and ipv6_find_hdr(), which leaves its offset alone for a later fragment.
 */
export function transportInRules({ family, fragmentOffset, network, transport }: Packet): number {
  return family === 6 && fragmentOffset !== 0 ? network : transport
}
