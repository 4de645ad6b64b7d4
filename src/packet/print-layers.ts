/** Every header of a packet in a line of its own, in words for people, with lengths and checksums. */

import { toHex } from '../util/bytes.ts'
import { addressesOf, formatAddress, formatIpv4Address, type PseudoHeader } from '../wire/address.ts'
import { parseAh } from '../wire/ah.ts'
import { checksumFor, pseudoSum, sctpChecksum } from '../wire/checksum.ts'
import { dccpChecksum, parseDccp } from '../wire/dccp.ts'
import { parseEsp } from '../wire/esp.ts'
import { parseGre } from '../wire/gre.ts'
import { parseIcmp } from '../wire/icmp.ts'
import { ICMPV6, parseIcmpv6 } from '../wire/icmpv6.ts'
import { IPV4, parseIpv4 } from '../wire/ipv4.ts'
import type { Ipv4Option } from '../wire/ipv4-options.ts'
import { parseIpv6 } from '../wire/ipv6.ts'
import { ETHERTYPE, PROTOCOL, protocolName } from '../wire/protocols.ts'
import { parseSctp } from '../wire/sctp.ts'
import { formatTcpFlags, parseTcp, TCP } from '../wire/tcp.ts'
import type { TcpOption } from '../wire/tcp-options.ts'
import { parseUdp, udpChecksum } from '../wire/udp.ts'
import { parseUdplite, udpliteChecksum } from '../wire/udplite.ts'

/** How many packets inside packets are shown. */
const DEEPEST = 8

/** A header as a line, and where a packet inside begins. */
interface Layer {
  readonly line: string
  readonly inner?: number
}

/** One line for each header of the packet in `at`..`end`, and for those of packets inside it, indented; never throws. */
export function layersOf(bytes: Uint8Array, at = 0, end = bytes.length, depth = 0): string[] {
  const indent = '  '.repeat(depth + 1)
  const version = at < end ? bytes[at]! >> 4 : 0
  if (version !== 4 && version !== 6) return [`${indent}malformed packet: IP version ${version}, 4 or 6 expected`]
  const ip = version === 4 ? ipv4Layer(bytes, at, end) : ipv6Layer(bytes, at, end)
  if ('malformed' in ip) return [`${indent}malformed ${ip.malformed}`]
  const protocol = ip.bare ? -1 : ip.protocol
  const whole = !ip.cut && !ip.fragment
  const upper = transportLayer({
    bytes,
    at: ip.payload,
    end: ip.end,
    protocol,
    addresses: addressesOf(bytes, at),
    whole,
  })
  const lines = [...ip.lines, ...(upper ? [upper.line] : [])].map((line) => indent + line)
  if (upper?.inner === undefined || depth >= DEEPEST || upper.inner >= ip.end) return lines
  return [...lines, ...layersOf(bytes, upper.inner, ip.end, depth + 1)]
}

function ipv4Layer(bytes: Uint8Array, at: number, end: number) {
  const ip = parseIpv4(bytes, at, end)
  if (!ip.ok) return ip
  const flags = [ip.reserved ? 'evil' : '', ip.df ? 'DF' : '', ip.mf ? 'MF' : ''].filter(Boolean).join(' ') || 'none'
  const right = checksumFor(bytes, at, at + ip.headerLength, at + IPV4.checksum)
  const parts = [
    `${formatIpv4Address(ip.source)} > ${formatIpv4Address(ip.destination)}`,
    `tos 0x${ip.tos.toString(16)}`,
    `ttl ${ip.ttl}`,
    `id ${ip.id}`,
    `offset ${ip.fragmentOffset}`,
    `flags [${flags}]`,
    `protocol ${protocolText(ip.protocol)}`,
    `length ${ip.totalLength}${ip.missing > 0 ? ` (${ip.missing} missing)` : ''}`,
    sumText(ip.checksum, right, true),
    ...(ip.options.length > 0 ? [`options [${ip.options.map(ipv4OptionText).join(', ')}]`] : []),
  ]
  const bare = ip.fragmentOffset > 0
  const { payloadOffset: payload, payloadEnd, protocol } = ip
  return {
    lines: [`ipv4: ${parts.join(', ')}`],
    payload,
    end: payloadEnd,
    protocol,
    bare,
    fragment: bare || ip.mf,
    cut: ip.missing > 0,
  }
}

