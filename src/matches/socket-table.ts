/**
 * The TCP and UDP sockets of a host, and which of them a packet would be for.
 *
 * Source: Linux nf_sk_lookup_slow_v4(), nf_sk_lookup_slow_v6(), inet_lookup(), udp4_lib_lookup().
 */

import type { Environment } from '../expression/environment.ts'
import { CT_INFO, CT_STATUS } from '../packet/connection.ts'
import { skipExtensionHeaders } from '../packet/mangle-ipv6.ts'
import type { Packet } from '../packet/packet.ts'
import { sameWords, type Words, ZERO_WORDS } from '../util/words.ts'
import { getWords } from '../wire/address.ts'
import { PROTOCOL } from '../wire/protocols.ts'

/** One socket, as `ss` tells it. */
export interface KnownSocket {
  readonly protocol: number
  /** A socket of both families is bound to no address. */
  readonly families: readonly (4 | 6)[]
  /** All zeros where it is bound to none. */
  readonly address: Words
  readonly port: number
  /** The other end; null where it takes packets from everyone. */
  readonly peer: { readonly address: Words; readonly port: number } | null
  /** The device it is bound to, else null. */
  readonly device: string | null
  /** Its mark; null where that was not told. */
  readonly mark: number | null
}

interface Flow {
  readonly protocol: number
  readonly source: Words
  readonly sport: number
  readonly destination: Words
  readonly dport: number
}

/** A host's sockets for its rules; null where nothing is known of them. */
export function socketsOf(environment: Pick<Environment, 'shared'>): readonly KnownSocket[] | null {
  return environment.shared<readonly KnownSocket[] | null>('sockets', 'all', () => null)
}

/** Gives a host its sockets. */
export function provideSockets(environment: Pick<Environment, 'shared'>, sockets: readonly KnownSocket[]): void {
  environment.shared<readonly KnownSocket[] | null>('sockets', 'all', () => sockets)
}

/** The socket that a packet, or the packet an ICMP error is about, belongs to; null for none. */
export function findSocket(sockets: readonly KnownSocket[], packet: Packet): KnownSocket | null {
  const flow = flowOf(packet)
  if (flow === null) return null
  const candidates = sockets.filter((one) => accepts(one, flow, packet))
  const connected = candidates.find((one) => one.peer !== null)
  const bound = candidates.find((one) => !sameWords(one.address, ZERO_WORDS))
  return connected ?? bound ?? candidates[0] ?? null
}

function accepts(
  { protocol, families, address, port, peer, device }: KnownSocket,
  flow: Flow,
  packet: Packet,
): boolean {
  if (protocol !== flow.protocol || port !== flow.dport || !families.includes(packet.family as 4 | 6)) return false
  if (device !== null && device !== packet.inDevice?.name) return false
  if (!sameWords(address, ZERO_WORDS) && !sameWords(address, flow.destination)) return false
  return peer === null || (peer.port === flow.sport && sameWords(peer.address, flow.source))
}

function flowOf(packet: Packet): Flow | null {
  const { protocol, transport, view, end } = packet
  if (packet.fragmentOffset !== 0) return null
  if (protocol === (packet.family === 4 ? PROTOCOL.icmp : PROTOCOL.icmpv6)) return flowOfError(packet)
  if (protocol !== PROTOCOL.tcp && protocol !== PROTOCOL.udp) return null
  if (transport + (protocol === PROTOCOL.tcp ? 20 : 8) > end) return null
  const [sport, dport] = [view.getUint16(transport), view.getUint16(transport + 2)]
  return translated(packet, { protocol, source: packet.source, sport, destination: packet.destination, dport })
}

/** The address that the sender had before source NAT: IPv4 answers are looked up by it. */
function translated({ ct, ctInfo, family, protocol }: Packet, flow: Flow): Flow {
  const answer = protocol === PROTOCOL.icmp ? CT_INFO.relatedReply : CT_INFO.establishedReply
  if (family !== 4 || ct === null || ctInfo !== answer || !(ct.status & CT_STATUS.sourceNatDone)) return flow
  return { ...flow, destination: ct.original.source, dport: ct.original.sport }
}

const ERRORS4: readonly number[] = [3, 4, 5, 11, 12]

/** The flow as a packet back to the sender of what an ICMP error is about. */
function flowOfError(packet: Packet): Flow | null {
  const { view, bytes, transport, end, family } = packet
  if (transport + 8 > end) return null
  const type = view.getUint8(transport)
  if (family === 4 ? !ERRORS4.includes(type) : type >= 128) return null
  const inner = transport + 8
  if (inner + (family === 4 ? 20 : 40) > end) return null
  let protocol = view.getUint8(inner + (family === 4 ? 9 : 6))
  let ports = inner + (family === 4 ? (view.getUint8(inner) & 15) * 4 : 40)
  if (family === 6) ({ at: ports, protocol } = skipExtensionHeaders(view, ports, end, protocol))
  if (ports < 0) return null
  if ((protocol !== PROTOCOL.tcp && protocol !== PROTOCOL.udp) || ports + 4 > end) return null
  const [source, destination] =
    family === 4
      ? ([
          [view.getUint32(inner + 12), 0, 0, 0],
          [view.getUint32(inner + 16), 0, 0, 0],
        ] as const)
      : ([getWords(bytes, inner + 8), getWords(bytes, inner + 24)] as const)
  const [sport, dport] = [view.getUint16(ports), view.getUint16(ports + 2)]
  return translated(packet, { protocol, source: destination, sport: dport, destination: source, dport: sport })
}
