import type { Packet } from '../../packet/packet.ts'
import { UsageError } from '../../util/errors.ts'
import type { Side } from '../set.ts'
import type { Dimension } from './dimension.ts'

const NOBODY = '00:00:00:00:00:00'

/** The hardware address of a packet that came in a frame, in lower case; null without one. */
export function macOf({ frame }: Packet, side: Side): string | null {
  if (frame === null) return null
  const bytes = side === 'src' ? frame.subarray(6, 12) : frame.subarray(0, 6)
  const text = Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join(':')
  return text === NOBODY ? null : text
}

/** Six bytes in hexadecimal. Throws UsageError. */
export function parseMac(text: string): string {
  if (/^([0-9a-f]{1,2}:){5}[0-9a-f]{1,2}$/i.test(text)) {
    const address = text
      .toLowerCase()
      .split(':')
      .map((part) => part.padStart(2, '0'))
      .join(':')
    if (address !== NOBODY) return address
  }
  throw new UsageError(`"${text}" is no hardware address`)
}

/** A hardware address. */
export const mac: Dimension<string> = {
  read: (packet, side) => macOf(packet, side),
  parse: (text) => [parseMac(text)],
  key: (address) => address,
  format: (address) => address.toUpperCase(),
}
