import { describe, expect, it } from 'vitest'
import { Packet, PKTTYPE } from '../packet/packet.ts'
import { fromHex, toHex } from '../util/bytes.ts'
import { type IcmpErrorRequest, icmpError, type ReplyRoute, rejectReply } from './reply.ts'

// The packets are as they are in FORWARD (one hop less than they came with). The answers are what Linux 6.18 sent, with
// IPv4 identification 0 instead of its counter.
const UDP4 = '453b001e000100003f1165860a0000050a00020900010002000ae8c70102'
const SYN4 = '4500002b000100003f0665bf0a0000050a00020904570050000003e800000000500202008b410000010203'
const ACK4 = '45000028000100003f0665c20a0000050a00020904570050000003e800000000501002008f380000'
const UDP6 = '63b12345000a113ffd000000000000000000000000000005fd00000000000002000000000000000900010002000a04c40102'
const SYN6 =
  '600000000015063ffd000000000000000000000000000005fd00000000000002000000000000000904570050000003e80000000050030200a440000007'

const route4: ReplyRoute = { source: [0x0a000001, 0, 0, 0], toMany: false }
const route6: ReplyRoute = { source: [0xfd000000, 0, 0, 1], toMany: false }

function packetOf(hex: string, change: (bytes: Uint8Array) => void = () => {}): Packet {
  const bytes = fromHex(hex)
  change(bytes)
  const packet = new Packet().load(bytes)
  packet.parse()
  return packet
}

const text = (bytes: Uint8Array | null) => (bytes === null ? null : toHex(bytes))

describe('REJECT answers', () => {
  it('an IPv4 packet with an ICMP error that quotes it', () => {
    expect(text(rejectReply(packetOf(UDP4), 'icmp-port-unreachable', route4))).toBe(
      `45da003a0000000040${'0165e4'}0a0000010a000005030313260000${'0000'}${UDP4}`,
    )
  })

  it('a TCP segment with a reset that acknowledges what it carried', () => {
    expect(text(rejectReply(packetOf(SYN4), 'tcp-reset', route4))).toBe(
      '4500002800004000400624c30a0002090a0000050050045700000000000003ec5014000091300000',
    )
  })

  it('an acknowledgement with a reset at its own sequence number', () => {
    expect(text(rejectReply(packetOf(ACK4), 'tcp-reset', route4))).toBe(
      '4500002800004000400624c30a0002090a00000500500457000000000000000050040000952c0000',
    )
  })

  it('an IPv6 packet with an ICMPv6 error', () => {
    expect(text(rejectReply(packetOf(UDP6), 'icmp6-policy-fail', route6))).toBe(
      `60000000003a3a40fd000000000000000000000000000001fd00000000000000000000000000000501056c5a00000000${UDP6}`,
    )
  })

  it('an IPv6 TCP segment with a reset', () => {
    expect(text(rejectReply(packetOf(SYN6), 'tcp-reset', route6))).toBe(
      '6000000000140640fd000000000000020000000000000009fd0000000000000000000000000000050050045700000000000003eb50140000ad2d0000',
    )
  })

  it.each([
    ['a wrong UDP checksum', UDP4, (b: Uint8Array) => b.fill(9, 26, 28), 'icmp-port-unreachable'],
    ['a wrong TCP checksum', SYN4, (b: Uint8Array) => b.fill(9, 36, 38), 'tcp-reset'],
    ['a reset', SYN4, (b: Uint8Array) => b.fill(4, 33, 34), 'tcp-reset'],
    ['a later fragment', UDP4, (b: Uint8Array) => b.fill(1, 7, 8), 'icmp-port-unreachable'],
    ['a wrong checksum, IPv6', UDP6, (b: Uint8Array) => b.fill(9, 46, 48), 'icmp6-port-unreachable'],
  ] as const)('nothing to %s', (_name, hex, change, kind) => {
    expect(rejectReply(packetOf(hex, change), kind, hex[0] === '4' ? route4 : route6)).toBeNull()
  })

  it('what was found right before, although forwarding changed the header; resets ask again', () => {
    const stale = (hex: string) => packetOf(hex, (bytes) => bytes.fill(9, 10, 12))
    const packet = stale(UDP4)
    expect(rejectReply(packet, 'icmp-port-unreachable', route4)).toBeNull()
    packet.checksumValid = true
    expect(rejectReply(packet, 'icmp-port-unreachable', route4)).not.toBeNull()
    const syn = stale(SYN4)
    syn.checksumValid = true
    syn.outDevice = { name: 't2', index: 4, link: 'none', mtu: 1500, up: true, mac: null, addresses: [] }
    expect(rejectReply(syn, 'tcp-reset', route4)).toBeNull()
    syn.outDevice = null
    expect(rejectReply(syn, 'tcp-reset', route4)).not.toBeNull()
  })

  it('a UDP packet without a checksum', () => {
    const packet = packetOf(UDP4, (bytes) => bytes.fill(0, 26, 28))
    expect(rejectReply(packet, 'icmp-port-unreachable', route4)).not.toBeNull()
  })

  it('an unknown protocol only when all of its payload sums up, as if it had a checksum', () => {
    const unknown = (payload: string) => packetOf(`45000018000100003f6300000a0000050a000209${payload}`, fixHeader)
    expect(rejectReply(unknown('01020304'), 'icmp-port-unreachable', route4)).toBeNull()
    expect(rejectReply(unknown('0102fefd'), 'icmp-port-unreachable', route4)).not.toBeNull()
  })
})

