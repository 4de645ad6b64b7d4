/**
 * A short text that tells one text from another, 64 bits in base 36: enough to notice an edit, nothing against
 * somebody who wants to deceive. Two passes of FNV-1a with different primes, over UTF-16 units.
 *
 * Source: FNV hash, draft-eastlake-fnv.
 */
export function fingerprint(text: string): string {
  let low = 0x811c9dc5
  let high = 0x9747b28c
  for (let at = 0; at < text.length; at++) {
    const unit = text.charCodeAt(at)
    low = Math.imul(low ^ unit, 0x01000193)
    high = Math.imul(high ^ unit, 0x85ebca6b) ^ (high >>> 13)
  }
  return `${(low >>> 0).toString(36)}-${(high >>> 0).toString(36)}-${text.length.toString(36)}`
}
