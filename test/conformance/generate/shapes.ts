/** Packets made for one extension: what its options look at, in the values that rules name and in others. */
import type { Random } from '../../../src/util/random.ts'
import { packet as build, icmp, tcp, udp } from '../../harness/oracle/build.ts'
import type { OraclePacket } from '../../harness/oracle/namespace.ts'
import { withHeaders } from './odd.ts'
import { anyHost, devices, hostsOf, ports, type Version } from './pools.ts'
import { associated, crc32c, payload } from './segments.ts'

/** What a shape is made of; everything else is drawn. */
interface Shape {
  readonly protocol: number
  readonly bytes: Uint8Array
  readonly src?: string
  readonly dst?: string
  readonly ttl?: number
  readonly tos?: number
  readonly local?: { readonly uid: number; readonly mark: number }
  /** IPv6 extension headers, outermost first. */
  readonly headers?: readonly Header[]
}

type Maker = (random: Random, version: Version) => Shape

const hex = (text: string) => Buffer.from(text, 'hex')
const sport = (random: Random) => random.pick([20000, 20100, 20700, 30000, 53]) + random.below(20)
const dport = (random: Random) => random.pick([...ports, 21, 60000])

const datagram: Maker = (random) => ({ protocol: 17, bytes: udp(sport(random), dport(random), payload(random)) })

const segment: Maker = (random) => ({
  protocol: 6,
  bytes: tcp(
    {
      sport: sport(random),
      dport: dport(random),
      flags: random.pick([2, 2, 0x12, 0x10, 0x18, 4, 1, 0, 0x50, 0x82, 0xc2, 0x42, 0x28, 0x29]),
      seq: random.next(),
      ack: random.next(),
      options: hex(
        random.pick([
          '020405b4',
          '02040400',
          '020400a0',
          '020405b40402080a000003e80000000001030307',
          '0303070a',
          '050a0000000100000002',
          '1312000000000000000000000000000000000000',
          '1e0400000101',
          '0402',
          '',
        ]),
      ),
    },
    payload(random),
  ),
})

/** Every type of DCCP, with options behind the header or none; the checksum is the builder's. */
const dccp: Maker = (random) => {
  const options = hex(random.pick(['', '', '0505aabb', '20040102', '00000000', '01010505', '0502']))
  const size = random.pick([16, 24, 28])
  const out = Buffer.alloc(size + ((options.length + 3) & ~3))
  out.writeUInt16BE(sport(random), 0)
  out.writeUInt16BE(dport(random), 2)
  out.writeUInt8(out.length / 4, 4)
  out.writeUInt8((random.below(12) << 1) | random.below(2), 8)
  out.set(options, size)
  return { protocol: 33, bytes: out }
}

const sctp: Maker = (random) => {
  const head = Buffer.alloc(12)
  head.writeUInt16BE(sport(random), 0)
  head.writeUInt16BE(dport(random), 2)
  head.writeUInt32BE(0x11111111, 4)
  const types = random.pick([[0], [0, 3], [1], [2], [10], [0, 0, 3], [6], [4], [3], [10, 0], [14]])
  const out = Buffer.concat([head, ...types.map((type) => associated(type, random.pick([0, 3, 1, 2]), 0x22222222))])
  // Only a single INIT may come without a tag.
  if (types[0] === 1) out.writeUInt32BE(0, 4)
  out.writeUInt32LE(crc32c(out), 8)
  return { protocol: 132, bytes: out }
}

const icmps: Maker = (random, version) => {
  const [type, code] =
    version === 4
      ? random.pick([
          [0, 0],
          [3, 0],
          [3, 1],
          [3, 4],
          [4, 0],
          [5, 0],
          [8, 0],
          [11, 0],
          [12, 0],
          [13, 0],
          [17, 0],
        ] as const)
      : random.pick([
          [1, 0],
          [1, 4],
          [2, 0],
          [3, 0],
          [4, 0],
          [128, 0],
          [129, 0],
          [135, 0],
          [136, 0],
          [143, 0],
        ] as const)
  return {
    protocol: version === 4 ? 1 : 58,
    bytes: icmp(type, code, (random.between(1, 9000) << 16) | 1, payload(random)),
  }
}

