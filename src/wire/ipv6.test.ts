import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { concat, fromHex, toHex } from '../util/bytes.ts'
import { UsageError } from '../util/errors.ts'
import { buildIpv6, ipv6, parseIpv6 } from './ipv6.ts'
import { findTransport, fragmentExtension, fragmentId, type TransportPlace } from './ipv6-extensions.ts'

const addresses = '20010db8000000000000000000000001 20010db8000000000000000000000002'
const header = (next: string, length: string) => `6b812345 ${length} ${next} 3f ${addresses}`

describe('an IPv6 packet', () => {
  it('is read', () => {
    expect(parseIpv6(fromHex(`${header('11', '0004')} 01020304 ff`))).toEqual({
      ok: true,
      trafficClass: 0xb8,
      flowLabel: 0x12345,
      payloadLength: 4,
      nextHeader: 17,
      hopLimit: 63,
      source: [0x20010db8, 0, 0, 1],
      destination: [0x20010db8, 0, 0, 2],
      extensions: [],
      protocol: 17,
      fragmentOffset: 0,
      mf: false,
      payloadOffset: 40,
      payloadEnd: 44,
      missing: 0,
    })
  })

  it('gives its fields as numbers', () => {
    const bytes = fromHex(`00 ${header('11', '0004')}`)
    const { sourceWord, destinationWord, ...readers } = ipv6
    const read = Object.fromEntries(Object.entries(readers).map(([name, reader]) => [name, reader(bytes, 1)]))
    expect(read).toEqual({
      version: 6,
      trafficClass: 0xb8,
      flowLabel: 0x12345,
      payloadLength: 4,
      nextHeader: 17,
      hopLimit: 63,
    })
    expect([sourceWord(bytes, 1, 0), destinationWord(bytes, 1, 3)]).toEqual([0x20010db8, 2])
  })

  it('is read through its extension headers', () => {
    const chain =
      '2b00 010400000000 3c00 000000000000 3301 000000000000 00000000 00000000 2c01 0000 00000000 00000005 1100 0001 0000abcd'
    const text = `${header('00', '003c')} ${chain} 0001020304050607`
    const read = parseIpv6(fromHex(text))
    expect(read).toMatchObject({ ok: true, protocol: 17, mf: true, fragmentOffset: 0, missing: 0 })
    expect(read.ok && read.extensions.map(({ name, length, offset }) => [name, length, offset])).toEqual([
      ['hop-by-hop', 8, 40],
      ['routing', 8, 48],
      ['dst-options', 16, 56],
      ['ah', 12, 72],
      ['fragment', 8, 84],
    ])
    expect(fragmentId(fromHex(text), 84)).toBe(0xabcd)
  })

  it('ends its chain at ESP, at mobility, at nothing, and behind a later fragment', () => {
    for (const [next, protocol] of [
      ['32', 50],
      ['87', 135],
      ['3b', 59],
    ] as const) {
      const read = parseIpv6(fromHex(`${header(next, '0008')} 0000000000000000`))
      expect(read).toMatchObject({ protocol, extensions: [], payloadOffset: 40 })
    }
    const later = parseIpv6(fromHex(`${header('2c', '0010')} 3c00 0010 00000001 0000000000000000`))
    expect(later).toMatchObject({ protocol: 60, fragmentOffset: 16, mf: false, payloadOffset: 48 })
  })

  it.each([
    ['60', 'ipv6: 1 bytes, at least 40 expected'],
    ['45'.padEnd(80, '0'), 'ipv6: version 4'],
    [`${header('00', '0004')} 11000000`, 'ipv6: hop-by-hop header has 4 bytes, at least 8 expected'],
    [`${header('3c', '0008')} 1101000000000000`, 'ipv6: dst-options header length 16 of 8 bytes'],
    [`${header('2b', '0004')} 1100000000000000`, 'ipv6: routing header has 4 bytes, at least 8 expected'],
  ])('%s is malformed', (text, reason) => expect(parseIpv6(fromHex(text))).toEqual({ ok: false, malformed: reason }))

  it('is built as it is read', () => {
    const word = fc.integer({ min: 0, max: 0xffffffff })
    const words = fc.tuple(word, word, word, word)
    const body = fc.constantFrom(6, 14, 22).chain((n) => fc.uint8Array({ minLength: n, maxLength: n }))
    const fields = fc.record({
      trafficClass: fc.nat(255),
      flowLabel: fc.nat(0xfffff),
      hopLimit: fc.nat(255),
      source: words,
      destination: words,
      protocol: fc.constantFrom(6, 17, 50, 58, 59, 135),
      extensions: fc.array(fc.record({ protocol: fc.constantFrom(0, 43, 60), body }), { maxLength: 4 }),
      payload: fc.uint8Array(),
    })
    fc.assert(
      fc.property(fields, ({ payload, ...wanted }) => {
        const bytes = buildIpv6({ ...wanted, payload })
        const read = parseIpv6(bytes)
        expect(read).toMatchObject({ ...wanted, payloadLength: bytes.length - 40 })
        expect(read.ok && bytes.subarray(read.payloadOffset)).toEqual(payload)
      }),
    )
  })

  it('is not built from headers of odd lengths', () => {
    const build = (protocol: number, length: number) => () =>
      buildIpv6({ extensions: [{ protocol, body: new Uint8Array(length) }] })
    expect(build(0, 7)).toThrow('the hop-by-hop header takes 9 bytes: expected a multiple of 8, at least 8')
    expect(build(44, 14)).toThrow('a fragment header takes 8 bytes')
    expect(build(51, 9)).toThrow(UsageError)
    expect(() => fragmentExtension({ fragmentOffset: 4 })).toThrow('multiple of 8')
  })
})

describe('finding the transport', () => {
  const place: TransportPlace = { protocol: 0, offset: 0, fragmentOffset: 0, mf: false, fragmentHeader: 0 }

  it('agrees with reading the packet, on any bytes behind the header', () => {
    const chain = fc.array(fc.constantFrom(0, 1, 2, 6, 17, 43, 44, 51, 59, 60), { maxLength: 60 })
    fc.assert(
      fc.property(chain, fc.constantFrom(0, 43, 44, 51, 60, 6), (rest, next) => {
        const bytes = concat(fromHex(header('00', '00ff')), Uint8Array.from(rest))
        bytes[6] = next
        const read = parseIpv6(bytes)
        const found = findTransport(place, bytes, 0, bytes.length)
        expect(found).toBe(read.ok)
        if (!read.ok) return
        const { protocol, payloadOffset, fragmentOffset, mf } = read
        expect(place).toMatchObject({ protocol, offset: payloadOffset, fragmentOffset, mf })
        expect(place.fragmentHeader >= 0).toBe(read.extensions.some(({ name }) => name === 'fragment'))
      }),
    )
  })

  it('names the header that is cut short', () => {
    const bytes = fromHex(`${header('00', '000c')} 3c00000000000000 11000000`)
    expect(findTransport(place, bytes, 0, bytes.length)).toBe(false)
    expect(place).toMatchObject({ protocol: 60, offset: 48 })
  })
})

it('writes fragment headers bit by bit', () => {
  const bytes = buildIpv6({
    extensions: [fragmentExtension({ fragmentOffset: 1448, mf: true, id: 0xdeadbeef })],
    protocol: 6,
  })
  expect(toHex(bytes.subarray(40))).toBe('060005a9deadbeef')
})
