import { beforeEach, describe, expect, it } from 'vitest'
import { invert, keyOf, tupleOf } from '../conntrack/tuple.ts'
import { type NatRange, VERDICT, type Verdict } from '../expression/action.ts'
import type { TraceEvent } from '../netfilter/trace.ts'
import { type Connection, CT_INFO, CT_STATUS, type Tuple } from '../packet/connection.ts'
import type { Device } from '../packet/device.ts'
import { Packet } from '../packet/packet.ts'
import { fromHex, toHex } from '../util/bytes.ts'
import type { Words } from '../util/words.ts'
import { Nat, type NatOptions, needsReroute } from './nat.ts'

// Expected packets are what Linux 6.18 sent for the same rules, apart from the hop that forwarding takes off.

const ip = (a: number, b: number, c: number, d: number): Words => [
  ((a << 24) | (b << 16) | (c << 8) | d) >>> 0,
  0,
  0,
  0,
]

const range = (fields: Partial<NatRange> = {}): NatRange => ({
  addresses: null,
  ports: null,
  basePort: null,
  random: false,
  randomFully: false,
  persistent: false,
  netmap: false,
  ...fields,
})

const to = (first: Words, last: Words = first, fields: Partial<NatRange> = {}) =>
  range({ addresses: [first, last], ...fields })

const device = (name: string, index: number, address: Words): Device => ({
  name,
  index,
  link: 'none',
  mtu: 1500,
  up: true,
  mac: null,
  addresses: [
    {
      family: 4,
      address,
      prefix: 24,
      broadcast: null,
      peer: null,
      scope: 'global',
      secondary: false,
      deprecated: false,
    },
  ],
})

type TestConnection = { -readonly [K in keyof Connection]: Connection[K] }

/** A connection table just large enough for NAT. */
class World {
  readonly byTuple = new Map<string, TestConnection>()
  readonly killed: Connection[] = []
  readonly random: number[] = []
  readonly nat: Nat
  private ids = 0

  constructor(more: Partial<NatOptions> = {}) {
    this.nat = new Nat({
      table: {
        invert,
        isReverseOf: () => false,
        isTaken: (tuple, except) => {
          const found = this.byTuple.get(keyOf(tuple))
          return found !== undefined && found !== except
        },
        alterReply: (connection, reply) => {
          connection.reply = reply
        },
        kill: (connection) => {
          this.killed.push(connection)
        },
      },
      random: () => this.random.shift() ?? 0,
      masqueradeSource: () => ip(10, 0, 2, 1),
      ...more,
    })
  }

  packet(hex: string): Packet {
    const packet = new Packet().load(fromHex(hex))
    packet.parse()
    const tuple = tupleOf(packet)!
    const known = this.byTuple.get(keyOf(tuple))
    packet.ct = known ?? this.connection(tuple)
    packet.ctInfo = known === undefined ? CT_INFO.new : CT_INFO.established
    if (known !== undefined && keyOf(known.reply) === keyOf(tuple)) packet.ctInfo = CT_INFO.establishedReply
    return packet
  }

  confirm(packet: Packet): void {
    const connection = packet.ct as TestConnection
    connection.confirmed = true
    this.byTuple.set(keyOf(connection.original), connection)
    this.byTuple.set(keyOf(connection.reply), connection)
  }

  /** Sends a packet through the hooks of forwarding, with one rule. */
  forward(hex: string, hook: 'PREROUTING' | 'POSTROUTING', side: 'source' | 'destination', wanted: NatRange): string {
    const packet = this.packet(hex)
    for (const at of ['PREROUTING', 'POSTROUTING'] as const) {
      const traverse = (): Verdict =>
        at === hook ? this.nat.apply(packet, at, { kind: 'nat', side, range: wanted }) : VERDICT.accept
      if (this.nat.run(packet, at, traverse, null) !== VERDICT.accept) return 'dropped'
    }
    if (!packet.ct!.confirmed) this.confirm(packet)
    return toHex(packet.copyBytes())
  }

  private connection(original: Tuple): TestConnection {
    return {
      id: ++this.ids,
      original,
      reply: invert(original)!,
      status: 0,
      mark: 0,
      zone: 0,
      expires: 0,
      confirmed: false,
      master: null,
      accounting: [
        { packets: 0, bytes: 0 },
        { packets: 0, bytes: 0 },
      ],
      protocolState: 'NONE',
    }
  }
}

