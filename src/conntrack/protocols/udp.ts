import { CT_STATUS } from '../../packet/connection.ts'
import type { Packet } from '../../packet/packet.ts'
import { PROTOCOL } from '../../wire/protocols.ts'
import { transportChecksumHolds } from './checksums.ts'
import { accept, invalid, type Tracker, type TrackingContext } from './tracker.ts'

/** A flow that goes both ways becomes a stream this long after its first packet, in milliseconds. */
const STREAM_AFTER = 2000

/** Follows UDP: short-lived until answered, a stream when it goes on. Source: Linux nf_conntrack_udp_packet(). */
export const trackUdp: Tracker = (connection, packet, context) => {
  const error = udpError(packet, context)
  if (error !== null) return invalid(error)
  const { settings, now } = context
  if (!connection.confirmed) connection.memory = { kind: 'udp', streamFrom: now + STREAM_AFTER }
  if ((connection.status & CT_STATUS.seenReply) === 0) return accept(settings.nf_conntrack_udp_timeout)
  const { memory } = connection
  if (memory.kind === 'udp' && now <= memory.streamFrom) return accept(settings.nf_conntrack_udp_timeout)
  connection.status |= CT_STATUS.assured
  return accept(settings.nf_conntrack_udp_timeout_stream)
}

/** Source: Linux udp_error(). */
function udpError(packet: Packet, context: TrackingContext): string | null {
  const { view, transport, end } = packet
  const there = end - transport
  if (there < 8) return `the UDP header is cut short (${there} of 8 bytes)`
  const length = view.getUint16(transport + 4)
  if (length > there || length < 8) return `the UDP length ${length} does not fit the ${there} bytes there are`
  if (view.getUint16(transport + 6) === 0) return null
  if (context.verifiesChecksums && !transportChecksumHolds(packet, PROTOCOL.udp)) return 'the UDP checksum is wrong'
  return null
}

/** Follows UDP-Lite. Source: Linux nf_conntrack_udplite_packet(). */
export const trackUdpLite: Tracker = (connection, packet, context) => {
  const error = udpLiteError(packet, context)
  if (error !== null) return invalid(error)
  const { settings } = context
  if ((connection.status & CT_STATUS.seenReply) === 0) return accept(settings.nf_conntrack_udp_timeout)
  connection.status |= CT_STATUS.assured
  return accept(settings.nf_conntrack_udp_timeout_stream)
}

/**
 * The kernel computes the checksum with UDP's number (17) in the pseudo header instead of UDP-Lite's (136), so what
 * RFC 3828 calls right is invalid (observed on Linux 6.18, both families, every coverage), and so does this.
 *
 * Source: Linux udplite_error().
 */
function udpLiteError(packet: Packet, context: TrackingContext): string | null {
  const { view, transport, end } = packet
  const there = end - transport
  if (there < 8) return `the UDP-Lite header is cut short (${there} of 8 bytes)`
  const coverage = view.getUint16(transport + 4)
  if (coverage !== 0 && (coverage < 8 || coverage > there))
    return `the UDP-Lite checksum covers ${coverage} of ${there} bytes`
  if (view.getUint16(transport + 6) === 0) return 'UDP-Lite needs a checksum'
  const covered = coverage === 0 ? there : coverage
  if (!context.verifiesChecksums || transportChecksumHolds(packet, PROTOCOL.udp, covered)) return null
  return 'the UDP-Lite checksum is wrong by what the kernel expects'
}
