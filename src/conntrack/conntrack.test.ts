import { beforeEach, describe, expect, it } from 'vitest'
import { VERDICT } from '../expression/action.ts'
import { CT_INFO, CT_STATUS } from '../packet/connection.ts'
import { Packet, packet } from '../packet/index.ts'
import { Conntrack, conntrackSettings, listConnections, stateOf, type TrackedConnection } from './index.ts'

const CLIENT = { source: '10.0.0.5', destination: '10.0.2.9' }
const SERVER = { source: '10.0.2.9', destination: '10.0.0.5' }

let time = 0
let conntrack: Conntrack

function create(settings: Record<string, number> = {}): Conntrack {
  return new Conntrack({
    settings: conntrackSettings((name, fallback) => settings[name.replace('net.netfilter.', '')] ?? fallback),
    now: () => time,
  })
}

/** A packet's whole way through tracking: the packet afterwards. */
function send(bytes: Uint8Array, prepare: (packet: Packet) => void = () => undefined): Packet {
  const one = new Packet().load(bytes)
  one.parse()
  prepare(one)
  conntrack.track(one, 'PREROUTING')
  conntrack.confirm(one)
  return one
}

type Segment = { flags: string; seq?: number; ack?: number; window?: number; payload?: Uint8Array; mss?: number }
const fromClient = (segment: Segment): Packet =>
  send(packet.tcp({ ...CLIENT, sport: 1111, dport: 80, window: 1000, ...segment }))
const fromServer = (segment: Segment): Packet =>
  send(packet.tcp({ ...SERVER, sport: 80, dport: 1111, window: 2000, ...segment }))

function handshake(): void {
  fromClient({ flags: 'S', seq: 100 })
  fromServer({ flags: 'SA', seq: 500, ack: 101 })
  fromClient({ flags: 'A', seq: 101, ack: 501 })
}

const connections = (): TrackedConnection[] => [...conntrack.table]
const only = (): TrackedConnection => connections()[0] as TrackedConnection
const seconds = (): number => conntrack.expiresIn(only()) / 1000

beforeEach(() => {
  time = 0
  conntrack = create()
})

