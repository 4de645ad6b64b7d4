/** Whether a packet's transport checksum is right, before its contents are rewritten or answered. */

import { checksum, pseudoSumAt4, pseudoSumAt6 } from '../wire/checksum.ts'
import type { Packet } from './packet.ts'

const TCP = 6
const UDP = 17

/**
 * Whether the checksum of the `protocol` at absolute offset `transport` is right, taken as one over all that follows.
 *
 * For IPv4 the IP header is summed too, so one with a wrong checksum fails, and only TCP and UDP have a
 * pseudo-header. Source: Linux nf_ip_checksum(), nf_ip6_checksum().
 */
export function isChecksumRight(packet: Packet, transport: number, protocol: number): boolean {
  const { bytes, network, end } = packet
  const length = end - transport
  if (packet.family === 6) {
    return checksum(bytes, transport, end, pseudoSumAt6(bytes, network, protocol, length)) === 0
  }
  const pseudo = protocol === TCP || protocol === UDP ? pseudoSumAt4(bytes, network, protocol, length) : 0
  return checksum(bytes, network, end, pseudo) === 0
}

/**
 * Whether the protocol has a checksum over all of its payload that can be checked: not for UDP without one, GRE, ESP,
 * AH, SCTP, UDP-Lite. Every unknown protocol is taken to have one. Source: Linux nf_reject_verify_csum().
 */
export function hasPlainChecksum(packet: Packet, transport: number, protocol: number): boolean {
  switch (protocol) {
    case UDP:
      return transport + 8 > packet.end || packet.view.getUint16(transport + 6) !== 0
    case 47: // GRE
    case 50: // ESP
    case 51: // AH
    case 132: // SCTP
    case 136: // UDP-Lite
      return false
    default:
      return true
  }
}
