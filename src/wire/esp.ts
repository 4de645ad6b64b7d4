/** The part of ESP that is not encrypted. Source: RFC 4303 section 2. */

import { concat, getU32, setU32 } from '../util/bytes.ts'
import { fieldValue, malformed, type Parsed } from './result.ts'

/** Offsets in bytes of the fields of an ESP header. */
export const ESP = { spi: 0, sequence: 4, headerLength: 8 } as const

/** Readers of the ESP header at `at`. */
export const esp = {
  spi: (bytes: Uint8Array, at: number): number => getU32(bytes, at),
  sequence: (bytes: Uint8Array, at: number): number => getU32(bytes, at + ESP.sequence),
} as const

/** An ESP packet as {@link parseEsp} reads it; what is encrypted is `payloadOffset`..`end`. */
export interface Esp {
  readonly spi: number
  readonly sequence: number
  readonly payloadOffset: number
}

/** Reads the packet in `offset`..`end`; never throws. */
export function parseEsp(bytes: Uint8Array, offset = 0, end = bytes.length): Parsed<Esp> {
  if (end - offset < ESP.headerLength) return malformed(`esp: ${end - offset} bytes, at least 8 expected`)
  return {
    ok: true,
    spi: esp.spi(bytes, offset),
    sequence: esp.sequence(bytes, offset),
    payloadOffset: offset + ESP.headerLength,
  }
}

/** What {@link buildEsp} needs. */
export interface EspFields {
  readonly spi?: number | undefined
  readonly sequence?: number | undefined
  readonly payload?: Uint8Array | undefined
}

/** The packet with these fields. Throws {@link UsageError} for a field out of range. */
export function buildEsp(fields: EspFields): Uint8Array {
  const header = new Uint8Array(ESP.headerLength)
  setU32(header, ESP.spi, fieldValue('spi', fields.spi, 0xffffffff))
  setU32(header, ESP.sequence, fieldValue('sequence', fields.sequence, 0xffffffff))
  return concat(header, fields.payload ?? new Uint8Array(0))
}
