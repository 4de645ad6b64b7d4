import { describe, expect, it } from 'vitest'
import { fromHex, toHex } from '../util/bytes.ts'
import { UsageError } from '../util/errors.ts'
import { ARP_OPERATION, arp, buildArp, parseArp } from './arp.ts'
import { buildEthernet, ethernet, parseEthernet, vlan } from './ethernet.ts'

describe('Ethernet', () => {
  const tagged = fromHex('ffffffffffff 020000000001 88a8 a001 8100 1fff 0800 45')

  it('is read with its tags', () => {
    expect(parseEthernet(tagged)).toEqual({
      ok: true,
      destination: 'ff:ff:ff:ff:ff:ff',
      source: '02:00:00:00:00:01',
      tags: [
        { id: 1, priority: 5, dropEligible: false, tpid: 0x88a8 },
        { id: 0xfff, priority: 0, dropEligible: true, tpid: 0x8100 },
      ],
      type: 0x0800,
      payloadOffset: 22,
    })
  })

  it('is built as it is read', () => {
    const read = parseEthernet(tagged)
    expect(toHex(buildEthernet({ ...(read.ok ? read : {}), payload: Uint8Array.of(0x45) }))).toBe(toHex(tagged))
    expect(buildEthernet({}).length).toBe(14)
    expect(() => buildEthernet({ tags: [{ id: 4096 }] })).toThrow(UsageError)
  })

  it('gives its fields as numbers', () => {
    expect([ethernet.destinationHigh(tagged, 0), ethernet.destinationLow(tagged, 0)]).toEqual([0xffff, 0xffffffff])
    expect([ethernet.sourceHigh(tagged, 0), ethernet.sourceLow(tagged, 0)]).toEqual([0x0200, 0x00000001])
    expect([ethernet.isGroup(tagged, 0), ethernet.isGroup(tagged, 6)]).toEqual([true, false])
    expect([
      vlan.id(tagged, 12),
      vlan.priority(tagged, 12),
      vlan.dropEligible(tagged, 16),
      vlan.type(tagged, 16),
    ]).toEqual([1, 5, 1, 0x800])
  })

  it('may be cut off', () => {
    expect(parseEthernet(tagged, 0, 13)).toEqual({ ok: false, malformed: 'ethernet: 13 bytes, at least 14 expected' })
    expect(parseEthernet(tagged, 0, 20)).toEqual({ ok: false, malformed: 'ethernet: VLAN tag 2 is cut off' })
  })
})

describe('ARP', () => {
  const request = fromHex('0001 0800 06 04 0001 020000000001 0a000001 000000000000 0a000002')
  const fields = {
    operation: ARP_OPERATION.request,
    senderMac: '02:00:00:00:00:01',
    senderIp: 0x0a000001,
    targetMac: '00:00:00:00:00:00',
    targetIp: 0x0a000002,
  }

  it('is read and built', () => {
    expect(parseArp(request)).toEqual({ ok: true, ...fields })
    expect(toHex(buildArp(fields))).toBe(toHex(request))
    expect([arp.operation(request, 0), arp.senderIp(request, 0), arp.targetIp(request, 0)]).toEqual([
      1, 0x0a000001, 0x0a000002,
    ])
  })

  it('of other kinds, or cut off, is malformed', () => {
    const other = request.slice()
    other[1] = 6
    expect(parseArp(other)).toEqual({ ok: false, malformed: 'arp: hardware 6, protocol 0x800, lengths 6 and 4' })
    expect(parseArp(request, 0, 27)).toEqual({ ok: false, malformed: 'arp: 27 bytes, at least 28 expected' })
    expect(parseArp(request, 0, 4)).toEqual({ ok: false, malformed: 'arp: 4 bytes, at least 8 expected' })
  })
})