/** UDP 10.0.0.5:1111 > 10.0.2.9:53, then from .6, then to .10. */
const FROM_5 = '4500001e000100003f1165c10a0000050a00020904570035000ae43e0102'
const FROM_6 = '4500001e000100003f1165c00a0000060a00020904570035000ae43d0102'
const TO_10 = '4500001e000100003f1165c00a0000050a00020a04570035000ae43d0102'

let world: World
beforeEach(() => {
  world = new World()
})

describe('a range of addresses', () => {
  it('is spread over clients and servers', () => {
    const wanted = to(ip(10, 0, 1, 40), ip(10, 0, 1, 140))
    const snat = (hex: string) => world.forward(hex, 'POSTROUTING', 'source', wanted)
    expect(snat(FROM_5)).toBe('4500001e000100003f1164560a0001700a00020904570035000ae2d30102')
    expect(snat(FROM_6)).toBe('4500001e000100003f11643d0a0001890a00020904570035000ae2ba0102')
    // Not by the hash: the source is mapped already.
    expect(snat(TO_10)).toBe('4500001e000100003f1164550a0001700a00020a04570035000ae2d20102')
  })

  it('is spread over clients only with --persistent', () => {
    const wanted = to(ip(10, 0, 1, 40), ip(10, 0, 1, 140), { persistent: true })
    const snat = (hex: string) => world.forward(hex, 'POSTROUTING', 'source', wanted)
    expect(snat(FROM_5)).toBe('4500001e000100003f1164450a0001810a00020904570035000ae2c20102')
    expect(snat(FROM_6)).toBe('4500001e000100003f11649e0a0001280a00020904570035000ae31b0102')
  })

  it('of destinations', () => {
    const wanted = to(ip(10, 0, 2, 40), ip(10, 0, 2, 140))
    const dnat = (hex: string) => world.forward(hex, 'PREROUTING', 'destination', wanted)
    expect(dnat(FROM_5)).toBe('4500001e000100003f11655a0a0000050a00027004570035000ae3d70102')
    expect(dnat(FROM_6)).toBe('4500001e000100003f1165400a0000060a00028904570035000ae3bd0102')
    expect(dnat(TO_10)).toBe('4500001e000100003f11656a0a0000050a00026004570035000ae3e70102')
  })

  it('of IPv6', () => {
    const words = (a: number, b: number, c: number, d: number): Words => [a, b, c, d]
    const flow = (host: number, check: string) =>
      `60000000000a113ffd00000000000000000000000000000${host}fd00000000000002000000000000000904570035000a${check}0102`
    const low = (net: number) => words(0xfd000000, net, 0, 0x40)
    const high = words(0xfd000000, 2, 1, 0)
    expect(world.forward(flow(5, '003b'), 'POSTROUTING', 'source', to(low(1), high))).toBe(
      '60000000000a113ffd00000000000002000000018bc62f2efd00000000000002000000000000000904570035000a45480102',
    )
    expect(new World().forward(flow(6, '003a'), 'PREROUTING', 'destination', to(low(2), high))).toBe(
      '60000000000a113ffd000000000000000000000000000006fd00000000000002000000005b05527c04570035000a52c10102',
    )
  })
})

describe('ports', () => {
  const sport = (hex: string) => Number.parseInt(hex.slice(40, 44), 16)
  const snat = (hex: string, wanted: NatRange) => world.forward(hex, 'POSTROUTING', 'source', wanted)

  it('are kept where they are free, else chosen at random in their class', () => {
    expect(sport(snat(FROM_5, to(ip(10, 0, 2, 1))))).toBe(1111)
    world.random.push(500)
    expect(sport(snat(FROM_6, to(ip(10, 0, 2, 1))))).toBe(1024 + 500)
  })

  it('come from the range, one after the other from a random one on, until none is left', () => {
    const wanted = to(ip(10, 0, 2, 1), ip(10, 0, 2, 1), { ports: [5000, 5002] })
    world.random.push(2, 2, 2, 2)
    const from = (host: number) => FROM_5.replace('0a000005', `0a0000${host.toString(16).padStart(2, '0')}`)
    expect([5, 6, 7].map((host) => sport(snat(from(host), wanted)))).toEqual([5002, 5000, 5001])
    const packet = world.packet(from(8))
    world.nat.run(
      packet,
      'POSTROUTING',
      () => world.nat.apply(packet, 'POSTROUTING', { kind: 'nat', side: 'source', range: wanted }),
      null,
    )
    // The last one tried, taken: such a connection is refused when it is confirmed.
    expect(packet.ct!.reply.dport).toBe(5001)
  })

  it('may be handed in instead of chance', () => {
    const seen: unknown[] = []
    world = new World({
      choosePort: ({ first, size, side }) => {
        seen.push([first, size, side])
        return 40000
      },
    })
    expect(sport(snat(FROM_5, to(ip(10, 0, 2, 1), ip(10, 0, 2, 1), { random: true })))).toBe(40000)
    expect(seen).toEqual([[1024, 64512, 'source']])
  })

  it('are shifted by the distance from the base', () => {
    const wanted = to(ip(10, 0, 2, 30), ip(10, 0, 2, 30), { ports: [1000, 1100], basePort: 50 })
    const out = world.forward(FROM_5, 'PREROUTING', 'destination', wanted)
    expect(out.slice(32, 48)).toBe(`0a00021e0457${(1003).toString(16).padStart(4, '0')}`)
  })
})

