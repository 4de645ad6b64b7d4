import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { concat, fromHex } from '../util/bytes.ts'
import { UsageError } from '../util/errors.ts'
import { type CaptureRecord, LINKTYPE } from './capture.ts'
import { isPcap, readCapture } from './pcap.ts'

/** The records that come before the error, and its message. */
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

// One record: 2 seconds and 500 microseconds, 3 bytes of 60.
const little = fromHex(
  'd4c3b2a1 0200 0400 00000000 00000000 ffff0000 65000000' + '02000000 f4010000 03000000 3c000000 450000',
)
const big = fromHex(
  'a1b2c3d4 0002 0004 00000000 00000000 0000ffff 00000065' + '00000002 000001f4 00000003 0000003c 450000',
)
const nano = fromHex(
  'a1b23c4d 0002 0004 00000000 00000000 0000ffff 10000001' + '00000002 1dcd6500 00000003 0000003c 450000',
)

describe('a pcap file', () => {
  it('is read in either byte order', () => {
    const wanted = { seconds: 2, nanoseconds: 500_000, timestamp: 2.0005, linktype: LINKTYPE.raw, originalLength: 60 }
    for (const file of [little, big]) {
      expect(readAll(file)).toMatchObject({ records: [wanted], error: undefined })
      expect([...readAll(file).records[0]!.bytes]).toEqual([0x45, 0, 0])
    }
  })

  it('may count nanoseconds, and say how long a check sequence is', () => {
    expect(readAll(nano).records).toMatchObject([
      { nanoseconds: 500_000_000, timestamp: 2.5, linktype: LINKTYPE.ethernet },
    ])
  })

  it('gives every whole record before it is cut off', () => {
    const two = concat(little, little.subarray(24))
    expect(readAll(two).records).toHaveLength(2)
    for (let length = little.length + 1; length < two.length; length++) {
      const { records, error } = readAll(two.subarray(0, length))
      expect(records).toHaveLength(1)
      expect(error).toMatch(/^the pcap file is cut off: record 2 at byte 43 takes (16|19) bytes, \d+ are there$/)
    }
    expect(readAll(two.subarray(0, 10)).error).toBe('the pcap file is cut off within its header: 10 of 24 bytes')
  })

  it('is told from other files', () => {
    expect([little, big, nano, new Uint8Array(30), new Uint8Array(2)].map(isPcap)).toEqual([
      true,
      true,
      true,
      false,
      false,
    ])
    expect(readAll(new Uint8Array(30)).error).toMatch(/expected a pcap or pcapng file/)
  })

  it('never fails in another way, whatever is in it', () => {
    fc.assert(
      fc.property(fc.constantFrom(little, big, nano), fc.array(fc.tuple(fc.nat(42), fc.nat(255))), (file, changes) => {
        const changed = file.slice()
        for (const [at, value] of changes) changed[at] = value
        readAll(changed)
      }),
    )
  })
})
