/** What the packet language says about a transport header: kind, ports, brackets and words. */

import { equalBytes, toHex } from '../util/bytes.ts'
import { type Ah, parseAh } from '../wire/ah.ts'
import { checksumFor, pseudoSum, sctpChecksum } from '../wire/checksum.ts'
import { buildDccp, dccpChecksum, parseDccp } from '../wire/dccp.ts'
import { parseEsp } from '../wire/esp.ts'
import { buildGre, gre, parseGre } from '../wire/gre.ts'
import { ETHERTYPE, PROTOCOL, protocolName } from '../wire/protocols.ts'
import { type Malformed, malformed } from '../wire/result.ts'
import { buildSctp, parseSctp, SCTP, type SctpChunkFields, sctp } from '../wire/sctp.ts'
import { formatTcpFlags, parseTcp, TCP, tcp } from '../wire/tcp.ts'
import { buildTcpOptions, type TcpOption } from '../wire/tcp-options.ts'
import { parseUdp, udp, udpChecksum } from '../wire/udp.ts'
import { parseUdplite, udplite, udpliteChecksum } from '../wire/udplite.ts'
import { icmpShape } from './print-icmp.ts'
import { checksumWord, hexWord, type Shape, type Upper, word } from './print-shape.ts'

/** The shape of the upper layer; one that has no better is `proto N` with its bytes as data. */
export function shapeOf(upper: Upper): Shape {
  const shape = readShape(upper)
  return 'ok' in shape ? { ...rawShape(upper), malformed: shape.malformed } : shape
}

/** The shape of data behind a header that is elsewhere: in a later fragment. */
export function fragmentShape(upper: Upper): Shape {
  return { kind: kindName(upper.protocol, upper.family), words: [], payload: upper.at }
}

function rawShape({ protocol, at, bytes, end }: Upper): Shape {
  const kind = `proto ${protocolName(protocol) ?? protocol}`
  const version = at < end ? bytes[at]! >> 4 : 0
  const tunnels = (protocol === PROTOCOL.ipencap && version === 4) || (protocol === PROTOCOL.ipv6 && version === 6)
  return { kind, words: [], payload: at, ...(tunnels ? { inner: at } : {}) }
}

function kindName(protocol: number, family: 4 | 6): string {
  switch (protocol) {
    case PROTOCOL.tcp:
    case PROTOCOL.udp:
    case PROTOCOL.udplite:
    case PROTOCOL.sctp:
    case PROTOCOL.dccp:
    case PROTOCOL.gre:
    case PROTOCOL.esp:
    case PROTOCOL.ah:
      return protocolName(protocol)!
    case PROTOCOL.icmp:
      return family === 4 ? 'icmp' : 'proto icmp'
    case PROTOCOL.icmpv6:
      return family === 6 ? 'icmp6' : 'proto ipv6-icmp'
    default:
      return `proto ${protocolName(protocol) ?? protocol}`
  }
}

function readShape(upper: Upper): Shape | Malformed {
  switch (upper.protocol) {
    case PROTOCOL.tcp:
      return tcpShape(upper)
    case PROTOCOL.udp:
      return udpShape(upper)
    case PROTOCOL.udplite:
      return udpliteShape(upper)
    case PROTOCOL.sctp:
      return sctpShape(upper)
    case PROTOCOL.dccp:
      return dccpShape(upper)
    case PROTOCOL.icmp:
      return upper.family === 4 ? icmpShape(upper) : rawShape(upper)
    case PROTOCOL.icmpv6:
      return upper.family === 6 ? icmpShape(upper) : rawShape(upper)
    case PROTOCOL.gre:
      return greShape(upper)
    case PROTOCOL.esp:
      return espShape(upper)
    case PROTOCOL.ah:
      return ahShape(upper)
    default:
      return rawShape(upper)
  }
}