describe('a TCP connection', () => {
  it('is new, then established, and assured by the third packet', () => {
    expect(stateOf(fromClient({ flags: 'S', seq: 100 }))).toBe('NEW')
    expect(only().protocolState).toBe('SYN_SENT')
    expect(seconds()).toBe(120)
    const answer = fromServer({ flags: 'SA', seq: 500, ack: 101 })
    expect(stateOf(answer)).toBe('ESTABLISHED')
    expect(answer.ctInfo).toBe(CT_INFO.establishedReply)
    expect(only().protocolState).toBe('SYN_RECV')
    expect(only().status & CT_STATUS.assured).toBe(0)
    fromClient({ flags: 'A', seq: 101, ack: 501 })
    expect(only().protocolState).toBe('ESTABLISHED')
    expect(only().status & CT_STATUS.assured).not.toBe(0)
    expect(seconds()).toBe(432_000)
  })

  it('closes through FIN_WAIT, CLOSE_WAIT, LAST_ACK and TIME_WAIT', () => {
    handshake()
    const states = [
      fromClient({ flags: 'FA', seq: 101, ack: 501 }),
      fromServer({ flags: 'A', seq: 501, ack: 102 }),
      fromServer({ flags: 'FA', seq: 501, ack: 102 }),
      fromClient({ flags: 'A', seq: 102, ack: 502 }),
    ].map((one) => one.ct?.protocolState)
    expect(states.at(-1)).toBe('TIME_WAIT')
    expect(seconds()).toBe(120)
  })

  it('tells why a segment is invalid', () => {
    handshake()
    const late = fromClient({ flags: 'A', seq: 90_000, ack: 501 })
    expect(stateOf(late)).toBe('INVALID')
    expect(late.ctInvalidReason).toBe('sequence 90000 is beyond the window, which ends at 2101')
    const early = fromClient({ flags: 'A', seq: 101, ack: 9000 })
    expect(early.ctInvalidReason).toBe('acknowledgment 9000 is for data that was not seen (up to 501)')
    expect(fromClient({ flags: 'SF', seq: 1 }).ctInvalidReason).toBe('the combination of TCP flags is impossible')
    expect(connections()).toHaveLength(1)
  })

  it('tells the window where it does not reach back over 0', () => {
    fromClient({ flags: 'S', seq: 10_000 })
    fromServer({ flags: 'SA', seq: 50_000, ack: 10_001 })
    fromClient({ flags: 'A', seq: 10_001, ack: 50_001 })
    expect(fromClient({ flags: 'A', seq: 90_000, ack: 50_001 }).ctInvalidReason).toBe(
      'sequence 90000 is outside the window 8001–12001',
    )
  })

  it('is liberal where the sysctl says so', () => {
    conntrack = create({ nf_conntrack_tcp_be_liberal: 1 })
    handshake()
    expect(stateOf(fromClient({ flags: 'A', seq: 90_000, ack: 501 }))).toBe('ESTABLISHED')
  })

  it('is picked up in the middle unless tcp_loose is off', () => {
    expect(stateOf(fromClient({ flags: 'A', seq: 5, ack: 6 }))).toBe('NEW')
    expect(only().protocolState).toBe('ESTABLISHED')
    expect(seconds()).toBe(300)
    conntrack = create({ nf_conntrack_tcp_loose: 0 })
    const refused = fromClient({ flags: 'A', seq: 5, ack: 6 })
    expect(refused.ctInvalidReason).toBe('the connection was not seen to begin (tcp_loose is off)')
    expect(connections()).toHaveLength(0)
  })

  it('cannot begin with a SYN,ACK or a RST', () => {
    expect(fromServer({ flags: 'SA', seq: 1, ack: 2 }).ctInvalidReason).toBe('SYN,ACK cannot open a connection')
    expect(fromServer({ flags: 'R', seq: 1 }).ctInvalidReason).toBe('RST cannot open a connection')
  })

  it('is forgotten at once when its first answer is a RST', () => {
    fromClient({ flags: 'S', seq: 100 })
    const reset = fromServer({ flags: 'RA', seq: 0, ack: 101 })
    expect(stateOf(reset)).toBe('ESTABLISHED')
    expect(connections()).toHaveLength(0)
  })

  it('is not reset by a sequence number below what was acknowledged', () => {
    handshake()
    fromServer({ flags: 'PA', seq: 501, ack: 101, payload: new Uint8Array(100) })
    fromClient({ flags: 'A', seq: 101, ack: 601 })
    const reset = fromServer({ flags: 'R', seq: 550 })
    expect(reset.ctInvalidReason).toBe("the reset's sequence 550 is below 601, which was acknowledged")
    expect(only().protocolState).toBe('ESTABLISHED')
    expect(stateOf(fromServer({ flags: 'R', seq: 601 }))).toBe('ESTABLISHED')
    expect(only().protocolState).toBe('CLOSE')
  })

  it('gives its tuple to a new connection once it is closed', () => {
    handshake()
    fromClient({ flags: 'FA', seq: 101, ack: 501 })
    fromServer({ flags: 'FA', seq: 501, ack: 102 })
    fromClient({ flags: 'A', seq: 102, ack: 502 })
    const first = only()
    expect(stateOf(fromClient({ flags: 'S', seq: 70_000 }))).toBe('NEW')
    expect(connections()).toHaveLength(1)
    expect(only()).not.toBe(first)
  })

  it('lets a stray SYN pass and follows it when the server agrees', () => {
    handshake()
    fromClient({ flags: 'S', seq: 9000 })
    expect(only().protocolState).toBe('ESTABLISHED')
    fromServer({ flags: 'SA', seq: 7000, ack: 9001 })
    expect(only().protocolState).toBe('SYN_RECV')
  })

  it('opens simultaneously', () => {
    fromClient({ flags: 'S', seq: 100 })
    fromServer({ flags: 'S', seq: 500 })
    expect(only().protocolState).toBe('SYN_SENT2')
    fromClient({ flags: 'SA', seq: 100, ack: 501 })
    fromServer({ flags: 'A', seq: 501, ack: 101 })
    expect(only().protocolState).toBe('ESTABLISHED')
  })

  it('does not live longer for a repeated SYN', () => {
    fromClient({ flags: 'S', seq: 100 })
    time = 60_000
    fromClient({ flags: 'S', seq: 100 })
    expect(seconds()).toBe(60)
    time = 120_000
    expect(connections()).toHaveLength(0)
  })

  it('with a wrong checksum, or a header cut short, is invalid', () => {
    const bytes = packet.tcp({ ...CLIENT, sport: 1, dport: 2 })
    bytes[36] = (bytes[36] as number) ^ 1
    expect(send(bytes).ctInvalidReason).toBe('the TCP checksum is wrong')
    expect(send(packet.raw({ ...CLIENT, protocol: 6, payload: new Uint8Array(12) })).ctInvalidReason).toBe(
      'the TCP header is cut short (12 of 20 bytes)',
    )
    conntrack = create({ nf_conntrack_checksum: 0 })
    expect(stateOf(send(bytes))).toBe('NEW')
  })
})

