/** Packets for tests, examples and generated traffic: bytes from the network header on, with right lengths and checksums. */

import { UsageError } from '../util/errors.ts'
import { type Address, type PseudoHeader, parseAddress } from '../wire/address.ts'
import { buildAh } from '../wire/ah.ts'
import { buildDccp, DCCP_TYPES } from '../wire/dccp.ts'
import { buildEsp } from '../wire/esp.ts'
import { buildGre } from '../wire/gre.ts'
import { buildIcmp, findIcmpName } from '../wire/icmp.ts'
import { buildIcmpv6, findIcmpv6Name, isNeighbourDiscovery } from '../wire/icmpv6.ts'
import { buildIpv4 } from '../wire/ipv4.ts'
import type { Ipv4Option } from '../wire/ipv4-options.ts'
import { buildIpv6 } from '../wire/ipv6.ts'
import { fragmentExtension } from '../wire/ipv6-extensions.ts'
import { ETHERTYPE, PROTOCOL, protocolNumber } from '../wire/protocols.ts'
import { buildSctp, SCTP_CHUNK_TYPE, type SctpChunkFields } from '../wire/sctp.ts'
import { buildTcp, parseTcpFlags } from '../wire/tcp.ts'
import { buildUdp } from '../wire/udp.ts'
import { buildUdplite } from '../wire/udplite.ts'
import type {
  AddressLike,
  AhPacketFields,
  DccpPacketFields,
  EspPacketFields,
  GrePacketFields,
  IcmpPacketFields,
  NetworkFields,
  PayloadLike,
  PortFields,
  RawFields,
  SctpPacketFields,
  TcpPacketFields,
} from './build-fields.ts'

/** The source port of packets that are given none. */
const DEFAULT_SPORT = 40000

function ipv4(fields: RawFields & { readonly options?: readonly Ipv4Option[] | Uint8Array } = {}): Uint8Array {
  return raw({ ...fields, source: fields.source ?? '192.0.2.1', ipOptions: fields.ipOptions ?? fields.options })
}

function ipv6(fields: RawFields = {}): Uint8Array {
  return raw({ ...fields, source: fields.source ?? '2001:db8::1' })
}

function raw(fields: RawFields = {}): Uint8Array {
  return networkPacket(fields, protocolOf(fields.protocol ?? 253), () => payloadOf(fields.payload))
}

function tcp(fields: TcpPacketFields = {}): Uint8Array {
  const flags = typeof fields.flags === 'number' ? fields.flags : parseTcpFlags(fields.flags ?? 'S')
  return networkPacket(fields, PROTOCOL.tcp, (addresses) =>
    buildTcp({ ...fields, ...withPorts(fields, 80), flags, reserved: fields.reservedBits, addresses }),
  )
}

function udp(fields: PortFields & { readonly length?: number | undefined } = {}): Uint8Array {
  return networkPacket(fields, PROTOCOL.udp, (addresses) =>
    buildUdp({ ...fields, ...withPorts(fields, 53), addresses }),
  )
}

function udplite(fields: PortFields & { readonly coverage?: number | undefined } = {}): Uint8Array {
  return networkPacket(fields, PROTOCOL.udplite, (addresses) =>
    buildUdplite({ ...fields, ...withPorts(fields, 53), addresses }),
  )
}

function sctp(fields: SctpPacketFields = {}): Uint8Array {
  const body = fields.payload === undefined ? undefined : payloadOf(fields.payload)
  const chunks = (fields.chunks ?? ['INIT']).map(chunkOf)
  return networkPacket(fields, PROTOCOL.sctp, () => buildSctp({ ...fields, ...withPorts(fields, 80), chunks, body }))
}

function dccp(fields: DccpPacketFields = {}): Uint8Array {
  const type = typeof fields.type === 'string' ? dccpTypeOf(fields.type) : fields.type
  return networkPacket(fields, PROTOCOL.dccp, (addresses) =>
    buildDccp({ ...fields, ...withPorts(fields, 80), type, addresses }),
  )
}

