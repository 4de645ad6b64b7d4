/** ICMPv6 with neighbour discovery and multicast listener discovery. Source: RFC 4443, RFC 4861, RFC 2710, RFC 3810. */

import { getU8, getU16, getU32, setU16 } from '../util/bytes.ts'
import type { Words } from '../util/words.ts'
import { formatMac, getWords, type PseudoHeader } from './address.ts'
import { checksumFor, pseudoSum } from './checksum.ts'
import { ICMP, type IcmpFields, icmpBytes } from './icmp.ts'
import { findName, type IcmpName, nameOf } from './icmp-names.ts'
import { PROTOCOL } from './protocols.ts'
import { fieldValue, malformed, type Parsed } from './result.ts'

/** Offsets in bytes of the fields of an ICMPv6 header; a neighbour solicitation's or listener report's address is at `target`. */
export const ICMPV6 = { ...ICMP, mtu: 4, target: 8, redirectDestination: 24 } as const

/** Type numbers (0..255). Source: IANA "ICMPv6 Parameters". */
export const ICMPV6_TYPE = {
  destinationUnreachable: 1,
  packetTooBig: 2,
  timeExceeded: 3,
  parameterProblem: 4,
  echoRequest: 128,
  echoReply: 129,
  listenerQuery: 130,
  listenerReport: 131,
  listenerDone: 132,
  routerSolicitation: 133,
  routerAdvertisement: 134,
  neighbourSolicitation: 135,
  neighbourAdvertisement: 136,
  redirect: 137,
  listenerReport2: 143,
} as const

/** Type and code names in the order of `ip6tables -p icmpv6 --help`; a name without code stands for every code. */
export const ICMPV6_NAMES: readonly IcmpName[] = [
  { name: 'destination-unreachable', type: 1 },
  { name: 'no-route', type: 1, code: 0 },
  { name: 'communication-prohibited', type: 1, code: 1 },
  { name: 'beyond-scope', type: 1, code: 2 },
  { name: 'address-unreachable', type: 1, code: 3 },
  { name: 'port-unreachable', type: 1, code: 4 },
  { name: 'failed-policy', type: 1, code: 5 },
  { name: 'reject-route', type: 1, code: 6 },
  { name: 'packet-too-big', type: 2 },
  { name: 'time-exceeded', type: 3, aliases: ['ttl-exceeded'] },
  { name: 'ttl-zero-during-transit', type: 3, code: 0 },
  { name: 'ttl-zero-during-reassembly', type: 3, code: 1 },
  { name: 'parameter-problem', type: 4 },
  { name: 'bad-header', type: 4, code: 0 },
  { name: 'unknown-header-type', type: 4, code: 1 },
  { name: 'unknown-option', type: 4, code: 2 },
  { name: 'echo-request', type: 128, aliases: ['ping'] },
  { name: 'echo-reply', type: 129, aliases: ['pong'] },
  { name: 'router-solicitation', type: 133 },
  { name: 'router-advertisement', type: 134 },
  { name: 'neighbour-solicitation', type: 135, aliases: ['neighbor-solicitation'] },
  { name: 'neighbour-advertisement', type: 136, aliases: ['neighbor-advertisement'] },
  { name: 'redirect', type: 137 },
]

/** Names that iptables has not, in the manner of `ip6tables` of later versions and tcpdump. */
const LISTENER_NAMES: readonly IcmpName[] = [
  { name: 'mld-listener-query', type: 130 },
  { name: 'mld-listener-report', type: 131 },
  { name: 'mld-listener-done', type: 132 },
  { name: 'mld2-listener-report', type: 143 },
]

/** Readers of the ICMPv6 header at `at`; `i` (0..3) chooses a word of the target address. */
export const icmpv6 = {
  type: (bytes: Uint8Array, at: number): number => getU8(bytes, at),
  code: (bytes: Uint8Array, at: number): number => getU8(bytes, at + ICMPV6.code),
  checksum: (bytes: Uint8Array, at: number): number => getU16(bytes, at + ICMPV6.checksum),
  rest: (bytes: Uint8Array, at: number): number => getU32(bytes, at + ICMPV6.rest),
  id: (bytes: Uint8Array, at: number): number => getU16(bytes, at + ICMPV6.id),
  sequence: (bytes: Uint8Array, at: number): number => getU16(bytes, at + ICMPV6.sequence),
  mtu: (bytes: Uint8Array, at: number): number => getU32(bytes, at + ICMPV6.mtu),
  targetWord: (bytes: Uint8Array, at: number, i: number): number => getU32(bytes, at + ICMPV6.target + i * 4),
} as const

/** A neighbour discovery option; `mac` where it is a link-layer address (type 1 or 2) of Ethernet. */
export interface NeighbourOption {
  readonly type: number
  readonly mac?: string
  /** What follows type and length. */
  readonly data: Uint8Array
}

