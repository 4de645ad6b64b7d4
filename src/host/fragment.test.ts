import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { Packet } from '../packet/packet.ts'
import { concat, fromHex, toHex } from '../util/bytes.ts'
import { exceedsMtu, fragment, Reassembler } from './fragment.ts'

// Fragments and results as Linux 6.18 received and sent them, apart from the hop that forwarding takes off.
const DATA = '08090a0b0c0d0e0f1011121314151617'
const FIRST = '45000024004d200009117b6f0a0000050a000209000100020020650d0001020304050607'
const LAST = `45000024004d000209119b6d0a0000050a000209${DATA}`
const WHOLE = `45000034004d000009119b5f0a0000050a000209000100020020650d0001020304050607${DATA}`
const BOTH = `4500002c004d000109119b660a0000050a0002090001020304050607${DATA}`

const random = () => 0x01020304

function packetOf(hex: string): Packet {
  const packet = new Packet().load(fromHex(hex))
  packet.parse()
  return packet
}

/** Adds all, and says what became of each; the last packet too. */
function feed(fragments: readonly string[], reassembler = new Reassembler()): { results: string[]; last: Packet } {
  let last = new Packet()
  const results = fragments.map((hex) => {
    last = packetOf(hex)
    return reassembler.add(last, 0)
  })
  return { results, last }
}

const sent = (packet: Packet, mtu = 1500) => {
  const out = fragment(packet, mtu, random)
  return typeof out === 'string' ? out : out.map((bytes) => toHex(bytes))
}

describe('IPv4 fragments', () => {
  it('become one packet and leave as they came', () => {
    for (const order of [
      [FIRST, LAST],
      [LAST, FIRST],
    ]) {
      const { results, last } = feed(order)
      expect(results).toEqual(['held', 'complete'])
      expect(toHex(last.copyBytes())).toBe(WHOLE)
      expect(sent(last)).toEqual([FIRST, LAST])
    }
  })

  it('keep congestion marks; "don\'t fragment" stays on the whole and goes from the parts', () => {
    const { last } = feed([
      `45030024004d400209115b6a0a0000050a000209${DATA}`,
      '45020024004d600009113b6d0a0000050a000209000100020020650d0001020304050607',
    ])
    expect(last.view.getUint16(6)).toBe(0x4000)
    expect(exceedsMtu(last, 40)).toBe(false)
    expect(exceedsMtu(last, 35)).toBe(true)
    expect(sent(last)).toEqual([
      '45030024004d200009117b6c0a0000050a000209000100020020650d0001020304050607',
      `45030024004d000209119b6a0a0000050a000209${DATA}`,
    ])
  })

  it('that overlap end the whole datagram', () => {
    expect(feed([FIRST, BOTH, LAST]).results).toEqual(['held', 'dropped', 'held'])
  })

  it('that repeat others are dropped alone', () => {
    expect(feed([FIRST, FIRST, LAST]).results).toEqual(['held', 'dropped', 'complete'])
  })

  it('whose marks contradict each other make no packet', () => {
    expect(feed([FIRST.replace('4500', '4502'), LAST]).results).toEqual(['held', 'dropped'])
  })

  it('are given up after 30 seconds, with the first one to report', () => {
    const reassembler = new Reassembler()
    reassembler.add(packetOf(FIRST), 0, 'in')
    expect(reassembler.nextDeadline).toBe(30_000)
    expect(reassembler.expire(29_999)).toEqual([])
    expect(reassembler.expire(30_000)).toEqual([{ family: 4, user: 'in', device: null, first: fromHex(FIRST) }])
    expect(reassembler.add(packetOf(LAST), 30_000, 'in')).toBe('held')
  })

  it('of different users do not mix', () => {
    const reassembler = new Reassembler()
    expect(reassembler.add(packetOf(FIRST), 0, 'in')).toBe('held')
    expect(reassembler.add(packetOf(LAST), 0, 'out')).toBe('held')
  })

  it('wait only as long as their sender sends no more than 64 others', () => {
    const other = (id: number) => {
      const bytes = fromHex(FIRST)
      bytes[4] = id
      return toHex(bytes)
    }
    const others = (count: number) => Array.from({ length: count }, (_, i) => other(i + 1))
    expect(feed([FIRST, ...others(63), LAST]).results.at(-1)).toBe('complete')
    expect(feed([FIRST, ...others(64), LAST]).results.at(-1)).toBe('held')
  })
})

