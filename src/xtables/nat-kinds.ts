import type { NatRange } from '../expression/action.ts'
import { UsageError } from '../util/errors.ts'
import type { Words } from '../util/words.ts'
import { formatAddress, tryParseAddress } from '../wire/address.ts'
import { PROTOCOL } from '../wire/protocols.ts'
import { serviceNumber } from '../wire/services.ts'
import { leadingNumber } from './number.ts'
import { type OptionContext, optionOf } from './option.ts'

/** Addresses and ports as a NAT target is given them. */
export interface NatEnd {
  readonly addresses: readonly [Words, Words] | null
  readonly ports: NatPorts | null
}

/** Ports as a NAT target is given them; `base` is the port that the first one stands for. */
export interface NatPorts {
  readonly from: number
  readonly to: number
  readonly base: number | null
}

/** What a target does with the `/base` of a port range: keep it, lose it (the kernel's structure has no room), refuse it. */
type BaseRule = 'kept' | 'lost' | 'refused'

const WITH_PORTS: readonly number[] = [PROTOCOL.tcp, PROTOCOL.udp, PROTOCOL.sctp, PROTOCOL.dccp, PROTOCOL.icmp]

/** A port that the text begins with, and what stands behind it. Source: libxtables xtables_strtoui() with base 0. */
function leadingPort(text: string): { readonly value: number; readonly rest: string } | null {
  const found = leadingNumber(text, 65535n)
  return found && { value: Number(found.value), rest: found.rest }
}

function portOrService(text: string): { readonly value: number; readonly rest: string } {
  const number = leadingPort(text)
  if (number !== null) return number
  const service = serviceNumber(text, 0)
  if (service === undefined) throw new UsageError(`Port \`${text}' not valid`)
  return { value: service, rest: '' }
}

/** `port[-port[/base]]`. Throws iptables' text. Source: iptables 1.8.9 libxt_NAT.c parse_ports(). */
function parsePorts(text: string, context: OptionContext, base: BaseRule): NatPorts {
  if (!WITH_PORTS.includes(context.protocol)) {
    throw new UsageError('Need TCP, UDP, SCTP or DCCP with port specification')
  }
  const first = portOrService(text)
  const from = first.value
  if (first.rest === '') return { from, to: from, base: null }
  if (first.rest.startsWith(':')) throw new UsageError('Invalid port:port syntax - use dash')
  // Of a range of one port only the first is saved, which is not taken back.
  if (first.rest.startsWith('/') && context.strict === false) {
    return { from, to: from, base: portOrService(first.rest.slice(1)).value }
  }
  if (!first.rest.startsWith('-')) throw new UsageError(`Garbage after port value: \`${first.rest}'`)
  const second = first.rest.slice(1)
  const last = leadingPort(second)
  if (last === null) throw new UsageError(`Port \`${second}' not valid`)
  if (last.value < from) throw new UsageError(`Port range \`${second}' funky`)
  if (last.rest === '') return { from, to: last.value, base: null }
  if (!last.rest.startsWith('/')) throw new UsageError(`Garbage after port range: \`${last.rest}'`)
  const shift = portOrService(last.rest.slice(1)).value
  if (shift === 0 && context.strict !== false) throw new UsageError(`Port \`${last.rest.slice(1)}' not valid`)
  if (base === 'refused') throw new UsageError('Shifted portmap ranges not supported with this kernel')
  return { from, to: last.value, base: base === 'kept' ? shift : 0 }
}

/** As they are saved and listed. */
export function formatPorts({ from, to, base }: NatPorts): string {
  return `${from}${to === from ? '' : `-${to}`}${base === null ? '' : `/${base}`}`
}

/** `[address[-address]][:ports]`, an IPv6 address in brackets where ports follow. Source: libxt_NAT.c parse_to(). */
function parseEnd(text: string, context: OptionContext, base: BaseRule): NatEnd {
  const bracket = text.indexOf('[')
  let addresses = text
  let colon = text.indexOf(':')
  if (bracket < 0) {
    if (colon >= 0 && text.indexOf(':', colon + 1) >= 0) colon = -1
    if (colon >= 0) addresses = text.slice(0, colon)
  } else {
    const close = text.indexOf(']', bracket)
    if (close < 0 || context.family === 4) throw new UsageError('Invalid address format')
    addresses = text.slice(bracket + 1, close)
    colon = text.indexOf(':', close)
  }
  const ports = colon < 0 ? null : parsePorts(text.slice(colon + 1), context, base)
  if (colon === 0 || (bracket >= 0 && colon === 2)) return { addresses: null, ports }
  const dash = addresses.indexOf('-')
  const first = parseAddress(dash < 0 ? addresses : addresses.slice(0, dash), context)
  const last = dash < 0 ? first : parseAddress(addresses.slice(dash + 1), context)
  return { addresses: [first, last], ports }
}

function parseAddress(text: string, context: OptionContext): Words {
  const address = tryParseAddress(text)
  if (address === undefined || address.family !== context.family) throw new UsageError(`Bad IP address "${text}"`)
  return address.words
}

/** As it is saved and listed. */
export function formatEnd({ addresses, ports }: NatEnd, { family }: Pick<OptionContext, 'family'>): string {
  let text = ''
  if (addresses !== null) {
    const [first, last] = addresses.map((address) => formatAddress(family, address)) as [string, string]
    text = first === last ? first : `${first}-${last}`
    if (family === 6 && ports !== null) text = `[${text}]`
  }
  return ports === null ? text : `${text}:${formatPorts(ports)}`
}

/** The value of `--to-destination` or `--to-source`. `base`: what becomes of the port shift. */
export function natEnd(base: 'kept' | 'lost'): ReturnType<typeof optionOf<NatEnd>> {
  return optionOf<NatEnd>({
    words: 1,
    placeholder: '[address[-address]][:port[-port]]',
    parse: ([word = ''], context) => parseEnd(word, context, base),
    format: formatEnd,
  })
}

/** The value of `--to-ports`. `base`: what becomes of the port shift. */
export function natPorts(base: 'lost' | 'refused'): ReturnType<typeof optionOf<NatPorts>> {
  return optionOf<NatPorts>({
    words: 1,
    placeholder: 'port[-port]',
    parse: ([word = ''], context) => parsePorts(word, context, base),
    format: formatPorts,
  })
}

/** What a listing says of the flags given: ` random persistent`. */
export function natFlagsText(values: Readonly<Record<string, unknown>>): string {
  return ['random', 'random-fully', 'persistent'].map((name) => (values[name] ? ` ${name}` : '')).join('')
}

/** The parts of a NAT target's options that its range is made of. */
export interface NatRangeParts {
  readonly addresses?: readonly [Words, Words] | null | undefined
  readonly ports?: NatPorts | null | undefined
  readonly random?: boolean
  readonly randomFully?: boolean
  readonly persistent?: boolean
  readonly netmap?: boolean
}

/** The range that NAT chooses from; what is not given is off. */
export function natRange(parts: NatRangeParts): NatRange {
  const { addresses = null, ports = null } = parts
  return {
    addresses,
    ports: ports === null ? null : [ports.from, ports.to],
    basePort: ports?.base ?? null,
    random: parts.random ?? false,
    randomFully: parts.randomFully ?? false,
    persistent: parts.persistent ?? false,
    netmap: parts.netmap ?? false,
  }
}