function tcpShape(upper: Upper): Shape | Malformed {
  const { bytes, at, end } = upper
  const ports = [tcp.sport(bytes, at), tcp.dport(bytes, at)] as const
  // The eight bytes that RFC 792 asks an ICMP error to quote.
  if (upper.cut && end - at === 8) {
    return { kind: 'tcp', ports, words: word('seq', tcp.seq(bytes, at)), payload: end, headerCut: true }
  }
  const read = parseTcp(bytes, at, end)
  if (!read.ok) return read
  const right = checksumFor(bytes, at, end, at + TCP.checksum, pseudoSum(upper.addresses, PROTOCOL.tcp, end - at))
  const words = [
    `[${formatTcpFlags(read.flags)}]`,
    ...word('seq', read.seq),
    ...word('ack', read.ack),
    ...word('win', read.window, 64240),
    ...word('urg', read.urgent),
    ...word('reserved', read.reserved),
    ...tcpOptionWords(read.options, bytes.subarray(at + TCP.options, read.payloadOffset)),
    ...checksumWord(read.checksum, right),
  ]
  return { kind: 'tcp', ports, words, payload: read.payloadOffset }
}

function tcpOptionWords(options: readonly TcpOption[], raw: Uint8Array): string[] {
  const said = options.at(-1)?.kind === 'eol' ? options.slice(0, -1) : options
  if (!equalBytes(buildTcpOptions(said), raw)) return [`tcpoptions 0x${toHex(raw)}`]
  return said.map((option) => {
    switch (option.kind) {
      case 'mss':
        return `mss ${option.value}`
      case 'wscale':
        return `wscale ${option.shift}`
      case 'timestamps':
        return `tsval ${option.value} tsecr ${option.echo}`
      case 'sack':
        return option.blocks.length === 0 ? 'tcpopt 5 0x' : `sack ${option.blocks.map((b) => b.join(':')).join(',')}`
      case 'other':
        return `tcpopt ${option.type} 0x${toHex(option.data)}`
      default:
        return option.kind
    }
  })
}

function udpShape({ bytes, at, end, addresses }: Upper): Shape | Malformed {
  const read = parseUdp(bytes, at, end)
  if (!read.ok) return read
  const ports = [udp.sport(bytes, at), udp.dport(bytes, at)] as const
  const sum = checksumWord(read.checksum, udpChecksum(bytes, at, end, addresses))
  return { kind: 'udp', ports, words: [...word('udplen', read.length, end - at), ...sum], payload: read.payloadOffset }
}

function udpliteShape({ bytes, at, end, addresses }: Upper): Shape | Malformed {
  const read = parseUdplite(bytes, at, end)
  if (!read.ok) return read
  const ports = [udplite.sport(bytes, at), udplite.dport(bytes, at)] as const
  const sum = checksumWord(read.checksum, udpliteChecksum(bytes, at, end, addresses))
  return { kind: 'udplite', ports, words: [...word('coverage', read.coverage), ...sum], payload: read.payloadOffset }
}

function sctpShape({ bytes, at, end, cut }: Upper): Shape | Malformed {
  const ports = [sctp.sport(bytes, at), sctp.dport(bytes, at)] as const
  const tag = hexWord('vtag', sctp.verificationTag(bytes, at))
  if (cut && end - at === 8) return { kind: 'sctp', ports, words: tag, payload: end, headerCut: true }
  if (end - at < SCTP.headerLength) return malformed(`sctp: ${end - at} bytes, at least 12 expected`)
  const sum = checksumWord(sctp.checksum(bytes, at), sctpChecksum(bytes, at, end))
  const read = parseSctp(bytes, at, end)
  const chunks = read.ok
    ? read.chunks.map(({ type, flags, offset, length }) => ({
        type,
        flags,
        value: bytes.slice(offset + 4, offset + length),
      }))
    : []
  const payload = at + SCTP.chunks
  const body = bytes.subarray(payload, end)
  if (chunks.length === 0 || !equalBytes(bodyOf(chunks), body)) {
    const brackets = body.length === 0 ? ['[none]'] : []
    return {
      kind: 'sctp',
      ports,
      words: [...brackets, ...tag, ...sum],
      payload,
      ...(read.ok ? {} : { malformed: read.malformed }),
    }
  }
  const plain = chunks.map(({ type }) => ({ type }))
  const names = chunks.map(({ type }, i) => (read.ok ? read.chunks[i]?.name : undefined) ?? String(type))
  const spelt = chunks.map(({ flags, value }, i) => `chunk ${names[i]}/0x${flags.toString(16)} 0x${toHex(value)}`)
  const words = equalBytes(bodyOf(plain), body) ? [`[${names.join(',')}]`] : spelt
  return { kind: 'sctp', ports, words: [...words, ...tag, ...sum], payload: end }
}

