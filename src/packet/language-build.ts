/** From a line of the packet language, read word by word, to bytes. */

import { concat, getU16, getU32, setU16, setU32 } from '../util/bytes.ts'
import { UsageError } from '../util/errors.ts'
import { DCCP, DCCP_TYPES } from '../wire/dccp.ts'
import { findIcmpName, ICMP, ICMP_NAMES } from '../wire/icmp.ts'
import { findIcmpv6Name, ICMPV6, ICMPV6_NAMES } from '../wire/icmpv6.ts'
import { parseIpv4 } from '../wire/ipv4.ts'
import { parseIpv6 } from '../wire/ipv6.ts'
import { EXTENSION_NAME } from '../wire/ipv6-extensions.ts'
import { PROTOCOL } from '../wire/protocols.ts'
import { SCTP, SCTP_CHUNK_TYPE, type SctpChunkFields } from '../wire/sctp.ts'
import { parseTcpFlags, TCP } from '../wire/tcp.ts'
import { UDP } from '../wire/udp.ts'
import { UDPLITE } from '../wire/udplite.ts'
import { packet } from './build.ts'
import type { NetworkFields } from './build-fields.ts'
import type { Endpoint } from './language-endpoint.ts'
import { type Cursor, peek, problem, suggestion, takeNumber, unexpected } from './language-lexer.ts'
import { type Draft, sctpChunkType } from './language-words.ts'

/** The kinds of packet that have their own form. */
export type Kind = 'tcp' | 'udp' | 'udplite' | 'sctp' | 'dccp' | 'icmp' | 'icmp6' | 'gre' | 'esp' | 'ah' | 'proto'

/** A line of the language, read but not yet built. */
export interface Line {
  readonly kind: Kind
  /** Of `proto N`. */
  readonly protocol: number | undefined
  readonly source: Endpoint
  readonly destination: Endpoint
  readonly brackets: { readonly text: string; readonly column: number } | undefined
  readonly draft: Draft
}

interface KindRules {
  readonly protocol: number
  readonly ports?: true
  /** What may stand between brackets. */
  readonly brackets?: string
  /** The transport checksum: its offset in bytes, and whether it has 32 bits. */
  readonly checksum?: { readonly offset: number; readonly wide?: true }
  /** Reads a name that is no word of the table, such as an ICMP type; false where the next token is none. */
  readonly takeName?: (cursor: Cursor, line: Line) => boolean
}

/** What sets the kinds apart. */
export const KINDS: Readonly<Record<Kind, KindRules>> = {
  tcp: { protocol: PROTOCOL.tcp, ports: true, brackets: 'flags such as S, S., R', checksum: { offset: TCP.checksum } },
  udp: { protocol: PROTOCOL.udp, ports: true, checksum: { offset: UDP.checksum } },
  udplite: { protocol: PROTOCOL.udplite, ports: true, checksum: { offset: UDPLITE.checksum } },
  sctp: {
    protocol: PROTOCOL.sctp,
    ports: true,
    brackets: 'chunks such as INIT or COOKIE_ECHO,DATA',
    checksum: { offset: SCTP.checksum, wide: true },
  },
  dccp: {
    protocol: PROTOCOL.dccp,
    ports: true,
    brackets: 'a type such as REQUEST',
    checksum: { offset: DCCP.checksum },
  },
  icmp: { protocol: PROTOCOL.icmp, checksum: { offset: ICMP.checksum }, takeName: takeIcmpName },
  icmp6: { protocol: PROTOCOL.icmpv6, checksum: { offset: ICMPV6.checksum }, takeName: takeIcmpName },
  gre: { protocol: PROTOCOL.gre },
  esp: { protocol: PROTOCOL.esp },
  ah: { protocol: PROTOCOL.ah },
  proto: { protocol: 0 },
}

/** The bytes of the packet that `line` writes, with `inner` at the beginning of its data. Throws {@link UsageError}. */
export function buildKind(line: Line, inner: Uint8Array | undefined): Uint8Array {
  const rules = KINDS[line.kind]
  const { draft } = line
  const { source } = line
  if (line.kind === 'icmp' && source.family === 6) throw problem("between IPv6 addresses write 'icmp6'", source.column)
  if (line.kind === 'icmp6' && source.family === 4) throw problem("between IPv4 addresses write 'icmp'", source.column)
  const bare = isLaterFragment(draft)
  checkPorts(line, bare)
  const network = networkOf(line)
  const payload = payloadOf(draft, inner)
  if (bare) {
    const odd = line.brackets ? `[${line.brackets.text}]` : draft.numbers.has('type') ? 'a type' : undefined
    if (odd) throw problem(`expected no ${odd}: a fragment with an offset has only data`, source.column)
    return packet.raw({ ...network, protocol: line.protocol ?? rules.protocol, payload })
  }
  const bytes = buildTransport(line, network, payload)
  if (draft.flags.has('badsum') && rules.checksum) spoil(bytes, rules.checksum)
  return bytes
}

