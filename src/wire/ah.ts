/** The authentication header. Source: RFC 4302 section 2. */

import { concat, getU8, getU16, getU32, setU16, setU32 } from '../util/bytes.ts'
import { UsageError } from '../util/errors.ts'
import { PROTOCOL } from './protocols.ts'
import { fieldValue, malformed, type Parsed } from './result.ts'

/** Offsets in bytes of the fields of an authentication header. */
export const AH = { nextHeader: 0, length: 1, reserved: 2, spi: 4, sequence: 8, icv: 12, minimumLength: 12 } as const

/** Readers of the authentication header at `at`; the header length is in bytes. */
export const ah = {
  nextHeader: (bytes: Uint8Array, at: number): number => getU8(bytes, at),
  headerLength: (bytes: Uint8Array, at: number): number => (bytes[at + AH.length]! + 2) << 2,
  reserved: (bytes: Uint8Array, at: number): number => getU16(bytes, at + AH.reserved),
  spi: (bytes: Uint8Array, at: number): number => getU32(bytes, at + AH.spi),
  sequence: (bytes: Uint8Array, at: number): number => getU32(bytes, at + AH.sequence),
} as const

/** An authentication header as {@link parseAh} reads it. What it protects is `payloadOffset`..`end`. */
export interface Ah {
  readonly nextHeader: number
  readonly headerLength: number
  readonly reserved: number
  readonly spi: number
  readonly sequence: number
  /** The integrity check value. */
  readonly icv: Uint8Array
  readonly payloadOffset: number
}

/** Reads the header in `offset`..`end`; never throws. */
export function parseAh(bytes: Uint8Array, offset = 0, end = bytes.length): Parsed<Ah> {
  const available = end - offset
  if (available < AH.minimumLength) return malformed(`ah: ${available} bytes, at least 12 expected`)
  const headerLength = ah.headerLength(bytes, offset)
  if (headerLength < AH.minimumLength) return malformed(`ah: header length ${headerLength}, at least 12 expected`)
  if (headerLength > available) return malformed(`ah: header length ${headerLength} of ${available} bytes`)
  return {
    ok: true,
    nextHeader: ah.nextHeader(bytes, offset),
    headerLength,
    reserved: ah.reserved(bytes, offset),
    spi: ah.spi(bytes, offset),
    sequence: ah.sequence(bytes, offset),
    icv: bytes.slice(offset + AH.icv, offset + headerLength),
    payloadOffset: offset + headerLength,
  }
}

/** What {@link buildAh} needs. */
export interface AhFields {
  /** The protocol of the payload, 59 (none) where missing. */
  readonly nextHeader?: number | undefined
  readonly reserved?: number | undefined
  readonly spi?: number | undefined
  readonly sequence?: number | undefined
  /** A multiple of four bytes up to 1016; 12 zero bytes where missing, the size of HMAC-SHA1-96. */
  readonly icv?: Uint8Array | undefined
  readonly payload?: Uint8Array | undefined
}

/** The header with these fields and its payload. Throws {@link UsageError} for a field out of range. */
export function buildAh(fields: AhFields): Uint8Array {
  const icv = fields.icv ?? new Uint8Array(12)
  if (icv.length % 4 !== 0) throw new UsageError(`the check value takes ${icv.length} bytes: expected a multiple of 4`)
  const header = new Uint8Array(AH.minimumLength)
  header[0] = fieldValue('next header', fields.nextHeader, 255, PROTOCOL.none)
  header[AH.length] = fieldValue('header length', (AH.minimumLength + icv.length) / 4 - 2, 255)
  setU16(header, AH.reserved, fieldValue('reserved bits', fields.reserved, 0xffff))
  setU32(header, AH.spi, fieldValue('spi', fields.spi, 0xffffffff))
  setU32(header, AH.sequence, fieldValue('sequence', fields.sequence, 0xffffffff))
  return concat(header, icv, fields.payload ?? new Uint8Array(0))
}
