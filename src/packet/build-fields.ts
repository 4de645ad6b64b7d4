/** What the packet builders take. */

import type { Words } from '../util/words.ts'
import type { GreFields } from '../wire/gre.ts'
import type { IcmpFields } from '../wire/icmp.ts'
import type { Ipv4Option } from '../wire/ipv4-options.ts'
import type { ExtensionFields } from '../wire/ipv6-extensions.ts'
import type { SctpChunkFields } from '../wire/sctp.ts'
import type { TcpOption } from '../wire/tcp-options.ts'

/** An address as text, as an IPv4 number, or as the four words of IPv6. */
export type AddressLike = string | number | Words

/** Data as bytes, as text (in UTF-8), or as a number of zero bytes. */
export type PayloadLike = Uint8Array | string | number

/** The network header. The family is that of the addresses; both must be of one. */
export interface NetworkFields {
  /** 192.0.2.1 or 2001:db8::1 where missing, by the family of the other address; IPv4 where both are. */
  readonly source?: AddressLike | undefined
  /** 192.0.2.2 or 2001:db8::2 where missing. */
  readonly destination?: AddressLike | undefined
  /** TTL or hop limit; 64 where missing, 255 in neighbour discovery. */
  readonly ttl?: number | undefined
  /** The TOS byte or traffic class. */
  readonly tos?: number | undefined
  /** IPv4: the 16-bit id. IPv6: the 32-bit id of the fragment header. In ICMP this is the echo's id, and `ipId` the header's. */
  readonly id?: number | undefined
  /** The same as `id`, and wins over it. */
  readonly ipId?: number | undefined
  readonly df?: boolean | undefined
  readonly mf?: boolean | undefined
  /** Fragment offset in bytes, a multiple of 8. In IPv6 this or `mf` adds a fragment header behind `extensions`. */
  readonly offset?: number | undefined
  /** IPv4 only: the reserved flag. */
  readonly reserved?: boolean | undefined
  readonly ipOptions?: readonly Ipv4Option[] | Uint8Array | undefined
  /** IPv4 only, computed where missing. */
  readonly ipChecksum?: number | undefined
  /** Of the whole packet in bytes, as the header claims; computed where missing. */
  readonly totalLength?: number | undefined
  /** IPv6 only, 20 bits. */
  readonly flowLabel?: number | undefined
  /** IPv6 only. */
  readonly extensions?: readonly ExtensionFields[] | undefined
}

/** A packet with any upper layer as bytes. */
export interface RawFields extends NetworkFields {
  /** A number or a name of `/etc/protocols`; 253 (for experiments, RFC 3692) where missing. */
  readonly protocol?: number | string | undefined
  readonly payload?: PayloadLike | undefined
}

/** The ports that most transports have, and their data. */
export interface PortFields extends NetworkFields {
  /** 40000 where missing. */
  readonly sport?: number | undefined
  readonly dport?: number | undefined
  /** Computed where missing. */
  readonly checksum?: number | undefined
  readonly payload?: PayloadLike | undefined
}

/** A TCP segment; `dport` is 80 where missing. */
export interface TcpPacketFields extends PortFields {
  /** Letters such as `S`, `SA`, `S.`, `R`, `none`, or bits; `S` where missing. */
  readonly flags?: string | number | undefined
  readonly seq?: number | undefined
  readonly ack?: number | undefined
  readonly window?: number | undefined
  readonly urgent?: number | undefined
  readonly reservedBits?: number | undefined
  readonly headerLength?: number | undefined
  readonly options?: readonly TcpOption[] | Uint8Array | undefined
}

/** An ICMP or ICMPv6 message, by the family of the addresses. */
export interface IcmpPacketFields extends Omit<NetworkFields, 'id'>, Omit<IcmpFields, 'type' | 'payload'> {
  /** A number or a name of iptables such as `port-unreachable`, which sets the code too; echo-request where missing. */
  readonly type?: number | string | undefined
  /** The MTU of fragmentation-needed and packet-too-big. */
  readonly mtu?: number | undefined
  /** The gateway of an IPv4 redirect. */
  readonly gateway?: AddressLike | undefined
  /** The pointer of a parameter problem. */
  readonly pointer?: number | undefined
  /** Data; for an error, the packet that caused it. */
  readonly payload?: PayloadLike | undefined
}

/** An SCTP packet; one INIT chunk where neither `chunks` nor `payload` is given. */
export interface SctpPacketFields extends PortFields {
  readonly verificationTag?: number | undefined
  /** Names such as `INIT_ACK`, or chunks with flags and value. */
  readonly chunks?: readonly (string | SctpChunkFields)[] | undefined
}

/** A DCCP packet. */
export interface DccpPacketFields extends PortFields {
  /** A name such as `REQUEST` (which is the default) or a number 0..15. */
  readonly type?: string | number | undefined
  readonly long?: boolean | undefined
  readonly seq?: number | undefined
  readonly ack?: number | undefined
  readonly service?: number | undefined
  readonly reset?: number | undefined
  readonly ccval?: number | undefined
  readonly coverage?: number | undefined
  readonly headerLength?: number | undefined
  readonly options?: Uint8Array | undefined
}

/** A GRE packet; its EtherType is that of the packet in `payload` unless `protocol` is given. */
export interface GrePacketFields extends NetworkFields, Omit<GreFields, 'payload'> {
  readonly payload?: PayloadLike | undefined
}

/** An ESP packet. */
export interface EspPacketFields extends NetworkFields {
  readonly spi?: number | undefined
  readonly sequence?: number | undefined
  readonly payload?: PayloadLike | undefined
}

/** A packet with an authentication header. */
export interface AhPacketFields extends EspPacketFields {
  /** The protocol of the payload, 59 (none) where missing. */
  readonly nextHeader?: number | string | undefined
  readonly reservedBits?: number | undefined
  readonly icv?: Uint8Array | undefined
}
