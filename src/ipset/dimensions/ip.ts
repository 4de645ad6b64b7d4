import type { Packet } from '../../packet/packet.ts'
import { UsageError } from '../../util/errors.ts'
import { maskWords, type Words } from '../../util/words.ts'
import { formatAddress, prefixLength, prefixMask, tryParseAddress } from '../../wire/address.ts'
import type { Side } from '../set.ts'
import type { Dimension, SetFacts } from './dimension.ts'

/** A range of IPv4 addresses with more than this many is not written out. */
const MOST_ADDRESSES = 1 << 20

/** The packet's address on a side. */
export function addressOf(packet: Packet, side: Side): Words {
  return side === 'src' ? packet.source : packet.destination
}

/** An address of the family. Throws UsageError. */
export function parseSetAddress(text: string, family: 4 | 6): Words {
  const address = tryParseAddress(text)
  if (address?.family === family) return address.words
  throw new UsageError(`"${text}" is no IPv${family} address`)
}

/** The IPv4 addresses from the first to the last of `a`, `a/length` or `a-b`. Throws UsageError. */
export function parseIpv4Range(text: string): readonly [first: number, last: number] {
  const [from = '', to, ...rest] = text.split('-')
  if (rest.length > 0) throw new UsageError(`"${text}" is no range of addresses`)
  if (to !== undefined) {
    const ends = [parseSetAddress(from, 4)[0], parseSetAddress(to, 4)[0]] as const
    return ends[0] <= ends[1] ? ends : [ends[1], ends[0]]
  }
  const [host = '', length] = text.split('/')
  const address = parseSetAddress(host, 4)[0]
  if (length === undefined) return [address, address]
  const mask = prefixMask(4, parsePrefix(length, 32))[0]
  return [(address & mask) >>> 0, (address | ~mask) >>> 0]
}

/** A prefix length of 0 to `bits`. Throws UsageError. */
export function parsePrefix(text: string, bits: number): number {
  const length = Number(text)
  if (/^\d+$/.test(text) && length <= bits) return length
  throw new UsageError(`"${text}" is no prefix length of 0 to ${bits}`)
}

/** An address; those of a range are elements of their own. */
export const ip: Dimension<Words> = {
  read(packet, side, { mask }) {
    const address = addressOf(packet, side)
    return mask === null ? address : maskWords(address, mask)
  },
  parse(text, { family, mask }) {
    const masked = (address: Words): Words => (mask === null ? address : maskWords(address, mask))
    if (family === 6) return [masked(parseSetAddress(text.replace(/\/128$/, ''), 6))]
    const [first, last] = parseIpv4Range(text)
    const step = stepOf(mask)
    if ((last - first) / step > MOST_ADDRESSES) throw new UsageError(`"${text}" has too many addresses`)
    const values: Words[] = []
    for (let address = first; address <= last; address += step) values.push(masked([address, 0, 0, 0]))
    return values
  },
  key: keyOfAddress,
  format: (address, { family }) => formatAddress(family, address),
}

/** The distance between elements of a set whose netmask is a prefix. */
function stepOf(mask: Words | null): number {
  const length = mask === null ? 32 : (prefixLength(4, mask) ?? 32)
  return 2 ** (32 - length)
}

/** Words as the key of a map. */
export function keyOfAddress(address: Words): string {
  return address[1] === 0 && address[2] === 0 && address[3] === 0 ? String(address[0]) : address.join()
}

/** The mask that `netmask` and `bitmask` of a `create` line tell. Throws UsageError. */
export function parseSetMask(text: string, family: 4 | 6): Words {
  const bits = family === 4 ? 32 : 128
  return /^\d+$/.test(text) ? prefixMask(family, parsePrefix(text, bits)) : parseSetAddress(text, family)
}

/** Reads a netmask back into the word of a `create` line. */
export function formatSetMask(mask: Words, family: SetFacts['family']): string {
  return String(prefixLength(family, mask) ?? formatAddress(family, mask))
}
