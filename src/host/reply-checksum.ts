/** Whether a packet's transport checksum lets REJECT answer it. */

import type { Packet } from '../packet/packet.ts'
import { checksum, pseudoSumAt4, pseudoSumAt6 } from '../wire/checksum.ts'

const TCP = 6
const UDP = 17

/**
 * Whether the checksum at absolute offset `transport` is right when taken as one over the rest of the packet.
 *
 * For IPv4 protocols other than TCP and UDP there is no pseudo-header. Source: Linux nf_ip_checksum(), nf_ip6_checksum().
 */
export function isChecksumRight(packet: Packet, transport: number, protocol: number): boolean {
  const { bytes, network, end } = packet
  const length = end - transport
  let pseudo = 0
  if (packet.family === 6) pseudo = pseudoSumAt6(bytes, network, protocol, length)
  else if (protocol === TCP || protocol === UDP) pseudo = pseudoSumAt4(bytes, network, protocol, length)
  return checksum(bytes, transport, end, pseudo) === 0
}

/**
 * Whether the protocol has a checksum over all of its payload that can be checked: not for UDP without one, GRE, ESP,
 * AH, SCTP, UDP-Lite, DCCP. Every unknown protocol is taken to have one. Source: Linux nf_reject_verify_csum().
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
    case 33: // DCCP
      return false
    default:
      return true
  }
}
