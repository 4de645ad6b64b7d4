import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { concat, fromHex, toHex } from '../util/bytes.ts'
import { UsageError } from '../util/errors.ts'
import { type PseudoHeader, parseIpv4Address } from './address.ts'
import { buildTcp, formatTcpFlags, parseTcp, parseTcpFlags, tcp } from './tcp.ts'
import { buildTcpOptions, parseTcpOptions, type TcpOption } from './tcp-options.ts'
import { buildUdp, parseUdp, udp, udpChecksum } from './udp.ts'
import { buildUdplite, parseUdplite, udplite } from './udplite.ts'

const addresses: PseudoHeader = {
  source: [parseIpv4Address('192.0.2.1'), 0, 0, 0],
  destination: [parseIpv4Address('192.0.2.2'), 0, 0, 0],
}
const u16 = fc.nat(65535)
const u32 = fc.integer({ min: 0, max: 0xffffffff })

describe('TCP', () => {
  // tcpdump: Flags [S.], cksum 0x2c68 (correct), seq 0, ack 0, win 64240, options [mss 1460,sackOK,TS val 1 ecr 2,nop,wscale 7]
  const segment = fromHex('9c400050 00000000 00000000 a012faf0 2c680000 020405b40402080a 0000000100000002 01030307')
  const options: TcpOption[] = [
    { kind: 'mss', value: 1460 },
    { kind: 'sackOK' },
    { kind: 'timestamps', value: 1, echo: 2 },
    { kind: 'nop' },
    { kind: 'wscale', shift: 7 },
  ]

  it('is read and built', () => {
    const wanted = {
      sport: 40000,
      dport: 80,
      seq: 0,
      ack: 0,
      headerLength: 40,
      reserved: 0,
      flags: 0x12,
      window: 64240,
      urgent: 0,
    }
    expect(parseTcp(segment)).toEqual({ ok: true, ...wanted, checksum: 0x2c68, options, payloadOffset: 40 })
    expect(toHex(buildTcp({ ...wanted, options, addresses }))).toBe(toHex(segment))
  })

  it('gives its fields as numbers', () => {
    const bytes = fromHex('00 0001 0002 80000003 00000004 6a12 0005 0006 0007')
    const read = Object.fromEntries(Object.entries(tcp).map(([name, reader]) => [name, reader(bytes, 1)]))
    const first = { sport: 1, dport: 2, seq: 0x80000003, ack: 4, headerLength: 24, reserved: 10, flags: 0x12 }
    expect(read).toEqual({ ...first, window: 5, checksum: 6, urgent: 7 })
  })

  it.each([
    [segment.subarray(0, 19), 'tcp: 19 bytes, at least 20 expected'],
    [segment.subarray(0, 39), 'tcp: header length 40 of 39 bytes'],
    [concat(segment.subarray(0, 12), fromHex('4012faf000000000')), 'tcp: header length 16, at least 20 expected'],
    [concat(segment.subarray(0, 12), fromHex('6012faf000000000 02050000')), 'tcp: option 2 with length 5 of 4 bytes'],
    [concat(segment.subarray(0, 12), fromHex('6012faf000000000 01010102')), 'tcp: option 2 with length 0 of 1 bytes'],
  ])('is malformed (%#)', (bytes, reason) => expect(parseTcp(bytes)).toEqual({ ok: false, malformed: reason }))

  it('has options of every kind, and of none', () => {
    const cases: readonly [string, TcpOption[]][] = [
      ['050a 00000001 80000000 0101', [{ kind: 'sack', blocks: [[1, 0x80000000]] }, { kind: 'nop' }, { kind: 'nop' }]],
      ['fe04 abcd', [{ kind: 'other', type: 254, data: Uint8Array.of(0xab, 0xcd) }]],
      // Lengths that do not suit the kind.
      ['0203 0001', [{ kind: 'other', type: 2, data: Uint8Array.of(0) }, { kind: 'nop' }]],
      ['0504 0000', [{ kind: 'other', type: 5, data: Uint8Array.of(0, 0) }]],
    ]
    for (const [text, wanted] of cases) {
      const bytes = fromHex(text)
      expect(parseTcpOptions(bytes, 0, bytes.length)).toEqual(wanted)
      expect(toHex(buildTcpOptions(wanted))).toBe(toHex(bytes))
    }
    expect(parseTcpOptions(fromHex('0100ffff'), 0, 4)).toEqual([{ kind: 'nop' }, { kind: 'eol' }])
    expect(() => buildTcpOptions(new Array(11).fill({ kind: 'mss', value: 1 }))).toThrow('take 44 bytes: at most 40')
  })

  it('writes its flags as tcpdump does', () => {
    expect([0, 2, 0x12, 0x11, 0x19, 0x04, 0xe0, 0xff].map(formatTcpFlags)).toEqual([
      'none',
      'S',
      'S.',
      'F.',
      'FP.',
      'R',
      'UEW',
      'FSRP.UEW',
    ])
    for (let flags = 0; flags < 256; flags++) expect(parseTcpFlags(formatTcpFlags(flags))).toBe(flags)
    expect(parseTcpFlags('SA')).toBe(0x12)
    expect(() => parseTcpFlags('X')).toThrow(UsageError)
  })
})

