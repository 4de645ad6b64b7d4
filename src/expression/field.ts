import { type Connection, CT_INFO, CT_STATUS } from '../packet/connection.ts'
import type { Packet } from '../packet/packet.ts'

/** How a field's value is written for people. */
export type FieldFormat = 'decimal' | 'hex' | 'port' | 'protocol' | 'tcp-flags' | 'ctstate' | 'bits'

/** Numbers of {@link Packet} that tests may read. */
export type PacketProperty = 'mark' | 'length' | 'pkttype' | 'protocol' | 'fragmentOffset' | 'ctInfo' | 'priority'

/** Numbers of a connection that tests may read. */
export type ConnectionProperty = 'mark' | 'status' | 'zone'

/** Numbers of a connection's tuples that tests may read. */
export type TupleProperty = 'protocol' | 'sport' | 'dport'

/** Where a number is found: bytes behind a header's start, a packet property, or one of its connection. */
export type Location =
  | {
      readonly base: 'network' | 'transport'
      readonly offset: number
      readonly size: 1 | 2 | 4
      readonly shift: number
      /** Applied after the shift. */
      readonly mask: number
    }
  | { readonly base: 'packet'; readonly property: PacketProperty }
  /** `absent` is read where the packet has no connection. */
  | { readonly base: 'connection'; readonly property: ConnectionProperty; readonly absent: number }
  /** 0 where the packet has no connection. */
  | { readonly base: 'tuple'; readonly direction: 'original' | 'reply'; readonly property: TupleProperty }
  /** The {@link CT_STATE} bits that describe how the packet relates to its connection; never 0. */
  | { readonly base: 'ctstate' }

/** A number that a packet has. Names are Wireshark's where it has one. */
export interface NumberField {
  readonly kind: 'number'
  readonly name: string
  readonly at: Location
  readonly bits: number
  readonly format: FieldFormat
}

/** An address that a packet or its connection has. */
export interface AddressField {
  readonly kind: 'address'
  readonly name: string
  readonly of: 'packet' | 'ct.original' | 'ct.reply'
  readonly side: 'source' | 'destination'
}

/** A device name that a packet has; the empty name where it has no such device. */
export interface DeviceField {
  readonly kind: 'device'
  readonly name: string
  readonly side: 'in' | 'out'
}

/**
 * Bits of `ct.state`: one of the first four or `untracked`, and the two of NAT where the connection has it.
 * Source: Linux XT_CONNTRACK_STATE_*, NF_CT_STATE_BIT().
 */
export const CT_STATE = {
  invalid: 1 << 0,
  established: 1 << 1,
  related: 1 << 2,
  new: 1 << 3,
  sourceNat: 1 << 6,
  destinationNat: 1 << 7,
  untracked: 1 << 8,
} as const

/** The {@link CT_STATE} bits of a packet. Source: Linux conntrack_mt(). */
export function ctStateOf(packet: Packet): number {
  const { ct, ctInfo } = packet
  if (ct === null) return ctInfo === CT_INFO.untracked ? CT_STATE.untracked : CT_STATE.invalid
  let bits = 1 << ((ctInfo % CT_INFO.establishedReply) + 1)
  if (ct.status & CT_STATUS.sourceNat) bits |= CT_STATE.sourceNat
  if (ct.status & CT_STATUS.destinationNat) bits |= CT_STATE.destinationNat
  return bits
}

/** Reads a number field: unsigned, 0 where the bytes end before it. The reference meaning. */
export function readNumber(field: NumberField, packet: Packet): number {
  const { at } = field
  switch (at.base) {
    case 'packet':
      return packet[at.property]
    case 'connection': {
      const ct: Connection | null = packet.ct
      return ct === null ? at.absent : ct[at.property]
    }
    case 'tuple':
      return packet.ct === null ? 0 : packet.ct[at.direction][at.property]
    case 'ctstate':
      return ctStateOf(packet)
    case 'network':
    case 'transport': {
      const from = (at.base === 'network' ? packet.network : packet.transport) + at.offset
      if (from + at.size > packet.end) return 0
      const { view } = packet
      const raw = at.size === 1 ? view.getUint8(from) : at.size === 2 ? view.getUint16(from) : view.getUint32(from)
      return ((raw >>> at.shift) & at.mask) >>> 0
    }
  }
}

function bytesAt(
  base: 'network' | 'transport',
  name: string,
  offset: number,
  size: 1 | 2 | 4,
  format: FieldFormat = 'decimal',
  shift = 0,
  mask: number = size === 4 ? 0xffffffff : 2 ** (size * 8) - 1,
): NumberField {
  return {
    kind: 'number',
    name,
    at: { base, offset, size, shift, mask },
    bits: 32 - Math.clz32(mask >>> 0),
    format,
  }
}

function property(name: string, key: PacketProperty, bits: number, format: FieldFormat = 'decimal'): NumberField {
  return { kind: 'number', name, at: { base: 'packet', property: key }, bits, format }
}

function connection(name: string, key: ConnectionProperty, bits: number, format: FieldFormat): NumberField {
  return { kind: 'number', name, at: { base: 'connection', property: key, absent: 0 }, bits, format }
}

