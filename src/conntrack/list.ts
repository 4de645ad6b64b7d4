import { type Accounting, CT_STATUS, type Tuple } from '../packet/connection.ts'
import { formatAddress } from '../wire/address.ts'
import { PROTOCOL } from '../wire/protocols.ts'
import type { TrackedConnection } from './connection.ts'

/** Protocols that the conntrack tool knows by name. Source: libnetfilter_conntrack proto2str[]. */
const NAMES: ReadonlyMap<number, string> = new Map([
  [PROTOCOL.tcp, 'tcp'],
  [PROTOCOL.udp, 'udp'],
  [PROTOCOL.udplite, 'udplite'],
  [PROTOCOL.icmp, 'icmp'],
  [PROTOCOL.icmpv6, 'icmpv6'],
  [PROTOCOL.sctp, 'sctp'],
  [PROTOCOL.gre, 'gre'],
  [PROTOCOL.dccp, 'dccp'],
])

/**
 * The connections as `conntrack -L -o extended` of conntrack 1.4.7 prints them, a line each.
 *
 * `secondsLeft` tells each one's remaining life, `withCounters` whether accounting is on.
 *
 * Source: conntrack(8); libnetfilter_conntrack snprintf_default.c.
 */
export function listConnections(
  connections: Iterable<TrackedConnection>,
  secondsLeft: (connection: TrackedConnection) => number,
  withCounters: boolean,
): string {
  let text = ''
  for (const connection of connections) text += `${lineOf(connection, secondsLeft(connection), withCounters)}\n`
  return text
}

function lineOf(connection: TrackedConnection, seconds: number, withCounters: boolean): string {
  const { original, reply, status, accounting } = connection
  const { protocol } = original
  const words = [
    `${original.family === 4 ? 'ipv4     2' : 'ipv6     10'} ${(NAMES.get(protocol) ?? 'unknown').padEnd(8)} ${protocol}`,
    String(Math.floor(seconds)),
  ]
  if (protocol === PROTOCOL.tcp || protocol === PROTOCOL.sctp) words.push(connection.protocolState)
  const { id, direction } = connection.zoneOf
  words.push(describe(original))
  if (id !== 0 && direction === 'original') words.push(`zone-orig=${id}`)
  if (withCounters) words.push(counters(accounting[0]))
  if ((status & CT_STATUS.seenReply) === 0) words.push('[UNREPLIED]')
  words.push(describe(reply))
  if (id !== 0 && direction === 'reply') words.push(`zone-reply=${id}`)
  if (withCounters) words.push(counters(accounting[1]))
  if (status & CT_STATUS.assured) words.push('[ASSURED]')
  words.push(`mark=${connection.mark}`)
  if (id !== 0 && direction === 'both') words.push(`zone=${id}`)
  words.push('use=1')
  return words.join(' ')
}

function counters({ packets, bytes }: Accounting): string {
  return `packets=${packets} bytes=${bytes}`
}

function describe(tuple: Tuple): string {
  const { family, protocol, sport, dport } = tuple
  const addresses = `src=${formatAddress(family, tuple.source)} dst=${formatAddress(family, tuple.destination)}`
  switch (protocol) {
    case PROTOCOL.tcp:
    case PROTOCOL.udp:
    case PROTOCOL.udplite:
    case PROTOCOL.sctp:
    case PROTOCOL.dccp:
      return `${addresses} sport=${sport} dport=${dport}`
    case PROTOCOL.icmp:
    case PROTOCOL.icmpv6:
      return `${addresses} type=${dport >> 8} code=${dport & 0xff} id=${sport}`
    case PROTOCOL.gre:
      return `${addresses} srckey=0x${sport.toString(16)} dstkey=0x${dport.toString(16)}`
    default:
      return addresses
  }
}