describe('ICMP errors', () => {
  const about = (packet: Packet, more: Partial<IcmpErrorRequest> = {}) =>
    icmpError({
      packet,
      type: packet.family === 4 ? 11 : 3,
      code: 0,
      ...(packet.family === 4 ? route4 : route6),
      ...more,
    })

  it('about a packet whose time is over', () => {
    const late = '453b001e000100000111a3860a0000050a00020900010002000ae8c70102'
    expect(text(about(packetOf(late)))).toBe(`45da003a00000000400165e40a0000010a0000050b000b2900000000${late}`)
  })

  it('quote no more than fits 576 and 1280 bytes, or a smaller way back', () => {
    const long4 = packetOf(UDP4 + '00'.repeat(1400))
    expect(about(long4)?.length).toBe(576)
    expect(about(long4, { mtu: 100 })?.length).toBe(100)
    expect(about(packetOf(UDP6 + '00'.repeat(1400)))?.length).toBe(1280)
  })

  it('are not sent about errors, to many, or from nobody', () => {
    const icmp = (type: number) =>
      packetOf(`4500001c000100003f0100000a0000050a000209${type.toString(16).padStart(2, '0')}00f7ff00000000`)
    expect(about(icmp(8))).not.toBeNull()
    expect(about(icmp(3))).toBeNull()
    expect(about(icmp(42))).toBeNull()
    expect(about(packetOf(UDP4), { toMany: true })).toBeNull()
    const broadcast = packetOf(UDP4)
    broadcast.pkttype = PKTTYPE.broadcast
    expect(about(broadcast)).toBeNull()
    expect(about(packetOf(UDP6, (bytes) => bytes.fill(0xff, 8, 9)))).toBeNull()
    expect(about(packetOf(UDP6, (bytes) => bytes.fill(0, 8, 24)))).toBeNull()
  })

  it('quote a reset of the host with the sum of its pseudo-header', () => {
    const reset = packetOf('4500002800004000400624c20a0002090a00000600194e3500000000c2bff19450140000971f0000')
    reset.checksumPartial = true
    expect(text(about(reset)!.subarray(28 + 36, 28 + 38))).toBe('1629')
  })

  it('to multicasts are only about their size', () => {
    const group = packetOf(UDP6, (bytes) => bytes.fill(0xff, 24, 25))
    expect(about(group)).toBeNull()
    expect(about(group, { type: 2, info: 1280 })).not.toBeNull()
  })
})

function fixHeader(bytes: Uint8Array): void {
  let sum = 0
  bytes.fill(0, 10, 12)
  for (let i = 0; i < 20; i += 2) sum += (bytes[i]! << 8) | bytes[i + 1]!
  sum = (sum & 0xffff) + (sum >>> 16)
  bytes[10] = ~sum >> 8
  bytes[11] = ~sum
}
