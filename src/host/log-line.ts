import type { LogEntry } from '../expression/action.ts'
import type { Packet } from '../packet/packet.ts'
import { formatAddress } from '../wire/address.ts'
import { protocolName } from '../wire/protocols.ts'

/**
 * The beginning of the line that LOG writes: prefix, devices, addresses, length and protocol, with ports where the
 * packet has them. Source: Linux nf_log_ip_packet(), nf_log_ip6_packet().
 */
export function logLine(packet: Packet, entry: LogEntry): string {
  const { view, network, transport, end, protocol } = packet
  const family = packet.family === 6 ? 6 : 4
  const parts = [`${entry.prefix}IN=${packet.inDevice?.name ?? ''} OUT=${packet.outDevice?.name ?? ''}`]
  parts.push(`SRC=${formatAddress(family, packet.source)} DST=${formatAddress(family, packet.destination)}`)
  parts.push(`LEN=${packet.length}`)
  if (family === 4) parts.push(`TTL=${view.getUint8(network + 8)} ID=${view.getUint16(network + 4)}`)
  else parts.push(`HOPLIMIT=${view.getUint8(network + 7)}`)
  parts.push(`PROTO=${protocolName(protocol)?.toUpperCase() ?? protocol}`)
  const hasPorts = protocol === 6 || protocol === 17 || protocol === 136
  if (hasPorts && packet.fragmentOffset === 0 && transport + 4 <= end) {
    parts.push(`SPT=${view.getUint16(transport)} DPT=${view.getUint16(transport + 2)}`)
  }
  if (packet.mark !== 0) parts.push(`MARK=0x${packet.mark.toString(16)}`)
  return parts.join(' ')
}
