/** Reading pcapng files. Source: draft-ietf-opsawg-pcapng. */

import { UsageError } from '../util/errors.ts'
import type { CaptureRecord } from './capture.ts'

/** Block types. */
export const PCAPNG_BLOCK = {
  section: 0x0a0d0d0a,
  interface: 1,
  obsoletePacket: 2,
  simplePacket: 3,
  enhancedPacket: 6,
} as const

/** Option codes that are read or written here. */
export const PCAPNG_OPTION = { end: 0, comment: 1, interfaceName: 2, resolution: 9, offset: 14 } as const

/** What the section header holds to tell the byte order by. */
export const PCAPNG_MAGIC = 0x1a2b3c4d

interface Interface {
  readonly linktype: number
  readonly snaplen: number
  readonly name: string
  /** Ticks a second. */
  readonly resolution: bigint
  /** Seconds to add. */
  readonly offset: bigint
}

/** A section of the file with the block that is being read. */
interface Section {
  readonly view: DataView
  readonly file: Uint8Array
  readonly little: boolean
  readonly interfaces: Interface[]
}

/** Whether `file` begins like a pcapng file. */
export function isPcapng(file: Uint8Array): boolean {
  return file[0] === 0x0a && file[1] === 0x0d && file[2] === 0x0d && file[3] === 0x0a
}

/**
 * The packets of a pcapng file, one by one, from enhanced, simple and obsolete packet blocks; other blocks are skipped.
 *
 * A simple packet has no time: it comes with 0. Throws {@link UsageError} where the file is none, and where it ends within
 * a block or holds an impossible one: then only after every whole packet before.
 */
export function* readPcapng(file: Uint8Array): Generator<CaptureRecord, void, undefined> {
  if (!isPcapng(file)) throw new UsageError('expected a pcapng file: the first bytes are not those of a section header')
  const view = new DataView(file.buffer, file.byteOffset, file.byteLength)
  let section: Section = { view, file, little: true, interfaces: [] }
  let at = 0
  for (let number = 1; at < file.length; number++) {
    const where = `block ${number} at byte ${at}`
    if (file.length - at < 12) throw cutOff(where, 12, file.length - at)
    // The type of a section header reads the same in both byte orders.
    if (view.getUint32(at) === PCAPNG_BLOCK.section)
      section = { view, file, little: byteOrder(view, at, where), interfaces: [] }
    const length = view.getUint32(at + 4, section.little)
    if (length < 12 || length % 4 !== 0)
      throw new UsageError(`the pcapng file is damaged: ${where} has length ${length}`)
    if (length > file.length - at) throw cutOff(where, length, file.length - at)
    const record = readBlock(section, at, at + length - 4, where)
    if (record) yield record
    at += length
  }
}

function byteOrder(view: DataView, at: number, where: string): boolean {
  const magic = view.getUint32(at + 8, true)
  if (magic === PCAPNG_MAGIC) return true
  if (view.getUint32(at + 8, false) === PCAPNG_MAGIC) return false
  throw new UsageError(`the pcapng file is damaged: ${where} has byte-order magic 0x${magic.toString(16)}`)
}

function readBlock(section: Section, at: number, end: number, where: string): CaptureRecord | undefined {
  const { view, little, interfaces } = section
  const type = view.getUint32(at, little)
  const short = new UsageError(`the pcapng file is damaged: ${where} is too short for its type`)
  switch (type) {
    case PCAPNG_BLOCK.interface: {
      if (end - at < 16) throw short
      interfaces.push(readInterface(section, at, end))
      return undefined
    }
    case PCAPNG_BLOCK.enhancedPacket:
    case PCAPNG_BLOCK.obsoletePacket: {
      if (end - at < 28) throw short
      const old = type === PCAPNG_BLOCK.obsoletePacket
      const index = old ? view.getUint16(at + 8, little) : view.getUint32(at + 8, little)
      const ticks = (BigInt(view.getUint32(at + 12, little)) << 32n) | BigInt(view.getUint32(at + 16, little))
      const length = view.getUint32(at + 20, little)
      if (length > end - at - 28) throw short
      const start = at + 28
      return packetOf(section, index, ticks, start, length, view.getUint32(at + 24, little), end, where)
    }
    case PCAPNG_BLOCK.simplePacket: {
      if (end - at < 12) throw short
      const original = view.getUint32(at + 8, little)
      const snaplen = interfaces[0]?.snaplen || 0xffffffff
      const length = Math.min(original, snaplen, end - at - 12)
      return packetOf(section, 0, 0n, at + 12, length, original, at + 12 + length, where)
    }
    default:
      return undefined
  }
}

function packetOf(
  section: Section,
  index: number,
  ticks: bigint,
  start: number,
  length: number,
  originalLength: number,
  end: number,
  where: string,
): CaptureRecord {
  const from = section.interfaces[index]
  if (!from)
    throw new UsageError(`the pcapng file is damaged: ${where} belongs to interface ${index}, which is not described`)
  const seconds = Number(ticks / from.resolution + (ticks === 0n ? 0n : from.offset))
  const nanoseconds = Number(((ticks % from.resolution) * 1_000_000_000n) / from.resolution)
  const comments: string[] = []
  for (const { code, bytes } of optionsOf(section, start + ((length + 3) & ~3), end)) {
    if (code === PCAPNG_OPTION.comment) comments.push(textOf(bytes))
  }
  return {
    timestamp: seconds + nanoseconds / 1e9,
    seconds,
    nanoseconds,
    linktype: from.linktype,
    bytes: section.file.subarray(start, start + length),
    originalLength,
    interface: from.name || String(index),
    comments,
  }
}

function readInterface(section: Section, at: number, end: number): Interface {
  const { view, little } = section
  let name = ''
  let resolution = 1_000_000n
  let offset = 0n
  for (const { code, bytes, start } of optionsOf(section, at + 16, end)) {
    if (code === PCAPNG_OPTION.interfaceName) name = textOf(bytes)
    if (code === PCAPNG_OPTION.resolution && bytes.length >= 1) {
      const power = BigInt(bytes[0]! & 0x7f)
      resolution = bytes[0]! & 0x80 ? 2n ** power : 10n ** power
    }
    if (code === PCAPNG_OPTION.offset && bytes.length === 8) offset = view.getBigInt64(start, little)
  }
  return {
    linktype: view.getUint16(at + 8, little),
    snaplen: view.getUint32(at + 12, little),
    name,
    resolution,
    offset,
  }
}

/** The options in `at`..`end`; one that does not fit ends the list. */
function* optionsOf({ view, file, little }: Section, at: number, end: number) {
  for (let next = at; next + 4 <= end; ) {
    const code = view.getUint16(next, little)
    const length = view.getUint16(next + 2, little)
    const start = next + 4
    if (code === PCAPNG_OPTION.end || start + length > end) return
    yield { code, start, bytes: file.subarray(start, start + length) }
    next = start + ((length + 3) & ~3)
  }
}

function textOf(bytes: Uint8Array): string {
  return new TextDecoder().decode(bytes)
}

function cutOff(where: string, wanted: number, found: number): UsageError {
  return new UsageError(`the pcapng file is cut off: ${where} takes ${wanted} bytes, ${found} are there`)
}
