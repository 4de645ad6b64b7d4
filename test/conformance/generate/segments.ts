/** Upper-layer segments of a flow, per protocol: what the client says, what the server answers. */
import type { Random } from '../../../src/util/random.ts'
import { icmp, tcp, udp } from '../../harness/oracle/build.ts'
import type { Version } from './pools.ts'

/** Ends of a flow as one side sees them, with the sequence state of TCP. */
export interface Conversation {
  readonly protocol: number
  readonly sport: number
  readonly dport: number
  /** Next sequence numbers of client and server, and how far the flow has come. */
  clientSeq: number
  serverSeq: number
  step: number
  clientFin: boolean
  serverFin: boolean
}

const texts = ['', 'x', 'hello', 'HELLO world', 'GET /index.html HTTP/1.1\r\n', 'xyzzy'.repeat(9)]

/** A short payload; some contain words that `string` rules look for. */
export function payload(random: Random): Buffer {
  if (random.chance(0.15)) return Buffer.from(random.bytes(random.between(1, 40)))
  return Buffer.from(random.pick(texts))
}

const FIN = 1
const SYN = 2
const RST = 4
const PSH = 8
const ACK = 16

const synOptions = [
  '',
  '020405b4',
  '020405b40402',
  '020405b4030307',
  '020405b40402080a000003e80000000001030307',
  '02040218',
  '0101020405b4',
  '1312000000000000000000000000000000000000',
]

/** The next TCP segment of a conversation from the given side; mostly the proper one, sometimes anything. */
function tcpSegment(random: Random, c: Conversation, reply: boolean, ports: { sport: number; dport: number }): Buffer {
  const seq = reply ? c.serverSeq : c.clientSeq
  const ack = reply ? c.clientSeq : c.serverSeq
  const advance = (by: number) => {
    if (reply) c.serverSeq = (c.serverSeq + by) >>> 0
    else c.clientSeq = (c.clientSeq + by) >>> 0
  }
  if (random.chance(0.15)) return oddTcp(random, ports, seq, ack)
  if (c.step === 0 && !reply) {
    c.step = 1
    advance(1)
    return tcp(
      { ...ports, flags: SYN, seq, ack: 0, options: Buffer.from(random.pick(synOptions), 'hex') },
      new Uint8Array(0),
    )
  }
  if (c.step === 1 && reply) {
    c.step = 2
    advance(1)
    return tcp({ ...ports, flags: SYN | ACK, seq, ack, options: Buffer.from(random.pick(synOptions), 'hex') })
  }
  if (random.chance(0.04)) return tcp({ ...ports, flags: random.pick([RST, RST | ACK]), seq, ack })
  if (c.step >= 4 && random.chance(0.3)) {
    advance(1)
    if (reply) c.serverFin = true
    else c.clientFin = true
    return tcp({ ...ports, flags: FIN | ACK, seq, ack })
  }
  c.step++
  const data = random.chance(0.6) ? payload(random) : Buffer.alloc(0)
  advance(data.length)
  return tcp({ ...ports, flags: data.length > 0 ? PSH | ACK : ACK, seq, ack }, data)
}

function oddTcp(random: Random, ports: { sport: number; dport: number }, seq: number, ack: number): Buffer {
  const shift = () => random.pick([0, 0, 1, 1000, 70000, 0x7fffffff, 0xffff0000])
  const flags = random.pick([
    0,
    FIN,
    SYN,
    RST,
    ACK,
    SYN | ACK,
    SYN | FIN,
    SYN | RST,
    FIN | PSH | 32,
    0xff,
    0x3f,
    ACK | 64,
    SYN | 0xc0,
    RST | ACK,
  ])
  const fields = {
    ...ports,
    flags,
    seq: (seq + shift()) >>> 0,
    ack: (ack + shift()) >>> 0,
    window: random.pick([0, 1, 64240]),
  }
  return tcp(
    {
      ...fields,
      urgent: random.pick([0, 0, 5]),
      options: Buffer.from(
        random.pick(['', ...synOptions, '080a0000000100000002', '050a0000000100000002', '0204', 'ff05000000', '00']),
        'hex',
      ),
    },
    payload(random),
  )
}

