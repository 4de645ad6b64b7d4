import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { concat, fromHex } from '../util/bytes.ts'
import { UsageError } from '../util/errors.ts'
import { type CaptureRecord, LINKTYPE } from './capture.ts'
import { readCapture } from './pcap.ts'
import { pcapngWriter, writePcapng } from './pcapng-writer.ts'

function readAll(file: Uint8Array): { records: CaptureRecord[]; error: string | undefined } {
  const records: CaptureRecord[] = []
  try {
    for (const record of readCapture(file)) records.push(record)
  } catch (error) {
    if (!(error instanceof UsageError)) throw error
    return { records, error: error.message }
  }
  return { records, error: undefined }
}

const SECTION = '0a0d0d0a 1c000000 4d3c2b1a 0100 0000 ffffffffffffffff 1c000000'
const SECTION_BIG = '0a0d0d0a 0000001c 1a2b3c4d 0001 0000 ffffffffffffffff 0000001c'
const ETHERNET = '01000000 14000000 0100 0000 00000000 14000000'

describe('a pcapng file', () => {
  it('gives enhanced packets with microseconds where nothing else is said', () => {
    const packet = '06000000 24000000 00000000 00000000 80841e00 03000000 40000000 aabbcc00 24000000'
    expect(readAll(fromHex(SECTION + ETHERNET + packet))).toMatchObject({
      records: [{ seconds: 2, nanoseconds: 0, linktype: 1, originalLength: 64, interface: '0', comments: [] }],
      error: undefined,
    })
  })

  it('is read in big-endian order with name, resolution 2^-4 and offset', () => {
    const options = '0002 0004 65746830' + '0009 0001 84000000' + '000e 0008 0000000000000064' + '0000 0000'
    const described = `00000001 00000034 0065 0000 00000000 ${options} 00000034`
    const comment = '0001 0002 68690000 0000 0000'
    const packet = `00000006 00000030 00000000 00000000 00000028 00000003 00000003 aabbcc00 ${comment} 00000030`
    expect(readAll(fromHex(SECTION_BIG + described + packet))).toMatchObject({
      records: [
        {
          seconds: 102,
          nanoseconds: 500_000_000,
          timestamp: 102.5,
          linktype: 101,
          interface: 'eth0',
          comments: ['hi'],
        },
      ],
      error: undefined,
    })
  })

  it('gives simple and obsolete packets, and skips blocks that are unknown', () => {
    const unknown = '99000000 10000000 01020304 10000000'
    const simple = '03000000 14000000 02000000 aabb0000 14000000'
    const obsolete = '02000000 24000000 0000 ffff 00000000 40420f00 03000000 03000000 aabbcc00 24000000'
    const { records, error } = readAll(fromHex(SECTION + ETHERNET + unknown + simple + obsolete))
    expect(error).toBeUndefined()
    expect(records.map(({ bytes, seconds }) => [[...bytes], seconds])).toEqual([
      [[0xaa, 0xbb], 0],
      [[0xaa, 0xbb, 0xcc], 1],
    ])
  })

  it('cuts simple packets to the capture length of the interface', () => {
    const short = '01000000 14000000 0100 0000 02000000 14000000'
    const simple = '03000000 14000000 20000000 aabb0000 14000000'
    expect(readAll(fromHex(SECTION + short + simple)).records).toMatchObject([
      { originalLength: 32, bytes: { length: 2 } },
    ])
  })

  it('counts interfaces anew in each section', () => {
    const raw = '01000000 14000000 6500 0000 00000000 14000000'
    const simple = '03000000 14000000 02000000 aabb0000 14000000'
    const { records } = readAll(fromHex(SECTION + ETHERNET + simple + SECTION + raw + simple))
    expect(records.map(({ linktype }) => linktype)).toEqual([1, 101])
  })

  it.each([
    [`${SECTION}06000000 24000000`, 'the pcapng file is cut off: block 2 at byte 28 takes 12 bytes, 8 are there'],
    [
      `${SECTION}06000000 24000000 00000000`,
      'the pcapng file is cut off: block 2 at byte 28 takes 36 bytes, 12 are there',
    ],
    [`${SECTION}06000000 0d000000 00000000`, 'the pcapng file is damaged: block 2 at byte 28 has length 13'],
    [
      `${SECTION}06000000 0c000000 0c000000`,
      'the pcapng file is damaged: block 2 at byte 28 is too short for its type',
    ],
    [
      `${SECTION}03000000 14000000 02000000 aabb0000 14000000`,
      'the pcapng file is damaged: block 2 at byte 28 belongs to interface 0, which is not described',
    ],
    ['0a0d0d0a 1c000000 01020304', 'the pcapng file is damaged: block 1 at byte 0 has byte-order magic 0x4030201'],
  ])('says what is wrong with %s', (text, message) => expect(readAll(fromHex(text)).error).toBe(message))
})

describe('what is written', () => {
  const packet = fc.record({
    bytes: fc.uint8Array({ maxLength: 30 }),
    linktype: fc.constantFrom(LINKTYPE.raw, LINKTYPE.ethernet),
    seconds: fc.nat(),
    nanoseconds: fc.nat(999_999_999),
    interface: fc.constantFrom('eth0', 'wlan0'),
    comments: fc.array(fc.string(), { maxLength: 2 }),
  })

  it('is read again', () => {
    fc.assert(
      fc.property(fc.array(packet, { maxLength: 5 }), (packets) => {
        const { records, error } = readAll(writePcapng(packets))
        expect(error).toBeUndefined()
        expect(records.length).toBe(packets.length)
        for (const [i, record] of records.entries()) expect(record).toMatchObject(packets[i]!)
      }),
    )
  })

  it('gives every whole packet wherever it is cut off, and fails in no other way', () => {
    const packets = [1, 2, 3].map((n) => ({ bytes: new Uint8Array(n), linktype: 101, comments: ['x'] }))
    const file = writePcapng(packets)
    let most = 0
    for (let length = 4; length < file.length; length++)
      most = Math.max(most, readAll(file.subarray(0, length)).records.length)
    expect(most).toBe(2)
    fc.assert(
      fc.property(fc.array(fc.tuple(fc.nat(file.length - 1), fc.nat(255)), { maxLength: 6 }), (changes) => {
        const changed = file.slice()
        for (const [at, value] of changes) changed[at] = value
        readAll(changed)
      }),
    )
  })

  it('describes each interface once', () => {
    const writer = pcapngWriter()
    const first = writer.packet({ bytes: new Uint8Array(4), linktype: 1, interface: 'a' })
    const again = writer.packet({ bytes: new Uint8Array(4), linktype: 1, interface: 'a' })
    expect(first.length).toBeGreaterThan(again.length)
    expect(again[0]).toBe(6)
    expect(readAll(concat(writer.header(), first, again)).records).toMatchObject([
      { interface: 'a' },
      { interface: 'a' },
    ])
  })

  it('has a time', () => {
    for (const bad of [{ seconds: -1 }, { nanoseconds: 1e9 }, { seconds: 0.5 }]) {
      expect(() => writePcapng([{ bytes: new Uint8Array(0), linktype: 1, ...bad }])).toThrow(UsageError)
    }
  })
})
