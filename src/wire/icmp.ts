/** ICMP for IPv4. Source: RFC 792, RFC 950, RFC 1191; the names are those of iptables. */

import { concat, getU8, getU16, getU32, setU32 } from '../util/bytes.ts'
import { checksum, checksumFor } from './checksum.ts'
import { findName, type IcmpName, nameOf } from './icmp-names.ts'
import { fieldValue, malformed, type Parsed } from './result.ts'

/** Offsets in bytes of the fields of an ICMP header. `rest` holds id and sequence, a gateway, a pointer or an MTU. */
export const ICMP = {
  type: 0,
  code: 1,
  checksum: 2,
  rest: 4,
  id: 4,
  sequence: 6,
  pointer: 4,
  mtu: 6,
  headerLength: 8,
} as const

/** Type numbers (0..255). Source: IANA "ICMP Parameters". */
export const ICMP_TYPE = {
  echoReply: 0,
  destinationUnreachable: 3,
  sourceQuench: 4,
  redirect: 5,
  echoRequest: 8,
  routerAdvertisement: 9,
  routerSolicitation: 10,
  timeExceeded: 11,
  parameterProblem: 12,
  timestampRequest: 13,
  timestampReply: 14,
  informationRequest: 15,
  informationReply: 16,
  addressMaskRequest: 17,
  addressMaskReply: 18,
} as const

/** Type and code names in the order of `iptables -p icmp --help`; a name without code stands for every code. */
export const ICMP_NAMES: readonly IcmpName[] = [
  { name: 'echo-reply', type: 0, aliases: ['pong'] },
  { name: 'destination-unreachable', type: 3 },
  { name: 'network-unreachable', type: 3, code: 0 },
  { name: 'host-unreachable', type: 3, code: 1 },
  { name: 'protocol-unreachable', type: 3, code: 2 },
  { name: 'port-unreachable', type: 3, code: 3 },
  { name: 'fragmentation-needed', type: 3, code: 4 },
  { name: 'source-route-failed', type: 3, code: 5 },
  { name: 'network-unknown', type: 3, code: 6 },
  { name: 'host-unknown', type: 3, code: 7 },
  { name: 'network-prohibited', type: 3, code: 9 },
  { name: 'host-prohibited', type: 3, code: 10 },
  { name: 'TOS-network-unreachable', type: 3, code: 11 },
  { name: 'TOS-host-unreachable', type: 3, code: 12 },
  { name: 'communication-prohibited', type: 3, code: 13 },
  { name: 'host-precedence-violation', type: 3, code: 14 },
  { name: 'precedence-cutoff', type: 3, code: 15 },
  { name: 'source-quench', type: 4 },
  { name: 'redirect', type: 5 },
  { name: 'network-redirect', type: 5, code: 0 },
  { name: 'host-redirect', type: 5, code: 1 },
  { name: 'TOS-network-redirect', type: 5, code: 2 },
  { name: 'TOS-host-redirect', type: 5, code: 3 },
  { name: 'echo-request', type: 8, aliases: ['ping'] },
  { name: 'router-advertisement', type: 9 },
  { name: 'router-solicitation', type: 10 },
  { name: 'time-exceeded', type: 11, aliases: ['ttl-exceeded'] },
  { name: 'ttl-zero-during-transit', type: 11, code: 0 },
  { name: 'ttl-zero-during-reassembly', type: 11, code: 1 },
  { name: 'parameter-problem', type: 12 },
  { name: 'ip-header-bad', type: 12, code: 0 },
  { name: 'required-option-missing', type: 12, code: 1 },
  { name: 'timestamp-request', type: 13 },
  { name: 'timestamp-reply', type: 14 },
  { name: 'address-mask-request', type: 17 },
  { name: 'address-mask-reply', type: 18 },
]

/** Readers of the ICMP header at `at`. */
export const icmp = {
  type: (bytes: Uint8Array, at: number): number => getU8(bytes, at),
  code: (bytes: Uint8Array, at: number): number => getU8(bytes, at + ICMP.code),
  checksum: (bytes: Uint8Array, at: number): number => getU16(bytes, at + ICMP.checksum),
  rest: (bytes: Uint8Array, at: number): number => getU32(bytes, at + ICMP.rest),
  id: (bytes: Uint8Array, at: number): number => getU16(bytes, at + ICMP.id),
  sequence: (bytes: Uint8Array, at: number): number => getU16(bytes, at + ICMP.sequence),
  pointer: (bytes: Uint8Array, at: number): number => getU8(bytes, at + ICMP.pointer),
  mtu: (bytes: Uint8Array, at: number): number => getU16(bytes, at + ICMP.mtu),
} as const