/** The next segment of a conversation of any protocol. `ports` are those of the side that speaks. */
export function segment(
  random: Random,
  version: Version,
  c: Conversation,
  reply: boolean,
  ports: { sport: number; dport: number },
): Buffer {
  switch (c.protocol) {
    case 6:
      return tcpSegment(random, c, reply, ports)
    case 17:
      return udp(ports.sport, ports.dport, payload(random))
    case 1:
    case 58:
      return echo(random, version, c, reply)
    case 136:
      return udpLite(random, ports)
    case 132:
      return sctp(random, c, reply, ports)
    case 33:
      return dccp(random, reply, ports)
    case 47:
      return gre(random)
    case 50:
      return Buffer.concat([
        Buffer.from(random.pick(['00000100', '00000005', '00010000']), 'hex'),
        Buffer.from(random.bytes(20)),
      ])
    case 108:
      return Buffer.from(random.pick(['06000000', '11000100', '060000070102', '0600']), 'hex')
    case 135:
      return Buffer.from(
        random.pick(['3b00000000000000', '3b00050000000000', '3b0103000000', '0600050000000000', '3b000500']),
        'hex',
      )
    default:
      return Buffer.from(random.bytes(random.pick([0, 4, 8, 20])))
  }
}

function echo(random: Random, version: Version, c: Conversation, reply: boolean): Buffer {
  const identifier = c.sport
  c.step++
  const pair =
    version === 6
      ? [128, 129]
      : c.dport % 4 === 1
        ? [13, 14]
        : c.dport % 4 === 2
          ? [17, 18]
          : c.dport % 4 === 3
            ? [15, 16]
            : [8, 0]
  const size = pair[0] === 13 ? Buffer.alloc(12) : pair[0] === 17 ? Buffer.alloc(4) : payload(random)
  return icmp(pair[reply ? 1 : 0]!, 0, ((identifier << 16) | (c.step & 0xffff)) >>> 0, size)
}

function udpLite(random: Random, { sport, dport }: { sport: number; dport: number }): Buffer {
  const out = udp(sport, dport, payload(random))
  // The coverage: everything, the header only, or an impossible one.
  out.writeUInt16BE(random.pick([0, 0, 0, 8, out.length, 7, out.length + 1]), 4)
  return out
}

/** One SCTP chunk; INIT and INIT ACK begin with the tag of their sender. */
export function associated(type: number, flags: number, tag: number): Buffer {
  const chunk = Buffer.alloc(type === 1 || type === 2 ? 20 : 16)
  chunk.writeUInt8(type, 0)
  chunk.writeUInt8(flags, 1)
  chunk.writeUInt16BE(chunk.length, 2)
  chunk.writeUInt32BE(tag, 4)
  return chunk
}

/** Chunk types of an orderly association, by step; the verification tags are fixed. */
function sctp(
  random: Random,
  c: Conversation,
  reply: boolean,
  { sport, dport }: { sport: number; dport: number },
): Buffer {
  const orderly = [1, 2, 10, 11, 0, 3]
  const type = random.chance(0.2) ? random.pick([0, 1, 3, 4, 5, 6, 7, 8, 14]) : orderly[Math.min(c.step, 5)]!
  c.step++
  const chunk = associated(type, 0, reply ? 0x22222222 : 0x11111111)
  const head = Buffer.alloc(12)
  head.writeUInt16BE(sport, 0)
  head.writeUInt16BE(dport, 2)
  head.writeUInt32BE(type === 1 ? 0 : reply ? 0x11111111 : 0x22222222, 4)
  const out = Buffer.concat([head, chunk])
  if (!random.chance(0.1)) out.writeUInt32LE(crc32c(out), 8)
  return out
}

function dccp(random: Random, reply: boolean, { sport, dport }: { sport: number; dport: number }): Buffer {
  const out = Buffer.alloc(random.pick([16, 20, 24, 28]))
  out.writeUInt16BE(sport, 0)
  out.writeUInt16BE(dport, 2)
  out.writeUInt8(out.length / 4, 4)
  out.writeUInt8((random.pick(reply ? [1, 3, 7] : [0, 0, 2, 3, 7]) << 1) | 1, 8)
  return out
}

function gre(random: Random): Buffer {
  const head = Buffer.from(random.pick(['00000800', '00006558', '20000800', '3001880b']), 'hex')
  return Buffer.concat([head, Buffer.from(random.bytes(16))])
}

/** CRC32c of a buffer. Source: RFC 9260 appendix A. */
export function crc32c(bytes: Uint8Array): number {
  let crc = 0xffffffff
  for (const byte of bytes) {
    crc ^= byte
    for (let bit = 0; bit < 8; bit++) crc = crc & 1 ? (crc >>> 1) ^ 0x82f63b78 : crc >>> 1
  }
  return (crc ^ 0xffffffff) >>> 0
}