function icmp(fields: IcmpPacketFields = {}): Uint8Array {
  const { family } = endpoints(fields)
  const named =
    typeof fields.type === 'number' ? { type: fields.type } : icmpTypeOf(fields.type ?? 'echo-request', family)
  const message = {
    ...fields,
    type: named.type,
    code: fields.code ?? named.code,
    rest: fields.rest ?? icmpRest(fields, family),
    payload: payloadOf(fields.payload),
  }
  const ttl = fields.ttl ?? (family === 6 && isNeighbourDiscovery(named.type) ? 255 : undefined)
  return networkPacket(
    { ...fields, id: undefined, ttl },
    family === 4 ? PROTOCOL.icmp : PROTOCOL.icmpv6,
    (addresses) => (family === 4 ? buildIcmp(message) : buildIcmpv6({ ...message, addresses })),
  )
}

function gre(fields: GrePacketFields = {}): Uint8Array {
  const payload = payloadOf(fields.payload)
  const inner = payload.length === 0 ? undefined : ETHERTYPE_OF_VERSION[payload[0]! >> 4]
  const protocol = fields.protocol ?? (fields.version === 1 ? undefined : inner)
  return networkPacket(fields, PROTOCOL.gre, () => buildGre({ ...fields, protocol, payload }))
}

function esp(fields: EspPacketFields = {}): Uint8Array {
  return networkPacket(fields, PROTOCOL.esp, () => buildEsp({ ...fields, payload: payloadOf(fields.payload) }))
}

function ah(fields: AhPacketFields = {}): Uint8Array {
  const nextHeader = fields.nextHeader === undefined ? undefined : protocolOf(fields.nextHeader)
  const reserved = fields.reservedBits
  const payload = payloadOf(fields.payload)
  return networkPacket(fields, PROTOCOL.ah, () => buildAh({ ...fields, nextHeader, reserved, payload }))
}

/**
 * The packets by kind: each takes named fields, all optional, and returns the bytes from the network header on.
 *
 * Lengths and checksums are computed unless given. IPv4 or IPv6 follows from the addresses. All throw {@link UsageError}
 * for values out of range, addresses of two families, and unknown names.
 */
export const packet = { ipv4, ipv6, raw, tcp, udp, udplite, icmp, sctp, dccp, gre, esp, ah } as const

/**
 * A network header with these fields around what `transport` returns; it is given the addresses for its checksum.
 *
 * Throws {@link UsageError} as {@link packet} does, and for fields that the family has not.
 */
function networkPacket(
  fields: NetworkFields,
  protocol: number,
  transport: (addresses: PseudoHeader) => Uint8Array,
): Uint8Array {
  const { family, source, destination } = endpoints(fields)
  const payload = transport({ source, destination })
  const id = fields.ipId ?? fields.id
  if (family === 4) {
    refuse('IPv4', 'IPv6', { flowLabel: fields.flowLabel, extensions: fields.extensions })
    return buildIpv4({
      ...fields,
      id,
      fragmentOffset: fields.offset,
      protocol,
      source: source[0],
      destination: destination[0],
      options: fields.ipOptions,
      checksum: fields.ipChecksum,
      headerLength: undefined,
      payload,
    })
  }
  const { df, ipOptions, ipChecksum, reserved } = fields
  refuse('IPv6', 'IPv4', { df: df || undefined, ipOptions, ipChecksum, reserved: reserved || undefined })
  const isFragment = fields.mf || fields.offset
  const fragment = isFragment ? [fragmentExtension({ fragmentOffset: fields.offset, mf: fields.mf, id })] : []
  return buildIpv6({
    trafficClass: fields.tos,
    flowLabel: fields.flowLabel,
    payloadLength: fields.totalLength === undefined ? undefined : fields.totalLength - 40,
    protocol,
    hopLimit: fields.ttl,
    source,
    destination,
    extensions: [...(fields.extensions ?? []), ...fragment],
    payload,
  })
}

