import { parsePacketText } from '../../packet/language.ts'
import { Packet } from '../../packet/packet.ts'
import { fromHex } from '../../util/bytes.ts'
import { UsageError } from '../../util/errors.ts'
import { formatAddress } from '../../wire/address.ts'
import { networkLayer } from '../../wire/capture.ts'
import { readCapture } from '../../wire/pcap.ts'
import { excerpt } from '../excerpt.ts'
import { type CommandIo, readBytes } from '../io.ts'

/** A packet to be traced, and what the command line or the capture says of its way in. */
export interface PacketSource {
  /** From the network header on; `reply` for the answer to the packet before. */
  readonly bytes: Uint8Array | 'reply'
  /** The mark that the packet's text gave. */
  readonly mark?: number
  /** Where it comes from, where that is said of this packet alone: a device, or `local`. */
  readonly from?: string
  /** Seconds since the packet before. */
  readonly after?: number
  /** The Ethernet header of a captured packet. */
  readonly frame?: Uint8Array
}

/** What was read from a capture file. */
export interface Capture {
  readonly packets: readonly PacketSource[]
  /** Records that hold no IP packet. */
  readonly skipped: number
  /** When the first packet was captured, in milliseconds since 1970. */
  readonly start: number
}

/** The addresses of a packet as text, for what is assumed of its host. */
export interface Ends {
  readonly family: 4 | 6
  readonly source: string
  readonly destination: string
}

/** Words before a packet: `after 2.5`, `in eth1`, `local`. */
const PREFIX = /^\s*(?:after\s+(\S+)|in\s+(\S+)|(local))(?=\s|$)\s*/

/**
 * One packet as text, as hexadecimal bytes, or `reply`; before it may stand `after SECONDS`, `in DEVICE` and `local`.
 *
 * Throws UsageError with the text and a caret below what is wrong.
 */
export function readPacket(text: string): PacketSource {
  let rest = text
  let from: string | undefined
  let after: number | undefined
  for (let match = PREFIX.exec(rest); match !== null; match = PREFIX.exec(rest)) {
    const [whole, seconds, device, local] = match
    const column = text.length - rest.length + 1
    if (seconds !== undefined) {
      after = Number(seconds)
      if (!/^\d+(\.\d+)?$/.test(seconds)) throw problem(text, 'expected seconds after "after"', column)
    } else from = device ?? local
    rest = rest.slice(whole.length)
  }
  const way = { ...(from === undefined ? {} : { from }), ...(after === undefined ? {} : { after }) }
  if (rest.trim() === 'reply') {
    if (from !== undefined) throw problem(text, 'a reply comes from where the packet before went', 1)
    return { bytes: 'reply', ...way }
  }
  if (isHex(rest)) return { bytes: fromHex(rest), ...way }
  try {
    const { bytes, mark } = parsePacketText(rest)
    return { bytes, ...(mark === undefined ? {} : { mark }), ...way }
  } catch (error) {
    if (!(error instanceof UsageError)) throw error
    throw problem(text, error.message, (error.place?.column ?? 1) + text.length - rest.length)
  }
}

function isHex(text: string): boolean {
  return /^\s*(0x)?([0-9a-f]{2}[\s:-]*){20,}$/i.test(text)
}

function problem(text: string, message: string, column: number): UsageError {
  return new UsageError(`${message}\n${excerpt(text, column)}`)
}

/** The IP packets of a pcap or pcapng file, with the time between them. Throws UsageError for a file that is none. */
export function readCaptureFile(file: string, io: CommandIo): Capture {
  const packets: PacketSource[] = []
  let skipped = 0
  let start: number | null = null
  let last = 0
  try {
    for (const { linktype, bytes, timestamp } of readCapture(readBytes(file, io))) {
      const layer = networkLayer(linktype, bytes)
      if (!layer.ok) {
        skipped++
        continue
      }
      start ??= timestamp
      const after = packets.length === 0 ? 0 : Math.max(0, timestamp - last)
      last = timestamp
      packets.push({ bytes: layer.bytes, after, ...(layer.frame ? { frame: layer.frame } : {}) })
    }
  } catch (error) {
    throw error instanceof UsageError ? new UsageError(`--pcap ${file}: ${error.message}`) : error
  }
  if (packets.length === 0) throw new UsageError(`--pcap ${file}: holds no IPv4 or IPv6 packet`)
  return { packets, skipped, start: (start ?? 0) * 1000 }
}

/** The ends of a packet; of one that cannot be read, documentation addresses. */
export function endsOf(bytes: Uint8Array): Ends {
  const packet = new Packet().load(bytes)
  const family = bytes.length > 0 && (bytes[0] as number) >> 4 === 6 ? 6 : 4
  if (!packet.parse()) {
    return family === 4
      ? { family, source: '192.0.2.1', destination: '192.0.2.2' }
      : { family, source: '2001:db8::1', destination: '2001:db8::2' }
  }
  return {
    family,
    source: formatAddress(family, packet.source),
    destination: formatAddress(family, packet.destination),
  }
}
