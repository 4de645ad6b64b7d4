import { describe, expect, it } from 'vitest'
import { fromHex, toHex } from '../util/bytes.ts'
import { UsageError } from '../util/errors.ts'
import { ah, buildAh, parseAh } from './ah.ts'
import { buildEsp, esp, parseEsp } from './esp.ts'
import { buildGre, gre, parseGre } from './gre.ts'
import { protocolName, protocolNames, protocolNumber } from './protocols.ts'

describe('GRE', () => {
  it('is read and built with all that is optional', () => {
    const bytes = buildGre({ checksum: true, key: 5, sequence: 9, payload: fromHex('4500') })
    // b000 + 0800 + 5 + 9 + 4500 = fd0e
    expect(toHex(bytes)).toBe('b000080002f1000000000005000000094500')
    expect(parseGre(bytes)).toEqual({
      ok: true,
      version: 0,
      flags: 0xb000,
      protocol: 0x0800,
      checksum: 0x02f1,
      checksumHolds: true,
      key: 5,
      sequence: 9,
      payloadOffset: 16,
    })
    expect([gre.key(bytes, 0), gre.hasKey(bytes, 0), gre.protocol(bytes, 0)]).toEqual([5, true, 0x800])
  })

  it('is read and built with nothing optional', () => {
    const bytes = buildGre({ protocol: 0x86dd, payload: fromHex('60') })
    expect(toHex(bytes)).toBe('000086dd60')
    expect(parseGre(bytes)).toEqual({ ok: true, version: 0, flags: 0, protocol: 0x86dd, payloadOffset: 4 })
    expect(gre.key(bytes, 0)).toBe(0)
  })

  it('is what PPTP sends in version 1', () => {
    const bytes = buildGre({ version: 1, callId: 7, sequence: 1, ack: 2, payload: fromHex('ff030021') })
    expect(toHex(bytes)).toBe('3081880b000400070000000100000002ff030021')
    expect(parseGre(bytes)).toMatchObject({
      version: 1,
      callId: 7,
      payloadLength: 4,
      sequence: 1,
      ack: 2,
      payloadOffset: 16,
    })
    expect(gre.callId(bytes, 0)).toBe(7)
    expect(parseGre(buildGre({ version: 1 }))).toMatchObject({ callId: 0, payloadLength: 0, payloadOffset: 8 })
  })

  it.each([
    ['000008', 'gre: 3 bytes, at least 4 expected'],
    ['00020800', 'gre: version 2, 0 or 1 expected'],
    ['40000800', 'gre: source routes are not supported'],
    ['0001880b', 'gre: version 1 without key, or with checksum'],
    ['20000800', 'gre: header length 8 of 4 bytes'],
  ])('%s is malformed', (text, reason) => expect(parseGre(fromHex(text))).toEqual({ ok: false, malformed: reason }))
})

describe('ESP', () => {
  it('is read and built', () => {
    const bytes = buildEsp({ spi: 0xdeadbeef, sequence: 1, payload: fromHex('00') })
    expect(toHex(bytes)).toBe('deadbeef0000000100')
    expect(parseEsp(bytes)).toEqual({ ok: true, spi: 0xdeadbeef, sequence: 1, payloadOffset: 8 })
    expect([esp.spi(bytes, 0), esp.sequence(bytes, 0)]).toEqual([0xdeadbeef, 1])
    expect(parseEsp(bytes, 0, 7)).toEqual({ ok: false, malformed: 'esp: 7 bytes, at least 8 expected' })
  })
})

describe('AH', () => {
  it('is read and built', () => {
    const bytes = buildAh({ nextHeader: 6, spi: 1, sequence: 2, reserved: 3, payload: fromHex('ff') })
    expect(toHex(bytes)).toBe(`060400030000000100000002${'00'.repeat(12)}ff`)
    expect(parseAh(bytes)).toEqual({
      ok: true,
      nextHeader: 6,
      headerLength: 24,
      reserved: 3,
      spi: 1,
      sequence: 2,
      icv: new Uint8Array(12),
      payloadOffset: 24,
    })
    expect([ah.spi(bytes, 0), ah.headerLength(bytes, 0), ah.reserved(bytes, 0)]).toEqual([1, 24, 3])
  })

  it.each([
    ['0604', 'ah: 2 bytes, at least 12 expected'],
    ['060000000000000000000000', 'ah: header length 8, at least 12 expected'],
    ['060200000000000000000000', 'ah: header length 16 of 12 bytes'],
  ])('%s is malformed', (text, reason) => expect(parseAh(fromHex(text))).toEqual({ ok: false, malformed: reason }))

  it('refuses a check value of odd length', () => expect(() => buildAh({ icv: new Uint8Array(3) })).toThrow(UsageError))
})

describe('protocol names', () => {
  it('are those of /etc/protocols', () => {
    expect([0, 1, 6, 17, 41, 58, 136, 253].map(protocolName)).toEqual([
      'ip',
      'icmp',
      'tcp',
      'udp',
      'ipv6',
      'ipv6-icmp',
      'udplite',
      undefined,
    ])
    expect(['TCP', 'icmpv6', 'hopopt', 'nonesuch', 'constructor'].map(protocolNumber)).toEqual([
      6,
      58,
      0,
      undefined,
      undefined,
    ])
  })

  it('lead back to their numbers', () => {
    for (let number = 0; number < 256; number++) {
      const name = protocolName(number)
      if (name !== undefined) expect(protocolNumber(name)).toBe(number)
    }
    expect(new Set(protocolNames()).size).toBe(protocolNames().length)
  })
})
