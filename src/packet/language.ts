/**
 * The packet language: one packet in one line, much as tcpdump prints it.
 *
 * ```
 * tcp 203.0.113.9:51000 > 192.0.2.10:ssh [S] ttl 63 mss 1460
 * icmp 192.0.2.1 > 10.0.0.1 port-unreachable (udp 10.0.0.1:5000 > 192.0.2.10:53 len 20)
 * udp [2001:db8::1]:1234 > [2001:db8::2]:53 payload "hello"
 * ```
 *
 * A line is a kind, the two ends, for some kinds flags between brackets, then words in any order (options in order of
 * their bytes). Kinds: tcp, udp, udplite, sctp, dccp (with ports), icmp, icmp6, gre, esp, ah, `proto N`, and `hex BYTES`
 * for a packet as it is. What is not written has a default: source port 40000, flags `[S]`, chunk `[INIT]`, type
 * `[REQUEST]`, echo-request, TTL 64, no data, lengths and checksums that are right.
 */

import { concat, fromHex } from '../util/bytes.ts'
import { UsageError } from '../util/errors.ts'
import { protocolNames, protocolNumber } from '../wire/protocols.ts'
import { buildKind, KINDS, type Kind, type Line } from './language-build.ts'
import { takeEndpoint } from './language-endpoint.ts'
import {
  type Cursor,
  numberOf,
  peek,
  problem,
  suggestion,
  take,
  takeNumber,
  tokensOf,
  unexpected,
} from './language-lexer.ts'
import { type Draft, emptyDraft, KIND_WORDS, PACKET_WORDS } from './language-words.ts'

/** How deep packets may be written inside packets. */
const DEEPEST = 8

/** A packet from text: its bytes from the network header on, and its mark (32 bits) where the text gives one. */
export interface PacketText {
  readonly bytes: Uint8Array
  readonly mark?: number
}

/**
 * The packet that `text` writes; see the head of this file for the language.
 *
 * Throws {@link UsageError} with line 1 and a column, saying what was expected there.
 */
export function parsePacketText(text: string): PacketText {
  const cursor: Cursor = { tokens: tokensOf(text), at: 0 }
  const { bytes, draft } = takePacket(cursor, 0)
  if (peek(cursor).kind !== 'end') throw unexpected(cursor, 'the end')
  const mark = draft.numbers.get('mark')
  return mark === undefined ? { bytes } : { bytes, mark }
}

function takePacket(cursor: Cursor, depth: number): { bytes: Uint8Array; draft: Draft } {
  const start = peek(cursor)
  if (depth > DEEPEST) throw problem(`a packet may be written at most ${DEEPEST} packets deep`, start.column)
  const { kind, protocol } = takeKind(cursor)
  if (kind === 'hex') return { bytes: takeHex(cursor), draft: emptyDraft() }
  const source = takeEndpoint(cursor, 'source')
  if (peek(cursor).kind !== '>') throw unexpected(cursor, "'>' and the destination address")
  cursor.at++
  const destination = takeEndpoint(cursor, 'destination')
  if (source.family !== destination.family) {
    throw problem(`expected an IPv${source.family} address, as the source is one`, destination.column)
  }
  const line: Line = { kind, protocol, source, destination, brackets: takeBrackets(cursor, kind), draft: emptyDraft() }
  const inner = takeWords(cursor, line, depth)
  try {
    return { bytes: finish(line, buildKind(line, inner)), draft: line.draft }
  } catch (error) {
    throw error instanceof UsageError ? error.at({ line: 1, column: start.column }) : error
  }
}

function takeKind(cursor: Cursor): { kind: Kind | 'hex'; protocol: number | undefined } {
  const token = peek(cursor)
  const names = [...Object.keys(KINDS), 'hex']
  const name = token.text.toLowerCase()
  if (token.kind !== 'word' || !names.includes(name)) {
    const known = protocolNumber(name)
    const hint = known === undefined ? suggestion(name, names) : `; write 'proto ${name}' for a packet of that protocol`
    throw unexpected(cursor, `the kind of packet, one of ${names.join(', ')}`, hint)
  }
  cursor.at++
  if (name !== 'proto') return { kind: name as Kind | 'hex', protocol: undefined }
  const given = peek(cursor)
  const named = given.kind === 'word' ? protocolNumber(given.text) : undefined
  if (named === undefined && numberOf(given) === undefined) {
    throw unexpected(cursor, "a protocol number or name after 'proto'", suggestion(given.text, protocolNames()))
  }
  const protocol = named ?? takeNumber(cursor, 'proto', 255)
  if (named !== undefined) cursor.at++
  return { kind: 'proto', protocol }
}

function takeHex(cursor: Cursor): Uint8Array {
  const parts: Uint8Array[] = []
  while (peek(cursor).kind === 'word') {
    const { text, column } = take(cursor)
    try {
      parts.push(fromHex(text))
    } catch (error) {
      const at = error instanceof UsageError ? (error.place?.column ?? 1) : 1
      throw problem(error instanceof UsageError ? error.message : String(error), column + at - 1)
    }
  }
  if (parts.length === 0) throw unexpected(cursor, "the bytes of a packet after 'hex'")
  return concat(...parts)
}

function takeBrackets(cursor: Cursor, kind: Kind): { text: string; column: number } | undefined {
  const { kind: sort, text, column } = peek(cursor)
  if (sort !== 'word' || !text.startsWith('[')) return undefined
  const meaning = KINDS[kind].brackets
  if (!meaning) throw unexpected(cursor, `a word: ${kind} has nothing between brackets`)
  if (!text.endsWith(']')) throw unexpected(cursor, `${meaning} between brackets`)
  cursor.at++
  return { text: text.slice(1, -1), column: column + 1 }
}

/** Reads the words up to the end or a `)` that closes an outer packet; returns the packet inside, if one is written. */
function takeWords(cursor: Cursor, line: Line, depth: number): Uint8Array | undefined {
  const words = { ...PACKET_WORDS, ...KIND_WORDS[line.kind] }
  let inner: Uint8Array | undefined
  for (;;) {
    const token = peek(cursor)
    if (token.kind === 'end' || token.kind === ')') return inner
    if (token.kind === '(') {
      if (inner) throw unexpected(cursor, 'only one packet inside')
      inner = takeInner(cursor, depth)
      continue
    }
    const name = Object.keys(words).find((word) => word.toLowerCase() === token.text.toLowerCase())
    if (token.kind === 'word' && name !== undefined) {
      cursor.at++
      words[name]!(cursor, line.draft, name)
    } else if (!KINDS[line.kind].takeName?.(cursor, line)) {
      const names = Object.keys(words)
      throw unexpected(
        cursor,
        `a word for ${line.kind}`,
        suggestion(token.text, names) || `; known are ${names.join(' ')}`,
      )
    }
  }
}

function takeInner(cursor: Cursor, depth: number): Uint8Array {
  const opening = take(cursor)
  const { bytes } = takePacket(cursor, depth + 1)
  if (peek(cursor).kind !== ')') throw unexpected(cursor, `')' for the '(' at column ${opening.column}`)
  cursor.at++
  return bytes
}

/** What follows the packet's own length, and where it was cut. */
function finish(line: Line, built: Uint8Array): Uint8Array {
  const trailer = line.draft.bytes.get('trailer')
  const whole = trailer ? concat(built, trailer) : built
  const cut = line.draft.numbers.get('cut')
  return cut === undefined ? whole : whole.slice(0, cut)
}