function buildTransport(line: Line, network: NetworkFields, payload: Uint8Array): Uint8Array {
  const { draft, brackets } = line
  const { numbers } = draft
  const numbersOf = Object.fromEntries(numbers)
  const common = { ...numbersOf, ...network, sport: line.source.port, dport: line.destination.port, payload }
  switch (line.kind) {
    case 'tcp': {
      const raw = draft.bytes.get('tcpOptions')
      if (raw && draft.tcpOptions.length > 0) throw new UsageError("'tcpoptions' does not go with single options")
      return packet.tcp({ ...common, flags: tcpFlags(brackets), options: raw ?? draft.tcpOptions })
    }
    case 'udp':
      return packet.udp(common)
    case 'udplite':
      return packet.udplite(common)
    case 'sctp': {
      const chunks = [...bracketChunks(brackets), ...draft.chunks]
      const wantsDefault = !brackets && chunks.length === 0 && !draft.bytes.has('payload') && !numbers.has('len')
      if (chunks.length > 0 && payload.length > 0) {
        throw new UsageError("expected chunks or a payload, not both: write data as 'chunk DATA/0x3 0x…'")
      }
      const given = wantsDefault ? [{ type: SCTP_CHUNK_TYPE.INIT! }] : chunks
      return packet.sctp({ ...common, payload: payload.length > 0 ? payload : undefined, chunks: given })
    }
    case 'dccp':
      return packet.dccp({
        ...common,
        type: dccpType(brackets),
        long: !draft.flags.has('short'),
        options: draft.bytes.get('dccpOptions'),
      })
    case 'icmp':
    case 'icmp6':
      return buildIcmpLine(line, network, payload)
    case 'gre': {
      const checksum = numbers.get('checksum') ?? (draft.flags.has('gresum') || undefined)
      const version = numbers.has('callId') ? 1 : 0
      return packet.gre({ ...common, checksum, version, protocol: numbers.get('ethertype') })
    }
    case 'esp':
      return packet.esp(common)
    case 'ah':
      return packet.ah({ ...common, icv: draft.bytes.get('icv') })
    case 'proto':
      return packet.raw({ ...network, protocol: line.protocol, payload })
  }
}

function buildIcmpLine(line: Line, network: NetworkFields, payload: Uint8Array): Uint8Array {
  const { numbers, addresses } = line.draft
  const target = addresses.get('target')
  const gateway = addresses.get('gateway')
  const { id: _, ...rest } = network
  return packet.icmp({
    ...Object.fromEntries(numbers),
    ...rest,
    id: numbers.get('id'),
    type: numbers.get('type') ?? 'echo-request',
    gateway: gateway?.[0],
    payload: target ? concat(wordBytes(target), payload) : payload,
  })
}

function wordBytes(words: readonly number[]): Uint8Array {
  const bytes = new Uint8Array(16)
  for (const [i, word] of words.entries()) setU32(bytes, i * 4, word)
  return bytes
}

function networkOf(line: Line): NetworkFields {
  const { numbers, flags, bytes, ipOptions, extensions } = line.draft
  const raw = bytes.get('ipOptions')
  if (raw && ipOptions.length > 0) throw new UsageError("'ipoptions' does not go with single options")
  const dscp = numbers.get('dscp')
  const ecn = numbers.get('ecn')
  const parts = dscp !== undefined || ecn !== undefined
  if (parts && numbers.has('tos')) throw new UsageError("'tos' does not go with 'dscp' or 'ecn'")
  return {
    source: line.source.family === 4 ? line.source.words[0] : line.source.words,
    destination: line.destination.family === 4 ? line.destination.words[0] : line.destination.words,
    ttl: numbers.get('ttl'),
    tos: parts ? ((dscp ?? 0) << 2) | (ecn ?? 0) : numbers.get('tos'),
    ipId: numbers.get('ipId'),
    offset: numbers.get('offset'),
    df: flags.has('df') || undefined,
    mf: flags.has('mf') || undefined,
    reserved: flags.has('reserved') || undefined,
    totalLength: numbers.get('totalLength'),
    ipChecksum: numbers.get('ipChecksum'),
    flowLabel: numbers.get('flowLabel'),
    ipOptions: raw ?? (ipOptions.length > 0 ? ipOptions : undefined),
    extensions: extensions.length > 0 ? extensions : undefined,
  }
}