const spis = ['00000100', '00000005', '00010000', '00000040']
const withBytes = (random: Random, start: string, more: number) =>
  Buffer.concat([hex(start), Buffer.from(random.bytes(more))])

/** An authentication header of 24 bytes before a datagram. */
const ah: Maker = (random) => ({
  protocol: 51,
  bytes: Buffer.concat([
    hex(`1104${random.pick(['0000', '0000', '0001'])}${random.pick(spis)}00000001`),
    Buffer.alloc(12, 7),
    udp(sport(random), dport(random), payload(random)),
  ]),
})

const esp: Maker = (random) => ({ protocol: 50, bytes: withBytes(random, random.pick(spis), 20) })
const unknown: Maker = (random) => ({ protocol: 103, bytes: Buffer.from(random.bytes(20)) })
const ipcomp: Maker = (random) => ({
  protocol: 108,
  bytes: withBytes(random, `0600${random.pick(['0100', '0005', '0007', '4000'])}`, 12),
})
const mobility: Maker = (random) => ({
  protocol: 135,
  bytes: hex(random.pick(['3b00000000000000', '3b00050000000000', '3b00030000000000', '3b00080000000000'])),
})

type Header = { readonly type: number; readonly bytes: Buffer }

const header = (type: number, text: string): Header => ({ type, bytes: hex(text) })

/** Extension headers by what is to be tried. */
const extensions = {
  hop: (random: Random) =>
    header(
      0,
      random.pick([
        '0000010400000000',
        '0000050200000100',
        '0001010c000000000000000000000000',
        '0001050200000108000000000000000000'.slice(0, 32),
      ]),
    ),
  destination: (random: Random) =>
    header(
      60,
      random.pick(['0000010400000000', '0001010c000000000000000000000000', '00003e0400000000', '0000ff0400000000']),
    ),
  routing: (random: Random): Header =>
    random.chance(0.8) ? { type: 43, bytes: routing(random) } : header(43, `0000040${random.below(2)}00000000`),
  segments: (random: Random): Header => ({ type: 43, bytes: segments(random) }),
  fragment: (random: Random) =>
    header(
      44,
      `00${random.pick(['00', '00', '05'])}${random.pick(['0000', '0000', '0001', '0008', '0009', '0006', '0002'])}${random.pick(['00000007', '00000040', '00001000'])}`,
    ),
  ah: (random: Random) =>
    header(51, `0004${random.pick(['0000', '0000', '0001'])}${random.pick(spis)}00000001${'00'.repeat(12)}`),
  nothing: (): Header => ({ type: 59, bytes: Buffer.alloc(0) }),
}

/** A datagram behind one of the headers, now and then with another before it. */
function behind(...kinds: readonly (keyof typeof extensions)[]): Maker {
  return (random, version) => {
    const shape = random.chance(0.5) ? datagram(random, version) : segment(random, version)
    const headers = [extensions[random.pick(kinds)](random)]
    if (random.chance(0.1)) headers.unshift(extensions.hop(random))
    return { ...shape, headers, ...(random.chance(0.4) ? { dst: random.pick(hostsOf(6).t2) } : {}) }
  }
}

const everyHeader = Object.keys(extensions) as (keyof typeof extensions)[]

/** A type 0 routing header with one or two addresses. */
function routing(random: Random): Buffer {
  const addresses = random.sample(
    ['fd000000000000020000000000000009', 'fd000000000000000000000000000005'],
    random.between(1, 2),
  )
  return hex(
    `000${addresses.length * 2}000${random.below(3)}${random.pick(['00000000', '00000000', '00000001'])}${addresses.join('')}`,
  )
}

/** A segment routing header as its sender makes it, and now and then with a list of addresses of its own. */
function segments(random: Random): Buffer {
  const list = [0, 1, 2]
    .slice(0, random.between(1, 3))
    .map((i) => `fd0000000${random.pick([0, 1])}00000000000000000000${i}${random.pick([5, 9])}`)
  const tag = random.pick(['0102', '0201'])
  return hex(`000${list.length * 2}040${random.below(list.length)}0${list.length - 1}00${tag}${list.join('')}`)
}

const fromProcess: Maker = (random, version) => ({
  ...random.pick([datagram, segment])(random, version),
  src: random.pick(hostsOf(version).own),
  local: { uid: random.pick([0, 1000, 600, 5000]), mark: random.pick([0, 1, 4, 5]) },
})