function bodyOf(chunks: readonly SctpChunkFields[]): Uint8Array {
  return buildSctp({ chunks }).subarray(SCTP.chunks)
}

function dccpShape({ bytes, at, end, addresses }: Upper): Shape | Malformed {
  const read = parseDccp(bytes, at, end)
  if (!read.ok) return read
  if (!equalBytes(buildDccp(read), bytes.subarray(at, read.payloadOffset)))
    return malformed('dccp: reserved bits are set')
  const words = [
    `[${read.typeName ?? read.type}]`,
    ...(read.long ? [] : ['short']),
    ...word('seq', read.seq),
    ...word('ack', read.ack ?? 0),
    ...word('service', read.service ?? 0),
    ...hexWord('reset', read.reset ?? 0),
    ...word('ccval', read.ccval),
    ...word('coverage', read.coverage),
    ...(read.options.length > 0 ? [`dccpoptions 0x${toHex(read.options)}`] : []),
    ...checksumWord(read.checksum, dccpChecksum(bytes, at, end, addresses)),
  ]
  return { kind: 'dccp', ports: [read.sport, read.dport], words, payload: read.payloadOffset }
}

function greShape({ bytes, at, end }: Upper): Shape | Malformed {
  const read = parseGre(bytes, at, end)
  if (!read.ok) return read
  const { payloadOffset, version } = read
  const payload = bytes.subarray(payloadOffset, end)
  const { ack, sequence, key } = read
  if (!equalBytes(buildGre({ ...read, payload }), bytes.subarray(at, end)))
    return malformed('gre: reserved bits are set')
  const nibble = payload.length > 0 ? payload[0]! >> 4 : 0
  const silent = version === 1 ? ETHERTYPE.ppp : nibble === 6 ? ETHERTYPE.ipv6 : ETHERTYPE.ipv4
  const sum = read.checksum === checksumFor(bytes, at, end, at + 4) ? 'gresum' : `csum 0x${read.checksum?.toString(16)}`
  const words = [
    ...(version === 1
      ? [`callid ${gre.callId(bytes, at)}`, ...word('calllen', read.payloadLength ?? 0, payload.length)]
      : []),
    ...hexWord('ethertype', read.protocol, silent),
    ...(key === undefined ? [] : [`key ${key}`]),
    ...(sequence === undefined ? [] : [`seq ${sequence}`]),
    ...(ack === undefined ? [] : [`ack ${ack}`]),
    ...(read.checksum === undefined ? [] : [sum]),
  ]
  const tunnels =
    (read.protocol === ETHERTYPE.ipv4 && nibble === 4) || (read.protocol === ETHERTYPE.ipv6 && nibble === 6)
  return { kind: 'gre', words, payload: payloadOffset, ...(tunnels ? { inner: payloadOffset } : {}) }
}

function espShape({ bytes, at, end }: Upper): Shape | Malformed {
  const read = parseEsp(bytes, at, end)
  if (!read.ok) return read
  return {
    kind: 'esp',
    words: [...hexWord('spi', read.spi), ...word('seq', read.sequence)],
    payload: read.payloadOffset,
  }
}

function ahShape({ bytes, at, end }: Upper): Shape | Malformed {
  const read = parseAh(bytes, at, end)
  if (!read.ok) return read
  return { kind: 'ah', words: ahWords(read), payload: read.payloadOffset }
}

function ahWords(read: Ah): string[] {
  return [
    ...hexWord('spi', read.spi),
    ...word('seq', read.sequence),
    ...hexWord('reserved', read.reserved),
    ...(equalBytes(read.icv, new Uint8Array(12)) ? [] : [`icv 0x${toHex(read.icv)}`]),
    ...(read.nextHeader === PROTOCOL.none ? [] : [`next ${protocolName(read.nextHeader) ?? read.nextHeader}`]),
  ]
}