function ipv6Layer(bytes: Uint8Array, at: number, end: number) {
  const ip = parseIpv6(bytes, at, end)
  if (!ip.ok) return ip
  const parts = [
    `${formatAddress(6, ip.source)} > ${formatAddress(6, ip.destination)}`,
    `class 0x${ip.trafficClass.toString(16)}`,
    `flow label 0x${ip.flowLabel.toString(16)}`,
    `hop limit ${ip.hopLimit}`,
    `next header ${protocolText(ip.nextHeader)}`,
    `payload length ${ip.payloadLength}${ip.missing > 0 ? ` (${ip.missing} missing)` : ''}`,
  ]
  const extensions = ip.extensions.map(({ name, length, nextHeader, body }) => {
    return `${name}: length ${length}, next header ${protocolText(nextHeader)}, data 0x${toHex(body)}`
  })
  const bare = ip.fragmentOffset > 0
  const { payloadOffset: payload, payloadEnd, protocol } = ip
  const lines = [`ipv6: ${parts.join(', ')}`, ...extensions]
  return { lines, payload, end: payloadEnd, protocol, bare, fragment: bare || ip.mf, cut: ip.missing > 0 }
}

interface Transport {
  readonly bytes: Uint8Array
  readonly at: number
  readonly end: number
  readonly protocol: number
  readonly addresses: PseudoHeader
  /** Whether all that the checksum covers is there. */
  readonly whole: boolean
}

/** The layer above IP, `undefined` where nothing is known of it. */
function transportLayer(transport: Transport): Layer | undefined {
  const { bytes, at, end, protocol, addresses, whole } = transport
  const ports = (p: { sport: number; dport: number }) => `${p.sport} > ${p.dport}`
  switch (protocol) {
    case PROTOCOL.tcp: {
      const read = parseTcp(bytes, at, end)
      if (!read.ok) return { line: `malformed ${read.malformed}` }
      const right = checksumFor(bytes, at, end, at + TCP.checksum, pseudoSum(addresses, protocol, end - at))
      const { flags, seq, ack, window, urgent, options, payloadOffset, checksum } = read
      const text = options.length > 0 ? `, options [${options.map(tcpOptionText).join(', ')}]` : ''
      const numbers = `flags [${formatTcpFlags(flags)}], seq ${seq}, ack ${ack}, window ${window}, urgent ${urgent}`
      return {
        line: `tcp: ${ports(read)}, ${numbers}${text}, data ${end - payloadOffset}, ${sumText(checksum, right, whole)}`,
      }
    }
    case PROTOCOL.udp: {
      const read = parseUdp(bytes, at, end)
      if (!read.ok) return { line: `malformed ${read.malformed}` }
      const sum =
        read.checksum === 0 ? 'no checksum' : sumText(read.checksum, udpChecksum(bytes, at, end, addresses), whole)
      return { line: `udp: ${ports(read)}, length ${read.length}, ${sum}` }
    }
    case PROTOCOL.udplite: {
      const read = parseUdplite(bytes, at, end)
      if (!read.ok) return { line: `malformed ${read.malformed}` }
      const sum = sumText(read.checksum, udpliteChecksum(bytes, at, end, addresses), whole)
      return { line: `udplite: ${ports(read)}, coverage ${read.coverage}, ${sum}` }
    }
    case PROTOCOL.dccp: {
      const read = parseDccp(bytes, at, end)
      if (!read.ok) return { line: `malformed ${read.malformed}` }
      const ack = read.ack === undefined ? '' : `, ack ${read.ack}`
      const sum = sumText(read.checksum, dccpChecksum(bytes, at, end, addresses), whole)
      return { line: `dccp: ${ports(read)}, ${read.typeName ?? `type ${read.type}`}, seq ${read.seq}${ack}, ${sum}` }
    }
    case PROTOCOL.sctp: {
      const read = parseSctp(bytes, at, end)
      if (!read.ok) return { line: `malformed ${read.malformed}` }
      const chunks = read.chunks.map(({ name, type, flags, length }) => {
        return `${name ?? `type ${type}`} (flags 0x${flags.toString(16)}, length ${length})`
      })
      const sum = sumText(read.checksum, sctpChecksum(bytes, at, end), whole)
      return {
        line: `sctp: ${ports(read)}, tag 0x${read.verificationTag.toString(16)}, ${sum}, chunks [${chunks.join(', ')}]`,
      }
    }
    default:
      return portlessLayer(transport)
  }
}

