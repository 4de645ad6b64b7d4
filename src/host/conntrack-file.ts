/** Reading the `conntrack` file of a host directory: what `conntrack -L` printed. */

import { type Accounting, CT_STATUS, type Tuple } from '../packet/connection.ts'
import { eitherAddress } from '../route/json.ts'
import { UsageError } from '../util/errors.ts'
import { PROTOCOL, protocolNumber } from '../wire/protocols.ts'

/** A connection as a line of the file tells it. */
export interface ConnectionEntry {
  readonly original: Tuple
  readonly reply: Tuple
  /** Seconds it has left. */
  readonly seconds: number
  /** `ESTABLISHED`, …; `NONE` where the line has none. */
  readonly state: string
  /** {@link CT_STATUS} bits that the line tells. */
  readonly status: number
  readonly mark: number
  readonly zone: number
  readonly accounting: readonly [Accounting, Accounting]
}

/**
 * The connections of `conntrack -L` text, with or without `-o extended`; empty lines and the tool's closing remark are
 * passed over. Throws UsageError with the line. Source: libnetfilter_conntrack snprintf_default.c.
 */
export function parseConnections(text: string, file = 'conntrack'): ConnectionEntry[] {
  const entries: ConnectionEntry[] = []
  for (const [index, line] of text.split('\n').entries()) {
    const content = line.trim()
    if (content === '' || content.startsWith('#') || content.startsWith('conntrack v')) continue
    try {
      entries.push(parseConnection(content))
    } catch (error) {
      if (error instanceof UsageError) throw error.at({ file, line: index + 1, column: 1 })
      throw error
    }
  }
  return entries
}

interface Half {
  readonly values: Map<string, string>
}

function parseConnection(line: string): ConnectionEntry {
  const words = line.split(/\s+/)
  if (words[0] === 'ipv4' || words[0] === 'ipv6') words.splice(0, 2)
  const [name = '', number = '', seconds = ''] = words
  const protocol = Number(number)
  if (!Number.isInteger(protocol) || protocol < 0 || protocol > 255 || number === '') {
    throw new UsageError(`expected a protocol and its number, found "${name} ${number}"`)
  }
  const named = protocolNumber(name)
  if (named !== undefined && named !== protocol) throw new UsageError(`${name} is not protocol ${protocol}`)
  // Conntrack prints no time for connections that never end.
  const hasTime = /^\d+$/.test(seconds)
  const rest = words.slice(hasTime ? 3 : 2)
  const state = /^[A-Z_0-9]+$/.test(rest[0] ?? '') ? (rest.shift() as string) : 'NONE'
  const halves: [Half, Half] = [{ values: new Map() }, { values: new Map() }]
  const flags = new Set<string>()
  let half = -1
  for (const word of rest) {
    if (word.startsWith('[')) {
      flags.add(word)
      continue
    }
    const equals = word.indexOf('=')
    if (equals < 0) throw new UsageError(`"${word}" is not understood`)
    const key = word.slice(0, equals)
    if (key === 'src') half++
    halves[half === 0 ? 0 : 1]?.values.set(key, word.slice(equals + 1))
  }
  if (half !== 1) throw new UsageError('expected two directions, each beginning with src=')
  const original = tupleOf(halves[0], protocol)
  const reply = tupleOf(halves[1], protocol)
  return {
    original,
    reply,
    seconds: hasTime ? Number(seconds) : 0x7fffffff,
    state,
    status: statusOf(flags, original, reply),
    mark: numberOf(halves[1], 'mark', 0xffffffff),
    zone: numberOf(halves[1], 'zone', 0xffff),
    accounting: [accountingOf(halves[0]), accountingOf(halves[1])],
  }
}

function tupleOf(half: Half, protocol: number): Tuple {
  const [source, destination] = ['src', 'dst'].map((key) => {
    const text = half.values.get(key) ?? ''
    const address = eitherAddress(text)
    if (address === null) throw new UsageError(`expected an address after ${key}=, found "${text}"`)
    return address
  })
  if (source === undefined || destination === undefined || source.family !== destination.family) {
    throw new UsageError('the addresses are of different families')
  }
  const number = (key: string, max: number) => numberOf(half, key, max)
  const ends =
    protocol === PROTOCOL.icmp || protocol === PROTOCOL.icmpv6
      ? { sport: number('id', 0xffff), dport: (number('type', 255) << 8) | number('code', 255) }
      : protocol === PROTOCOL.gre
        ? { sport: number('srckey', 0xffff), dport: number('dstkey', 0xffff) }
        : { sport: number('sport', 0xffff), dport: number('dport', 0xffff) }
  return { family: source.family, protocol, source: source.words, destination: destination.words, ...ends }
}

function numberOf(half: Half, key: string, max: number): number {
  const text = half.values.get(key)
  if (text === undefined) return 0
  const value = Number(text)
  if (text !== '' && Number.isInteger(value) && value >= 0 && value <= max) return value
  throw new UsageError(`expected a number of 0 to ${max} after ${key}=, found "${text}"`)
}

function accountingOf(half: Half): Accounting {
  const most = Number.MAX_SAFE_INTEGER
  return { packets: numberOf(half, 'packets', most), bytes: numberOf(half, 'bytes', most) }
}

function statusOf(flags: ReadonlySet<string>, original: Tuple, reply: Tuple): number {
  let status = CT_STATUS.sourceNatDone | CT_STATUS.destinationNatDone
  if (!flags.has('[UNREPLIED]')) status |= CT_STATUS.seenReply
  if (flags.has('[ASSURED]')) status |= CT_STATUS.assured
  const ports = original.protocol !== PROTOCOL.icmp && original.protocol !== PROTOCOL.icmpv6
  const differs = (a: Tuple['source'], b: Tuple['source'], x: number, y: number) =>
    a.some((word, i) => word !== b[i]) || (ports && x !== y)
  if (differs(reply.destination, original.source, reply.dport, original.sport)) status |= CT_STATUS.sourceNat
  if (differs(reply.source, original.destination, reply.sport, original.dport)) status |= CT_STATUS.destinationNat
  return status
}
