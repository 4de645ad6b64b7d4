import type { Words } from '../util/words.ts'

/** What a route is looked up by. The object is reused: fill all of it. Source: Linux struct flowi4, flowi6. */
export interface Flow {
  destination: Words
  source: Words
  /** Whether {@link source} is known: IPv6 rules with `from` are skipped where it is not. */
  hasSource: boolean
  /** Interface index the packet came in by; 1 (`lo`) for packets of our own. */
  iif: number
  /** Interface index the packet must leave by; 0 for any. */
  oif: number
  mark: number
  /** The TOS or traffic class byte. */
  tos: number
  protocol: number
  sport: number
  dport: number
  uid: number
}

/** `iif` of packets the host makes itself. Source: Linux LOOPBACK_IFINDEX. */
export const LOOPBACK_INDEX = 1

/** A flow to an address with nothing else known. */
export function flowTo(destination: Words, more: Partial<Flow> = {}): Flow {
  return {
    destination,
    source: [0, 0, 0, 0],
    hasSource: false,
    iif: LOOPBACK_INDEX,
    oif: 0,
    mark: 0,
    tos: 0,
    protocol: 0,
    sport: 0,
    dport: 0,
    uid: 0,
    ...more,
  }
}
