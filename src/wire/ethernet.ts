/** Ethernet II frames with any number of VLAN tags. Source: IEEE 802.3 clause 3, IEEE 802.1Q clause 9. */

import { concat, getU16, getU32, setU16 } from '../util/bytes.ts'
import { formatMac, parseMac } from './address.ts'
import { ETHERTYPE } from './protocols.ts'
import { fieldValue, malformed, type Parsed } from './result.ts'

/** Offsets in bytes of the fields of an Ethernet header. */
export const ETHERNET = { destination: 0, source: 6, type: 12, length: 14 } as const

/** Offsets in bytes within a VLAN tag, counted from its own type field (TPID). */
export const VLAN = { tpid: 0, control: 2, type: 4, length: 4 } as const

/** Readers of the Ethernet header at `at`; an address reads as its upper 16 and lower 32 bits. */
export const ethernet = {
  destinationHigh: (bytes: Uint8Array, at: number): number => getU16(bytes, at),
  destinationLow: (bytes: Uint8Array, at: number): number => getU32(bytes, at + 2),
  sourceHigh: (bytes: Uint8Array, at: number): number => getU16(bytes, at + 6),
  sourceLow: (bytes: Uint8Array, at: number): number => getU32(bytes, at + 8),
  type: (bytes: Uint8Array, at: number): number => getU16(bytes, at + ETHERNET.type),
  /** Whether the destination is a group address (multicast or broadcast). */
  isGroup: (bytes: Uint8Array, at: number): boolean => (bytes[at]! & 1) === 1,
} as const

/** Readers of the VLAN tag whose TPID is at `at`. */
export const vlan = {
  priority: (bytes: Uint8Array, at: number): number => bytes[at + 2]! >> 5,
  dropEligible: (bytes: Uint8Array, at: number): number => (bytes[at + 2]! >> 4) & 1,
  id: (bytes: Uint8Array, at: number): number => getU16(bytes, at + 2) & 0xfff,
  type: (bytes: Uint8Array, at: number): number => getU16(bytes, at + 4),
} as const

/** One VLAN tag: `id` 0..4095, `priority` 0..7, `tpid` 0x8100 (customer) or 0x88a8 (service). */
export interface VlanTag {
  readonly id: number
  readonly priority?: number
  readonly dropEligible?: boolean
  readonly tpid?: number
}

/** An Ethernet header as {@link parseEthernet} reads it; `type` is the EtherType after the last tag. */
export interface Ethernet {
  readonly destination: string
  readonly source: string
  readonly tags: readonly Required<VlanTag>[]
  readonly type: number
  readonly payloadOffset: number
}

/** Reads the frame in `offset`..`end`; never throws. */
export function parseEthernet(bytes: Uint8Array, offset = 0, end = bytes.length): Parsed<Ethernet> {
  if (end - offset < ETHERNET.length) return malformed(`ethernet: ${end - offset} bytes, at least 14 expected`)
  const tags: Required<VlanTag>[] = []
  let at = offset + ETHERNET.type
  while (isVlanType(getU16(bytes, at))) {
    if (end - at < 6) return malformed(`ethernet: VLAN tag ${tags.length + 1} is cut off`)
    tags.push({
      id: vlan.id(bytes, at),
      priority: vlan.priority(bytes, at),
      dropEligible: vlan.dropEligible(bytes, at) === 1,
      tpid: getU16(bytes, at),
    })
    at += VLAN.length
  }
  const destination = formatMac(bytes, offset)
  const source = formatMac(bytes, offset + ETHERNET.source)
  return { ok: true, destination, source, tags, type: getU16(bytes, at), payloadOffset: at + 2 }
}

/** What {@link buildEthernet} needs; a missing address is all zeros. */
export interface EthernetFields {
  readonly destination?: string | undefined
  readonly source?: string | undefined
  readonly tags?: readonly VlanTag[] | undefined
  /** EtherType, 0x0800 where missing. */
  readonly type?: number | undefined
  readonly payload?: Uint8Array | undefined
}

/** The frame with these fields, without padding or frame check sequence. Throws {@link UsageError} for a field out of range. */
export function buildEthernet(fields: EthernetFields): Uint8Array {
  const tags = fields.tags ?? []
  const header = new Uint8Array(ETHERNET.length + tags.length * VLAN.length)
  if (fields.destination !== undefined) header.set(parseMac(fields.destination), 0)
  if (fields.source !== undefined) header.set(parseMac(fields.source), ETHERNET.source)
  let at: number = ETHERNET.type
  for (const tag of tags) {
    setU16(header, at, fieldValue('VLAN type', tag.tpid, 0xffff, ETHERTYPE.vlan))
    const priority = fieldValue('VLAN priority', tag.priority, 7) << 13
    const eligible = tag.dropEligible ? 0x1000 : 0
    setU16(header, at + 2, priority | eligible | fieldValue('VLAN id', tag.id, 0xfff))
    at += VLAN.length
  }
  setU16(header, at, fieldValue('EtherType', fields.type, 0xffff, ETHERTYPE.ipv4))
  return fields.payload ? concat(header, fields.payload) : header
}

/** Whether `type` announces a VLAN tag (802.1Q, 802.1ad, and the older 0x9100). */
export function isVlanType(type: number): boolean {
  return type === ETHERTYPE.vlan || type === ETHERTYPE.serviceVlan || type === 0x9100
}