function portlessLayer({ bytes, at, end, protocol, addresses, whole }: Transport): Layer | undefined {
  switch (protocol) {
    case PROTOCOL.icmp:
    case PROTOCOL.icmpv6: {
      const isSix = protocol === PROTOCOL.icmpv6
      const read = isSix ? parseIcmpv6(bytes, at, end) : parseIcmp(bytes, at, end)
      if (!read.ok) return { line: `malformed ${read.malformed}` }
      const pseudo = isSix ? pseudoSum(addresses, protocol, end - at) : 0
      const rest = read.isQuery
        ? `id ${read.rest >>> 16}, seq ${read.rest & 0xffff}`
        : `rest 0x${read.rest.toString(16)}`
      const sum = sumText(read.checksum, checksumFor(bytes, at, end, at + ICMPV6.checksum, pseudo), whole)
      const what = `type ${read.type}, code ${read.code}${read.name === undefined ? '' : ` (${read.name})`}`
      const line = `${isSix ? 'icmp6' : 'icmp'}: ${what}, ${rest}, data ${end - read.payloadOffset}, ${sum}`
      return read.isError ? { line, inner: read.payloadOffset } : { line }
    }
    case PROTOCOL.gre: {
      const read = parseGre(bytes, at, end)
      if (!read.ok) return { line: `malformed ${read.malformed}` }
      const named = { key: read.key, 'call id': read.callId, seq: read.sequence, ack: read.ack }
      const given = Object.entries(named).flatMap(([name, value]) =>
        value === undefined ? [] : [`, ${name} ${value}`],
      )
      const sum =
        read.checksum === undefined ? '' : `, ${sumText(read.checksum, checksumFor(bytes, at, end, at + 4), whole)}`
      const line = `gre: version ${read.version}, EtherType 0x${read.protocol.toString(16).padStart(4, '0')}${given.join('')}${sum}`
      const carriesIp = read.protocol === ETHERTYPE.ipv4 || read.protocol === ETHERTYPE.ipv6
      return carriesIp ? { line, inner: read.payloadOffset } : { line }
    }
    case PROTOCOL.esp: {
      const read = parseEsp(bytes, at, end)
      if (!read.ok) return { line: `malformed ${read.malformed}` }
      return { line: `esp: spi 0x${read.spi.toString(16)}, seq ${read.sequence}, data ${end - read.payloadOffset}` }
    }
    case PROTOCOL.ah: {
      const read = parseAh(bytes, at, end)
      if (!read.ok) return { line: `malformed ${read.malformed}` }
      const numbers = `spi 0x${read.spi.toString(16)}, seq ${read.sequence}`
      return { line: `ah: ${numbers}, next header ${protocolText(read.nextHeader)}, data ${end - read.payloadOffset}` }
    }
    case PROTOCOL.ipencap:
    case PROTOCOL.ipv6:
      return { line: `${protocolText(protocol)}: data ${end - at}`, inner: at }
    default:
      return { line: `data ${end - at}` }
  }
}

function protocolText(protocol: number): string {
  const name = protocolName(protocol)
  return name === undefined ? String(protocol) : `${name} (${protocol})`
}

/** `checksum 0x1234 (correct)`, or what it should be; nothing is said where not all that it covers is there. */
function sumText(held: number, right: number, whole: boolean): string {
  const hex = (value: number) => `0x${value.toString(16).padStart(4, '0')}`
  if (!whole) return `checksum ${hex(held)}`
  return `checksum ${hex(held)} (${held === right ? 'correct' : `incorrect, should be ${hex(right)}`})`
}

function tcpOptionText(option: TcpOption): string {
  switch (option.kind) {
    case 'mss':
      return `mss ${option.value}`
    case 'wscale':
      return `wscale ${option.shift}`
    case 'timestamps':
      return `TS val ${option.value} ecr ${option.echo}`
    case 'sack':
      return `sack ${option.blocks.map((block) => `{${block.join(':')}}`).join('')}`
    case 'other':
      return `option ${option.type} 0x${toHex(option.data)}`
    default:
      return option.kind
  }
}

function ipv4OptionText(option: Ipv4Option): string {
  switch (option.kind) {
    case 'rr':
    case 'lsrr':
    case 'ssrr':
      return `${option.kind} ${option.addresses.map(formatIpv4Address).join(' ')} at ${option.pointer}`
    case 'timestamp':
      return `timestamp flag ${option.flag} overflow ${option.overflow} ${option.words.join(' ')} at ${option.pointer}`
    case 'ra':
      return `ra ${option.value}`
    case 'other':
      return `option ${option.type} 0x${toHex(option.data)}`
    default:
      return option.kind
  }
}