/** `payload` as bytes; empty where it is missing. */
function payloadOf(payload: PayloadLike | undefined): Uint8Array {
  if (typeof payload === 'string') return new TextEncoder().encode(payload)
  if (typeof payload !== 'number') return payload ?? new Uint8Array(0)
  if (!Number.isInteger(payload) || payload < 0 || payload > 0xffff) {
    throw new UsageError(`a payload has 0 to 65535 bytes, not ${payload}`)
  }
  return new Uint8Array(payload)
}

const ETHERTYPE_OF_VERSION: Readonly<Record<number, number>> = { 4: ETHERTYPE.ipv4, 6: ETHERTYPE.ipv6 }

function endpoints(fields: Pick<NetworkFields, 'source' | 'destination'>): PseudoHeader & { readonly family: 4 | 6 } {
  const source = fields.source === undefined ? undefined : addressOf(fields.source)
  const destination = fields.destination === undefined ? undefined : addressOf(fields.destination)
  const family = source?.family ?? destination?.family ?? 4
  if (destination && destination.family !== family) throw new UsageError('source and destination are of two families')
  const fallback = (last: number) => parseAddress(family === 4 ? `192.0.2.${last}` : `2001:db8::${last}`)
  return { family, source: (source ?? fallback(1)).words, destination: (destination ?? fallback(2)).words }
}

function addressOf(address: AddressLike): Address {
  if (typeof address === 'string') return parseAddress(address)
  return typeof address === 'number' ? { family: 4, words: [address, 0, 0, 0] } : { family: 6, words: address }
}

function refuse(family: string, owner: string, fields: Readonly<Record<string, unknown>>): void {
  for (const [name, value] of Object.entries(fields)) {
    if (value !== undefined) throw new UsageError(`${name} belongs to ${owner}, but the addresses are ${family}`)
  }
}

function withPorts(fields: PortFields, dport: number) {
  const payload = payloadOf(fields.payload)
  return { sport: fields.sport ?? DEFAULT_SPORT, dport: fields.dport ?? dport, payload }
}

function protocolOf(protocol: number | string): number {
  const number = typeof protocol === 'number' ? protocol : protocolNumber(protocol)
  if (number === undefined) throw new UsageError(`unknown protocol ${JSON.stringify(protocol)}`)
  return number
}

function chunkOf(chunk: string | SctpChunkFields): SctpChunkFields {
  if (typeof chunk !== 'string') return chunk
  const type = SCTP_CHUNK_TYPE[chunk.toUpperCase()]
  if (type === undefined) throw new UsageError(`unknown SCTP chunk ${JSON.stringify(chunk)}`)
  return { type }
}

function dccpTypeOf(name: string): number {
  const type = (DCCP_TYPES as readonly string[]).indexOf(name.toUpperCase())
  if (type < 0) throw new UsageError(`unknown DCCP type ${JSON.stringify(name)}`)
  return type
}

function icmpTypeOf(name: string, family: 4 | 6): { readonly type: number; readonly code?: number } {
  const found = family === 4 ? findIcmpName(name) : findIcmpv6Name(name)
  if (!found) throw new UsageError(`unknown ${family === 4 ? 'ICMP' : 'ICMPv6'} type ${JSON.stringify(name)}`)
  return found
}

function icmpRest(fields: IcmpPacketFields, family: 4 | 6): number | undefined {
  if (fields.mtu !== undefined) return fields.mtu
  if (fields.gateway !== undefined) return addressOf(fields.gateway).words[0]
  // An IPv4 pointer is one byte in front of three unused ones.
  if (fields.pointer !== undefined) return family === 4 ? fields.pointer * 0x1000000 : fields.pointer
  return undefined
}
