import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { UsageError } from '../util/errors.ts'
import { sameWords, type Words } from '../util/words.ts'
import * as address from './address.ts'

const u32 = fc.integer({ min: 0, max: 0xffffffff })
const sparse = fc.oneof(fc.constant(0), fc.constant(0xffff), u32, fc.nat(0xffff))
const words = fc.tuple(sparse, sparse, sparse, sparse)

describe('IPv4 text', () => {
  it('reads and writes four numbers', () => {
    expect(address.parseIpv4Address('203.0.113.9')).toBe(0xcb007109)
    expect(address.formatIpv4Address(0xfffffffe)).toBe('255.255.255.254')
    fc.assert(fc.property(u32, (a) => address.parseIpv4Address(address.formatIpv4Address(a)) === a))
  })

  it.each(['', '1.2.3', '1.2.3.4.5', '1.2.3.256', '01.2.3.4', '1.2.3.+4', ' 1.2.3.4', '1.2.3.4 ', '0x1.2.3.4'])(
    'refuses %j',
    (text) => expect(() => address.parseIpv4Address(text)).toThrow(UsageError),
  )
})

describe('IPv6 text', () => {
  it.each([
    ['::', [0, 0, 0, 0], '::'],
    ['::1', [0, 0, 0, 1], '::1'],
    ['2001:DB8:0:0:0:0:0:1', [0x20010db8, 0, 0, 1], '2001:db8::1'],
    ['2001:db8:0:1:1:1:1:1', [0x20010db8, 1, 0x10001, 0x10001], '2001:db8:0:1:1:1:1:1'],
    ['2001:0:0:1:0:0:0:1', [0x20010000, 1, 0, 1], '2001:0:0:1::1'],
    ['2001:db8:0:0:1:0:0:1', [0x20010db8, 0, 0x10000, 1], '2001:db8::1:0:0:1'],
    ['::ffff:192.0.2.1', [0, 0, 0xffff, 0xc0000201], '::ffff:192.0.2.1'],
    ['::ffff:c000:201', [0, 0, 0xffff, 0xc0000201], '::ffff:192.0.2.1'],
    ['::1.2.3.4', [0, 0, 0, 0x01020304], '::1.2.3.4'],
    ['::1:2', [0, 0, 0, 0x00010002], '::0.1.0.2'],
    ['64:ff9b::192.0.2.33', [0x64ff9b, 0, 0, 0xc0000221], '64:ff9b::c000:221'],
    ['1::', [0x10000, 0, 0, 0], '1::'],
    ['1:2:3:4:5:6:7::', [0x10002, 0x30004, 0x50006, 0x70000], '1:2:3:4:5:6:7:0'],
  ])('reads %s and writes it as inet_ntop does', (text, wanted, printed) => {
    expect(address.parseIpv6Address(text)).toEqual(wanted)
    expect(address.formatIpv6Address(wanted as unknown as Words)).toBe(printed)
  })

  it.each([
    '',
    ':',
    ':::',
    '1:2:3:4:5:6:7',
    '1:2:3:4:5:6:7:8:9',
    '1::2::3',
    '12345::',
    'g::',
    '::1%eth0',
    '1.2.3.4::',
    '1.2.3.4',
    '::1.2.3.4:5',
    '1:',
    ':1',
  ])('refuses %j', (text) => expect(() => address.parseIpv6Address(text)).toThrow(UsageError))

  it('reads what it writes', () => {
    fc.assert(fc.property(words, (w) => sameWords(address.parseIpv6Address(address.formatIpv6Address(w)), w)))
  })
})

describe('prefixes', () => {
  it('reads a length after a slash and checks its range', () => {
    expect(address.parsePrefix('10.0.0.0/8')).toEqual({ family: 4, words: [0x0a000000, 0, 0, 0], length: 8 })
    expect(address.parsePrefix('2001:db8::/32')).toMatchObject({ family: 6, length: 32 })
    expect(address.parsePrefix('::1').length).toBe(128)
    for (const bad of ['10.0.0.0/33', '::/129', '10.0.0.0/', '10.0.0.0/-1', '10.0.0.0/1/2']) {
      expect(() => address.parsePrefix(bad)).toThrow(UsageError)
    }
  })

  it('makes masks and measures them', () => {
    expect([0, 1, 8, 31, 32].map(address.ipv4Mask)).toEqual([0, 0x80000000, 0xff000000, 0xfffffffe, 0xffffffff])
    expect(address.ipv6Mask(65)).toEqual([0xffffffff, 0xffffffff, 0x80000000, 0])
    for (let length = 0; length <= 128; length++) expect(address.prefixLength(6, address.ipv6Mask(length))).toBe(length)
    for (let length = 0; length <= 32; length++) {
      expect(address.prefixLength(4, address.prefixMask(4, length))).toBe(length)
    }
    expect(address.prefixLength(4, [0xff00ff00, 0, 0, 0])).toBeUndefined()
    expect(address.prefixLength(6, [0xffffff00, 0x80000000, 0, 0])).toBeUndefined()
  })

  it('compares under a mask', () => {
    const net = address.parsePrefix('2001:db8::/33')
    const mask = address.ipv6Mask(net.length)
    expect(address.isWithin(address.parseIpv6Address('2001:db8:7fff::1'), net.words, mask)).toBe(true)
    expect(address.isWithin(address.parseIpv6Address('2001:db8:8000::1'), net.words, mask)).toBe(false)
  })
})

it('reads and writes Ethernet addresses', () => {
  expect(address.formatMac(address.parseMac('2:0:5e-0A:00:ff'))).toBe('02:00:5e:0a:00:ff')
  expect(() => address.parseMac('02:00:5e:0a:00')).toThrow(UsageError)
})
