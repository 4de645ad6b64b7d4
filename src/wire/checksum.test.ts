import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { fromHex, setU16, setU32 } from '../util/bytes.ts'
import type { Words } from '../util/words.ts'
import { parseIpv4Address, parseIpv6Address } from './address.ts'
import * as checksum from './checksum.ts'

const u16 = fc.integer({ min: 0, max: 0xffff })
const u32 = fc.integer({ min: 0, max: 0xffffffff })

describe('the Internet checksum', () => {
  it('agrees with the worked example of RFC 1071 section 3', () => {
    const bytes = fromHex('0001 f203 f4f5 f6f7')
    expect(checksum.fold(checksum.sum(bytes, 0, 8))).toBe(0xddf2)
    expect(checksum.checksum(bytes, 0, 8)).toBe(0x220d)
  })

  it('agrees with a captured IPv4 header', () => {
    const header = fromHex('4500 0073 0000 4000 4011 b861 c0a8 0001 c0a8 00c7')
    expect(checksum.checksum(header, 0, 20)).toBe(0)
    expect(checksum.checksumFor(header, 0, 20, 10)).toBe(0xb861)
  })

  it('pads an odd last byte with zero and starts anywhere', () => {
    expect(checksum.sum(fromHex('ff 12 34 56'), 1, 4)).toBe(0x1234 + 0x5600)
  })

  it('does not overflow on the largest packet', () => {
    const bytes = new Uint8Array(200_000).fill(0xff)
    expect(checksum.fold(checksum.sum(bytes, 0, bytes.length, 0xffffff))).toBe(0x00ff)
  })

  it('tells the two zeros apart like the kernel', () => {
    expect(checksum.checksum(new Uint8Array(8), 0, 8)).toBe(0xffff)
    expect(checksum.checksum(fromHex('ffff'), 0, 2)).toBe(0)
    expect(checksum.checksumFor(new Uint8Array(8), 0, 8, 2)).toBe(0xffff)
  })

  it('covers the pseudo-header of either family', () => {
    const udp = fromHex('0035 14e9 000a 0000 6869')
    const source = parseIpv4Address('10.0.0.1')
    const destination = parseIpv4Address('10.0.0.2')
    const sum = checksum.pseudoSum4(source, destination, 17, 10)
    // 0a00+0001+0a00+0002 + 0011+000a + 0035+14e9+000a+6869 = 91af
    expect(checksum.checksumFor(udp, 0, 10, 6, sum)).toBe(~0x91af & 0xffff)
    const words = [parseIpv6Address('2001:db8::1'), parseIpv6Address('2001:db8::2')] as const
    const header = new Uint8Array(40)
    for (const [i, word] of words.flat().entries()) setU32(header, 8 + i * 4, word)
    const direct = checksum.pseudoSum6(words[0], words[1], 58, 70_000)
    expect(checksum.fold(checksum.pseudoSumAt6(header, 0, 58, 70_000))).toBe(checksum.fold(direct))
    // The address sums are 2dba and 2dbb, the length is 1_1170 in two words.
    expect(checksum.fold(direct)).toBe(0x2dba + 0x2dbb + 0x1 + 0x1170 + 58)
  })

  it('reads the addresses of an IPv4 header in place', () => {
    const header = fromHex('ff 4500 0073 0000 4000 4011 b861 c0a8 0001 c0a8 00c7')
    const direct = checksum.pseudoSum4(0xc0a80001, 0xc0a800c7, 6, 20)
    expect(checksum.fold(checksum.pseudoSumAt4(header, 1, 6, 20))).toBe(checksum.fold(direct))
  })
})