describe('a connection with NAT', () => {
  const dnat = to(ip(10, 0, 2, 30), ip(10, 0, 2, 30), { ports: [5353, 5353] })

  it('has its replies turned back', () => {
    expect(world.forward(FROM_5, 'PREROUTING', 'destination', dnat).slice(24, 48)).toBe('0a0000050a00021e045714e9')
    const reply = '4500001e000100003f1165ac0a00021e0a00000514e90457000acf750102'
    const out = world.forward(reply, 'PREROUTING', 'destination', dnat)
    expect(out.slice(24, 48)).toBe('0a0002090a00000500350457')
  })

  it('has ICMP errors about it turned back, the quoted packet too', () => {
    world.forward(FROM_5, 'PREROUTING', 'destination', dnat)
    const connection = [...world.byTuple.values()][0]!
    // "Port unreachable" from the new destination, about the packet as it arrived there.
    const quoted = '4500001e000100003f1165ac0a0000050a00021e045714e9000acf750102'
    const packet = new Packet().load(
      fromHex(`4500003a000100003f01${'65a0'}0a00021e0a000005${'0303'}${'0000'}00000000${quoted}`),
    )
    packet.parse()
    fillIcmpChecksum(packet)
    packet.ct = connection
    packet.ctInfo = CT_INFO.relatedReply
    expect(world.nat.run(packet, 'POSTROUTING', () => VERDICT.drop, null)).toBe(VERDICT.accept)
    const out = toHex(packet.copyBytes())
    expect(out.slice(24, 40)).toBe('0a0002090a000005')
    expect(out.slice(56)).toBe(`${quoted.slice(0, 20)}65c1${'0a0000050a00020904570035'}000ae43e0102`)
    expect(icmpSum(packet)).toBe(0xffff)
  })

  it('has ICMP errors with a wrong checksum dropped', () => {
    world.forward(FROM_5, 'PREROUTING', 'destination', dnat)
    const packet = new Packet().load(
      fromHex(`45000038000100003f0165a20a00021e0a000005030312340000000045${'00'.repeat(27)}`),
    )
    packet.parse()
    packet.ct = [...world.byTuple.values()][0]!
    packet.ctInfo = CT_INFO.relatedReply
    expect(world.nat.run(packet, 'PREROUTING', () => VERDICT.accept, null)).toBe(VERDICT.drop)
  })

  it('is routed again in OUTPUT', () => {
    const packet = world.packet(FROM_5)
    expect(needsReroute(packet)).toBe(false)
    world.nat.run(packet, 'OUTPUT', () => world.nat.apply(packet, 'OUTPUT', { kind: 'redirect', range: range() }), null)
    expect(needsReroute(packet)).toBe(true)
    expect(packet.destination).toEqual(ip(127, 0, 0, 1))
  })

  it('is told to the tracer with both tuples', () => {
    const events: TraceEvent[] = []
    const packet = world.packet(FROM_5)
    world.nat.run(
      packet,
      'PREROUTING',
      () => world.nat.apply(packet, 'PREROUTING', { kind: 'nat', side: 'destination', range: dnat }),
      (event) => events.push(event),
    )
    expect(events).toMatchObject([
      {
        kind: 'nat',
        side: 'destination',
        before: { destination: ip(10, 0, 2, 9), dport: 53 },
        after: { source: ip(10, 0, 0, 5), sport: 1111, destination: ip(10, 0, 2, 30), dport: 5353 },
      },
    ])
  })
})