function tuple(
  name: string,
  direction: 'original' | 'reply',
  key: TupleProperty,
  bits: number,
  format: FieldFormat,
): NumberField {
  return { kind: 'number', name, at: { base: 'tuple', direction, property: key }, bits, format }
}

function address(name: string, of: AddressField['of'], side: AddressField['side']): AddressField {
  return { kind: 'address', name, of, side }
}

/**
 * The closed vocabulary of what tests can read. A field of a transport header may be read only inside a
 * `header` test, which proves that the bytes are there.
 *
 * Source: RFC 791, RFC 8200, RFC 9293, RFC 768, RFC 792, RFC 4443; names as Wireshark's display filters.
 */
export const field = {
  packet: {
    source: address('ip.src', 'packet', 'source'),
    destination: address('ip.dst', 'packet', 'destination'),
    in: { kind: 'device', name: 'in', side: 'in' } as DeviceField,
    out: { kind: 'device', name: 'out', side: 'out' } as DeviceField,
    mark: property('mark', 'mark', 32, 'hex'),
    priority: property('priority', 'priority', 32, 'hex'),
    length: property('frame.len', 'length', 32),
    type: property('pkttype', 'pkttype', 3),
    protocol: property('ip.proto', 'protocol', 9, 'protocol'),
    fragmentOffset: property('ip.frag_offset', 'fragmentOffset', 13),
  },
  ip: {
    tos: bytesAt('network', 'ip.dsfield', 1, 1, 'hex'),
    dscp: bytesAt('network', 'ip.dsfield.dscp', 1, 1, 'hex', 2, 0x3f),
    ecn: bytesAt('network', 'ip.dsfield.ecn', 1, 1, 'decimal', 0, 3),
    totalLength: bytesAt('network', 'ip.len', 2, 2),
    id: bytesAt('network', 'ip.id', 4, 2, 'hex'),
    ttl: bytesAt('network', 'ip.ttl', 8, 1),
  },
  ip6: {
    trafficClass: bytesAt('network', 'ipv6.tclass', 0, 2, 'hex', 4, 0xff),
    dscp: bytesAt('network', 'ipv6.tclass.dscp', 0, 2, 'hex', 6, 0x3f),
    ecn: bytesAt('network', 'ipv6.tclass.ecn', 0, 2, 'decimal', 4, 3),
    payloadLength: bytesAt('network', 'ipv6.plen', 4, 2),
    hopLimit: bytesAt('network', 'ipv6.hlim', 7, 1),
  },
  l4: {
    sport: bytesAt('transport', 'sport', 0, 2, 'port'),
    dport: bytesAt('transport', 'dport', 2, 2, 'port'),
  },
  tcp: {
    sport: bytesAt('transport', 'tcp.srcport', 0, 2, 'port'),
    dport: bytesAt('transport', 'tcp.dstport', 2, 2, 'port'),
    seq: bytesAt('transport', 'tcp.seq', 4, 4),
    ack: bytesAt('transport', 'tcp.ack', 8, 4),
    headerWords: bytesAt('transport', 'tcp.hdr_len', 12, 1, 'decimal', 4, 15),
    flags: bytesAt('transport', 'tcp.flags', 13, 1, 'tcp-flags'),
    window: bytesAt('transport', 'tcp.window_size_value', 14, 2),
  },
  udp: {
    sport: bytesAt('transport', 'udp.srcport', 0, 2, 'port'),
    dport: bytesAt('transport', 'udp.dstport', 2, 2, 'port'),
    length: bytesAt('transport', 'udp.length', 4, 2),
  },
  dccp: {
    type: bytesAt('transport', 'dccp.type', 8, 1, 'decimal', 1, 15),
  },
  esp: {
    spi: bytesAt('transport', 'esp.spi', 0, 4, 'hex'),
  },
  ah: {
    spi: bytesAt('transport', 'ah.spi', 4, 4, 'hex'),
  },
  ipcomp: {
    cpi: bytesAt('transport', 'ipcomp.cpi', 2, 2, 'hex'),
  },
  icmp: {
    type: bytesAt('transport', 'icmp.type', 0, 1),
    code: bytesAt('transport', 'icmp.code', 1, 1),
  },
  ct: {
    info: property('ct.info', 'ctInfo', 3),
    state: { kind: 'number', name: 'ct.state', at: { base: 'ctstate' }, bits: 9, format: 'ctstate' } as NumberField,
    protocol: tuple('ct.proto', 'original', 'protocol', 8, 'protocol'),
    originalSport: tuple('ct.orig.sport', 'original', 'sport', 16, 'port'),
    originalDport: tuple('ct.orig.dport', 'original', 'dport', 16, 'port'),
    replySport: tuple('ct.reply.sport', 'reply', 'sport', 16, 'port'),
    replyDport: tuple('ct.reply.dport', 'reply', 'dport', 16, 'port'),
    mark: connection('ct.mark', 'mark', 32, 'hex'),
    status: connection('ct.status', 'status', 32, 'bits'),
    zone: connection('ct.zone', 'zone', 16, 'decimal'),
    originalSource: address('ct.orig.src', 'ct.original', 'source'),
    originalDestination: address('ct.orig.dst', 'ct.original', 'destination'),
    replySource: address('ct.reply.src', 'ct.reply', 'source'),
    replyDestination: address('ct.reply.dst', 'ct.reply', 'destination'),
  },
} as const
