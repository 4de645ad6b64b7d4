import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { fromHex, toHex } from '../util/bytes.ts'
import { UsageError } from '../util/errors.ts'
import { addressesOf } from '../wire/address.ts'
import { checksum, pseudoSum } from '../wire/checksum.ts'
import { parseIcmp } from '../wire/icmp.ts'
import { parseIpv4 } from '../wire/ipv4.ts'
import { parseIpv6 } from '../wire/ipv6.ts'
import { parseTcp } from '../wire/tcp.ts'
import { packet } from './build.ts'

describe('packets with nothing but defaults', () => {
  it('are the bytes that tcpdump reads as such', () => {
    expect(toHex(packet.tcp())).toBe(
      '45000028000000004006f6ccc0000201c0000202' + '9c4000500000000000000000' + '5002faf0' + '945d0000',
    )
    expect(toHex(packet.udp({ source: '2001:db8::1', payload: 'abc' }))).toBe(
      '60000000000b114020010db8000000000000000000000001' +
        '20010db8000000000000000000000002' +
        '9c400035000b438b616263',
    )
    expect(toHex(packet.icmp({ id: 3, sequence: 4, payload: 'hi' }))).toBe(
      '4500001e000000004001f6dbc0000201c0000202' + '08008f8f00030004' + '6869',
    )
  })
})

describe('checksums', () => {
  const address = fc.constantFrom('10.0.0.1', '255.255.255.255', '0.0.0.0')
  const address6 = fc.constantFrom('::', '2001:db8::1', 'ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff')
  const kinds = [
    ['tcp', 6],
    ['udp', 17],
    ['dccp', 33],
    ['udplite', 136],
  ] as const

  it('hold for any payload over either family', () => {
    fc.assert(
      fc.property(
        fc.oneof(fc.tuple(address, address), fc.tuple(address6, address6)),
        fc.uint8Array({ maxLength: 40 }),
        fc.constantFrom(...kinds),
        ([source, destination], payload, [kind, protocol]) => {
          const bytes = packet[kind]({ source, destination, payload })
          const ip = source.includes(':') ? parseIpv6(bytes) : parseIpv4(bytes)
          if (!ip.ok) return false
          const pseudo = pseudoSum(addressesOf(bytes), protocol, bytes.length - ip.payloadOffset)
          return checksum(bytes, ip.payloadOffset, bytes.length, pseudo) === 0
        },
      ),
    )
  })

  it('are sent as 0xffff where a UDP sum is zero', () => {
    // The checksum as data makes the whole sum 0xffff, and the checksum 0.
    const bytes = packet.udp({ payload: packet.udp({ payload: 2 }).slice(26, 28) })
    expect(toHex(bytes.subarray(26, 28))).toBe('ffff')
  })

  it('are taken as given', () => {
    const ip = parseIpv4(packet.ipv4({ ipChecksum: 0x1234 }))
    expect(ip).toMatchObject({ checksum: 0x1234, checksumHolds: false })
    expect(parseTcp(packet.tcp({ checksum: 7 }), 20)).toMatchObject({ checksum: 7 })
  })
})

describe('names', () => {
  it('set the type and code of ICMP by family', () => {
    expect(parseIcmp(packet.icmp({ type: 'port-unreachable' }), 20)).toMatchObject({ type: 3, code: 3 })
    expect([...packet.icmp({ source: '::1', type: 'port-unreachable' }).subarray(40, 42)]).toEqual([1, 4])
    expect(() => packet.icmp({ source: '::1', type: 'host-unreachable' })).toThrow(UsageError)
  })

  it('set protocol, flags and chunk types', () => {
    expect(packet.raw({ protocol: 'ospf' })[9]).toBe(89)
    expect(packet.tcp({ flags: 'FA' })[33]).toBe(0x11)
    expect(packet.tcp({ flags: 'FP.' })[33]).toBe(0x19)
    expect([packet.sctp({ chunks: ['ABORT'] })[32], packet.dccp({ type: 'RESET' })[28]]).toEqual([6, 15])
    for (const bad of [
      () => packet.raw({ protocol: 'x' }),
      () => packet.tcp({ flags: 'Q' }),
      () => packet.sctp({ chunks: ['x'] }),
    ])
      expect(bad).toThrow(UsageError)
  })
})

describe('fragments', () => {
  it('carry offset and flags in bytes', () => {
    expect(parseIpv4(packet.ipv4({ offset: 1480, mf: true, id: 9, df: true }))).toMatchObject({
      fragmentOffset: 1480,
      mf: true,
      df: true,
      id: 9,
    })
    expect(() => packet.ipv4({ offset: 4 })).toThrow(/multiple of 8/)
  })

  it('get a fragment header in IPv6', () => {
    const bytes = packet.raw({ source: '::1', offset: 16, mf: true, id: 0x12345678, protocol: 'udp', payload: 8 })
    expect(toHex(bytes.subarray(40, 48))).toBe('1100001112345678')
    expect(parseIpv6(bytes)).toMatchObject({ protocol: 17, fragmentOffset: 16, mf: true, payloadOffset: 48 })
  })
})

describe('what does not fit', () => {
  it('is refused', () => {
    for (const bad of [
      () => packet.tcp({ source: '10.0.0.1', destination: '::1' }),
      () => packet.tcp({ source: '10.0.0.1', flowLabel: 1 }),
      () => packet.tcp({ source: '::1', df: true }),
      () => packet.tcp({ sport: 65536 }),
      () => packet.tcp({ ttl: -1 }),
      () => packet.udp({ payload: 65535 }),
      () => packet.udp({ payload: 1.5 }),
      () => packet.ipv4({ options: fromHex('010101') }),
    ])
      expect(bad).toThrow(UsageError)
  })
})

it('names the carried packet in GRE', () => {
  expect(toHex(packet.gre({ payload: packet.udp() }).subarray(20, 24))).toBe('00000800')
  expect(toHex(packet.gre({ payload: packet.udp({ source: '::1' }), key: 1 }).subarray(20, 28))).toBe(
    '200086dd00000001',
  )
})
