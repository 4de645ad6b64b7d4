import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { concat, fromHex, toHex } from '../util/bytes.ts'
import { UsageError } from '../util/errors.ts'
import { buildDccp, dccp, dccpFixedLength, parseDccp } from './dccp.ts'

// tcpdump: DCCP (CCVal 0, CsCov 0, cksum 0xd935 (correct)) DCCP-Request (service=0) seq 0
const request = fromHex('9c400050 0500d935 01000000 00000000 00000000')
const addresses = { source: [0xc0000201, 0, 0, 0], destination: [0xc0000202, 0, 0, 0] } as const

describe('DCCP', () => {
  it('is read and built', () => {
    expect(toHex(buildDccp({ sport: 40000, dport: 80, addresses }))).toBe(toHex(request))
    expect(parseDccp(request)).toEqual({
      ok: true,
      sport: 40000,
      dport: 80,
      headerLength: 20,
      ccval: 0,
      coverage: 0,
      checksum: 0xd935,
      type: 0,
      typeName: 'REQUEST',
      long: true,
      seq: 0,
      service: 0,
      options: new Uint8Array(0),
      payloadOffset: 20,
    })
  })

  it('has a header of the length that its type needs', () => {
    const long = [20, 28, 16, 24, 24, 24, 24, 28, 24, 24]
    const short = [16, 20, 12, 16, 16, 16, 16, 20, 16, 16]
    expect(long.map((_, type) => dccpFixedLength(type, true))).toEqual(long)
    expect(short.map((_, type) => dccpFixedLength(type, false))).toEqual(short)
  })

  it('gives its fields as numbers', () => {
    const bytes = buildDccp({
      type: 4,
      seq: 0xabcdef012345,
      ccval: 3,
      coverage: 2,
      checksum: 1,
      payload: new Uint8Array(9),
    })
    expect([
      dccp.type(bytes, 0),
      dccp.seq(bytes, 0),
      dccp.ccval(bytes, 0),
      dccp.coverage(bytes, 0),
      dccp.headerLength(bytes, 0),
    ]).toEqual([4, 0xabcdef012345, 3, 2, 24])
    expect(dccp.seq(buildDccp({ type: 2, long: false, seq: 0xabcdef }), 0)).toBe(0xabcdef)
  })

  it('reads every field that is built', () => {
    const base = {
      sport: fc.nat(65535),
      dport: fc.nat(65535),
      ccval: fc.nat(15),
      coverage: fc.nat(15),
      checksum: fc.nat(65535),
    }
    const options = fc.constantFrom(0, 4, 8).chain((n) => fc.uint8Array({ minLength: n, maxLength: n }))
    const fields = fc.record({ ...base, type: fc.nat(15), long: fc.boolean(), seq: fc.nat(0xffffff), options })
    fc.assert(fc.property(fields, (wanted) => void expect(parseDccp(buildDccp(wanted))).toMatchObject(wanted)))
    expect(parseDccp(buildDccp({ type: 1, ack: 5, service: 6 }))).toMatchObject({ ack: 5, service: 6 })
    expect(parseDccp(buildDccp({ type: 7, ack: 5, reset: 0x01020304 }))).toMatchObject({ ack: 5, reset: 0x01020304 })
  })

  it('covers no data where the coverage is 1', () => {
    const sum = (payload: number, coverage: number) =>
      dccp.checksum(buildDccp({ coverage, addresses, payload: Uint8Array.of(payload, 0) }), 0)
    expect(sum(1, 1)).toBe(sum(2, 1))
    expect(sum(1, 0)).not.toBe(sum(2, 0))
  })

  it('may be malformed', () => {
    expect(parseDccp(request, 0, 11)).toEqual({ ok: false, malformed: 'dccp: 11 bytes, at least 12 expected' })
    expect(parseDccp(request, 0, 19)).toEqual({ ok: false, malformed: 'dccp: header length 20 of 19 bytes' })
    const short = concat(request)
    short[4] = 4
    expect(parseDccp(short)).toEqual({ ok: false, malformed: 'dccp: header length 16, at least 20 expected' })
    expect(() => buildDccp({ options: new Uint8Array(3) })).toThrow(UsageError)
    expect(() => buildDccp({ long: false, seq: 0x1000000 })).toThrow(UsageError)
  })
})