describe('a UDP flow', () => {
  const ask = (): Packet => send(packet.udp({ ...CLIENT, sport: 5, dport: 6 }))
  const answer = (): Packet => send(packet.udp({ ...SERVER, sport: 6, dport: 5 }))

  it('lives 30 seconds, and 120 as a stream after two seconds in both directions', () => {
    expect(stateOf(ask())).toBe('NEW')
    expect(seconds()).toBe(30)
    expect(stateOf(answer())).toBe('ESTABLISHED')
    time = 1000
    ask()
    expect(only().status & CT_STATUS.assured).toBe(0)
    time = 2100
    ask()
    expect(only().status & CT_STATUS.assured).not.toBe(0)
    expect(seconds()).toBe(120)
  })

  it('is new again after it expired', () => {
    ask()
    time = 29_999
    expect(connections()).toHaveLength(1)
    time = 30_000
    expect(stateOf(ask())).toBe('NEW')
  })

  it('with an impossible length is invalid', () => {
    const bytes = packet.udp({ ...CLIENT, sport: 5, dport: 6, length: 60 })
    expect(send(bytes).ctInvalidReason).toBe('the UDP length 60 does not fit the 8 bytes there are')
  })
})

describe('ICMP', () => {
  it('queries open connections, stray answers do not', () => {
    expect(stateOf(send(packet.icmp({ ...CLIENT, type: 'echo-request', id: 7 })))).toBe('NEW')
    expect(stateOf(send(packet.icmp({ ...SERVER, type: 'echo-reply', id: 7 })))).toBe('ESTABLISHED')
    expect(send(packet.icmp({ ...SERVER, type: 'echo-reply', id: 8 })).ctInvalidReason).toBe(
      'ICMP type 0 answers nothing that was asked',
    )
  })

  it('errors belong to the connection they are about', () => {
    const asked = packet.udp({ ...CLIENT, sport: 5, dport: 6 })
    send(asked)
    const error = send(
      packet.icmp({ source: '10.0.1.2', destination: '10.0.0.5', type: 'port-unreachable', payload: asked }),
    )
    expect(stateOf(error)).toBe('RELATED')
    expect(error.ctInfo).toBe(CT_INFO.relatedReply)
    expect(error.ct).toBe(only())
    const elsewhere = send(
      packet.icmp({ source: '10.0.1.2', destination: '10.0.0.6', type: 'port-unreachable', payload: asked }),
    )
    expect(elsewhere.ctInvalidReason).toContain('goes to another address')
    const unknown = packet.udp({ ...CLIENT, sport: 77, dport: 6 })
    expect(
      send(packet.icmp({ source: '10.0.1.2', destination: '10.0.0.5', type: 'port-unreachable', payload: unknown }))
        .ctInvalidReason,
    ).toBe('the ICMP error is about no connection that is known')
  })

  it('of unknown type is invalid', () => {
    expect(send(packet.icmp({ ...CLIENT, type: 42 })).ctInvalidReason).toBe('ICMP type 42 is unknown')
  })

  it('neighbour discovery is never tracked', () => {
    const ends = { source: 'fd00::5', destination: 'fd00::1' }
    expect(stateOf(send(packet.icmp({ ...ends, type: 135, payload: new Uint8Array(16) })))).toBe('UNTRACKED')
    expect(stateOf(send(packet.icmp({ ...ends, type: 'echo-request', id: 1 })))).toBe('NEW')
  })
})