const hops: Maker = (random, version) => ({
  ...random.pick([datagram, segment, icmps])(random, version),
  ttl: random.pick([1, 2, 3, 63, 64, 65, 255]),
  tos: random.pick([0, 0x10, 0x20, 0xb8, 0xb9, 0x01, 0x02, 0x03, 0x3f]),
})

const oddTargets: Maker = (random, version) => ({
  ...datagram(random, version),
  dst: random.pick([...hostsOf(version).odd, ...hostsOf(version).own, ...hostsOf(version).refused]),
})

const oddSources: Maker = (random, version) => ({
  ...datagram(random, version),
  src: random.pick([
    ...hostsOf(version).own,
    ...hostsOf(version).refused,
    ...hostsOf(version).odd,
    anyHost(random, version),
  ]),
})

const toOurselves: Maker = (random, version) => ({
  protocol: 17,
  bytes: udp(sport(random), random.pick([53, 443, 1000, 22]), payload(random)),
  dst: random.pick(hostsOf(version).own.filter((_, i) => i !== 1)),
})

const toPrefix: Maker = (random, version) => ({
  ...random.pick([datagram, segment, icmps])(random, version),
  ...(version === 6 ? { dst: '2001:db8::1' } : {}),
})

const shapes: Readonly<Record<string, readonly Maker[]>> = {
  tcp: [segment],
  tcpmss: [segment],
  ecn: [segment, hops],
  osf: [segment],
  TCPMSS: [segment],
  TCPOPTSTRIP: [segment],
  ECN: [segment, hops],
  SYNPROXY: [segment],
  udp: [datagram],
  multiport: [datagram, segment, sctp, dccp],
  dccp: [dccp],
  sctp: [sctp],
  icmp: [icmps],
  icmp6: [icmps],
  esp: [esp],
  ipcomp: [ipcomp],
  mh: [mobility],
  ah: [ah, behind('ah')],
  hbh: [behind('hop')],
  dst: [behind('destination')],
  rt: [behind('routing')],
  srh: [behind('segments')],
  frag: [behind('fragment')],
  ipv6header: [behind(...everyHeader), esp, ah],
  owner: [fromProcess],
  cgroup: [fromProcess],
  mark: [fromProcess],
  connbytes: [],
  ttl: [hops],
  hl: [hops],
  TTL: [hops],
  HL: [hops],
  tos: [hops],
  dscp: [hops],
  TOS: [hops],
  DSCP: [hops],
  addrtype: [oddTargets, oddSources],
  pkttype: [oddTargets],
  rpfilter: [oddSources],
  socket: [toOurselves],
  realm: [fromProcess, datagram],
  DNPT: [toPrefix],
  SNPT: [toPrefix],
  HMARK: [esp, segment, icmps, ah],
  SNAT: [esp, ah, unknown],
  DNAT: [esp, ah, unknown],
  MASQUERADE: [esp, datagram, unknown],
  REDIRECT: [esp, ah, datagram],
  NFQUEUE: [dccp, sctp],
  TPROXY: [segment, datagram],
  string: [datagram],
}

/** A packet for an extension; undefined where any packet will do, or it has none in this version. */
export function shaped(random: Random, version: Version, name: string): OraclePacket | undefined {
  const makers = shapes[name] ?? []
  if (makers.length === 0) return undefined
  const shape = random.pick(makers)(random, version)
  if (version === 4 && shape.headers !== undefined) return undefined
  const place = random.chance(0.5) ? 't0' : random.pick(devices)
  const hosts = hostsOf(version)
  const src = shape.src ?? random.pick(hosts[place])
  const dst = shape.dst ?? anyHost(random, version)
  const ends = {
    src,
    dst,
    protocol: shape.protocol,
    ttl: shape.ttl ?? 64,
    tos: shape.tos ?? 0,
    id: random.between(1, 65535),
  }
  const plain = build(ends, shape.bytes)
  const bytes = shape.headers === undefined ? plain : withHeaders(plain, shape.headers)
  const packet = { hex: bytes.toString('hex') }
  if (shape.local === undefined) return { in: place, ...packet }
  const { uid, mark } = shape.local
  return { local: true, ...packet, mark, ...(uid > 0 ? { uid, gid: uid } : {}) }
}
