import type { Packet } from '../../packet/packet.ts'
import { UsageError } from '../../util/errors.ts'
import { PROTOCOL, protocolName, protocolNumber } from '../../wire/protocols.ts'
import { serviceNumber } from '../../wire/services.ts'
import type { Side } from '../set.ts'
import type { Dimension } from './dimension.ts'
import { icmpCodeName, icmpCodeNumber } from './icmp-names.ts'

/** A protocol and its port; for ICMP type * 256 + code; 0 where the protocol has none. */
export interface ProtocolPort {
  readonly protocol: number
  readonly port: number
}

/** What must be there of a header before its ports are read, in bytes. */
const HEADER_LENGTH: ReadonlyMap<number, number> = new Map([
  [PROTOCOL.tcp, 20],
  [PROTOCOL.sctp, 12],
  [PROTOCOL.udp, 8],
  [PROTOCOL.udplite, 8],
  [PROTOCOL.icmp, 8],
  [PROTOCOL.icmpv6, 8],
])

/** The IPv6 header that says that nothing follows. */
const NO_NEXT_HEADER = 59

/** Protocol and port of a packet; null where they cannot be read. Source: Linux ip_set_get_ip4_port(), ip_set_get_ip6_port(). */
export function portOf(packet: Packet, side: Side): ProtocolPort | null {
  const { protocol, transport, view } = packet
  const length = HEADER_LENGTH.get(protocol)
  if (packet.family === 4) {
    if (protocol === 0) return null
    if (packet.fragmentOffset !== 0)
      return length === undefined || protocol === PROTOCOL.icmpv6 ? { protocol, port: 0 } : null
  } else if (protocol < 0 || protocol === NO_NEXT_HEADER || packet.fragmentOffset !== 0) return null
  if (length === undefined) return { protocol, port: 0 }
  if (transport + length > packet.end) return null
  const isIcmp = protocol === PROTOCOL.icmp || protocol === PROTOCOL.icmpv6
  return { protocol, port: view.getUint16(isIcmp || side === 'src' ? transport : transport + 2) }
}

/** A port with its protocol, TCP where it is not named. */
export const port: Dimension<ProtocolPort> = {
  read: portOf,
  parse(text) {
    const colon = text.indexOf(':')
    const name = colon < 0 ? 'tcp' : text.slice(0, colon)
    const protocol = /^\d+$/.test(name) ? Number(name) : protocolNumber(name)
    if (protocol === undefined || protocol < 1 || protocol > 255) throw new UsageError(`"${name}" is no protocol`)
    const rest = text.slice(colon + 1)
    if (protocol === PROTOCOL.icmp || protocol === PROTOCOL.icmpv6)
      return [{ protocol, port: parseIcmp(rest, protocol) }]
    const [from = '', to = from] = rest.split('-')
    const first = parsePortNumber(from, protocol)
    const last = parsePortNumber(to, protocol)
    if (!HEADER_LENGTH.has(protocol) && (first !== 0 || last !== 0)) throw new UsageError(`${name} has no ports but 0`)
    const [low, high] = first <= last ? [first, last] : [last, first]
    return Array.from({ length: high - low + 1 }, (_, index) => ({ protocol, port: low + index }))
  },
  key: ({ protocol, port: number }) => `${protocol}:${number}`,
  format({ protocol, port: number }) {
    const name = protocolName(protocol) ?? String(protocol)
    if (protocol !== PROTOCOL.icmp && protocol !== PROTOCOL.icmpv6) return `${name}:${number}`
    return `${name}:${icmpCodeName(protocol, number) ?? `${number >> 8}/${number & 0xff}`}`
  },
}

/** A port by number or service name. Throws UsageError. */
export function parsePortNumber(text: string, protocol: number): number {
  const number = /^\d+$/.test(text) ? Number(text) : serviceNumber(text, protocol)
  if (number !== undefined && number <= 0xffff) return number
  throw new UsageError(`"${text}" is no port`)
}

function parseIcmp(text: string, protocol: number): number {
  const named = icmpCodeNumber(protocol, text)
  if (named !== undefined) return named
  const parts = text.split('/')
  const [type, code] = parts.map(Number)
  const isByte = (value: number | undefined): boolean => value !== undefined && Number.isInteger(value) && value <= 255
  if (parts.length === 2 && /^\d+\/\d+$/.test(text) && isByte(type) && isByte(code)) {
    return ((type as number) << 8) | (code as number)
  }
  throw new UsageError(`"${text}" is no ICMP type/code`)
}
