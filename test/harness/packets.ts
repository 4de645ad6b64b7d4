import { packet } from '../../src/packet/build.ts'
import { type Connection, CT_INFO } from '../../src/packet/connection.ts'
import { Packet } from '../../src/packet/packet.ts'
import type { Words } from '../../src/util/words.ts'

/** The bytes as a parsed packet with some of what a host would know about it. */
export function packetWith(bytes: Uint8Array, known: Partial<Packet> = {}): Packet {
  const packet = new Packet().load(bytes)
  if (!packet.parse()) throw new Error('a test packet that cannot be parsed')
  return Object.assign(packet, known)
}

const ORIGINAL = {
  family: 4,
  protocol: 6,
  source: [0x0a000005, 0, 0, 0] as Words,
  destination: [0x0a000209, 0, 0, 0] as Words,
  sport: 1000,
  dport: 80,
} as const
const REPLY = { ...ORIGINAL, source: ORIGINAL.destination, destination: ORIGINAL.source, sport: 80, dport: 1000 }

/** A confirmed TCP connection from 10.0.0.5:1000 to 10.0.2.9:80 with the given differences. */
export function connectionWith(differences: Partial<Connection> = {}): Connection {
  return {
    id: 1,
    original: ORIGINAL,
    reply: REPLY,
    status: 0,
    mark: 0,
    zone: 0,
    expires: 0,
    confirmed: true,
    master: null,
    accounting: [
      { packets: 0, bytes: 0 },
      { packets: 0, bytes: 0 },
    ],
    protocolState: 'ESTABLISHED',
    ...differences,
  }
}

/** The bytes as a packet of {@link connectionWith}'s connection; of a new one where `info` is not given. */
export function tracked(
  bytes: Uint8Array,
  differences: Partial<Connection> = {},
  info: keyof typeof CT_INFO = 'new',
): Packet {
  return packetWith(bytes, { ct: connectionWith(differences), ctInfo: CT_INFO[info] })
}

/** A UDP packet from 10.0.0.1 to 10.0.0.2 with the given differences. */
export function udp4(fields: Parameters<typeof packet.udp>[0] = {}): Uint8Array {
  return packet.udp({ source: '10.0.0.1', destination: '10.0.0.2', ...fields })
}

/** A UDP packet from fd00::1 to fd00::2 with the given differences. */
export function udp6(fields: Parameters<typeof packet.udp>[0] = {}): Uint8Array {
  return packet.udp({ source: 'fd00::1', destination: 'fd00::2', ...fields })
}

/** A packet with a mark and, where `ctmark` is given, a connection with that mark. */
export function marked(mark: number, ctmark?: number): Packet {
  return packetWith(udp4(), ctmark === undefined ? { mark } : { mark, ct: connectionWith({ mark: ctmark }) })
}