function payloadOf(draft: Draft, inner: Uint8Array | undefined): Uint8Array {
  const given = concat(inner ?? new Uint8Array(0), draft.bytes.get('payload') ?? new Uint8Array(0))
  const length = draft.numbers.get('len')
  if (length === undefined) return given
  if (length < given.length) throw new UsageError(`len is ${length}, but the payload has ${given.length} bytes`)
  return concat(given, new Uint8Array(length - given.length))
}

function isLaterFragment(draft: Draft): boolean {
  const inExtension = draft.extensions.some(
    ({ protocol, body }) => EXTENSION_NAME[protocol] === 'fragment' && body !== undefined && getU16(body, 0) >= 8,
  )
  return inExtension || (draft.numbers.get('offset') ?? 0) > 0
}

function checkPorts(line: Line, bare: boolean): void {
  const { kind, source, destination } = line
  const wrong = [source, destination].find((end) => end.port !== undefined)
  if (bare && wrong) throw problem('expected no port: a fragment with an offset has none', wrong.column)
  if (!KINDS[kind].ports && wrong) throw problem(`expected no port: ${kind} has none`, wrong.column)
  if (KINDS[kind].ports && !bare && destination.port === undefined) {
    const sample = destination.family === 4 ? '192.0.2.10:80' : '[2001:db8::2]:80'
    throw problem(`expected a destination port, as in ${sample}`, destination.column)
  }
}

function tcpFlags(brackets: Line['brackets']): number | undefined {
  if (!brackets) return undefined
  try {
    return parseTcpFlags(brackets.text)
  } catch (error) {
    throw error instanceof UsageError ? error.at({ line: 1, column: brackets.column }) : error
  }
}

function dccpType(brackets: Line['brackets']): number | undefined {
  if (!brackets) return undefined
  const types: readonly string[] = DCCP_TYPES
  const type = /^\d+$/.test(brackets.text) ? Number(brackets.text) : types.indexOf(brackets.text.toUpperCase())
  if (type >= 0 && type <= 15) return type
  const hint = suggestion(brackets.text, types)
  throw problem(`expected a DCCP type such as REQUEST, found '${brackets.text}'${hint}`, brackets.column)
}

function bracketChunks(brackets: Line['brackets']): SctpChunkFields[] {
  if (!brackets || brackets.text.toLowerCase() === 'none') return []
  return brackets.text.split(',').map((name) => {
    const type = sctpChunkType(name)
    if (type !== undefined) return { type }
    const hint = suggestion(name, Object.keys(SCTP_CHUNK_TYPE))
    throw problem(`expected an SCTP chunk such as INIT, found '${name}'${hint}`, brackets.column)
  })
}

/** Reads the name of an ICMP type, or `type N`, before or among the words. */
function takeIcmpName(cursor: Cursor, line: Line): boolean {
  const token = peek(cursor)
  if (token.kind !== 'word') return false
  const { numbers } = line.draft
  if (numbers.has('type')) return false
  if (token.text.toLowerCase() === 'type') {
    cursor.at++
    numbers.set('type', takeNumber(cursor, 'type', 255))
    return true
  }
  const found = line.kind === 'icmp' ? findIcmpName(token.text) : findIcmpv6Name(token.text)
  if (!found) {
    const names = (line.kind === 'icmp' ? ICMP_NAMES : ICMPV6_NAMES).map(({ name }) => name)
    const hint = suggestion(token.text, names)
    if (hint) throw unexpected(cursor, `a type or a word for ${line.kind}`, hint)
    return false
  }
  cursor.at++
  numbers.set('type', found.type)
  if (found.code !== undefined && !numbers.has('code')) numbers.set('code', found.code)
  return true
}

/**
 * `right` made wrong, whatever it is: never congruent to it, and never the 0 that means "no checksum" in UDP.
 *
 * What `badsum` writes, so that the printer knows it again.
 */
export function wrongChecksum(right: number): number {
  return (right ^ 0xff) >>> 0 || 1
}

function spoil(bytes: Uint8Array, checksum: { readonly offset: number; readonly wide?: true }): void {
  const ip = bytes[0]! >> 4 === 6 ? parseIpv6(bytes) : parseIpv4(bytes)
  if (!ip.ok) throw new UsageError(`badsum finds no checksum: ${ip.malformed}`)
  const at = ip.payloadOffset + checksum.offset
  if (checksum.wide) setU32(bytes, at, wrongChecksum(getU32(bytes, at)))
  else setU16(bytes, at, wrongChecksum(getU16(bytes, at)))
}
