/** ARP for IPv4 over Ethernet. Source: RFC 826. */

import { getU8, getU16, getU32, setU16, setU32 } from '../util/bytes.ts'
import { formatMac, parseMac } from './address.ts'
import { ETHERTYPE } from './protocols.ts'
import { fieldValue, malformed, type Parsed } from './result.ts'

/** Offsets in bytes of the fields of an ARP packet for IPv4 over Ethernet. */
export const ARP = {
  hardware: 0,
  protocol: 2,
  hardwareLength: 4,
  protocolLength: 5,
  operation: 6,
  senderMac: 8,
  senderIp: 14,
  targetMac: 18,
  targetIp: 24,
  length: 28,
} as const

/** ARP operations: request 1, reply 2. */
export const ARP_OPERATION = { request: 1, reply: 2 } as const

/** Readers of the ARP packet at `at`. */
export const arp = {
  hardware: (bytes: Uint8Array, at: number): number => getU16(bytes, at),
  protocol: (bytes: Uint8Array, at: number): number => getU16(bytes, at + ARP.protocol),
  hardwareLength: (bytes: Uint8Array, at: number): number => getU8(bytes, at + ARP.hardwareLength),
  protocolLength: (bytes: Uint8Array, at: number): number => getU8(bytes, at + ARP.protocolLength),
  operation: (bytes: Uint8Array, at: number): number => getU16(bytes, at + ARP.operation),
  senderIp: (bytes: Uint8Array, at: number): number => getU32(bytes, at + ARP.senderIp),
  targetIp: (bytes: Uint8Array, at: number): number => getU32(bytes, at + ARP.targetIp),
} as const

/** An ARP packet: IPv4 addresses as 32-bit numbers, Ethernet addresses as text. */
export interface Arp {
  readonly operation: number
  readonly senderMac: string
  readonly senderIp: number
  readonly targetMac: string
  readonly targetIp: number
}

/** Reads the ARP packet in `offset`..`end`; other hardware or protocols than IPv4 over Ethernet count as malformed. */
export function parseArp(bytes: Uint8Array, offset = 0, end = bytes.length): Parsed<Arp> {
  if (end - offset < 8) return malformed(`arp: ${end - offset} bytes, at least 8 expected`)
  const kind = `hardware ${arp.hardware(bytes, offset)}, protocol 0x${arp.protocol(bytes, offset).toString(16)}`
  const lengths = `lengths ${arp.hardwareLength(bytes, offset)} and ${arp.protocolLength(bytes, offset)}`
  if (`${kind}, ${lengths}` !== 'hardware 1, protocol 0x800, lengths 6 and 4')
    return malformed(`arp: ${kind}, ${lengths}`)
  if (end - offset < ARP.length) return malformed(`arp: ${end - offset} bytes, at least 28 expected`)
  return {
    ok: true,
    operation: arp.operation(bytes, offset),
    senderMac: formatMac(bytes, offset + ARP.senderMac),
    senderIp: arp.senderIp(bytes, offset),
    targetMac: formatMac(bytes, offset + ARP.targetMac),
    targetIp: arp.targetIp(bytes, offset),
  }
}

/** What {@link buildArp} needs; a request where `operation` is missing, zeros where an address is. */
export type ArpFields = Partial<Arp>

/** The 28 bytes of the ARP packet. Throws {@link UsageError} for a field out of range. */
export function buildArp(fields: ArpFields): Uint8Array {
  const bytes = new Uint8Array(ARP.length)
  setU16(bytes, ARP.hardware, 1)
  setU16(bytes, ARP.protocol, ETHERTYPE.ipv4)
  bytes[ARP.hardwareLength] = 6
  bytes[ARP.protocolLength] = 4
  setU16(bytes, ARP.operation, fieldValue('ARP operation', fields.operation, 0xffff, ARP_OPERATION.request))
  if (fields.senderMac !== undefined) bytes.set(parseMac(fields.senderMac), ARP.senderMac)
  setU32(bytes, ARP.senderIp, fieldValue('sender address', fields.senderIp, 0xffffffff))
  if (fields.targetMac !== undefined) bytes.set(parseMac(fields.targetMac), ARP.targetMac)
  setU32(bytes, ARP.targetIp, fieldValue('target address', fields.targetIp, 0xffffffff))
  return bytes
}