describe('the incremental update', () => {
  it('gives a checksum that holds, for every change', () => {
    fc.assert(
      fc.property(
        fc.uint8Array({ minLength: 16, maxLength: 16 }),
        u16,
        u32,
        fc.constantFrom(2, 4, 8),
        (b, w16, w32, at) => {
          setU16(b, 0, 0)
          const before = checksum.checksumFor(b, 0, 16, 0)
          const from16 = (b[at]! << 8) | b[at + 1]!
          const from32 = ((from16 << 16) | (b[at + 2]! << 8) | b[at + 3]!) >>> 0
          const changed16 = b.slice()
          setU16(changed16, at, w16)
          setU16(changed16, 0, checksum.replace16(before, from16, w16))
          const changed32 = b.slice()
          setU32(changed32, at, w32)
          setU16(changed32, 0, checksum.replace32(before, from32, w32))
          return checksum.checksum(changed16, 0, 16) === 0 && checksum.checksum(changed32, 0, 16) === 0
        },
      ),
    )
  })

  it('gives the example of RFC 1624 section 4', () => {
    expect(checksum.replace16(0xdd2f, 0x5555, 0x3285)).toBe(0x0000)
  })

  it('comes out at the zero that the kernel functions give', () => {
    // csum_replace2: ~sum, ~old and new all zero stay zero, and the complement is ffff.
    expect(checksum.replace16(0xffff, 0xffff, 0)).toBe(0xffff)
    // csum_replace4 and inet_proto_csum_replace2 start from a 32-bit complement, so they give 0.
    expect(checksum.replace32(0xffff, 0xffffffff, 0)).toBe(0)
    expect(checksum.replaceProtocol16(0xffff, 0xffff, 0)).toBe(0)
  })

  it('agrees with a model of the kernel arithmetic in 32 bits', () => {
    const add32 = (a: bigint, b: bigint) => {
      const total = (a + b) & 0xffffffffn
      return total + (total < b ? 1n : 0n)
    }
    const fold32 = (c: bigint) => {
      let v = (c & 0xffffn) + (c >> 16n)
      v += v >> 16n
      return Number(~v & 0xffffn)
    }
    const not = (v: bigint) => ~v & 0xffffffffn
    const edge = fc.constantFrom(0, 0xffff, 0xffff0000, 0xffffffff)
    fc.assert(
      fc.property(fc.oneof(edge, u16), fc.oneof(edge, u32), fc.oneof(edge, u32), (sum, from, to) => {
        const check = BigInt(sum & 0xffff)
        const model = fold32(add32(add32(not(check), not(BigInt(from))), BigInt(to)))
        return checksum.replace32(sum & 0xffff, from, to) === model
      }),
    )
  })

  it('replaces a whole IPv6 address', () => {
    fc.assert(
      fc.property(u16, fc.tuple(u32, u32, u32, u32), fc.tuple(u32, u32, u32, u32), (sum, from: Words, to: Words) => {
        let stepwise = sum
        for (let i = 0; i < 4; i++) stepwise = checksum.replace32(stepwise, from[i]!, to[i]!)
        return checksum.replaceWords(sum, from, to) % 0xffff === stepwise % 0xffff
      }),
    )
  })
})

describe('CRC32c', () => {
  it('gives the check value of the polynomial', () => {
    expect(checksum.crc32c(new TextEncoder().encode('123456789'), 0, 9)).toBe(0xe3069283)
  })

  it('gives the vectors of RFC 3720 section B.4', () => {
    expect(checksum.crc32c(new Uint8Array(32), 0, 32)).toBe(0x8a9136aa)
    expect(checksum.crc32c(new Uint8Array(32).fill(0xff), 0, 32)).toBe(0x62a8ab43)
  })

  it('continues from a part', () => {
    const bytes = new TextEncoder().encode('123456789')
    expect(checksum.crc32c(bytes, 4, 9, checksum.crc32c(bytes, 0, 4))).toBe(0xe3069283)
  })

  it('is written to SCTP least significant byte first, with the field as zero', () => {
    const bytes = new Uint8Array(32)
    setU32(bytes, 8, 0x12345678)
    expect(checksum.sctpChecksum(bytes, 0, 32)).toBe(0xaa36918a)
  })
})
