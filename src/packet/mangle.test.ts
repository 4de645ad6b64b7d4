import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { fromHex, toHex } from '../util/bytes.ts'
import { checksum } from '../wire/checksum.ts'
import * as mangle from './mangle.ts'
import { Packet } from './packet.ts'

/** The bytes after `change`. */
function changed(hex: string, change: (packet: Packet) => unknown): string {
  const packet = new Packet().load(fromHex(hex))
  packet.parse()
  change(packet)
  return toHex(packet.copyBytes())
}

// All expectations below are what Linux 6.18 sent; it took a hop off where TTL or hop limit differ by one more.
const UDP4 = '453b001e000100000211a2860a0000050a00020900010002000ae8c70102'
const UDP6 = '63b12345000a1140fd000000000000000000000000000005fd00000000000002000000000000000900010002000a04c40102'
const hop = mangle.decrementTtl

describe('fields of the IPv4 header', () => {
  it.each([
    ['TTL set', (p: Packet) => mangle.setTtl(p, 77), '453b001e000100004d1157860a0000050a00020900010002000ae8c70102'],
    [
      'TOS',
      (p: Packet) => mangle.setTos(p, 0x5a, 0xff),
      '455a001e000100000111a3670a0000050a00020900010002000ae8c70102',
    ],
    [
      'TOS masked',
      (p: Packet) => mangle.setTos(p, 0x13, 0x3c),
      '4510001e000100000111a3b10a0000050a00020900010002000ae8c70102',
    ],
    ['DSCP', (p: Packet) => mangle.setDscp(p, 0x2e), '45bb001e000100000111a3060a0000050a00020900010002000ae8c70102'],
  ])('%s', (_name, change, expected) => {
    expect(
      changed(UDP4, (packet) => {
        hop(packet)
        change(packet)
      }),
    ).toBe(expected)
  })

  it('loses a hop with the sum of the kernel, where 0xffff becomes 0', () => {
    const before = '4500001e9cc200000911feff0a0000050a00020900010002000ae8c70102'
    expect(changed(before, hop)).toBe('4500001e9cc20000081100000a0000050a00020900010002000ae8c70102')
    const near = '4500001e9cc300000911fefe0a0000050a00020900010002000ae8c70102'
    expect(changed(near, hop)).toBe('4500001e9cc300000811fffe0a0000050a00020900010002000ae8c70102')
  })
})

describe('fields of the IPv6 header', () => {
  it.each([
    ['hop limit', (p: Packet) => mangle.setHopLimit(p, 9), UDP6.replace('1140', '1109')],
    ['traffic class', (p: Packet) => mangle.setTos(p, 0x5a, 0xff), UDP6.replace('63b1', '65a1')],
    ['DSCP', (p: Packet) => mangle.setDscp(p, 0x2e), UDP6.replace('63b1', '6bb1')],
  ])('%s', (_name, change, expected) => {
    expect(changed(UDP6, change)).toBe(expected)
  })
})