/** An ICMPv6 message as {@link parseIcmpv6} reads it. What follows the eight bytes is `payloadOffset`..`end`. */
export interface Icmpv6 {
  readonly type: number
  readonly code: number
  /** The most special name that fits, or `undefined`. */
  readonly name: string | undefined
  readonly checksum: number
  /** The four bytes after the checksum as one number. */
  readonly rest: number
  /** Whether the payload is the packet that caused the message. */
  readonly isError: boolean
  /** Whether `rest` is an identifier (upper 16 bits) and a sequence number. */
  readonly isQuery: boolean
  /** The address asked or told about, in neighbour discovery and listener messages. */
  readonly target?: Words
  readonly options?: readonly NeighbourOption[]
  readonly payloadOffset: number
}

/** Whether messages of this type quote the packet that caused them: below 128. Source: RFC 4443 section 2.1. */
export function isIcmpv6Error(type: number): boolean {
  return type < 128
}

/** Whether messages of this type carry an identifier and a sequence number. */
export function isIcmpv6Query(type: number): boolean {
  return type === ICMPV6_TYPE.echoRequest || type === ICMPV6_TYPE.echoReply
}

/** Whether messages of this type must have hop limit 255. Source: RFC 4861 section 6.1. */
export function isNeighbourDiscovery(type: number): boolean {
  return type >= ICMPV6_TYPE.routerSolicitation && type <= ICMPV6_TYPE.redirect
}

/** Reads the message in `offset`..`end`; never throws. */
export function parseIcmpv6(bytes: Uint8Array, offset = 0, end = bytes.length): Parsed<Icmpv6> {
  const available = end - offset
  if (available < ICMPV6.headerLength) return malformed(`icmp6: ${available} bytes, at least 8 expected`)
  const type = icmpv6.type(bytes, offset)
  const code = icmpv6.code(bytes, offset)
  const common = {
    ok: true as const,
    type,
    code,
    name: icmpv6Name(type, code),
    checksum: icmpv6.checksum(bytes, offset),
    rest: icmpv6.rest(bytes, offset),
    isError: isIcmpv6Error(type),
    isQuery: isIcmpv6Query(type),
    payloadOffset: offset + ICMPV6.headerLength,
  }
  const fixed = fixedLength(type)
  if (fixed === 0) return common
  if (available < fixed) return malformed(`icmp6: ${common.name} has ${available} bytes, at least ${fixed} expected`)
  const target = fixed >= 24 ? { target: getWords(bytes, offset + ICMPV6.target) } : {}
  if (type < ICMPV6_TYPE.routerSolicitation) return { ...common, ...target }
  const options = parseNeighbourOptions(bytes, offset + fixed, end)
  return Array.isArray(options) ? { ...common, ...target, options } : options
}

/** The length in bytes before the options, of the messages of neighbour and listener discovery; else 0. */
function fixedLength(type: number): number {
  switch (type) {
    case ICMPV6_TYPE.routerSolicitation:
      return 8
    case ICMPV6_TYPE.routerAdvertisement:
      return 16
    case ICMPV6_TYPE.redirect:
      return 40
    case ICMPV6_TYPE.listenerQuery:
    case ICMPV6_TYPE.listenerReport:
    case ICMPV6_TYPE.listenerDone:
    case ICMPV6_TYPE.neighbourSolicitation:
    case ICMPV6_TYPE.neighbourAdvertisement:
      return 24
    default:
      return 0
  }
}

function parseNeighbourOptions(bytes: Uint8Array, start: number, end: number) {
  const options: NeighbourOption[] = []
  for (let at = start; at < end; ) {
    const length = at + 1 < end ? bytes[at + 1]! * 8 : 0
    if (length === 0 || at + length > end) return malformed(`icmp6: option length ${length} of ${end - at} bytes`)
    const type = bytes[at]!
    const data = bytes.slice(at + 2, at + length)
    options.push((type === 1 || type === 2) && length === 8 ? { type, mac: formatMac(data), data } : { type, data })
    at += length
  }
  return options
}

/** What {@link buildIcmpv6} needs besides the fields of ICMP. */
export interface Icmpv6Fields extends IcmpFields {
  /** The addresses for the checksum; without them and without `checksum`, the field stays 0. */
  readonly addresses?: PseudoHeader | undefined
}

/** The message with these fields. Throws {@link UsageError} for a field out of range. */
export function buildIcmpv6(fields: Icmpv6Fields): Uint8Array {
  const bytes = icmpBytes(fields)
  const right = fields.addresses
    ? checksumFor(bytes, 0, bytes.length, ICMPV6.checksum, pseudoSum(fields.addresses, PROTOCOL.icmpv6, bytes.length))
    : 0
  setU16(bytes, ICMPV6.checksum, fieldValue('checksum', fields.checksum, 0xffff, right))
  return bytes
}

/** The most special name for this type and code, or `undefined`; beside those of iptables it knows the listener messages. */
export function icmpv6Name(type: number, code: number): string | undefined {
  return nameOf(ICMPV6_NAMES, type, code) ?? nameOf(LISTENER_NAMES, type, code)
}

/** The entry with this name or alias, in any case, or `undefined`; beside those of iptables it knows the listener messages. */
export function findIcmpv6Name(name: string): IcmpName | undefined {
  return findName(ICMPV6_NAMES, name) ?? findName(LISTENER_NAMES, name)
}
