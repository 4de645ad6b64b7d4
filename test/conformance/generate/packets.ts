/**
 * A script of packets that listens: replies go to the addresses the kernel's NAT really gave a flow, and ICMP errors
 * quote packets that really left. It is still decided by the seed alone, because the kernel's answers are.
 */
import type { Random } from '../../../src/util/random.ts'
import { packet as build, icmp } from '../../harness/oracle/build.ts'
import type { DevicePacket, Observation, OraclePacket } from '../../harness/oracle/namespace.ts'
import { readTuple, type Seen } from './headers.ts'
import { damaged, fragments, ipOptions, withExtensionHeaders } from './odd.ts'
import { anyHost, type devices, type Hosts, hostsOf, ports, type Version } from './pools.ts'
import { type Conversation, payload, segment } from './segments.ts'
import { shaped } from './shapes.ts'

/** Where one end of a flow is: behind a device, or a process of the namespace. */
type Place = (typeof devices)[number] | 'local'

interface Flow extends Conversation {
  readonly place: Place
  readonly src: string
  readonly dst: string
  readonly mark: number
  /** What the other end saw of the last packet, and where; absent while none got through. */
  far?: { readonly place: Place; readonly seen: Seen }
}

export class PacketScript {
  private readonly random: Random
  private readonly version: Version
  private readonly hosts: Hosts
  private readonly tries: readonly string[]
  private readonly flows: Flow[] = []
  private readonly left: DevicePacket[] = []
  private readonly queue: OraclePacket[] = []
  private current: { flow: Flow; reply: boolean } | undefined
  private serial = 0

  /** `tries` names the extensions that packets are made for, beside those of every script. */
  constructor(random: Random, version: Version, tries: readonly string[] = []) {
    this.random = random
    this.tries = tries
    this.version = version
    this.hosts = hostsOf(version)
  }

  /** The next packet to send. */
  next(): OraclePacket {
    this.current = undefined
    const waiting = this.random.chance(0.6) ? this.queue.shift() : undefined
    if (waiting) return waiting
    const wanted = this.tries.length > 0 && this.random.chance(0.35) ? this.random.pick(this.tries) : undefined
    const made = wanted === undefined ? undefined : shaped(this.random, this.version, wanted)
    if (made) return made
    const kind = this.random.below(100)
    if (kind < 52) return this.conversation()
    if (kind < 62) return this.icmpError()
    if (kind < 74) return this.single()
    if (kind < 81) return this.fragmented()
    if (kind < 89) return this.malformed()
    if (kind < 94) return this.fromPlace(this.randomPlace(), this.oddAddresses())
    return this.optioned()
  }

  /** Tells the script what became of the packet it gave last. */
  learn(seen: Observation): void {
    const answered = seen.generated.length > (this.current?.flow.place === 'local' ? 1 : 0)
    if (!answered) this.left.push(...seen.outputs)
    if (!this.current || answered) return
    const { flow, reply } = this.current
    if (reply) return
    const out = seen.outputs[0]
    const tuple = readTuple(Buffer.from(out?.hex ?? seen.delivered[0]?.hex ?? '', 'hex'))
    if (tuple) flow.far = { place: out ? (out.dev as Place) : 'local', seen: tuple }
  }

  private fromPlace(place: Place, bytes: Buffer, mark = 0): OraclePacket {
    const hex = bytes.toString('hex')
    if (place !== 'local') return { in: place, hex }
    const uid = this.random.chance(0.2) ? 1000 : 0
    return { local: true, hex, mark, ...(uid > 0 ? { uid, gid: uid } : {}) }
  }

  private randomPlace(): Place {
    return this.random.chance(0.5) ? 't0' : this.random.pick(['t1', 't2', 't2'])
  }