describe('TCP', () => {
  it('loses its congestion flags', () => {
    const syn = '4500002800010000400664c20a0000050a00020904570050000003e80000000050c202008e860000'
    expect(changed(syn, (p) => mangle.setTcpEcn(p, 0, 0))).toBe(syn.replace('50c202008e86', '500202008f46'))
  })

  const with1460 = '4500003000010000400664ba0a0000050a00020904570050000003e80000000070020200637c0000020405b401030307'
  const with500 = '4500002c00010000400664be0a0000050a00020904570050000003e800000000600202007b4a0000020401f4'
  const without = '4500002c00010000400664be0a0000050a00020904570050000003e800000000600202007b38000001030307'
  const withData = '4500002e00010000400664bc0a0000050a00020904570050000003e80000000060020200722d0000010303070909'
  const without6 =
    '6000000000140640fd000000000000000000000000000005fd00000000000002000000000000000904570050000003e80000000050020200ab420000'

  it.each([
    ['is lowered', with1460, with1460.replace('637c0000020405b4', '66d8000002040258')],
    ['is never raised', with500, with500],
    [
      'is added, no larger than the default',
      without,
      '4500003000010000400664ba0a0000050a00020904570050000003e80000000070020200671800000204021801030307',
    ],
    ['is not added in front of data', withData, withData],
    [
      'is added to IPv6',
      without6,
      '6000000000180640fd000000000000000000000000000005fd00000000000002000000000000000904570050000003e8000000006002020096e2000002040258',
    ],
  ])('maximum segment size %s', (_name, before, after) => {
    expect(changed(before, (p) => expect(mangle.setTcpMss(p, 600, 0)).toBe(true))).toBe(after)
  })

  it('maximum segment size is clamped to the path', () => {
    const jumbo = '4500002c00010000400664be0a0000050a00020904570050000003e800000000600202005a16000002042328'
    expect(changed(jumbo, (p) => mangle.setTcpMss(p, null, 1500))).toBe(
      jumbo.replace('5a16000002042328', '778a0000020405b4'),
    )
    const packet = new Packet().load(fromHex(jumbo))
    packet.parse()
    expect(mangle.setTcpMss(packet, null, 40)).toBe(false)
  })

  it('loses options to no-operations', () => {
    const before =
      '4500003800010000400664b20a0000050a00020904570050000003e8000000009002020028660000020405b401080a010203040506070800'
    const after =
      '4500003800010000400664b20a0000050a00020904570050000003e80000000090020200472f000001010101010101010101010101010100'
    expect(changed(before, (p) => mangle.stripTcpOptions(p, (kind) => kind === 8 || kind === 2))).toBe(after)
  })

  it('refuses headers that are cut short or say they are', () => {
    for (const [at, value] of [
      [32, 0x40],
      [32, 0xf0],
    ] as const) {
      const bytes = fromHex(without)
      bytes[at] = value
      const packet = new Packet().load(bytes)
      packet.parse()
      expect(mangle.setTcpMss(packet, 600, 0)).toBe(false)
      expect(mangle.stripTcpOptions(packet, () => true)).toBe(false)
    }
  })
})

describe('ports', () => {
  const check = (packet: Packet) => {
    const { bytes, transport, end, protocol, network } = packet
    let pseudo = protocol + (end - transport)
    for (let at = network + 12; at < network + 20; at += 2) pseudo += packet.view.getUint16(at)
    return checksum(bytes, transport, end, pseudo)
  }

  it('keep the checksum right', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 0, max: 65535 }),
        fc.constantFrom('source' as const, 'destination' as const),
        (port, side) => {
          const packet = new Packet().load(fromHex(UDP4))
          packet.parse()
          expect(mangle.setPort(packet, side, port)).toBe(true)
          expect(packet.view.getUint16(packet.transport + (side === 'source' ? 0 : 2))).toBe(port)
          expect(check(packet)).toBe(0)
        },
      ),
    )
  })

  it('leave UDP without a checksum as it is', () => {
    const bytes = fromHex(UDP4)
    bytes.set([0, 0], 26)
    const packet = new Packet().load(bytes)
    packet.parse()
    mangle.setPort(packet, 'source', 7)
    expect(packet.view.getUint16(26)).toBe(0)
  })
})

it('touches nothing outside the packet, whatever its bytes', () => {
  const operations: readonly ((packet: Packet) => unknown)[] = [
    (p) => mangle.setTtl(p, 1),
    (p) => mangle.setHopLimit(p, 1),
    (p) => mangle.decrementTtl(p),
    (p) => mangle.setTos(p, 0xff, 0xff),
    (p) => mangle.setEcn(p, 3),
    (p) => mangle.setAddress(p, 'source', [1, 2, 3, 4]),
    (p) => mangle.setPort(p, 'destination', 1),
    (p) => mangle.setIcmpId(p, 1),
    (p) => mangle.setTcpMss(p, 600, 0),
    (p) => mangle.stripTcpOptions(p, () => true),
    (p) => mangle.setTcpEcn(p, 0, 1),
  ]
  fc.assert(
    fc.property(
      fc.constantFrom(0x45, 0x46, 0x60),
      fc.constantFrom(1, 6, 17, 47, 58, 132, 136, 0, 43, 44, 60),
      fc.uint8Array({ maxLength: 80 }),
      fc.constantFrom(...operations),
      (first, protocol, tail, operate) => {
        const bytes = new Uint8Array(tail.length + 2 + 8).fill(0xee)
        bytes[0] = first
        bytes.set(tail, 1)
        const end = tail.length + 1
        if (end > 9) bytes[first === 0x60 ? 6 : 9] = protocol
        const packet = new Packet().load(bytes, 0, end)
        if (!packet.parse()) return
        operate(packet)
        expect([...bytes.subarray(end)]).toEqual(new Array(9).fill(0xee))
      },
    ),
  )
})
