/** A whole number as strtoul with base 0 reads it (`10`, `0x1f`, `017`); null for anything else. */
export function parseNumber(text: string): number | null {
  if (/^0[xX][0-9a-fA-F]+$/.test(text)) return Number.parseInt(text.slice(2), 16)
  if (/^0[0-7]*$/.test(text)) return Number.parseInt(text, 8)
  return /^[1-9][0-9]*$/.test(text) ? Number.parseInt(text, 10) : null
}

/** As {@link parseNumber}, up to 2^64 - 1. */
export function parseUint64(text: string): bigint | null {
  if (!/^(0[xX][0-9a-fA-F]+|0[0-7]*|[1-9][0-9]*)$/.test(text)) return null
  const value = BigInt(text.replace(/^0(?=[0-7])/, '0o'))
  return value > 0xffff_ffff_ffff_ffffn ? null : value
}
