import { describe, expect, it } from 'vitest'
import { fromHex, toHex } from '../util/bytes.ts'
import { parseIpv6Address } from './address.ts'
import { buildIcmp, findIcmpName, ICMP_NAMES, icmp, icmpName, parseIcmp } from './icmp.ts'
import { buildIcmpv6, findIcmpv6Name, ICMPV6_NAMES, icmpv6, icmpv6Name, parseIcmpv6 } from './icmpv6.ts'

describe('ICMP', () => {
  it('is read and built', () => {
    const echo = fromHex('0800 8f8f 0003 0004 6869')
    expect(toHex(buildIcmp({ type: 8, id: 3, sequence: 4, payload: fromHex('6869') }))).toBe(toHex(echo))
    expect(parseIcmp(echo)).toEqual({
      ok: true,
      type: 8,
      code: 0,
      name: 'echo-request',
      checksum: 0x8f8f,
      checksumHolds: true,
      rest: 0x00030004,
      isError: false,
      isQuery: true,
      payloadOffset: 8,
    })
    expect([icmp.id(echo, 0), icmp.sequence(echo, 0)]).toEqual([3, 4])
  })

  it('that quotes a packet is an error', () => {
    const error = buildIcmp({ type: 3, code: 4, rest: 1400, payload: new Uint8Array(28) })
    expect(parseIcmp(error)).toMatchObject({
      name: 'fragmentation-needed',
      isError: true,
      isQuery: false,
      checksumHolds: true,
    })
    expect(icmp.mtu(error, 0)).toBe(1400)
    expect(parseIcmp(error, 0, 7)).toEqual({ ok: false, malformed: 'icmp: 7 bytes, at least 8 expected' })
  })

  it('keeps the checksum of all zeros at 0xffff', () => {
    expect(toHex(buildIcmp({ type: 0 }))).toBe('0000ffff00000000')
  })
})

describe('ICMPv6', () => {
  const addresses = { source: parseIpv6Address('fe80::1'), destination: parseIpv6Address('ff02::1:ff00:2') }

  it('is read with the target and options of neighbour discovery', () => {
    // tcpdump: [icmp6 sum ok] ICMP6, neighbor solicitation, who has fe80::2, source link-address option 02:00:00:00:00:01
    const target = 'fe800000000000000000000000000002 0101020000000001'
    const message = buildIcmpv6({ type: 135, payload: fromHex(target), addresses })
    expect(parseIcmpv6(message)).toMatchObject({
      name: 'neighbour-solicitation',
      isError: false,
      target: [0xfe800000, 0, 0, 2],
      options: [{ type: 1, mac: '02:00:00:00:00:01' }],
    })
    expect(icmpv6.targetWord(message, 0, 3)).toBe(2)
    const bad = message.slice()
    bad[25] = 0
    expect(parseIcmpv6(bad)).toEqual({ ok: false, malformed: 'icmp6: option length 0 of 8 bytes' })
    expect(parseIcmpv6(message, 0, 20)).toEqual({
      ok: false,
      malformed: 'icmp6: neighbour-solicitation has 20 bytes, at least 24 expected',
    })
    expect(parseIcmpv6(message, 0, 20 - 16)).toEqual({ ok: false, malformed: 'icmp6: 4 bytes, at least 8 expected' })
  })

  it('is read with the options behind each fixed part', () => {
    const option = '0501000000000578'
    const lengths = { 133: 8, 134: 16, 136: 24, 137: 40 }
    for (const [type, length] of Object.entries(lengths)) {
      const payload = fromHex('00'.repeat(length - 8) + option)
      expect(parseIcmpv6(buildIcmpv6({ type: Number(type), payload }))).toMatchObject({
        options: [{ type: 5, data: fromHex('000000000578') }],
      })
    }
    expect(parseIcmpv6(buildIcmpv6({ type: 130, payload: fromHex('ff02'.padEnd(32, '0')) }))).toMatchObject({
      name: 'mld-listener-query',
      target: [0xff020000, 0, 0, 0],
    })
  })

  it('covers the pseudo-header', () => {
    // Worked out with an independent program.
    const message = buildIcmpv6({ type: 128, id: 1, sequence: 2, payload: fromHex('6869'), addresses })
    expect(icmpv6.checksum(message, 0)).toBe(0x1ac6)
    expect(parseIcmpv6(message)).toMatchObject({ isQuery: true, name: 'echo-request' })
  })

  it('tells how large a packet may be', () => {
    const message = buildIcmpv6({ type: 2, rest: 1280 })
    expect([icmpv6.mtu(message, 0), parseIcmpv6(message).ok && icmpv6.type(message, 0)]).toEqual([1280, 2])
  })
})

describe('names', () => {
  it('are those of iptables, most special first', () => {
    expect([icmpName(3, 3), icmpName(3, 8), icmpName(0, 5), icmpName(200, 0)]).toEqual([
      'port-unreachable',
      'destination-unreachable',
      'echo-reply',
      undefined,
    ])
    expect([icmpv6Name(1, 4), icmpv6Name(4, 9), icmpv6Name(143, 0), icmpv6Name(99, 0)]).toEqual([
      'port-unreachable',
      'parameter-problem',
      'mld2-listener-report',
      undefined,
    ])
    expect(findIcmpName('PING')).toMatchObject({ type: 8 })
    expect(findIcmpName('TOS-network-redirect')).toMatchObject({ type: 5, code: 2 })
    expect(findIcmpv6Name('neighbor-solicitation')).toMatchObject({ type: 135 })
    expect([findIcmpName('x'), findIcmpv6Name('host-unreachable')]).toEqual([undefined, undefined])
  })

  it('are found again, each as itself', () => {
    for (const entry of ICMP_NAMES) expect(findIcmpName(entry.name)).toBe(entry)
    for (const entry of ICMPV6_NAMES) expect(findIcmpv6Name(entry.name)).toBe(entry)
  })
})
