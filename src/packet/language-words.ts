/** The words that may follow the addresses in the packet language, and what each adds to the packet. */

import type { Words } from '../util/words.ts'
import { tryParseAddress, tryParseIpv4Address } from '../wire/address.ts'
import type { Ipv4Option } from '../wire/ipv4-options.ts'
import { EXTENSION_NAME, type ExtensionFields } from '../wire/ipv6-extensions.ts'
import { protocolNumber } from '../wire/protocols.ts'
import { SCTP_CHUNK_TYPE, type SctpChunkFields } from '../wire/sctp.ts'
import type { TcpOption } from '../wire/tcp-options.ts'
import {
  type Cursor,
  hexOf,
  numberOf,
  peek,
  problem,
  suggestion,
  take,
  takeBytes,
  takeNumber,
  takeWord,
  unexpected,
} from './language-lexer.ts'

/** What the words of one packet have said so far. */
export interface Draft {
  readonly numbers: Map<string, number>
  readonly flags: Set<string>
  readonly bytes: Map<string, Uint8Array>
  readonly ipOptions: Ipv4Option[]
  readonly tcpOptions: TcpOption[]
  readonly extensions: ExtensionFields[]
  readonly chunks: SctpChunkFields[]
  /** The 32-bit words of `target` and `gateway`. */
  readonly addresses: Map<string, Words>
}

/** Reads what follows `word` (already taken) into `draft`. */
export type WordReader = (cursor: Cursor, draft: Draft, word: string) => void

/** A draft that says nothing. */
export function emptyDraft(): Draft {
  return {
    numbers: new Map(),
    flags: new Set(),
    bytes: new Map(),
    ipOptions: [],
    tcpOptions: [],
    extensions: [],
    chunks: [],
    addresses: new Map(),
  }
}

function number(key: string, max: number): WordReader {
  return (cursor, draft, word) => {
    const { column } = cursor.tokens[cursor.at - 1]!
    if (draft.numbers.has(key)) throw problem(`'${word}' is given twice`, column)
    draft.numbers.set(key, takeNumber(cursor, word, max))
  }
}

function flag(key: string): WordReader {
  return (_, draft) => void draft.flags.add(key)
}

function bytes(key: string): WordReader {
  return (cursor, draft, word) => {
    const { column } = cursor.tokens[cursor.at - 1]!
    if (draft.bytes.has(key)) throw problem(`'${word}' is given twice`, column)
    draft.bytes.set(key, takeBytes(cursor, word))
  }
}

function address(key: string, family: 4 | 6): WordReader {
  return (cursor, draft, word) => {
    const found = tryParseAddress(peek(cursor).text)
    if (found?.family !== family) throw unexpected(cursor, `an IPv${family} address after '${word}'`)
    draft.addresses.set(key, found.words)
    cursor.at++
  }
}

/** Words of every packet. */
export const PACKET_WORDS: Readonly<Record<string, WordReader>> = {
  ttl: number('ttl', 255),
  hoplimit: number('ttl', 255),
  tos: number('tos', 255),
  tclass: number('tos', 255),
  dscp: number('dscp', 63),
  ecn: number('ecn', 3),
  id: number('ipId', 0xffffffff),
  ipid: number('ipId', 0xffffffff),
  df: flag('df'),
  mf: flag('mf'),
  evil: flag('reserved'),
  frag: (cursor, draft, word) => {
    const { column } = peek(cursor)
    number('offset', 65528)(cursor, draft, word)
    if (draft.numbers.get('offset')! % 8 !== 0)
      throw problem('expected a fragment offset in bytes, a multiple of 8', column)
  },
  totlen: number('totalLength', 0xffff + 40),
  ipcsum: number('ipChecksum', 0xffff),
  flowlabel: number('flowLabel', 0xfffff),
  rr: (cursor, draft) => void draft.ipOptions.push(route('rr', cursor)),
  lsrr: (cursor, draft) => void draft.ipOptions.push(route('lsrr', cursor)),
  ssrr: (cursor, draft) => void draft.ipOptions.push(route('ssrr', cursor)),
  ra: (cursor, draft) => {
    const given = numberOf(peek(cursor)) !== undefined
    draft.ipOptions.push({ kind: 'ra', value: given ? takeNumber(cursor, 'ra', 0xffff) : 0 })
  },
  timestamp: (_, draft) => void draft.ipOptions.push(DEFAULT_TIMESTAMP),
  ipopt: (cursor, draft) => {
    const name = peek(cursor).text
    if (name === 'nop' || name === 'eol') draft.ipOptions.push({ kind: take(cursor).text as 'nop' | 'eol' })
    else {
      const type = takeNumber(cursor, 'ipopt', 255)
      draft.ipOptions.push({ kind: 'other', type, data: takeBytes(cursor, `ipopt ${type}`) })
    }
  },
  ipoptions: bytes('ipOptions'),
  ext: (cursor, draft) => void draft.extensions.push(extension(cursor)),
  mark: number('mark', 0xffffffff),
  len: number('len', 0xffff),
  length: number('len', 0xffff),
  payload: bytes('payload'),
  trailer: bytes('trailer'),
  cut: number('cut', 0xffff),
  note: (cursor) => void takeBytes(cursor, 'note'),
}