describe('tracking', () => {
  it('leaves alone what NOTRACK marked and what it saw on loopback', () => {
    const one = send(packet.udp(CLIENT), (sent) => {
      sent.ctInfo = CT_INFO.untracked
    })
    expect(stateOf(one)).toBe('UNTRACKED')
    expect(connections()).toHaveLength(0)
    const seen = send(packet.udp({ ...CLIENT, sport: 9 }))
    const before = seen.ct
    conntrack.track(seen, 'PREROUTING')
    expect(seen.ct).toBe(before)
  })

  it('keeps zones apart', () => {
    const zoned = (zone: number) => (one: Packet) => {
      one.ctTemplate = { zone, zoneDirection: 'both', helper: null, timeoutPolicy: null }
    }
    send(packet.udp({ ...CLIENT, sport: 5 }), zoned(1))
    expect(stateOf(send(packet.udp({ ...CLIENT, sport: 5 }), zoned(2)))).toBe('NEW')
    expect(connections().map((one) => one.zone)).toEqual([1, 2])
  })

  it('gives up a connection whose packet was dropped', () => {
    const one = new Packet().load(packet.udp(CLIENT))
    one.parse()
    conntrack.track(one, 'PREROUTING')
    conntrack.release(one)
    expect(connections()).toHaveLength(0)
    expect(stateOf(send(packet.udp(CLIENT)))).toBe('NEW')
  })

  it('drops the second of two new packets with one tuple', () => {
    const two = [1, 2].map(() => {
      const one = new Packet().load(packet.tcp({ ...CLIENT, sport: 5 }))
      one.parse()
      conntrack.track(one, 'PREROUTING')
      return one
    })
    expect(two.map((one) => conntrack.confirm(one))).toEqual([VERDICT.accept, VERDICT.drop])
  })

  it('makes room in a full table by ending what was not assured', () => {
    conntrack = create({ nf_conntrack_max: 3 })
    handshake()
    for (let sport = 10; sport < 20; sport++) send(packet.udp({ ...CLIENT, sport }))
    expect(connections()).toHaveLength(3)
    expect(connections().some((one) => one.original.protocol === 6)).toBe(true)
  })

  it('drops new flows when everything in a full table is assured', () => {
    conntrack = create({ nf_conntrack_max: 1 })
    handshake()
    const one = new Packet().load(packet.udp(CLIENT))
    one.parse()
    expect(conntrack.track(one, 'PREROUTING')).toBe(VERDICT.drop)
  })

  it('counts packets and bytes by direction where accounting is on', () => {
    conntrack = create({ nf_conntrack_acct: 1 })
    handshake()
    expect(only().accounting).toEqual([
      { packets: 2, bytes: 80 },
      { packets: 1, bytes: 40 },
    ])
  })
})

describe('the list', () => {
  const list = (withCounters = false): string =>
    listConnections(conntrack.table, (one) => conntrack.expiresIn(one) / 1000, withCounters)

  it('is what conntrack -L -o extended prints', () => {
    handshake()
    expect(list()).toBe(
      'ipv4     2 tcp      6 432000 ESTABLISHED src=10.0.0.5 dst=10.0.2.9 sport=1111 dport=80 ' +
        'src=10.0.2.9 dst=10.0.0.5 sport=80 dport=1111 [ASSURED] mark=0 use=1\n',
    )
  })

  it('shows ICMP, GRE and unknown protocols with what identifies them', () => {
    conntrack = create({ nf_conntrack_acct: 1 })
    send(packet.icmp({ ...CLIENT, type: 'echo-request', id: 9 }))
    send(
      packet.raw({ ...CLIENT, protocol: 47, payload: new Uint8Array([0x30, 1, 0x88, 0x0b, 0, 4, 0, 5, 0, 0, 0, 1]) }),
    )
    send(packet.raw({ ...CLIENT, protocol: 50, payload: new Uint8Array(8) }))
    expect(list(true).split('\n')).toEqual([
      'ipv4     2 icmp     1 30 src=10.0.0.5 dst=10.0.2.9 type=8 code=0 id=9 packets=1 bytes=28 [UNREPLIED] src=10.0.2.9 dst=10.0.0.5 type=0 code=0 id=9 packets=0 bytes=0 mark=0 use=1',
      'ipv4     2 gre      47 30 src=10.0.0.5 dst=10.0.2.9 srckey=0x0 dstkey=0x5 packets=1 bytes=32 [UNREPLIED] src=10.0.2.9 dst=10.0.0.5 srckey=0x5 dstkey=0x0 packets=0 bytes=0 mark=0 use=1',
      'ipv4     2 unknown  50 600 src=10.0.0.5 dst=10.0.2.9 packets=1 bytes=28 [UNREPLIED] src=10.0.2.9 dst=10.0.0.5 packets=0 bytes=0 mark=0 use=1',
      '',
    ])
  })
})
