import type { Packet } from '../../packet/packet.ts'
import { checksum, pseudoSumAt4, pseudoSumAt6 } from '../../wire/checksum.ts'

/**
 * Whether the checksum over the transport data and its pseudo header is right. `covered` bytes are summed,
 * the whole transport data where absent. Source: Linux nf_checksum(), nf_checksum_partial().
 */
export function transportChecksumHolds(packet: Packet, protocol: number, covered?: number): boolean {
  const { bytes, network, transport, end } = packet
  const length = end - transport
  const pseudo =
    packet.family === 4
      ? pseudoSumAt4(bytes, network, protocol, length)
      : pseudoSumAt6(bytes, network, protocol, length)
  packet.checksumValid = checksum(bytes, transport, covered === undefined ? end : transport + covered, pseudo) === 0
  return packet.checksumValid
}

/** Whether a checksum without pseudo header is right (ICMP). */
export function plainChecksumHolds(packet: Packet): boolean {
  packet.checksumValid = checksum(packet.bytes, packet.transport, packet.end) === 0
  return packet.checksumValid
}
