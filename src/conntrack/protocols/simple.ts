import { CT_STATUS } from '../../packet/connection.ts'
import { accept, invalid, type Tracker } from './tracker.ts'

/** ICMP messages that open a connection: echo, timestamp, information and address mask requests. */
const ICMP_OPENERS = new Set([8, 13, 15, 17])
/** The same for ICMPv6: echo and node information requests. */
const ICMPV6_OPENERS = new Set([128, 139])

/** Follows ICMP queries. Errors never come here. Source: Linux nf_conntrack_icmp_packet(). */
export const trackIcmp: Tracker = (connection, packet, { settings }) => {
  const type = connection.original.dport >> 8
  if (packet.family !== 4) return invalid('ICMP inside of IPv6')
  if (!connection.confirmed && !ICMP_OPENERS.has(type))
    return invalid(`ICMP type ${type} answers nothing that was asked`)
  return accept(settings.nf_conntrack_icmp_timeout)
}

/** Follows ICMPv6 queries. Source: Linux nf_conntrack_icmpv6_packet(). */
export const trackIcmpv6: Tracker = (connection, packet, { settings }) => {
  const type = connection.original.dport >> 8
  if (packet.family !== 6) return invalid('ICMPv6 inside of IPv4')
  if (!connection.confirmed && !ICMPV6_OPENERS.has(type)) {
    return invalid(`ICMPv6 type ${type} answers nothing that was asked`)
  }
  return accept(settings.nf_conntrack_icmpv6_timeout)
}

/** Follows GRE. Source: Linux nf_conntrack_gre_packet(). */
export const trackGre: Tracker = (connection, _packet, { settings }) => {
  if ((connection.status & CT_STATUS.seenReply) === 0) return accept(settings.nf_conntrack_gre_timeout)
  connection.status |= CT_STATUS.assured
  return accept(settings.nf_conntrack_gre_timeout_stream)
}

/** Every other protocol: addresses only. Source: Linux generic_packet(). */
export const trackGeneric: Tracker = (_connection, _packet, { settings }) =>
  accept(settings.nf_conntrack_generic_timeout)
