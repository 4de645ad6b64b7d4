import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { concat, equalBytes, fromHex } from '../util/bytes.ts'
import { packet } from './build.ts'
import type { NetworkFields } from './build-fields.ts'
import { parsePacketText } from './language.ts'
import { printPacket, printPacketVerbose } from './print.ts'

const inner = packet.udp({ source: '10.0.0.2', destination: '10.0.0.1', sport: 5, dport: 6, payload: 'hi' })
const segment = packet.tcp({ source: '10.0.0.2', destination: '10.0.0.1', sport: 5, dport: 6, seq: 9 })

describe('a packet', () => {
  it.each([
    [packet.tcp(), 'tcp 192.0.2.1:40000 > 192.0.2.2:80 [S]'],
    [
      packet.tcp({ source: '::1', flags: 'PA', payload: 'a"b\n', ttl: 3 }),
      'tcp [::1]:40000 > [2001:db8::2]:80 [P.] hoplimit 3 payload "a\\"b\\n"',
    ],
    [packet.udp({ payload: 1400 }), 'udp 192.0.2.1:40000 > 192.0.2.2:53 len 1400'],
    [packet.udp({ payload: Uint8Array.of(0, 1) }), 'udp 192.0.2.1:40000 > 192.0.2.2:53 payload 0x0001'],
    [packet.udp({ checksum: 0 }), 'udp 192.0.2.1:40000 > 192.0.2.2:53 csum 0x0000'],
    [packet.icmp({ id: 1, sequence: 2 }), 'icmp 192.0.2.1 > 192.0.2.2 echo-request id 1 seq 2'],
    [
      packet.icmp({ type: 'port-unreachable', payload: inner }),
      'icmp 192.0.2.1 > 192.0.2.2 port-unreachable (udp 10.0.0.2:5 > 10.0.0.1:6 payload "hi")',
    ],
    [
      packet.icmp({ type: 11, payload: segment.slice(0, 28) }),
      'icmp 192.0.2.1 > 192.0.2.2 ttl-zero-during-transit (tcp 10.0.0.2:5 > 10.0.0.1:6 seq 9 totlen 40 cut 28)',
    ],
    [packet.icmp({ type: 3, code: 200 }), 'icmp 192.0.2.1 > 192.0.2.2 destination-unreachable code 200'],
    [packet.icmp({ type: 42, code: 1, rest: 255 }), 'icmp 192.0.2.1 > 192.0.2.2 type 42 code 1 rest 0xff'],
    [
      packet.icmp({ type: 'host-redirect', gateway: '10.9.9.9' }),
      'icmp 192.0.2.1 > 192.0.2.2 host-redirect gateway 10.9.9.9',
    ],
    [
      packet.raw({ offset: 1480, id: 7, protocol: 'udp', payload: 8 }),
      'udp 192.0.2.1 > 192.0.2.2 id 7 frag 1480 len 8',
    ],
    [
      packet.raw({ protocol: 'ipencap', payload: inner }),
      'proto ipencap 192.0.2.1 > 192.0.2.2 (udp 10.0.0.2:5 > 10.0.0.1:6 payload "hi")',
    ],
    [concat(packet.raw({ protocol: 89 }), fromHex('0102')), 'proto ospf 192.0.2.1 > 192.0.2.2 trailer 0x0102'],
    [
      packet.raw({ protocol: 'tcp', payload: 'abc' }),
      'proto tcp 192.0.2.1 > 192.0.2.2 payload "abc" note "malformed tcp: 3 bytes, at least 20 expected"',
    ],
    [
      packet.sctp({ chunks: ['INIT', { type: 9, flags: 1 }] }),
      'sctp 192.0.2.1:40000 > 192.0.2.2:80 chunk INIT/0x0 0x00000001000100000001000100000001 chunk ERROR/0x1 0x',
    ],
    [packet.dccp({ type: 'RESET', reset: 1 }), 'dccp 192.0.2.1:40000 > 192.0.2.2:80 [RESET] reset 0x1'],
    [
      packet.gre({ payload: inner, key: 7 }),
      'gre 192.0.2.1 > 192.0.2.2 key 7 (udp 10.0.0.2:5 > 10.0.0.1:6 payload "hi")',
    ],
    [packet.ah({ source: '::1', spi: 9, nextHeader: 'tcp' }), 'ah ::1 > 2001:db8::2 spi 0x9 next tcp'],
    [packet.udp({ source: '::1', mf: true, id: 5 }), 'udp [::1]:40000 > [2001:db8::2]:53 id 5 mf'],
  ])('is printed as it is written (%#)', (bytes, text) => {
    expect(printPacket(bytes)).toBe(text)
    expect(parsePacketText(text).bytes).toEqual(bytes)
  })

  it('shows its mark and, where asked, only the length of its data', () => {
    const bytes = packet.udp({ payload: 'hello' })
    expect(printPacket(bytes, { payload: 'length', mark: 16 })).toBe(
      'udp 192.0.2.1:40000 > 192.0.2.2:53 len 5 mark 0x10',
    )
  })

  it('says what makes it malformed', () => {
    expect(printPacket(new Uint8Array(0))).toBe('malformed packet: no bytes')
    expect(printPacket(Uint8Array.of(0x20))).toBe('malformed packet: IP version 2, 4 or 6 expected')
    expect(printPacket(Uint8Array.of(0x44, ...new Uint8Array(19)))).toBe(
      'malformed ipv4: header length 16, at least 20 expected',
    )
    expect(printPacket(Uint8Array.of(0x60, ...new Uint8Array(19)))).toBe(
      'malformed ipv6: 20 bytes, at least 40 expected',
    )
    expect(printPacket(packet.raw({ source: '::1', protocol: 0, payload: 4 }))).toBe(
      'malformed ipv6: hop-by-hop header has 4 bytes, at least 8 expected',
    )
  })

  it('stops at a depth, and reads what is deeper as data', () => {
    let bytes = inner
    for (let i = 0; i < 20; i++) bytes = packet.raw({ protocol: 'ipencap', payload: bytes })
    const text = printPacket(bytes)
    expect(text.split('(')).toHaveLength(9)
    expect(parsePacketText(text).bytes).toEqual(bytes)
  })
})