/** The timestamp option that `timestamp` alone stands for: one free slot. */
export const DEFAULT_TIMESTAMP: Ipv4Option = { kind: 'timestamp', pointer: 5, overflow: 0, flag: 0, words: [0] }

const CHECKSUM: Readonly<Record<string, WordReader>> = { csum: number('checksum', 0xffff), badsum: flag('badsum') }

/** Words of one kind of packet beside {@link PACKET_WORDS}. */
export const KIND_WORDS: Readonly<Record<string, Readonly<Record<string, WordReader>>>> = {
  tcp: {
    ...CHECKSUM,
    seq: number('seq', 0xffffffff),
    ack: number('ack', 0xffffffff),
    win: number('window', 0xffff),
    urg: number('urgent', 0xffff),
    reserved: number('reservedBits', 15),
    mss: (cursor, draft) => void draft.tcpOptions.push({ kind: 'mss', value: takeNumber(cursor, 'mss', 0xffff) }),
    wscale: (cursor, draft) => void draft.tcpOptions.push({ kind: 'wscale', shift: takeNumber(cursor, 'wscale', 255) }),
    sackOK: (_, draft) => void draft.tcpOptions.push({ kind: 'sackOK' }),
    sack: (cursor, draft) => void draft.tcpOptions.push({ kind: 'sack', blocks: blocks(cursor) }),
    tsval: (cursor, draft) => {
      const value = takeNumber(cursor, 'tsval', 0xffffffff)
      const hasEcho = peek(cursor).text.toLowerCase() === 'tsecr'
      if (hasEcho) cursor.at++
      draft.tcpOptions.push({ kind: 'timestamps', value, echo: hasEcho ? takeNumber(cursor, 'tsecr', 0xffffffff) : 0 })
    },
    nop: (_, draft) => void draft.tcpOptions.push({ kind: 'nop' }),
    eol: (_, draft) => void draft.tcpOptions.push({ kind: 'eol' }),
    tcpopt: (cursor, draft) => {
      const type = takeNumber(cursor, 'tcpopt', 255)
      draft.tcpOptions.push({ kind: 'other', type, data: takeBytes(cursor, `tcpopt ${type}`) })
    },
    tcpoptions: bytes('tcpOptions'),
  },
  udp: { ...CHECKSUM, udplen: number('length', 0xffff) },
  udplite: { ...CHECKSUM, coverage: number('coverage', 0xffff) },
  sctp: {
    csum: number('checksum', 0xffffffff),
    badsum: flag('badsum'),
    vtag: number('verificationTag', 0xffffffff),
    chunk: (cursor, draft) => void draft.chunks.push(chunk(cursor)),
  },
  dccp: {
    ...CHECKSUM,
    seq: number('seq', 0xffffffffffff),
    ack: number('ack', 0xffffffffffff),
    service: number('service', 0xffffffff),
    reset: number('reset', 0xffffffff),
    ccval: number('ccval', 15),
    coverage: number('coverage', 15),
    short: flag('short'),
    dccpoptions: bytes('dccpOptions'),
  },
  icmp: {
    ...CHECKSUM,
    id: number('id', 0xffff),
    seq: number('sequence', 0xffff),
    code: number('code', 255),
    mtu: number('mtu', 0xffff),
    pointer: number('pointer', 255),
    gateway: address('gateway', 4),
    rest: number('rest', 0xffffffff),
  },
  icmp6: {
    ...CHECKSUM,
    id: number('id', 0xffff),
    seq: number('sequence', 0xffff),
    code: number('code', 255),
    mtu: number('mtu', 0xffffffff),
    pointer: number('pointer', 0xffffffff),
    target: address('target', 6),
    rest: number('rest', 0xffffffff),
  },
  gre: {
    csum: number('checksum', 0xffff),
    gresum: flag('gresum'),
    ethertype: number('ethertype', 0xffff),
    key: number('key', 0xffffffff),
    seq: number('sequence', 0xffffffff),
    ack: number('ack', 0xffffffff),
    callid: number('callId', 0xffff),
    calllen: number('payloadLength', 0xffff),
  },
  esp: { spi: number('spi', 0xffffffff), seq: number('sequence', 0xffffffff) },
  ah: {
    spi: number('spi', 0xffffffff),
    seq: number('sequence', 0xffffffff),
    reserved: number('reservedBits', 0xffff),
    icv: bytes('icv'),
    next: (cursor, draft) => {
      const { text } = peek(cursor)
      const named = protocolNumber(text)
      draft.numbers.set('nextHeader', named ?? takeNumber(cursor, 'next', 255))
      if (named !== undefined) cursor.at++
    },
  },
  proto: {},
}

