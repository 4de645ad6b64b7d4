import { describe, expect, it } from 'vitest'
import { concat, fromHex, toHex } from '../util/bytes.ts'
import { UsageError } from '../util/errors.ts'
import { buildSctp, parseSctp, SCTP_CHUNK_TYPE, sctp, sctpChunkName } from './sctp.ts'

// The INIT of RFC 9260's shape; its checksum was found right by tcpdump.
const init = fromHex('9c400050 00000000 B8E4107D 01000014 00000001 00010000 0001 0001 00000001')

describe('SCTP', () => {
  it('is read and built', () => {
    expect(toHex(buildSctp({ sport: 40000, dport: 80, chunks: [{ type: 1 }] }))).toBe(toHex(init))
    expect(parseSctp(init)).toEqual({
      ok: true,
      sport: 40000,
      dport: 80,
      verificationTag: 0,
      checksum: 0xb8e4107d,
      checksumHolds: true,
      chunks: [{ type: 1, name: 'INIT', flags: 0, length: 20, offset: 12 }],
    })
  })

  it('pads its chunks, but not in their lengths', () => {
    const chunks = [{ type: 0, flags: 7, value: new Uint8Array(13) }, { type: 14 }]
    const bytes = buildSctp({ chunks, verificationTag: 0xfffffffe })
    expect(bytes.length).toBe(12 + 20 + 4)
    expect(parseSctp(bytes)).toMatchObject({
      verificationTag: 0xfffffffe,
      chunks: [
        { name: 'DATA', flags: 7, length: 17, offset: 12 },
        { name: 'SHUTDOWN_COMPLETE', flags: 0, length: 4, offset: 32 },
      ],
    })
    expect([sctp.chunkType(bytes, 32), sctp.chunkFlags(bytes, 12), sctp.nextChunk(bytes, 12)]).toEqual([14, 7, 32])
    // The last padding may be missing.
    expect(parseSctp(buildSctp({ chunks: chunks.slice(0, 1) }).subarray(0, 29))).toMatchObject({ ok: true })
  })

  it('may be malformed', () => {
    const bad = (text: string) => parseSctp(concat(init.subarray(0, 12), fromHex(text)))
    expect(parseSctp(init, 0, 11)).toEqual({ ok: false, malformed: 'sctp: 11 bytes, at least 12 expected' })
    expect(bad('01000003')).toEqual({ ok: false, malformed: 'sctp: chunk 1 with length 3 of 4 bytes' })
    expect(bad('0e000004 01000010 0000')).toEqual({ ok: false, malformed: 'sctp: chunk 2 with length 16 of 6 bytes' })
    expect(bad('0e00')).toEqual({ ok: false, malformed: 'sctp: chunk 1 with length 0 of 2 bytes' })
  })

  it('knows a checksum that is wrong', () => {
    const changed = init.slice()
    changed[31] = 2
    expect(parseSctp(changed)).toMatchObject({ ok: true, checksumHolds: false })
  })

  it('names its chunks, and refuses those that do not fit', () => {
    for (const [name, type] of Object.entries(SCTP_CHUNK_TYPE)) expect(sctpChunkName(type)).toBe(name)
    expect(sctpChunkName(77)).toBeUndefined()
    expect(() => buildSctp({ chunks: [{ type: 0, value: new Uint8Array(65535) }] })).toThrow(UsageError)
  })
})