describe('a connection without a rule', () => {
  it('stays as it is, and the table is asked once', () => {
    let asked = 0
    const packet = world.packet(FROM_5)
    const traverse = () => {
      asked++
      return VERDICT.accept
    }
    for (let i = 0; i < 2; i++) world.nat.run(packet, 'PREROUTING', traverse, null)
    expect(asked).toBe(1)
    expect(packet.ct!.status).toBe(CT_STATUS.destinationNatDone)
    expect(toHex(packet.copyBytes())).toBe(FROM_5)
  })

  it('gets another port where its own is taken by a translated one', () => {
    world.forward(FROM_5, 'POSTROUTING', 'source', to(ip(10, 0, 2, 1)))
    const own = FROM_5.replace('0a0000050a000209', '0a0002010a000209')
    world.random.push(7)
    expect(Number.parseInt(world.forward(own, 'PREROUTING', 'destination', range()).slice(40, 44), 16)).toBe(1024 + 7)
  })

  it('that was there before the table is left alone', () => {
    const packet = world.packet(FROM_5)
    world.confirm(packet)
    const apply = () =>
      world.nat.apply(packet, 'POSTROUTING', { kind: 'nat', side: 'source', range: to(ip(1, 1, 1, 1)) })
    expect(world.nat.run(packet, 'POSTROUTING', apply, null)).toBe(VERDICT.accept)
    expect(toHex(packet.copyBytes())).toBe(FROM_5)
  })
})

describe('MASQUERADE, REDIRECT and NETMAP', () => {
  const t0 = device('t0', 2, ip(10, 0, 0, 1))
  const t2 = device('t2', 4, ip(10, 0, 2, 1))

  it('masquerades as the outgoing device, and ends with it', () => {
    const packet = world.packet(FROM_5)
    packet.outDevice = t2
    const run = () =>
      world.nat.run(
        packet,
        'POSTROUTING',
        () => world.nat.apply(packet, 'POSTROUTING', { kind: 'masquerade', range: range() }),
        null,
      )
    expect(run()).toBe(VERDICT.accept)
    expect(packet.source).toEqual(ip(10, 0, 2, 1))
    packet.outDevice = t0
    expect(run()).toBe(VERDICT.drop)
    expect(world.killed).toEqual([packet.ct])
  })

  it('drops where no address suits', () => {
    world = new World({ masqueradeSource: () => null })
    const packet = world.packet(FROM_5)
    expect(world.nat.apply(packet, 'POSTROUTING', { kind: 'masquerade', range: range() })).toBe(VERDICT.drop)
  })

  it('redirects to the first address of the incoming device', () => {
    const packet = world.packet(FROM_5)
    packet.inDevice = t0
    const apply = () => world.nat.apply(packet, 'PREROUTING', { kind: 'redirect', range: range({ ports: [80, 80] }) })
    world.nat.run(packet, 'PREROUTING', apply, null)
    expect([packet.destination, packet.view.getUint16(22)]).toEqual([ip(10, 0, 0, 1), 80])
    packet.inDevice = { ...t0, addresses: [] }
    packet.ct = world.packet(FROM_6).ct
    expect(apply()).toBe(VERDICT.drop)
  })

  it('maps networks onto each other', () => {
    const packet = world.packet(FROM_5)
    const wanted = to(ip(192, 168, 7, 0), ip(192, 168, 7, 255), { netmap: true })
    const apply = () => world.nat.apply(packet, 'PREROUTING', { kind: 'nat', side: 'destination', range: wanted })
    world.nat.run(packet, 'PREROUTING', apply, null)
    expect(packet.destination).toEqual(ip(192, 168, 7, 9))
  })
})

it('forgets the mapping of a source with its connection', () => {
  const wanted = to(ip(10, 0, 1, 40), ip(10, 0, 1, 140))
  const first = world.forward(FROM_5, 'POSTROUTING', 'source', wanted)
  world.nat.forget(world.packet(FROM_5).ct!)
  // Now the hash decides, which is not what the mapping would give.
  const second = world.forward(TO_10, 'POSTROUTING', 'source', wanted)
  expect(second.slice(24, 32)).not.toBe(first.slice(24, 32))
})

function sumOf(packet: Packet, start: number, end: number): number {
  let sum = 0
  for (let at = start; at < end; at += 2) sum += packet.view.getUint16(at)
  while (sum > 0xffff) sum = (sum & 0xffff) + (sum >>> 16)
  return sum
}
const icmpSum = (packet: Packet) => sumOf(packet, packet.transport, packet.end)

/** Makes both checksums of an ICMP packet right: NAT sums up the whole packet. */
function fillIcmpChecksum(packet: Packet): void {
  packet.view.setUint16(packet.transport + 2, ~icmpSum(packet) & 0xffff)
  packet.view.setUint16(10, 0)
  packet.view.setUint16(10, ~sumOf(packet, 0, 20) & 0xffff)
}
