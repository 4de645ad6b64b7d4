import { computed, OUTCOME, type Outcome, type Test } from '../expression/test.ts'
import type { Packet } from '../packet/packet.ts'
import { UsageError } from '../util/errors.ts'
import { extensionLength, isExtension } from '../wire/ipv6-extensions.ts'
import { PROTOCOL } from '../wire/protocols.ts'
import { defineMatch, flag, listedProtocol, optionOf } from '../xtables/index.ts'

/** A kind of header: its bit, and how it may be called; it is saved by its first name. */
interface HeaderKind {
  readonly bit: number
  readonly protocol: number
  readonly names: readonly string[]
}

const NO_MORE: HeaderKind = { bit: 2, protocol: 59, names: ['ipv6-nonxt', 'none', '59', 'IPv6-NoNxt'] }
const UPPER_LAYER: HeaderKind = { bit: 1, protocol: 255, names: ['protocol', 'prot', '255'] }

/** In the order in which they are saved. Names in other letters are those of /etc/protocols. */
const KINDS: readonly HeaderKind[] = [
  { bit: 128, protocol: PROTOCOL.hopopt, names: ['hop-by-hop', 'hop', '0', 'hopopt', 'HOPOPT', 'ip', 'IP'] },
  { bit: 64, protocol: PROTOCOL.destinationOptions, names: ['ipv6-opts', 'dst', '60', 'IPv6-Opts'] },
  { bit: 32, protocol: PROTOCOL.routing, names: ['ipv6-route', 'route', '43', 'IPv6-Route'] },
  { bit: 16, protocol: PROTOCOL.fragment, names: ['ipv6-frag', 'frag', '44', 'IPv6-Frag'] },
  { bit: 8, protocol: PROTOCOL.ah, names: ['ah', 'auth', '51', 'IPSEC-AH'] },
  { bit: 4, protocol: PROTOCOL.esp, names: ['esp', '50', 'IPSEC-ESP'] },
  NO_MORE,
  UPPER_LAYER,
]

const headerList = optionOf<number>({
  words: 1,
  placeholder: 'headers',
  parse: ([word = '']) => {
    const names = word.split(',').filter((name) => name !== '')
    if (names.length === 0) throw new UsageError('ip6t_ipv6header: cannot parse header names')
    return names.reduce((bits, name) => {
      const kind = KINDS.find((one) => one.names.includes(name))
      if (kind === undefined) throw new UsageError(`unknown header \`${listedProtocol(name) ?? name}' specified`)
      return bits | kind.bit
    }, 0)
  },
  format: formatHeaders,
})

function formatHeaders(bits: number): string {
  return KINDS.filter(({ bit }) => bits & bit)
    .map(({ names }) => names[0])
    .join(',')
}

/** The kinds of headers that the packet has as bits; null where one is cut off before its second byte. */
function headersOf({ view, network, end }: Packet): number | null {
  let next = view.getUint8(network + 6)
  let at = network + 40
  let bits = 0
  while (at <= end) {
    if (next === NO_MORE.protocol) return bits | NO_MORE.bit
    const kind = KINDS.find(({ protocol }) => protocol === next)
    if (kind === undefined || kind === UPPER_LAYER) break
    if (at + 2 > end) return null
    bits |= kind.bit
    if (!isExtension(next)) return bits
    const length = extensionLength(next, view.getUint8(at + 1))
    next = view.getUint8(at)
    at += length
  }
  // Behind a header that claims to be longer than the packet these two still end the chain.
  return next === NO_MORE.protocol || next === PROTOCOL.esp ? bits : bits | UPPER_LAYER.bit
}

function hasHeaders(wanted: number, inverted: boolean, soft: boolean): Test {
  const holds = (found: number): boolean =>
    soft ? (found & wanted) === (inverted ? 0 : wanted) : (found === wanted) !== inverted
  return computed('ipv6header', false, (packet): Outcome => {
    const found = headersOf(packet)
    return found !== null && holds(found) ? OUTCOME.yes : OUTCOME.no
  })
}

/**
 * `-m ipv6header`: the packet has exactly these kinds of IPv6 headers, or with `--soft` these among others; inverted
 * with `--soft`, none of these.
 *
 * A header cut off before its second byte does not match, inverted or not.
 *
 * Source: ip6tables-extensions(8) "ipv6header"; Linux ip6t_ipv6header.c ipv6header_mt6().
 */
export const ipv6header = defineMatch({
  name: 'ipv6header',
  families: [6],
  options: {
    header: headerList({ help: 'kinds of headers that the packet must have', invertible: true, required: true }),
    soft: flag({ help: 'it may have other kinds too' }),
  },
  list: ({ header, soft }, _rule, { numeric }) => {
    const bits = header?.value ?? 0
    const flags = numeric ? `0x${bits.toString(16).toUpperCase().padStart(2, '0')}` : formatHeaders(bits)
    return ` ipv6header flags:${header?.inverted ? '!' : ''}${flags}${soft ? ' soft' : ''}`
  },
  holds: ({ header, soft }) => hasHeaders(header?.value ?? 0, header?.inverted ?? false, soft !== undefined),
})