  private conversation(): OraclePacket {
    const { random } = this
    const old = this.flows.length > 0 && random.chance(0.72) ? random.pick(this.flows.slice(-6)) : undefined
    const flow = old ?? this.newFlow()
    const reply = old !== undefined && (flow.far ? random.chance(flow.step <= 1 ? 0.8 : 0.5) : random.chance(0.1))
    this.current = { flow, reply }
    const ttl = random.pick([64, 64, 64, 64, 63, 128, 255, 2, 1])
    const tos = random.pick([0, 0, 0, 0x10, 0xb8, 0x03])
    const fields = { protocol: flow.protocol, ttl, tos, id: this.identification() }
    if (!reply) {
      const bytes = segment(random, this.version, flow, false, flow)
      return this.fromPlace(flow.place, build({ ...fields, src: flow.src, dst: flow.dst }, bytes), flow.mark)
    }
    const far = flow.far?.seen ?? { src: flow.src, dst: flow.dst, sport: flow.sport, dport: flow.dport }
    const place = flow.far?.place ?? (flow.place === 't2' ? 't0' : 't2')
    const echoFlow = flow.protocol === 1 || flow.protocol === 58
    const speaker = echoFlow ? { ...flow, sport: far.sport } : flow
    const bytes = segment(random, this.version, speaker, true, { sport: far.dport, dport: far.sport })
    flow.step = speaker.step
    return this.fromPlace(place, build({ ...fields, src: far.dst, dst: far.src }, bytes), 0)
  }

  private newFlow(): Flow {
    const { random, version } = this
    const local = random.chance(0.16)
    const place: Place = local ? 'local' : this.randomPlace()
    const src = place === 'local' ? random.pick(this.hosts.own) : random.pick(this.hosts[place])
    let dst = anyHost(random, version)
    if (dst === src && !local) dst = random.pick(this.hosts.own)
    const protocol = random.pick([
      6,
      6,
      6,
      6,
      17,
      17,
      17,
      version === 4 ? 1 : 58,
      version === 4 ? 1 : 58,
      136,
      132,
      33,
      47,
      50,
      103,
    ])
    this.serial++
    const flow: Flow = {
      place,
      src,
      dst,
      protocol,
      // A port of its own for every flow: a collision would make NAT choose one at random.
      sport: protocol === 1 || protocol === 58 ? 5000 + this.serial : 20000 + this.serial * 7,
      dport: random.pick(ports),
      mark: local ? random.pick([0, 0, 1, 4, 5]) : 0,
      clientSeq: random.next(),
      serverSeq: random.next(),
      step: 0,
      clientFin: false,
      serverFin: false,
    }
    this.flows.push(flow)
    return flow
  }

  private identification(): number {
    return this.random.between(1, 65535)
  }

  /** A whole packet of no flow; destinations that routing refuses too. */
  private single(): OraclePacket {
    const place = this.random.chance(0.2) ? 'local' : this.randomPlace()
    return this.fromPlace(place, this.plain(place), place === 'local' ? this.random.pick([0, 1, 4]) : 0)
  }

  private plain(place: Place, options: Uint8Array = new Uint8Array(0)): Buffer {
    const { random, version } = this
    this.serial++
    const src =
      place === 'local'
        ? random.pick(this.hosts.own)
        : random.chance(0.85)
          ? random.pick(this.hosts[place])
          : anyHost(random, version)
    const dst = random.chance(0.1) ? random.pick(this.hosts.refused) : anyHost(random, version)
    const protocol = random.pick([
      6,
      6,
      17,
      17,
      version === 4 ? 1 : 58,
      4,
      41,
      51,
      89,
      103,
      253,
      255,
      132,
      33,
      136,
      47,
      50,
      2,
      108,
      version === 6 ? 135 : 108,
    ])
    const one: Conversation = {
      protocol,
      sport: 20000 + this.serial * 7,
      dport: random.pick(ports),
      clientSeq: random.next(),
      serverSeq: random.next(),
      step: random.below(4),
      clientFin: false,
      serverFin: false,
    }
    const bytes =
      protocol === 1 || protocol === 58 ? this.anyIcmp() : segment(random, version, one, random.chance(0.3), one)
    return build(
      {
        src,
        dst,
        protocol,
        ttl: random.pick([64, 64, 64, 3, 2, 1, place === 'local' ? 64 : 0]),
        tos: random.below(256),
        id: this.identification(),
        options,
      },
      bytes,
    )
  }

