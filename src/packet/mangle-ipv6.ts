/** Finding the transport header behind IPv6 extension headers, as the kernel's own output paths do it. */

import { extensionLength } from '../wire/ipv6-extensions.ts'

const HOP = 0
const ROUTING = 43
const FRAGMENT = 44
const AUTH = 51
const NONE = 59
const DESTINATION = 60

/** What {@link skipExtensionHeaders} found; reused, so copy what must stay. */
export interface SkippedHeaders {
  /** Absolute offset of the first header that is no extension header, or -1 where the chain is cut short. */
  at: number
  /** Its protocol; the fragment header's own number (44) in a later fragment. */
  protocol: number
  /** The fragment header's offset field as it came (offset | flags), 0 without one. */
  fragment: number
}

const found: SkippedHeaders = { at: -1, protocol: 0, fragment: 0 }

/**
 * Walks the extension headers from `at` (whose protocol is `protocol`) on.
 *
 * Unlike the walk of `parse()`, a header may claim more bytes than there are, and "no next header" is a failure.
 * Returns one shared object. Source: Linux ipv6_skip_exthdr().
 */
export function skipExtensionHeaders(view: DataView, at: number, end: number, protocol: number): SkippedHeaders {
  found.fragment = 0
  found.protocol = protocol
  found.at = at
  for (;;) {
    const next = found.protocol
    if (next !== HOP && next !== ROUTING && next !== FRAGMENT && next !== AUTH && next !== NONE && next !== DESTINATION)
      return found
    if (next === NONE || found.at + 2 > end) {
      found.at = -1
      return found
    }
    let length = 8
    if (next === FRAGMENT) {
      if (found.at + 4 > end) {
        found.at = -1
        return found
      }
      found.fragment = view.getUint16(found.at + 2)
      if (found.fragment & 0xfff8) return found
    } else {
      length = extensionLength(next, view.getUint8(found.at + 1))
    }
    found.protocol = view.getUint8(found.at)
    found.at += length
  }
}
