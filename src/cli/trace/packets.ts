import { readFileSync } from 'node:fs'
import { parsePacketText } from '../../packet/language.ts'
import { Packet } from '../../packet/packet.ts'
import { fromHex } from '../../util/bytes.ts'
import { UsageError } from '../../util/errors.ts'
import { formatAddress } from '../../wire/address.ts'
import { networkLayer } from '../../wire/capture.ts'
import { readCapture } from '../../wire/pcap.ts'

/** A packet to be traced: where it came from in the input, and its bytes from the network header on. */
export interface PacketSource {
  readonly bytes: Uint8Array
  /** The mark that the packet's text gave. */
  readonly mark: number
}

/** The packets of the command line: texts, hexadecimal bytes, then those of a capture. */
export function readPackets(texts: readonly string[], options: { readonly pcap?: string }): PacketSource[] {
  const packets = texts.map(readPacket)
  if (options.pcap !== undefined) packets.push(...readCaptureFile(options.pcap))
  return packets
}

/** One packet as text or hexadecimal. Throws UsageError with the column. */
export function readPacket(text: string): PacketSource {
  if (/^[\s:]*([0-9a-fA-F]{2}[\s:]*){20,}$/.test(text)) return { bytes: fromHex(text.replace(/[\s:]/g, '')), mark: 0 }
  try {
    const { bytes, mark = 0 } = parsePacketText(text)
    return { bytes, mark }
  } catch (error) {
    if (!(error instanceof UsageError)) throw error
    const column = error.place?.column ?? 1
    throw new UsageError(`${error.message}\n  ${text}\n  ${' '.repeat(column - 1)}^`)
  }
}

function readCaptureFile(file: string): PacketSource[] {
  const packets: PacketSource[] = []
  for (const record of readCapture(readFileSync(file))) {
    const layer = networkLayer(record.linktype, record.bytes)
    if (layer.ok) packets.push({ bytes: layer.bytes, mark: 0 })
  }
  if (packets.length === 0) throw new UsageError(`${file} holds no IPv4 or IPv6 packet`)
  return packets
}

/** The addresses of a packet as text, for what is assumed of its host. */
export function endsOf(bytes: Uint8Array): { family: 4 | 6; source: string; destination: string } {
  const packet = new Packet().load(bytes)
  if (!packet.parse()) return { family: 4, source: '192.0.2.1', destination: '192.0.2.2' }
  const family = packet.family as 4 | 6
  return {
    family,
    source: formatAddress(family, packet.source),
    destination: formatAddress(family, packet.destination),
  }
}