/** An ICMP message as {@link parseIcmp} reads it. What follows the eight bytes is `payloadOffset`..`end`. */
export interface Icmp {
  readonly type: number
  readonly code: number
  /** The most special name that fits, or `undefined`. */
  readonly name: string | undefined
  readonly checksum: number
  readonly checksumHolds: boolean
  /** The four bytes after the checksum as one number. */
  readonly rest: number
  /** Whether the payload is the packet that caused the message. */
  readonly isError: boolean
  /** Whether `rest` is an identifier (upper 16 bits) and a sequence number. */
  readonly isQuery: boolean
  readonly payloadOffset: number
}

/** Whether messages of this type quote the packet that caused them. Source: icmp_pointers[].error. */
export function isIcmpError(type: number): boolean {
  return type === 3 || type === 4 || type === 5 || type === 11 || type === 12
}

/** Whether messages of this type carry an identifier and a sequence number. */
export function isIcmpQuery(type: number): boolean {
  return type === 0 || type === 8 || (type >= 13 && type <= 18)
}

/** Reads the message in `offset`..`end`; never throws. */
export function parseIcmp(bytes: Uint8Array, offset = 0, end = bytes.length): Parsed<Icmp> {
  if (end - offset < ICMP.headerLength) return malformed(`icmp: ${end - offset} bytes, at least 8 expected`)
  const type = icmp.type(bytes, offset)
  const code = icmp.code(bytes, offset)
  return {
    ok: true,
    type,
    code,
    name: icmpName(type, code),
    checksum: icmp.checksum(bytes, offset),
    checksumHolds: checksum(bytes, offset, end) === 0,
    rest: icmp.rest(bytes, offset),
    isError: isIcmpError(type),
    isQuery: isIcmpQuery(type),
    payloadOffset: offset + ICMP.headerLength,
  }
}

/** What {@link buildIcmp} needs: `rest`, or `id` and `sequence`, which take its place. */
export interface IcmpFields {
  readonly type: number
  readonly code?: number | undefined
  readonly checksum?: number | undefined
  readonly rest?: number | undefined
  readonly id?: number | undefined
  readonly sequence?: number | undefined
  readonly payload?: Uint8Array | undefined
}

/** The message with these fields. Throws {@link UsageError} for a field out of range. */
export function buildIcmp(fields: IcmpFields): Uint8Array {
  const bytes = icmpBytes(fields)
  const right = checksumFor(bytes, 0, bytes.length, ICMP.checksum)
  setChecksum(bytes, fieldValue('checksum', fields.checksum, 0xffff, right))
  return bytes
}

/** The message of either ICMP version without its checksum. */
export function icmpBytes(fields: IcmpFields): Uint8Array {
  const bytes = concat(new Uint8Array(ICMP.headerLength), fields.payload ?? new Uint8Array(0))
  bytes[0] = fieldValue('ICMP type', fields.type, 255)
  bytes[1] = fieldValue('ICMP code', fields.code, 255)
  const id = fieldValue('ICMP id', fields.id, 0xffff)
  const query = id * 0x10000 + fieldValue('ICMP sequence', fields.sequence, 0xffff)
  setU32(bytes, ICMP.rest, fieldValue('ICMP rest', fields.rest, 0xffffffff, query))
  return bytes
}

function setChecksum(bytes: Uint8Array, value: number): void {
  bytes[ICMP.checksum] = value >> 8
  bytes[ICMP.checksum + 1] = value
}

/** The most special name of iptables for this type and code, or `undefined`. */
export function icmpName(type: number, code: number): string | undefined {
  return nameOf(ICMP_NAMES, type, code)
}

/** The entry with this name or alias, in any case, or `undefined`. */
export function findIcmpName(name: string): IcmpName | undefined {
  return findName(ICMP_NAMES, name)
}