const byte = fc.nat(255)
const u16 = fc.nat(0xffff)
const u32 = fc.integer({ min: 0, max: 0xffffffff })
const data = fc.oneof(fc.uint8Array({ maxLength: 40 }), fc.nat(1400), fc.string({ maxLength: 30 }))
const maybe = <T>(values: fc.Arbitrary<T>) => fc.option(values, { nil: undefined })

const v4 = fc.record({
  source: u32,
  destination: u32,
  ttl: byte,
  tos: byte,
  id: u16,
  df: fc.boolean(),
  mf: fc.boolean(),
  reserved: fc.boolean(),
  ipOptions: maybe(
    fc.array(
      fc.oneof(
        fc.record({
          kind: fc.constantFrom('rr' as const, 'lsrr' as const, 'ssrr' as const),
          pointer: byte,
          addresses: fc.array(u32, { maxLength: 2 }),
        }),
        fc.record({ kind: fc.constant('ra' as const), value: u16 }),
        fc.record({
          kind: fc.constant('timestamp' as const),
          pointer: byte,
          overflow: fc.nat(15),
          flag: fc.nat(15),
          words: fc.array(u32, { maxLength: 2 }),
        }),
        fc.constant({ kind: 'nop' as const }),
        fc.record({
          kind: fc.constant('other' as const),
          type: fc.integer({ min: 2, max: 255 }),
          data: fc.uint8Array({ maxLength: 6 }),
        }),
      ),
      { maxLength: 3 },
    ),
  ),
})
const words = fc.tuple(u32, fc.constantFrom(0, 1), u32, u32)
const v6 = fc.record({
  source: words,
  destination: words,
  ttl: byte,
  tos: byte,
  flowLabel: fc.nat(0xfffff),
  mf: fc.boolean(),
  id: u32,
  extensions: maybe(
    fc.array(fc.record({ protocol: fc.constantFrom(0, 43, 44, 60), body: fc.constant(undefined) }), { maxLength: 3 }),
  ),
})
const network: fc.Arbitrary<NetworkFields> = fc.oneof(v4, v6)