describe('UDP', () => {
  it('is read and built', () => {
    const bytes = fromHex('9c400035 000b1afc 616263')
    const built = buildUdp({ sport: 40000, dport: 53, payload: fromHex('616263'), addresses })
    expect(toHex(built)).toBe(toHex(bytes))
    expect(parseUdp(bytes)).toEqual({
      ok: true,
      sport: 40000,
      dport: 53,
      length: 11,
      checksum: 0x1afc,
      payloadOffset: 8,
      payloadEnd: 11,
    })
    expect([udp.sport, udp.dport, udp.length, udp.checksum].map((read) => read(bytes, 0))).toEqual([
      40000, 53, 11, 0x1afc,
    ])
  })

  it('ends where its length says', () => {
    expect(parseUdp(fromHex('0001 0002 0009 0000 ff ff'))).toMatchObject({ payloadOffset: 8, payloadEnd: 9 })
    expect(parseUdp(fromHex('0001 0002 0020 0000 ff ff'))).toMatchObject({ payloadOffset: 8, payloadEnd: 10 })
    expect(parseUdp(fromHex('0001 0002 0007 0000'))).toEqual({
      ok: false,
      malformed: 'udp: length 7, at least 8 expected',
    })
    expect(parseUdp(fromHex('0001 0002 0008'))).toEqual({ ok: false, malformed: 'udp: 6 bytes, at least 8 expected' })
  })

  it('never sends the checksum 0', () => {
    fc.assert(
      fc.property(u16, fc.uint8Array({ maxLength: 5 }), (sport, payload) => {
        const bytes = buildUdp({ sport, payload, addresses })
        return udp.checksum(bytes, 0) !== 0 && udpChecksum(bytes, 0, bytes.length, addresses) === udp.checksum(bytes, 0)
      }),
    )
    expect(udp.checksum(buildUdp({ sport: 1 }), 0)).toBe(0)
  })
})

describe('UDP-Lite', () => {
  it('covers what its coverage says', () => {
    const one = buildUdplite({ sport: 1, dport: 2, coverage: 8, payload: Uint8Array.of(1, 2), addresses })
    const two = buildUdplite({ sport: 1, dport: 2, coverage: 8, payload: Uint8Array.of(3, 4), addresses })
    const all = buildUdplite({ sport: 1, dport: 2, payload: Uint8Array.of(3, 4), addresses })
    expect(udplite.checksum(one, 0)).toBe(udplite.checksum(two, 0))
    expect(udplite.checksum(all, 0)).not.toBe(udplite.checksum(two, 0))
    // c000+0201+c000+0202 + 136 + 10 + 1 + 2 + 8
    const folded = ((0xc000 + 0x0201 + 0xc000 + 0x0202 + 136 + 10 + 1 + 2 + 8) & 0xffff) + 1
    expect(udplite.checksum(one, 0)).toBe(~folded & 0xffff)
    expect(parseUdplite(one)).toMatchObject({ ok: true, sport: 1, dport: 2, coverage: 8, payloadOffset: 8 })
  })

  it('covers at least its header', () => {
    expect(parseUdplite(fromHex('0001 0002 0007 0000'))).toEqual({
      ok: false,
      malformed: 'udplite: checksum coverage 7, 0 or at least 8 expected',
    })
    expect(parseUdplite(fromHex('0001'))).toEqual({ ok: false, malformed: 'udplite: 2 bytes, at least 8 expected' })
  })
})

it('every field that is built is read', () => {
  const tcpFields = fc.record({
    sport: u16,
    dport: u16,
    seq: u32,
    ack: u32,
    reserved: fc.nat(15),
    flags: fc.nat(255),
    window: u16,
    checksum: u16,
    urgent: u16,
  })
  fc.assert(fc.property(tcpFields, (fields) => void expect(parseTcp(buildTcp(fields))).toMatchObject(fields)))
  const udpFields = fc.record({ sport: u16, dport: u16, length: fc.integer({ min: 8, max: 65535 }), checksum: u16 })
  fc.assert(fc.property(udpFields, (fields) => void expect(parseUdp(buildUdp(fields))).toMatchObject(fields)))
})