describe('IPv6 fragments', () => {
  const head = (length: string, next: string) =>
    `60000000${length}${next}09fd000000000000000000000000000005fd000000000000020000000000000009`
  const first = `${head('0018', '2c')}11000001000000070001000200208109${'0001020304050607'}`
  const last = `${head('0018', '2c')}1100001000000007${DATA}`

  it('become one packet and leave as they came with a new identification', () => {
    const { results, last: whole } = feed([last, first])
    expect(results).toEqual(['held', 'complete'])
    expect(toHex(whole.copyBytes())).toBe(`${head('0020', '11')}00010002002081090001020304050607${DATA}`)
    const renamed = (hex: string) => hex.replace('00000007', '01020304')
    expect(sent(whole)).toEqual([renamed(first), renamed(last)])
  })

  it('that are whole by themselves lose the header for good', () => {
    const atomic = `${head('0028', '2c')}110000000000000700010002002081090001020304050607${DATA}`
    const { results, last: whole } = feed([atomic])
    expect(results).toEqual(['complete'])
    expect(sent(whole)).toEqual([`${head('0020', '11')}00010002002081090001020304050607${DATA}`])
  })

  it('that cut the transport header go on alone', () => {
    expect(feed([first.replace('11000001', '06000001')]).results).toEqual(['notFragment'])
  })

  it('that are no multiple of 8 end the datagram and go on alone', () => {
    const odd = `${head('0017', '2c')}11000001000000070001000200208109${'00010203040506'}`
    const reassembler = new Reassembler()
    expect(feed([last, odd], reassembler).results).toEqual(['held', 'notFragment'])
    expect(reassembler.size).toBe(0)
  })
})

describe('sending', () => {
  it('cuts what does not fit in multiples of 8', () => {
    const pieces = sent(packetOf(WHOLE), 40)
    expect(pieces).toEqual([FIRST, LAST])
  })

  it('tells the sender where it must not', () => {
    const whole = packetOf(WHOLE)
    whole.view.setUint16(6, 0x4000)
    expect(exceedsMtu(whole, 40)).toBe(true)
    expect(fragment(whole, 40, random)).toBe('needs-icmp')
  })

  it('cuts anew where the first piece lost its shape', () => {
    const { last } = feed([FIRST, LAST])
    last.pieces = [40, 12]
    last.fragDontFragment = true
    expect(sent(last)).toEqual([
      '45000024004d600009113b6f0a0000050a000209000100020020650d0001020304050607',
      `45000024004d400209115b6d0a0000050a000209${DATA}`,
    ])
  })

  it('keeps options without the copied bit in the first fragment only', () => {
    const options = [0x1e, 4, 1, 2, 0x9e, 4, 1, 1]
    const bytes = concat(
      fromHex('47000000004d0000091100000a0000050a000209'),
      Uint8Array.from(options),
      new Uint8Array(40),
    )
    new DataView(bytes.buffer).setUint16(2, bytes.length)
    const packet = new Packet().load(bytes)
    packet.parse()
    packet.inDevice = { name: 't0', index: 2, link: 'none', mtu: 1500, up: true, mac: null, addresses: [] }
    const [one, two] = fragment(packet, 52, random) as Uint8Array[]
    expect([...one!.subarray(20, 28)]).toEqual(options)
    expect([...two!.subarray(20, 28)]).toEqual([1, 1, 1, 1, 0x9e, 4, 1, 1])
  })

  it('is undone by reassembly, at any size', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 3000 }), fc.integer({ min: 68, max: 1500 }), (size, mtu) => {
        const bytes = new Uint8Array(20 + size).map((_, i) => i)
        bytes.set(fromHex('45000000004d0000091100000100000501000209'))
        new DataView(bytes.buffer).setUint16(2, bytes.length)
        const packet = new Packet().load(bytes)
        packet.parse()
        const pieces = fragment(packet, mtu, random) as Uint8Array[]
        for (const piece of pieces) expect(piece.length).toBeLessThanOrEqual(mtu)
        if (pieces.length === 1) return
        const { results, last } = feed(pieces.map((piece) => toHex(piece)))
        expect(results.at(-1)).toBe('complete')
        expect(last.copyBytes().subarray(20)).toEqual(bytes.subarray(20))
      }),
      { numRuns: 50 },
    )
  })
})

it('survives any bytes', () => {
  const reassembler = new Reassembler()
  fc.assert(
    fc.property(fc.constantFrom(0x45, 0x47, 0x60), fc.uint8Array({ minLength: 20, maxLength: 100 }), (first, bytes) => {
      bytes[0] = first
      bytes[6] = first === 0x60 ? 44 : bytes[6]! & 0x3f
      const packet = new Packet().load(bytes)
      if (!packet.parse()) return
      if (reassembler.add(packet, 0) === 'held') return
      fragment(packet, 1280, random)
    }),
  )
})