const tcpOptions = fc.array(
  fc.oneof(
    fc.record({ kind: fc.constant('mss' as const), value: u16 }),
    fc.record({ kind: fc.constant('wscale' as const), shift: byte }),
    fc.constant({ kind: 'sackOK' as const }),
    fc.constant({ kind: 'nop' as const }),
    fc.record({ kind: fc.constant('timestamps' as const), value: u32, echo: u32 }),
    fc.record({ kind: fc.constant('sack' as const), blocks: fc.array(fc.tuple(u32, u32), { maxLength: 1 }) }),
    fc.record({
      kind: fc.constant('other' as const),
      type: fc.integer({ min: 9, max: 255 }),
      data: fc.uint8Array({ maxLength: 5 }),
    }),
  ),
  { maxLength: 3 },
)
const ports = { sport: u16, dport: u16, payload: data, checksum: maybe(u16) }
const leaf = fc.oneof(
  fc
    .tuple(
      network,
      fc.record({
        ...ports,
        flags: byte,
        seq: u32,
        ack: u32,
        window: u16,
        urgent: u16,
        reservedBits: fc.nat(15),
        options: tcpOptions,
      }),
    )
    .map(([n, f]) => packet.tcp({ ...n, ...f })),
  fc
    .tuple(network, fc.record({ ...ports, length: maybe(fc.integer({ min: 8, max: 0xffff })) }))
    .map(([n, f]) => packet.udp({ ...n, ...f })),
  fc
    .tuple(network, fc.record({ ...ports, coverage: fc.constantFrom(0, 8, 12, 999) }))
    .map(([n, f]) => packet.udplite({ ...n, ...f })),
  fc
    .tuple(
      network,
      fc.record({
        ...ports,
        type: fc.nat(15),
        long: fc.boolean(),
        seq: fc.nat(0xffffff),
        ack: fc.nat(0xffffff),
        service: u32,
        reset: u32,
        ccval: fc.nat(15),
        coverage: fc.nat(15),
      }),
    )
    .map(([n, f]) => packet.dccp({ ...n, ...f })),
  fc
    .tuple(
      network,
      fc.record({
        sport: u16,
        dport: u16,
        verificationTag: u32,
        checksum: maybe(u32),
        chunks: fc.array(fc.record({ type: byte, flags: byte, value: maybe(fc.uint8Array({ maxLength: 9 })) }), {
          maxLength: 3,
        }),
      }),
    )
    .map(([n, f]) => packet.sctp({ ...n, ...f })),
  fc
    .tuple(network, fc.record({ type: byte, code: byte, rest: u32, checksum: maybe(u16), payload: data }))
    .map(([n, f]) => packet.icmp({ ...n, ipId: n.id, id: undefined, ...f })),
  fc.tuple(network, fc.record({ spi: u32, sequence: u32, payload: data })).map(([n, f]) => packet.esp({ ...n, ...f })),
  fc
    .tuple(
      network,
      fc.record({
        spi: u32,
        sequence: u32,
        nextHeader: byte,
        reservedBits: u16,
        icv: fc.uint8Array({ minLength: 4, maxLength: 4 }),
        payload: data,
      }),
    )
    .map(([n, f]) => packet.ah({ ...n, ...f })),
  fc
    .tuple(network, fc.record({ protocol: byte, offset: fc.nat(100).map((n) => n * 8), payload: data }))
    .map(([n, f]) => packet.raw({ ...n, ...f })),
)
const nested = fc.oneof(
  leaf,
  fc
    .tuple(network, leaf, fc.nat(60))
    .map(([n, l, cut]) => packet.icmp({ ...n, id: undefined, type: 3, payload: l.slice(0, 20 + cut) })),
  fc
    .tuple(network, leaf, maybe(u32), fc.boolean())
    .map(([n, payload, key, sum]) => packet.gre({ ...n, payload, key, checksum: sum || undefined })),
  fc
    .tuple(network, fc.record({ callId: u16, sequence: maybe(u32), ack: maybe(u32), payload: data }))
    .map(([n, f]) => packet.gre({ ...n, version: 1, ...f })),
)

it('is read again as the same bytes, for any packet of the language', () => {
  fc.assert(
    fc.property(nested, (bytes) => {
      const text = printPacket(bytes)
      return text.startsWith('malformed') || equalBytes(parsePacketText(text).bytes, bytes)
    }),
    { numRuns: 2000 },
  )
})

describe('a packet in full', () => {
  it('has a line for each header', () => {
    const bytes = packet.tcp({ df: true, flags: 'SA', options: [{ kind: 'mss', value: 1460 }] })
    expect(printPacketVerbose(bytes).split('\n')).toEqual([
      'tcp 192.0.2.1:40000 > 192.0.2.2:80 [S.] mss 1460 df',
      '  ipv4: 192.0.2.1 > 192.0.2.2, tos 0x0, ttl 64, id 0, offset 0, flags [DF], protocol tcp (6), length 44, checksum 0xb6c8 (correct)',
      '  tcp: 40000 > 80, flags [S.], seq 0, ack 0, window 64240, urgent 0, options [mss 1460], data 0, checksum 0x7c91 (correct)',
    ])
  })

  it('shows the packet inside, what is missing of it, and what is wrong', () => {
    const bytes = packet.icmp({ type: 'port-unreachable', checksum: 1, payload: segment.slice(0, 28) })
    expect(printPacketVerbose(bytes).split('\n').slice(2)).toEqual([
      '  icmp: type 3, code 3 (port-unreachable), rest 0x0, data 28, checksum 0x0001 (incorrect, should be 0xfce8)',
      '    ipv4: 10.0.0.2 > 10.0.0.1, tos 0x0, ttl 64, id 0, offset 0, flags [none], protocol tcp (6), length 40 (12 missing), checksum 0x66ce (correct)',
      '    malformed tcp: 8 bytes, at least 20 expected',
    ])
  })

  it('says no more than is there', () => {
    expect(printPacketVerbose(Uint8Array.of(0x30))).toBe(
      'malformed packet: IP version 3, 4 or 6 expected\n  malformed packet: IP version 3, 4 or 6 expected',
    )
    expect(printPacketVerbose(packet.raw({ source: '::1', offset: 8, protocol: 'udp', payload: 8 }))).toContain(
      '\n  fragment: length 8, next header udp (17), data 0x000800000000\n  data 8',
    )
  })
})