/** `[POINTER:]ADDRESS[,ADDRESS…]`; a record route may stand alone for three free slots. */
function route(kind: 'rr' | 'lsrr' | 'ssrr', cursor: Cursor): Ipv4Option {
  const token = peek(cursor)
  const match = /^(?:(\d{1,3}):)?(\d+\.\d+\.\d+\.\d+(?:,\d+\.\d+\.\d+\.\d+)*)$/.exec(token.text)
  if (!match && kind === 'rr') return { kind, pointer: 4, addresses: [0, 0, 0] }
  const addresses = match?.[2]?.split(',').map(tryParseIpv4Address)
  if (!match || !addresses || addresses.includes(undefined) || Number(match[1] ?? 0) > 255) {
    throw unexpected(cursor, `IPv4 addresses such as 10.0.0.1,10.0.0.2 after '${kind}'`)
  }
  cursor.at++
  return { kind, pointer: Number(match[1] ?? 4), addresses: addresses as number[] }
}

function blocks(cursor: Cursor): [number, number][] {
  const token = takeWord(cursor, "blocks such as 1:100,200:300 after 'sack'")
  return token.text.split(',').map((part) => {
    const match = /^(\d{1,10}):(\d{1,10})$/.exec(part)
    if (!match || Number(match[1]) > 0xffffffff || Number(match[2]) > 0xffffffff) {
      throw problem("expected blocks such as 1:100,200:300 after 'sack'", token.column)
    }
    return [Number(match[1]), Number(match[2])]
  })
}

function extension(cursor: Cursor): ExtensionFields {
  const names = Object.values(EXTENSION_NAME)
  const token = takeWord(cursor, `an extension header after 'ext': ${names.join(', ')}`)
  const protocol = Object.keys(EXTENSION_NAME).find((number) => EXTENSION_NAME[Number(number)] === token.text)
  if (protocol === undefined) {
    throw problem(
      `expected one of ${names.join(', ')} after 'ext', found '${token.text}'${suggestion(token.text, names)}`,
      token.column,
    )
  }
  const body = /^0x/i.test(peek(cursor).text) ? hexOf(take(cursor)) : undefined
  return { protocol: Number(protocol), body }
}

/** `NAME[/FLAGS] [0xVALUE]`, where NAME may be a number. */
function chunk(cursor: Cursor): SctpChunkFields {
  const token = takeWord(cursor, "a chunk such as INIT after 'chunk'")
  const [name = '', flags] = token.text.split('/', 2)
  const type = sctpChunkType(name)
  const bits = flags === undefined ? undefined : numberOf({ kind: 'word', text: flags, column: 0 })
  if (type === undefined || (flags !== undefined && (bits === undefined || bits > 255))) {
    const hint = suggestion(name, Object.keys(SCTP_CHUNK_TYPE))
    throw problem(`expected a chunk such as INIT or DATA/0x3 after 'chunk', found '${token.text}'${hint}`, token.column)
  }
  return { type, flags: bits, value: /^0x/i.test(peek(cursor).text) ? hexOf(take(cursor)) : undefined }
}

/** The chunk type (0..255) of a name, in any case, or a number; else `undefined`. */
export function sctpChunkType(name: string): number | undefined {
  if (/^\d{1,3}$/.test(name)) return Number(name) <= 255 ? Number(name) : undefined
  const upper = name.toUpperCase()
  return Object.hasOwn(SCTP_CHUNK_TYPE, upper) ? SCTP_CHUNK_TYPE[upper] : undefined
}
