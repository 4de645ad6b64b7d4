import { describe, expect, it } from 'vitest'
import { packet } from '../../src/packet/build.ts'
import { parsePacketText } from '../../src/packet/language.ts'
import { printPacket, printPacketVerbose } from '../../src/packet/print.ts'
import { concat, equalBytes, toHex } from '../../src/util/bytes.ts'
import { UsageError } from '../../src/util/errors.ts'
import * as wire from '../../src/wire/index.ts'

const SEED = Number(process.env.FUZZ_SEED ?? 20240229)
const ROUNDS = 100_000

type Random = (below: number) => number

/** xorshift32: small, and the same everywhere. */
function randomFrom(seed: number): Random {
  let state = seed | 0 || 1
  return (below) => {
    state ^= state << 13
    state ^= state >>> 17
    state ^= state << 5
    return (state >>> 0) % below
  }
}

const PROTOCOLS = [0, 1, 4, 6, 17, 33, 41, 43, 44, 47, 50, 51, 58, 59, 60, 132, 135, 136]

/** Random bytes that begin like a network header more often than chance has it. */
function randomBytes(random: Random): Uint8Array {
  const bytes = new Uint8Array(random(120))
  const density = random(4)
  for (let i = 0; i < bytes.length; i++) bytes[i] = random(4) < density ? random(256) : random(3)
  const protocol = PROTOCOLS[random(PROTOCOLS.length)]!
  const total = random(8) === 0 ? random(200) : bytes.length
  const shape = random(5)
  if (shape < 2 && bytes.length >= 20) {
    bytes.set([0x45 + (random(4) === 0 ? random(4) : 0), bytes[1]!, total >> 8, total & 255])
    if (random(3) > 0) bytes.fill(0, 6, 8)
    bytes[9] = protocol
  } else if (shape < 4 && bytes.length >= 49) {
    bytes[0] = 0x60
    bytes.set([0, Math.max(0, total - 40), protocol], 4)
    bytes.set([PROTOCOLS[random(PROTOCOLS.length)]!, random(3)], 40)
  }
  return bytes
}

const udp4 = packet.udp({ sport: 5, dport: 6, payload: 'hi' })
const udp6 = packet.udp({ source: '2001:db8::2', sport: 5, payload: 'hi' })
const options = [
  { kind: 'mss', value: 1460 },
  { kind: 'sackOK' },
  { kind: 'timestamps', value: 1, echo: 2 },
  { kind: 'nop' },
  { kind: 'sack', blocks: [[1, 2]] },
] as const

/** A packet of each kind, to be damaged. */
const WHOLE = [
  packet.ipv4({ options: [{ kind: 'rr', addresses: [1, 2] }, { kind: 'ra' }, { kind: 'timestamp', words: [0] }] }),
  packet.tcp({ flags: 'SA', options }),
  packet.tcp({ source: '::1', payload: 'hello', options: [{ kind: 'other', type: 254, data: Uint8Array.of(1, 2) }] }),
  udp4,
  udp6,
  packet.udp({ mf: true, id: 5, payload: 16 }),
  packet.udp({ source: '::1', mf: true, id: 77, payload: 16 }),
  packet.raw({ offset: 24, payload: 16, protocol: 'udp' }),
  packet.icmp({ id: 3, sequence: 4, payload: 10 }),
  packet.icmp({ type: 'port-unreachable', payload: udp4 }),
  packet.icmp({ type: 'fragmentation-needed', mtu: 1400, payload: packet.tcp().slice(0, 28) }),
  packet.icmp({ type: 'network-redirect', gateway: '1.2.3.4', payload: concat(udp4, Uint8Array.of(1, 2, 3)) }),
  packet.icmp({ source: 'fe80::1', type: 'packet-too-big', mtu: 1400, payload: udp6 }),
  packet.icmp({ source: 'fe80::1', type: 'neighbour-solicitation', payload: 24 }),
  packet.sctp({ chunks: ['INIT_ACK'] }),
  packet.sctp({ source: '::1', chunks: ['COOKIE_ECHO', 'DATA'] }),
  packet.dccp({ type: 'DATAACK', payload: 'x' }),
  packet.dccp({ source: '::1', type: 'RESET', reset: 0x05000000, long: false }),
  packet.gre({ payload: udp6, key: 5, checksum: true, sequence: 9 }),
  packet.gre({ version: 1, callId: 7, sequence: 1, ack: 2, payload: 4 }),
  packet.esp({ spi: 256, payload: 20 }),
  packet.ah({ spi: 1, nextHeader: 'udp', payload: 10 }),
  packet.ah({ source: '::1', spi: 1, nextHeader: 'udp', payload: 10 }),
  packet.udplite({ payload: 'abcdef', coverage: 8 }),
  packet.raw({
    source: '::1',
    extensions: [{ protocol: 0 }, { protocol: 44 }, { protocol: 43 }],
    protocol: 60,
    payload: 9,
  }),
  packet.raw({ protocol: 'ipencap', payload: udp4 }),
]

