/** Reading classic pcap files. Source: draft-ietf-opsawg-pcap. */

import { UsageError } from '../util/errors.ts'
import type { CaptureRecord } from './capture.ts'
import { isPcapng, readPcapng } from './pcapng.ts'

const MICROSECONDS = 0xa1b2c3d4
const NANOSECONDS = 0xa1b23c4d
const FILE_HEADER = 24
const RECORD_HEADER = 16

/** Whether `file` begins like a classic pcap file of either byte order and precision. */
export function isPcap(file: Uint8Array): boolean {
  return formatOf(file) !== undefined
}

/**
 * The packets of a capture file in either format, one by one.
 *
 * Throws {@link UsageError} where the file is no capture, and where it ends within a record or holds an impossible one:
 * then only after every whole record before.
 */
export function readCapture(file: Uint8Array): Generator<CaptureRecord, void, undefined> {
  return isPcapng(file) ? readPcapng(file) : readPcap(file)
}

/** The packets of a classic pcap file; throws as {@link readCapture} does. */
export function* readPcap(file: Uint8Array): Generator<CaptureRecord, void, undefined> {
  const format = formatOf(file)
  if (!format) throw new UsageError('expected a pcap or pcapng file: the first bytes are those of neither')
  if (file.length < FILE_HEADER) {
    throw new UsageError(`the pcap file is cut off within its header: ${file.length} of ${FILE_HEADER} bytes`)
  }
  const { little, scale } = format
  const view = new DataView(file.buffer, file.byteOffset, file.byteLength)
  // The upper bits say how long a frame check sequence is.
  const linktype = view.getUint32(20, little) & 0x03ffffff
  let at = FILE_HEADER
  for (let number = 1; at < file.length; number++) {
    const left = file.length - at - RECORD_HEADER
    if (left < 0) throw cutOff(number, at, RECORD_HEADER, file.length - at)
    const length = view.getUint32(at + 8, little)
    if (length > left) throw cutOff(number, at, RECORD_HEADER + length, file.length - at)
    const seconds = view.getUint32(at, little)
    const nanoseconds = Math.min(view.getUint32(at + 4, little) * scale, 999_999_999)
    const start = at + RECORD_HEADER
    yield {
      timestamp: seconds + nanoseconds / 1e9,
      seconds,
      nanoseconds,
      linktype,
      bytes: file.subarray(start, start + length),
      originalLength: view.getUint32(at + 12, little),
      comments: [],
    }
    at = start + length
  }
}

function formatOf(file: Uint8Array): { readonly little: boolean; readonly scale: number } | undefined {
  if (file.length < 4) return undefined
  const view = new DataView(file.buffer, file.byteOffset, 4)
  for (const little of [true, false]) {
    const magic = view.getUint32(0, little)
    if (magic === MICROSECONDS) return { little, scale: 1000 }
    if (magic === NANOSECONDS) return { little, scale: 1 }
  }
  return undefined
}

function cutOff(number: number, at: number, wanted: number, found: number): UsageError {
  return new UsageError(
    `the pcap file is cut off: record ${number} at byte ${at} takes ${wanted} bytes, ${found} are there`,
  )
}
