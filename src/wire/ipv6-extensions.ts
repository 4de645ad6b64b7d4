/**
 * The chain of IPv6 extension headers.
 *
 * As in Linux, hop-by-hop, routing, fragment, destination options and the authentication header are walked over; ESP,
 * "no next header" and mobility end the walk as upper layers. Source: RFC 8200 section 4; Linux ipv6_ext_hdr().
 */

import { concat, getU16, getU32, setU16, setU32 } from '../util/bytes.ts'
import { UsageError } from '../util/errors.ts'
import { PROTOCOL } from './protocols.ts'
import { fieldValue, malformed, type Parsed } from './result.ts'

/** Offsets in bytes within an IPv6 fragment header. Source: RFC 8200 section 4.5. */
export const IPV6_FRAGMENT = { nextHeader: 0, reserved: 1, offset: 2, id: 4, length: 8 } as const

/** The names of the extension headers by protocol number. */
export const EXTENSION_NAME: Readonly<Record<number, ExtensionName>> = {
  [PROTOCOL.hopopt]: 'hop-by-hop',
  [PROTOCOL.routing]: 'routing',
  [PROTOCOL.fragment]: 'fragment',
  [PROTOCOL.ah]: 'ah',
  [PROTOCOL.destinationOptions]: 'dst-options',
}

/** The extension headers that the walk passes over. */
export type ExtensionName = 'hop-by-hop' | 'routing' | 'fragment' | 'ah' | 'dst-options'

/** One extension header: its bytes are `offset`..`offset + length` of the packet. */
export interface Ipv6Extension {
  readonly name: ExtensionName
  readonly protocol: number
  readonly nextHeader: number
  readonly offset: number
  readonly length: number
  /** What follows the next header field and the length (or, in a fragment header, reserved) field. */
  readonly body: Uint8Array
}

/** A chain of extension headers, and where the upper layer begins. */
export interface ExtensionChain {
  readonly extensions: readonly Ipv6Extension[]
  readonly protocol: number
  readonly payloadOffset: number
  readonly fragmentOffset: number
  readonly mf: boolean
}

/** Whether the walk passes over headers of this protocol. Source: ipv6_ext_hdr() without NEXTHDR_NONE. */
export function isExtension(protocol: number): boolean {
  return (
    protocol === PROTOCOL.hopopt ||
    protocol === PROTOCOL.routing ||
    protocol === PROTOCOL.fragment ||
    protocol === PROTOCOL.ah ||
    protocol === PROTOCOL.destinationOptions
  )
}

/** The length in bytes of the extension header of `protocol` whose second byte is `second`. */
export function extensionLength(protocol: number, second: number): number {
  if (protocol === PROTOCOL.fragment) return IPV6_FRAGMENT.length
  return protocol === PROTOCOL.ah ? (second + 2) << 2 : (second + 1) << 3
}

/**
 * Walks the chain that begins at `start` with a header of `protocol`; never throws.
 *
 * Behind a fragment header with an offset the rest is data: the walk ends there, and `protocol` is that header's next header.
 */
export function parseExtensions(
  bytes: Uint8Array,
  start: number,
  end: number,
  protocol: number,
): Parsed<ExtensionChain> {
  const extensions: Ipv6Extension[] = []
  let at = start
  let next = protocol
  let fragmentOffset = 0
  let mf = false
  while (isExtension(next)) {
    const name = EXTENSION_NAME[next]!
    if (end - at < 8) return malformed(`ipv6: ${name} header has ${end - at} bytes, at least 8 expected`)
    const length = extensionLength(next, bytes[at + 1]!)
    if (length < 8) return malformed(`ipv6: ${name} header length ${length}, at least 8 expected`)
    if (length > end - at) return malformed(`ipv6: ${name} header length ${length} of ${end - at} bytes`)
    const body = bytes.slice(at + 2, at + length)
    extensions.push({ name, protocol: next, nextHeader: bytes[at]!, offset: at, length, body })
    if (next === PROTOCOL.fragment) {
      const field = getU16(bytes, at + IPV6_FRAGMENT.offset)
      fragmentOffset = field & 0xfff8
      mf = (field & 1) === 1
    }
    next = bytes[at]!
    at += length
    if (fragmentOffset !== 0) break
  }
  return { ok: true, extensions, protocol: next, payloadOffset: at, fragmentOffset, mf }
}