function damagedPacket(random: Random): Uint8Array {
  const bytes = WHOLE[random(WHOLE.length)]!.slice()
  for (let changes = random(4); changes >= 0; changes--)
    bytes[random(bytes.length)] = random(3) ? random(256) : random(8)
  if (random(5) === 0) return bytes.subarray(0, 20 + random(bytes.length - 19))
  return random(10) === 0 ? concat(bytes, Uint8Array.of(1, 0, 0).subarray(0, random(4))) : bytes
}

const PARSERS = {
  ethernet: wire.parseEthernet,
  arp: wire.parseArp,
  ipv4: wire.parseIpv4,
  ipv6: wire.parseIpv6,
  tcp: wire.parseTcp,
  udp: wire.parseUdp,
  udplite: wire.parseUdplite,
  icmp: wire.parseIcmp,
  icmpv6: wire.parseIcmpv6,
  sctp: wire.parseSctp,
  dccp: wire.parseDccp,
  gre: wire.parseGre,
  esp: wire.parseEsp,
  ah: wire.parseAh,
} as const

/** Eight random bytes are ARP too seldom to count on. */
const SELDOM = ['arp']

describe(`any bytes (seed ${SEED}; FUZZ_SEED sets another)`, () => {
  it('are read by every parser without throwing, and what is read lies inside', () => {
    const random = randomFrom(SEED)
    const read = new Map<string, number>()
    for (let round = 0; round < ROUNDS; round++) {
      const bytes = random(2) ? randomBytes(random) : damagedPacket(random)
      const offset = random(3) === 0 ? random(bytes.length + 1) : random(2) * Math.min(20, bytes.length)
      const end = random(2) ? bytes.length : offset + random(bytes.length - offset + 1)
      for (const [name, parse] of Object.entries(PARSERS)) {
        const parsed = parse(bytes, offset, end)
        if (!parsed.ok) continue
        read.set(name, (read.get(name) ?? 0) + 1)
        const last = 'payloadEnd' in parsed ? parsed.payloadEnd : 'payloadOffset' in parsed ? parsed.payloadOffset : end
        if (last > end) throw new Error(`${name} reads past the end: ${toHex(bytes)} ${offset} ${end}`)
      }
    }
    for (const name of Object.keys(PARSERS)) {
      if (!SELDOM.includes(name)) expect(read.get(name), name).toBeGreaterThan(100)
    }
  })

  it('are printed without throwing, and what is no malformed packet is read again as it was', () => {
    const random = randomFrom(SEED + 1)
    let whole = 0
    for (let round = 0; round < ROUNDS; round++) {
      const bytes = random(2) ? randomBytes(random) : damagedPacket(random)
      const text = printPacket(bytes)
      if (round % 10 === 0) printPacketVerbose(bytes)
      if (text.startsWith('malformed')) continue
      whole++
      const again = parsePacketText(text).bytes
      if (!equalBytes(again, bytes)) throw new Error(`${toHex(bytes)}\n${text}\n${toHex(again)}`)
    }
    expect(whole).toBeGreaterThan(ROUNDS / 3)
  })

  it('find no network header, or one, behind any link header', () => {
    const random = randomFrom(SEED + 2)
    const types = [...Object.values(wire.LINKTYPE), 9]
    for (let round = 0; round < ROUNDS / 10; round++) {
      const found = wire.networkLayer(types[random(types.length)]!, randomBytes(random))
      if (found.ok) printPacket(found.bytes)
    }
  })
})

it(`any text is a packet or a usage error with a place (seed ${SEED})`, () => {
  const random = randomFrom(SEED + 3)
  const words =
    'tcp udp icmp icmp6 sctp proto gre hex > ( ) [S] [ ] 1.1.1.1:1 2.2.2.2 [::1]:1 ::2 ttl 8 mf frag len payload'
  const pieces = [
    ...words.split(' '),
    '"a"',
    '"',
    '0x01',
    '0x',
    'rr',
    'ext',
    'chunk',
    'sack',
    'port-unreachable',
    'type',
    '\\',
    ',',
  ]
  for (let round = 0; round < ROUNDS / 5; round++) {
    const text = Array.from({ length: random(9) }, () => pieces[random(pieces.length)]).join(random(5) ? ' ' : '')
    const start = random(2) ? text : `${['udp', 'tcp', 'sctp'][random(3)]} 1.1.1.1:1 > 2.2.2.2:2 ${text}`
    try {
      parsePacketText(start)
    } catch (error) {
      if (!(error instanceof UsageError) || error.place?.line !== 1)
        throw new Error(`${start}: ${error}`, { cause: error })
    }
  }
})
