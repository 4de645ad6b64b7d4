/** GRE version 0 and the version 1 that PPTP uses. Source: RFC 2784, RFC 2890, RFC 2637 section 4.1. */

import { concat, getU16, getU32, setU16, setU32 } from '../util/bytes.ts'
import { checksum, checksumFor } from './checksum.ts'
import { ETHERTYPE } from './protocols.ts'
import { fieldValue, malformed, type Parsed } from './result.ts'

/** Offsets in bytes of the fixed fields of a GRE header; the optional ones follow in order of their flags. */
export const GRE = { flags: 0, protocol: 2, optional: 4, minimumLength: 4 } as const

/** Bits of the first 16 bits. `ack` belongs to version 1. */
export const GRE_FLAG = {
  checksum: 0x8000,
  routing: 0x4000,
  key: 0x2000,
  sequence: 0x1000,
  ack: 0x0080,
  version: 7,
} as const

/** Readers of the GRE header at `at`. */
export const gre = {
  flags: (bytes: Uint8Array, at: number): number => getU16(bytes, at),
  version: (bytes: Uint8Array, at: number): number => bytes[at + 1]! & 7,
  protocol: (bytes: Uint8Array, at: number): number => getU16(bytes, at + GRE.protocol),
  hasKey: (bytes: Uint8Array, at: number): boolean => (bytes[at]! & 0x20) !== 0,
  /** The 32-bit key, 0 where there is none. */
  key: (bytes: Uint8Array, at: number): number =>
    (bytes[at]! & 0x20) === 0 ? 0 : getU32(bytes, at + ((bytes[at]! & 0x80) === 0 ? 4 : 8)),
  /** The call id of version 1 (the lower half of the key field). */
  callId: (bytes: Uint8Array, at: number): number => getU16(bytes, at + 6),
} as const

/** A GRE packet as {@link parseGre} reads it. What it carries is `payloadOffset`..`end`. */
export interface Gre {
  readonly version: 0 | 1
  /** All 16 bits of flags and version. */
  readonly flags: number
  /** The EtherType of what it carries; 0x880b (PPP) in version 1. */
  readonly protocol: number
  readonly checksum?: number
  readonly checksumHolds?: boolean
  readonly key?: number
  readonly sequence?: number
  /** Version 1 only: length of the payload and call id, the two halves of the key field. */
  readonly payloadLength?: number
  readonly callId?: number
  /** Version 1 only. */
  readonly ack?: number
  readonly payloadOffset: number
}

/** Reads the packet in `offset`..`end`; source routes (RFC 1701) and other versions count as malformed. Never throws. */
export function parseGre(bytes: Uint8Array, offset = 0, end = bytes.length): Parsed<Gre> {
  const available = end - offset
  if (available < GRE.minimumLength) return malformed(`gre: ${available} bytes, at least 4 expected`)
  const flags = gre.flags(bytes, offset)
  const version = flags & GRE_FLAG.version
  if (version > 1) return malformed(`gre: version ${version}, 0 or 1 expected`)
  if (flags & GRE_FLAG.routing) return malformed('gre: source routes are not supported')
  if (version === 1 && (flags & (GRE_FLAG.key | GRE_FLAG.checksum)) !== GRE_FLAG.key) {
    return malformed('gre: version 1 without key, or with checksum')
  }
  const length = greHeaderLength(flags)
  if (length > available) return malformed(`gre: header length ${length} of ${available} bytes`)
  let at = offset + GRE.optional
  const next = () => {
    at += 4
    return getU32(bytes, at - 4)
  }
  const sum = flags & GRE_FLAG.checksum ? next() >>> 16 : undefined
  const key = flags & GRE_FLAG.key ? next() : undefined
  const sequence = flags & GRE_FLAG.sequence ? next() : undefined
  const ack = version === 1 && flags & GRE_FLAG.ack ? next() : undefined
  return {
    ok: true,
    version: version === 1 ? 1 : 0,
    flags,
    protocol: gre.protocol(bytes, offset),
    ...(sum !== undefined ? { checksum: sum, checksumHolds: checksum(bytes, offset, end) === 0 } : {}),
    ...(key === undefined ? {} : version === 1 ? { payloadLength: key >>> 16, callId: key & 0xffff } : { key }),
    ...(sequence !== undefined ? { sequence } : {}),
    ...(ack !== undefined ? { ack } : {}),
    payloadOffset: at,
  }
}

/** The length in bytes of a header with these flags, without source routes. Source: gre_calc_hlen(). */
export function greHeaderLength(flags: number): number {
  const has = (flag: number) => ((flags & flag) === 0 ? 0 : 4)
  const ack = (flags & GRE_FLAG.version) === 1 ? has(GRE_FLAG.ack) : 0
  return 4 + has(GRE_FLAG.checksum) + has(GRE_FLAG.key) + has(GRE_FLAG.sequence) + ack
}

/** What {@link buildGre} needs. A field that is given sets its flag. */
export interface GreFields {
  readonly version?: 0 | 1 | undefined
  /** EtherType; IPv4 where missing, PPP in version 1. */
  readonly protocol?: number | undefined
  /** `true` for a right checksum, or its value. Version 0 only. */
  readonly checksum?: number | true | undefined
  readonly key?: number | undefined
  readonly sequence?: number | undefined
  /** Version 1: computed from the payload where missing. */
  readonly payloadLength?: number | undefined
  readonly callId?: number | undefined
  readonly ack?: number | undefined
  readonly payload?: Uint8Array | undefined
}

/** The packet with these fields. Throws {@link UsageError} for a field out of range. */
export function buildGre(fields: GreFields): Uint8Array {
  const version = fields.version ?? 0
  const payload = fields.payload ?? new Uint8Array(0)
  const words: number[] = []
  let flags: number = version
  if (fields.checksum !== undefined && version === 0) {
    flags |= GRE_FLAG.checksum
    words.push(0)
  }
  if (version === 1 || fields.key !== undefined) {
    flags |= GRE_FLAG.key
    words.push(version === 1 ? callKey(fields, payload.length) : fieldValue('key', fields.key, 0xffffffff))
  }
  if (fields.sequence !== undefined) {
    flags |= GRE_FLAG.sequence
    words.push(fieldValue('sequence', fields.sequence, 0xffffffff))
  }
  if (version === 1 && fields.ack !== undefined) {
    flags |= GRE_FLAG.ack
    words.push(fieldValue('ack', fields.ack, 0xffffffff))
  }
  const bytes = concat(new Uint8Array(GRE.minimumLength + words.length * 4), payload)
  setU16(bytes, 0, flags)
  const protocol = version === 1 ? ETHERTYPE.ppp : ETHERTYPE.ipv4
  setU16(bytes, GRE.protocol, fieldValue('GRE protocol', fields.protocol, 0xffff, protocol))
  for (const [i, word] of words.entries()) setU32(bytes, GRE.optional + i * 4, word)
  if (flags & GRE_FLAG.checksum) {
    const given = fields.checksum === true ? undefined : fields.checksum
    setU16(bytes, 4, fieldValue('checksum', given, 0xffff, checksumFor(bytes, 0, bytes.length, 4)))
  }
  return bytes
}

function callKey(fields: GreFields, length: number): number {
  const payloadLength = fieldValue('payload length', fields.payloadLength ?? length, 0xffff)
  return payloadLength * 0x10000 + fieldValue('call id', fields.callId, 0xffff)
}