/** A place for {@link findTransport} to write to, made once and used for many packets. */
export interface TransportPlace {
  /** The protocol after the extension headers. */
  protocol: number
  /** Where it begins. */
  offset: number
  /** Bytes; 0 without a fragment header. */
  fragmentOffset: number
  mf: boolean
  /** Where the fragment header begins, or -1. */
  fragmentHeader: number
}

/**
 * {@link parseExtensions} for the hot path: finds the upper layer of the IPv6 packet at `at` and allocates nothing.
 *
 * Returns false where a header is cut short; `place` then names that header. Source: ipv6_find_hdr() with target -1.
 */
export function findTransport(place: TransportPlace, bytes: Uint8Array, at: number, end: number): boolean {
  place.protocol = bytes[at + 6]!
  place.offset = at + 40
  place.fragmentOffset = 0
  place.mf = false
  place.fragmentHeader = -1
  while (isExtension(place.protocol)) {
    const header = place.offset
    if (end - header < 8) return false
    const length = extensionLength(place.protocol, bytes[header + 1]!)
    if (length < 8 || length > end - header) return false
    if (place.protocol === PROTOCOL.fragment) {
      const field = getU16(bytes, header + IPV6_FRAGMENT.offset)
      place.fragmentHeader = header
      place.fragmentOffset = field & 0xfff8
      place.mf = (field & 1) === 1
    }
    place.protocol = bytes[header]!
    place.offset = header + length
    if (place.fragmentOffset !== 0) break
  }
  return true
}

/**
 * What {@link buildExtensions} needs of one header: `body` is everything after the first two bytes.
 *
 * A missing body is six bytes: a PadN option in the option headers, a spent type 0 routing header. `protocol` may be any
 * number whose header is laid out like the option headers (its length in units of 8 bytes, not counting the first).
 */
export interface ExtensionFields {
  readonly protocol: number
  readonly body?: Uint8Array | undefined
}

/** The fields of a fragment header as an extension; `fragmentOffset` in bytes, a multiple of 8. */
export function fragmentExtension(fields: {
  readonly fragmentOffset?: number | undefined
  readonly mf?: boolean | undefined
  /** 32 bits. */
  readonly id?: number | undefined
}): ExtensionFields {
  const offset = fieldValue('fragment offset', fields.fragmentOffset, 65528)
  if (offset % 8 !== 0) throw new UsageError(`fragment offset is ${offset}: expected a multiple of 8`)
  const body = new Uint8Array(6)
  setU16(body, 0, offset | (fields.mf ? 1 : 0))
  setU32(body, 2, fieldValue('fragment id', fields.id, 0xffffffff))
  return { protocol: PROTOCOL.fragment, body }
}

/** The id (32 bits) of the fragment header at `at`. */
export function fragmentId(bytes: Uint8Array, at: number): number {
  return getU32(bytes, at + IPV6_FRAGMENT.id)
}

/** The bytes of a chain that ends in `protocol`, and the number that the header before it must carry. */
export function buildExtensions(
  chain: readonly ExtensionFields[],
  protocol: number,
): { readonly first: number; readonly bytes: Uint8Array } {
  const parts = chain.map((extension, i) => buildExtension(extension, chain[i + 1]?.protocol ?? protocol))
  return { first: chain[0]?.protocol ?? protocol, bytes: concat(...parts) }
}

function buildExtension(extension: ExtensionFields, nextHeader: number): Uint8Array {
  const options = extension.protocol === PROTOCOL.hopopt || extension.protocol === PROTOCOL.destinationOptions
  const body = extension.body ?? (options ? Uint8Array.of(1, 4, 0, 0, 0, 0) : new Uint8Array(6))
  const unit = extension.protocol === PROTOCOL.ah ? 4 : 8
  const length = body.length + 2
  if (length < 8 || length % unit !== 0) {
    const name = EXTENSION_NAME[extension.protocol] ?? `extension ${extension.protocol}`
    throw new UsageError(`the ${name} header takes ${length} bytes: expected a multiple of ${unit}, at least 8`)
  }
  if (extension.protocol === PROTOCOL.fragment && length !== 8) throw new UsageError('a fragment header takes 8 bytes')
  const second = extension.protocol === PROTOCOL.fragment ? 0 : unit === 4 ? length / 4 - 2 : length / 8 - 1
  return concat(Uint8Array.of(nextHeader, fieldValue('extension length', second, 255)), body)
}
