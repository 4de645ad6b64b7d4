import { describe, expect, it } from 'vitest'
import { concat, fromHex } from '../util/bytes.ts'
import { LINKTYPE, networkLayer } from './capture.ts'

const ip4 = fromHex('4500')
const ip6 = fromHex('6000')
const macs = '020000000001 020000000002'

describe('the network header', () => {
  it.each([
    ['Ethernet', LINKTYPE.ethernet, `${macs} 0800`, ip4, 4],
    ['Ethernet with two tags', LINKTYPE.ethernet, `${macs} 88a8 0001 8100 0002 86dd`, ip6, 6],
    ['cooked capture', LINKTYPE.linuxSll, '0000 0001 0006 0200000000010000 0800', ip4, 4],
    ['cooked capture 2', LINKTYPE.linuxSll2, '86dd 0000 00000002 0001 00 06 0200000000010000', ip6, 6],
    ['loopback, little-endian', LINKTYPE.null, '02000000', ip4, 4],
    ['loopback, big-endian', LINKTYPE.null, '0000001e', ip6, 6],
    ['loopback of OpenBSD', LINKTYPE.loop, '00000018', ip6, 6],
    ['nothing', LINKTYPE.raw, '', ip6, 6],
    ['nothing, as BSD counts', LINKTYPE.rawBsd, '', ip4, 4],
    ['nothing, IPv4 only', LINKTYPE.ipv4, '', ip4, 4],
    ['nothing, IPv6 only', LINKTYPE.ipv6, '', ip6, 6],
  ] as const)('follows %s', (_, linktype, header, packet, family) => {
    const link = fromHex(header)
    const found = networkLayer(linktype, concat(link, packet))
    expect(found).toEqual({
      ok: true,
      family,
      bytes: packet,
      ...(linktype === LINKTYPE.ethernet ? { frame: link } : {}),
    })
  })

  it.each([
    [LINKTYPE.ethernet, `${macs} 0806 0001`, 'ethernet: EtherType 0x0806 is not IP'],
    [LINKTYPE.ethernet, `${macs} 08`, 'ethernet: 13 bytes, at least 14 expected'],
    [LINKTYPE.ethernet, `${macs} 8100 00`, 'ethernet: VLAN tag is cut off'],
    [LINKTYPE.linuxSll, '0000', 'cooked capture: 2 bytes, at least 16 expected'],
    [LINKTYPE.null, '02', 'loopback: 1 bytes, at least 4 expected'],
    [LINKTYPE.null, '07000000', 'loopback: address family 7 is not IP'],
    [LINKTYPE.raw, '', 'packet: no bytes'],
    [LINKTYPE.raw, '55', 'packet: IP version 5, 4 or 6 expected'],
    [LINKTYPE.ipv4, '60', 'packet: IP version 6, 4 expected'],
    [147, '60', 'link type 147 is not supported'],
  ])('is not there in link type %i: %s', (linktype, text, reason) => {
    expect(networkLayer(linktype, fromHex(text))).toEqual({ ok: false, malformed: reason })
  })
})