  private anyIcmp(): Buffer {
    const { random, version } = this
    const type =
      version === 4
        ? random.pick([0, 3, 4, 5, 8, 9, 10, 11, 12, 13, 14, 15, 17, 18, 30, 255])
        : random.pick([1, 2, 3, 4, 100, 128, 129, 130, 133, 135, 136, 137, 143, 144, 255])
    return icmp(type, random.pick([0, 0, 1, 4, 13]), (((5000 + this.serial) << 16) | 1) >>> 0, payload(random))
  }

  /** An error about a packet that left: sent back from where it went, by its destination or a router on the way. */
  private icmpError(): OraclePacket {
    const { random, version } = this
    const about = this.left.length > 0 ? random.pick(this.left.slice(-12)) : undefined
    const quoted = Buffer.from(about?.hex ?? '', 'hex')
    const seen = readTuple(quoted)
    if (!about || !seen || seen.version !== version) return this.single()
    const place = about.dev as (typeof devices)[number]
    const src = random.chance(0.6) ? seen.dst : random.pick(this.hosts[place])
    const length = random.pick([seen.offset + 8, seen.offset + 8, seen.offset + 20, quoted.length, seen.offset + 4, 20])
    const quote = quoted.subarray(0, length)
    if (random.chance(0.1)) quote.writeUInt8(random.below(256), Math.max(0, quote.length - 2))
    const [type, code] =
      version === 4
        ? random.pick([
            [3, 0],
            [3, 1],
            [3, 3],
            [3, 4],
            [3, 13],
            [11, 0],
            [11, 1],
            [12, 0],
            [4, 0],
            [5, 1],
          ] as const)
        : random.pick([
            [1, 0],
            [1, 4],
            [2, 0],
            [3, 0],
            [4, 0],
            [4, 1],
            [1, 1],
          ] as const)
    const rest = (version === 4 && code === 4) || type === 2 ? 1400 : 0
    const protocol = version === 4 ? 1 : 58
    return this.fromPlace(
      place,
      build({ src, dst: seen.src, protocol, id: this.identification() }, icmp(type, code, rest, quote)),
    )
  }

  private fragmented(): OraclePacket {
    const { random } = this
    const place = random.chance(0.1) && this.version === 4 ? 'local' : this.randomPlace()
    const whole = this.plain(place)
    const size = this.version === 4 ? (whole[0]! & 15) * 4 : 40
    if (whole.length - size < 16) return this.fromPlace(place, whole)
    const [first, ...rest] = fragments(random, whole, this.identification())
    this.queue.push(...rest.map((bytes) => this.fromPlace(place, bytes)))
    return this.fromPlace(place, first ?? whole)
  }

  private malformed(): OraclePacket {
    const place = this.randomPlace()
    return this.fromPlace(place, damaged(this.random, this.plain(place)))
  }

  private oddAddresses(): Buffer {
    const { random, version, hosts } = this
    const odd = random.pick([...hosts.odd, ...hosts.odd, ...hosts.own])
    const other = random.chance(0.2) ? random.pick(hosts.odd) : anyHost(random, version)
    const [src, dst] = random.chance(0.5) ? [odd, other] : [other, odd]
    const protocol = random.pick([6, 17, version === 4 ? 1 : 58])
    const one: Conversation = {
      protocol,
      sport: 19000 + (this.serial++ % 900),
      dport: random.pick(ports),
      clientSeq: 1,
      serverSeq: 1,
      step: 0,
      clientFin: false,
      serverFin: false,
    }
    return build({ src, dst, protocol, id: this.identification() }, segment(random, version, one, false, one))
  }

  private optioned(): OraclePacket {
    const place = this.randomPlace()
    if (this.version === 4) return this.fromPlace(place, this.plain(place, ipOptions(this.random)))
    return this.fromPlace(place, withExtensionHeaders(this.random, this.plain(place)))
  }
}
