import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { concat, fromHex, toHex } from '../util/bytes.ts'
import { UsageError } from '../util/errors.ts'
import { buildIpv4, ipv4, parseIpv4 } from './ipv4.ts'
import { buildIpv4Options, type Ipv4Option, parseIpv4Options } from './ipv4-options.ts'

// A captured UDP packet: its checksum is known to be right.
const captured = fromHex('4500 0073 0000 4000 4011 b861 c0a8 0001 c0a8 00c7')

describe('an IPv4 packet', () => {
  it('is read', () => {
    expect(parseIpv4(concat(captured, new Uint8Array(95 + 7)))).toEqual({
      ok: true,
      headerLength: 20,
      tos: 0,
      totalLength: 115,
      id: 0,
      reserved: false,
      df: true,
      mf: false,
      fragmentOffset: 0,
      ttl: 64,
      protocol: 17,
      checksum: 0xb861,
      checksumHolds: true,
      source: 0xc0a80001,
      destination: 0xc0a800c7,
      options: [],
      payloadOffset: 20,
      payloadEnd: 115,
      missing: 0,
    })
  })

  it('is read where it is cut off, and somewhere in a buffer', () => {
    const bytes = concat(fromHex('ffff'), captured, new Uint8Array(4))
    expect(parseIpv4(bytes, 2)).toMatchObject({
      ok: true,
      payloadOffset: 22,
      payloadEnd: 26,
      missing: 91,
      checksumHolds: true,
    })
  })

  it('gives its fields as numbers', () => {
    const bytes = fromHex('00 47b8 0073 1234 a3e8 3f06 b861 c0a8 0001 c0a8 00c7')
    const read = Object.fromEntries(Object.entries(ipv4).map(([name, reader]) => [name, reader(bytes, 1)]))
    expect(read).toEqual({
      version: 4,
      headerLength: 28,
      tos: 0xb8,
      totalLength: 0x73,
      id: 0x1234,
      df: false,
      mf: true,
      fragmentOffset: 8000,
      isFragment: true,
      ttl: 63,
      protocol: 6,
      checksum: 0xb861,
      source: 0xc0a80001,
      destination: 0xc0a800c7,
    })
  })

  it.each([
    ['45', 'ipv4: 1 bytes, at least 20 expected'],
    ['65'.padEnd(40, '0'), 'ipv4: version 6'],
    ['44'.padEnd(40, '0'), 'ipv4: header length 16, at least 20 expected'],
    ['46'.padEnd(40, '0'), 'ipv4: header length 24 of 20 bytes'],
    ['45000013'.padEnd(40, '0'), 'ipv4: total length 19, header length 20'],
    [`${'46000018'.padEnd(40, '0')}07010000`, 'ipv4: option 7 with length 1 of 4 bytes'],
    [`${'46000018'.padEnd(40, '0')}07050000`, 'ipv4: option 7 with length 5 of 4 bytes'],
    [`${'46000018'.padEnd(40, '0')}01010107`, 'ipv4: option 7 with length 0 of 1 bytes'],
  ])('%s is malformed', (text, reason) => expect(parseIpv4(fromHex(text))).toEqual({ ok: false, malformed: reason }))

  it('is built as it is read', () => {
    const numbers = {
      tos: fc.nat(255),
      id: fc.nat(65535),
      ttl: fc.nat(255),
      protocol: fc.nat(255),
      checksum: fc.nat(65535),
    }
    const flags = {
      reserved: fc.boolean(),
      df: fc.boolean(),
      mf: fc.boolean(),
      fragmentOffset: fc.nat(8191).map((n) => n * 8),
    }
    const address = fc.integer({ min: 0, max: 0xffffffff })
    const fields = fc.record({ ...numbers, ...flags, source: address, destination: address, payload: fc.uint8Array() })
    fc.assert(
      fc.property(fields, ({ payload, ...wanted }) => {
        const bytes = buildIpv4({ ...wanted, payload })
        expect(parseIpv4(bytes)).toMatchObject({ ...wanted, totalLength: bytes.length })
        expect(bytes.subarray(20)).toEqual(payload)
      }),
    )
  })

  it('is not built from what does not fit', () => {
    for (const bad of [
      { ttl: 256 },
      { id: 1.5 },
      { fragmentOffset: 7 },
      { options: new Uint8Array(3) },
      { options: new Uint8Array(44) },
      { headerLength: 21 },
    ])
      expect(() => buildIpv4(bad)).toThrow(UsageError)
  })
})

describe('IPv4 options', () => {
  const cases: readonly [string, Ipv4Option[]][] = [
    ['070b 04 00000000 00000000 00', [{ kind: 'rr', pointer: 4, addresses: [0, 0] }]],
    ['830708 0a000001 00', [{ kind: 'lsrr', pointer: 8, addresses: [0x0a000001] }]],
    ['890704 0a000001 01', [{ kind: 'ssrr', pointer: 4, addresses: [0x0a000001] }, { kind: 'nop' }]],
    ['94040000', [{ kind: 'ra', value: 0 }]],
    ['440c 05 21 0a000001 00000005', [{ kind: 'timestamp', pointer: 5, overflow: 2, flag: 1, words: [0x0a000001, 5] }]],
    ['8203 01 00', [{ kind: 'other', type: 130, data: Uint8Array.of(1) }]],
    // Lengths that do not suit the option.
    ['0704 0400', [{ kind: 'other', type: 7, data: Uint8Array.of(4, 0) }]],
    ['9403 0000', [{ kind: 'other', type: 148, data: Uint8Array.of(0) }]],
  ]

  it.each(cases)('%s are read and built', (text, options) => {
    const bytes = fromHex(text)
    const read = parseIpv4Options(bytes, 0, bytes.length) as Ipv4Option[]
    expect(read.filter((option) => option.kind !== 'eol')).toEqual(options)
    expect(toHex(buildIpv4Options(options))).toBe(toHex(bytes))
  })

  it('end at the end of the list', () => {
    expect(parseIpv4Options(fromHex('01 00 ff ff'), 0, 4)).toEqual([{ kind: 'nop' }, { kind: 'eol' }])
  })

  it('are at most 40 bytes', () => {
    expect(() => buildIpv4Options([{ kind: 'rr', addresses: new Array(10).fill(0) }])).toThrow(
      'take 43 bytes: at most 40',
    )
  })
})
