import { UsageError } from '../../util/errors.ts'
import type { Dimension } from './dimension.ts'

/** 32 bits, decimal or hexadecimal. Throws UsageError. */
export function parseMark(text: string): number {
  const value = /^(\d+|0x[0-9a-f]+)$/i.test(text) ? Number(text) : Number.NaN
  if (value <= 0xffffffff) return value
  throw new UsageError(`"${text}" is no mark of 32 bits`)
}

/** The packet's mark, whatever side is named. */
export const mark: Dimension<number> = {
  read: (packet, _side, { markMask }) => (packet.mark & markMask) >>> 0,
  parse: (text, { markMask }) => [(parseMark(text) & markMask) >>> 0],
  key: String,
  format: (value) => `0x${value.toString(16).padStart(8, '0')}`,
}
