import { getU16, getU32 } from '../util/bytes.ts'
import { formatAddress } from '../wire/address.ts'
import { PROTOCOL } from '../wire/protocols.ts'
import { packet } from './build.ts'
import { Packet } from './packet.ts'

/** The sequence number that a simulated server begins with. */
const SERVER_SEQUENCE = 5000

/**
 * The packet that the receiver of `bytes` would answer with: SYN,ACK to a SYN, ACK to data, a UDP datagram back, an
 * echo reply. Null where there is no such answer (other protocols, resets, ICMP errors, fragments, malformed packets).
 */
export function replyTo(bytes: Uint8Array): Uint8Array | null {
  const asked = new Packet().load(bytes)
  if (!asked.parse() || asked.fragmentOffset !== 0) return null
  const at = asked.transport
  const end = asked.end - at
  const ends = {
    source: addressOf(asked, 'destination'),
    destination: addressOf(asked, 'source'),
  }
  const ports = (): { sport: number; dport: number } => ({ sport: getU16(bytes, at + 2), dport: getU16(bytes, at) })
  switch (asked.protocol) {
    case PROTOCOL.tcp:
      return end < 20 ? null : answerTcp(bytes, at, asked.end, { ...ends, ...ports() })
    case PROTOCOL.udp:
      return end < 8 ? null : packet.udp({ ...ends, ...ports(), payload: bytes.slice(at + 8, asked.end) })
    case PROTOCOL.icmp:
    case PROTOCOL.icmpv6: {
      const request = asked.family === 4 ? 8 : 128
      if (end < 8 || bytes[at] !== request) return null
      const id = getU16(bytes, at + 4)
      return packet.icmp({
        ...ends,
        type: 'echo-reply',
        id,
        sequence: getU16(bytes, at + 6),
        payload: bytes.slice(at + 8, asked.end),
      })
    }
    default:
      return null
  }
}

function addressOf(asked: Packet, side: 'source' | 'destination'): string {
  return formatAddress(asked.family as 4 | 6, asked[side])
}

function answerTcp(
  bytes: Uint8Array,
  at: number,
  end: number,
  ends: { source: string; destination: string; sport: number; dport: number },
): Uint8Array | null {
  const flags = bytes[at + 13] as number
  const has = { fin: flags & 1, syn: flags & 2, rst: flags & 4, ack: flags & 16 }
  if (has.rst) return null
  const seq = getU32(bytes, at + 4)
  const length = end - at - ((bytes[at + 12] as number) >> 4) * 4
  const next = (seq + length + (has.syn ? 1 : 0) + (has.fin ? 1 : 0)) >>> 0
  if (has.syn && !has.ack) return packet.tcp({ ...ends, flags: 'SA', seq: SERVER_SEQUENCE, ack: next })
  return packet.tcp({ ...ends, flags: has.fin ? 'FA' : 'A', seq: getU32(bytes, at + 8), ack: next })
}
