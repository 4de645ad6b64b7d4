/** Random packets, whole and broken, with everything a rule may look at. */

import type { Family } from '../../../src/netfilter/glossary.ts'
import { packet as build } from '../../../src/packet/build.ts'
import type { Connection, Tuple } from '../../../src/packet/connection.ts'
import type { Device } from '../../../src/packet/device.ts'
import { Packet } from '../../../src/packet/packet.ts'
import type { Random } from '../../../src/util/random.ts'
import type { Words } from '../../../src/util/words.ts'

/** Addresses that random rules and packets have in common. */
export const hosts: Readonly<Record<Family, readonly Words[]>> = {
  4: [
    [0x0a000001, 0, 0, 0],
    [0x0a000002, 0, 0, 0],
    [0xc0000201, 0, 0, 0],
    [0xffffffff, 0, 0, 0],
    [0, 0, 0, 0],
    [0x7fffffff, 0, 0, 0],
    [0x80000000, 0, 0, 0],
  ],
  6: [
    [0xfd000000, 0, 0, 1],
    [0xfd000000, 0, 0, 2],
    [0x20010db8, 0x80000000, 0x7fffffff, 0xffffffff],
    [0x20010db8, 0x80000000, 0x7fffffff, 0xfffffffe],
    [0, 0, 0, 0],
  ],
}

export const devices: readonly Device[] = ['lo', 'eth0', 'eth1', 'wlan0'].map((name, index) => ({
  name,
  index: index + 1,
  link: 'none',
  mtu: 1500,
  up: true,
  mac: null,
  addresses: [],
}))

const ports = [0, 22, 53, 80, 443, 1024, 65535]

function randomBytes(random: Random, family: Family): Uint8Array {
  const address = (): number | Words => {
    const words = random.pick(hosts[family])
    return family === 4 ? words[0] : words
  }
  const fields = {
    source: address(),
    destination: address(),
    sport: random.pick(ports),
    dport: random.pick(ports),
    ttl: random.pick([0, 1, 64, 255]),
    tos: random.below(256),
    payload: random.below(50),
  }
  const fragment = random.chance(0.2) ? { offset: random.below(4) * 8, mf: random.chance(0.5) } : {}
  switch (random.below(6)) {
    case 0:
      return build.udp({ ...fields, ...fragment })
    case 1:
      return build.icmp({ ...fields, ...fragment, type: random.pick([0, 3, 8, 128, 129]) })
    case 2:
      return build.raw({ ...fields, ...fragment, protocol: random.below(256) })
    default: {
      const options = random.chance(0.3) ? new Uint8Array([2, 4, random.below(8), 180]) : new Uint8Array(0)
      const flags = random.below(256)
      const seq = random.next()
      return build.tcp({
        ...fields,
        ...fragment,
        flags,
        options,
        seq,
        payload: random.chance(0.5) ? 0 : fields.payload,
      })
    }
  }
}

/** Bytes from the network header on, sometimes cut short or with wrong bits, in a buffer with room around them. */
function damaged(random: Random, bytes: Uint8Array): Uint8Array {
  const copy = bytes.slice()
  if (random.chance(0.3)) {
    const flips = random.between(1, 3)
    for (let index = 0; index < flips; index++) {
      const at = random.below(copy.length)
      copy[at] = (copy[at] as number) ^ (1 << random.below(8))
    }
  }
  // What follows an IPv6 header becomes an extension header, often one that is cut short.
  if ((copy[0] as number) >> 4 === 6 && random.chance(0.15)) copy[6] = random.pick([0, 43, 44, 51, 60])
  return random.chance(0.25) ? copy.slice(0, random.below(copy.length + 1)) : copy
}

function randomConnection(random: Random, family: Family): Connection {
  const tuple = (): Tuple => ({
    family,
    protocol: random.pick([6, 17]),
    source: random.pick(hosts[family]),
    destination: random.pick(hosts[family]),
    sport: random.pick(ports),
    dport: random.pick(ports),
  })
  return {
    id: 1,
    original: tuple(),
    reply: tuple(),
    status: random.next() & 0x3fff,
    mark: random.chance(0.5) ? random.below(256) : random.next(),
    zone: random.below(3),
    expires: 0,
    confirmed: true,
    master: null,
    accounting: [
      { packets: 0, bytes: 0 },
      { packets: 0, bytes: 0 },
    ],
    protocolState: 'NONE',
  }
}

function isOf(family: Family, bytes: Uint8Array): boolean {
  const packet = new Packet().load(bytes)
  return packet.parse() && packet.family === family
}

/** A recipe for a packet: each call makes the same packet anew, so that two engines can have one each. */
export function randomPacket(random: Random, family: Family): () => Packet {
  let bytes = damaged(random, randomBytes(random, family))
  // The stack drops what has no network header of the family before any rule sees it.
  while (!isOf(family, bytes)) bytes = damaged(random, randomBytes(random, family))
  const room = random.below(3) * 8
  const mark = random.chance(0.5) ? random.pick([0, 1, 255, 0x80000000, 0xffffffff]) : random.next()
  const [inDevice, outDevice] = [0, 1].map(() => (random.chance(0.7) ? random.pick(devices) : null))
  const pkttype = random.below(4)
  const priority = random.chance(0.5) ? 0 : random.next()
  const connection = random.chance(0.5) ? randomConnection(random, family) : null
  const ctInfo = connection === null ? random.pick([0, 7]) : random.below(5)
  return () => {
    const buffer = new Uint8Array(bytes.length + 2 * room)
    buffer.set(bytes, room)
    const packet = new Packet().load(buffer, room, room + bytes.length)
    packet.parse()
    packet.mark = mark
    packet.inDevice = inDevice ?? null
    packet.outDevice = outDevice ?? null
    packet.pkttype = pkttype
    packet.priority = priority
    packet.ct = connection === null ? null : { ...connection }
    packet.ctInfo = ctInfo
    return packet
  }
}

/** Everything of a packet that rules may change, to compare. */
export function snapshot(packet: Packet): unknown {
  const { family, transport, network, protocol, mark, priority, ctInfo, nfTrace, hotdrop, ctTemplate, ct } = packet
  return {
    bytes: Buffer.from(packet.copyBytes()).toString('hex'),
    parsed: [family, transport - network, protocol, packet.fragmentOffset],
    known: [mark, priority, ctInfo, nfTrace, hotdrop],
    ctTemplate,
    connection: ct === null ? null : ct.mark,
  }
}
