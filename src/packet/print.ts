/** Packets as text: the packet language of language.ts, so that what is printed can be read again. */

import { equalBytes, toHex } from '../util/bytes.ts'
import { type Address, addressesOf, formatAddress, formatIpv4Address } from '../wire/address.ts'
import { checksumFor } from '../wire/checksum.ts'

import { IPV4, parseIpv4 } from '../wire/ipv4.ts'
import { buildIpv4Options, IPV4_OPTION, type Ipv4Option } from '../wire/ipv4-options.ts'
import { IPV6, parseIpv6 } from '../wire/ipv6.ts'
import { fragmentId, type Ipv6Extension } from '../wire/ipv6-extensions.ts'
import { PROTOCOL } from '../wire/protocols.ts'
import { malformed, type Parsed } from '../wire/result.ts'
import { DEFAULT_TIMESTAMP } from './language-words.ts'
import { layersOf } from './print-layers.ts'
import { hexWord, type Shape, word } from './print-shape.ts'
import { fragmentShape, shapeOf } from './print-transport.ts'

/** How {@link printPacket} prints. */
export interface PrintOptions {
  /** `full` (which is the default) prints data so that it can be read again, `length` only how long it is. */
  readonly payload?: 'full' | 'length'
  /** The mark to print, where it is not 0. */
  readonly mark?: number
}

/** How deep packets are printed inside packets. */
const DEEPEST = 8

/**
 * The packet from its network header on, in one line of the packet language; never throws.
 *
 * {@link parsePacketText} of the line gives the same bytes. What is no packet at all is `malformed ` and why, such as
 * `malformed ipv4: header length 16, at least 20 expected`.
 */
export function printPacket(bytes: Uint8Array, options: PrintOptions = {}): string {
  const line = printAt(bytes, 0, bytes.length, 0, options)
  if (!line.ok) return `malformed ${line.malformed}`
  return [line.text, ...hexWord('mark', options.mark ?? 0)].join(' ')
}

/**
 * The packet as {@link printPacket} prints it, then each header in a line of its own with lengths, checksums and whether they
 * are right, indented; headers of packets inside are indented further. Never throws.
 */
export function printPacketVerbose(bytes: Uint8Array, options: PrintOptions = {}): string {
  return [printPacket(bytes, options), ...layersOf(bytes)].join('\n')
}

function printAt(
  bytes: Uint8Array,
  at: number,
  end: number,
  depth: number,
  options: PrintOptions,
): Parsed<{ text: string }> {
  if (at >= end) return malformed('packet: no bytes')
  const version = bytes[at]! >> 4
  const network = version === 4 ? readIpv4(bytes, at, end) : version === 6 ? readIpv6(bytes, at, end) : undefined
  if (!network) return malformed(`packet: IP version ${version}, 4 or 6 expected`)
  if (!network.ok) return network
  const { family, protocol, payloadOffset, payloadEnd, missing } = network
  const addresses = addressesOf(bytes, at)
  const upper = { bytes, at: payloadOffset, end: payloadEnd, family, protocol, addresses, cut: missing > 0 }
  const shape = network.bare ? fragmentShape(upper) : shapeOf(upper)
  const inner =
    shape.inner === undefined || depth >= DEEPEST
      ? undefined
      : printAt(bytes, shape.inner, payloadEnd, depth + 1, options)
  const text = [
    shape.kind,
    endText({ family, words: addresses.source }, shape.ports?.[0]),
    '>',
    endText({ family, words: addresses.destination }, shape.ports?.[1]),
    ...shape.words,
    ...(inner?.ok ? [`(${inner.text})`] : []),
    ...networkWords(network, shape, missing > 0),
    ...(inner?.ok ? [] : payloadWords(bytes.subarray(shape.payload, payloadEnd), options)),
    ...(payloadEnd < end ? [`trailer 0x${toHex(bytes.subarray(payloadEnd, end))}`] : []),
    ...(shape.headerCut ? [`cut ${payloadEnd - at}`] : []),
    ...(shape.malformed === undefined ? [] : [`note "malformed ${shape.malformed}"`]),
  ]
  return { ok: true, text: text.join(' ') }
}

/** What both families give to a line. */
interface Network {
  readonly family: 4 | 6
  readonly protocol: number
  readonly payloadOffset: number
  readonly payloadEnd: number
  readonly missing: number
  /** Whether the payload is data of a later fragment. */
  readonly bare: boolean
  readonly ttl: number
  readonly id: number
  readonly totalLength: number
  /** Further words of the header. */
  readonly words: readonly string[]
}

function readIpv4(bytes: Uint8Array, at: number, end: number): Parsed<Network> {
  const ip = parseIpv4(bytes, at, end)
  if (!ip.ok) return ip
  const right = checksumFor(bytes, at, at + ip.headerLength, at + IPV4.checksum)
  const words = [
    ...hexWord('tos', ip.tos),
    ...(ip.reserved ? ['evil'] : []),
    ...(ip.df ? ['df'] : []),
    ...(ip.mf ? ['mf'] : []),
    ...word('frag', ip.fragmentOffset),
    ...ipv4OptionWords(ip.options, bytes.subarray(at + IPV4.options, ip.payloadOffset)),
    ...(ip.checksum === right ? [] : [`ipcsum 0x${ip.checksum.toString(16).padStart(4, '0')}`]),
  ]
  return { ...ip, family: 4, bare: ip.fragmentOffset > 0, words }
}

function readIpv6(bytes: Uint8Array, at: number, end: number): Parsed<Network> {
  const ip = parseIpv6(bytes, at, end)
  if (!ip.ok) return ip
  // The authentication header is a kind of packet here, and a fragment header's reserved byte has no word.
  const odd = ip.extensions.find(
    (ext) => ext.protocol === PROTOCOL.ah || (isFragment(ext) && bytes[ext.offset + 1] !== 0),
  )
  const extensions = odd ? ip.extensions.slice(0, ip.extensions.indexOf(odd)) : ip.extensions
  const last = extensions.at(-1)
  const plain = last && !odd && isFragment(last) && isPlainFragment(ip, bytes, last) ? last : undefined
  const words = [
    ...hexWord('tclass', ip.trafficClass),
    ...hexWord('flowlabel', ip.flowLabel),
    ...extensions.filter((ext) => ext !== plain).map((ext) => `ext ${ext.name} 0x${toHex(ext.body)}`),
    ...(plain && ip.mf ? ['mf'] : []),
    ...(plain ? word('frag', ip.fragmentOffset) : []),
  ]
  return {
    ok: true,
    family: 6,
    protocol: odd?.protocol ?? ip.protocol,
    payloadOffset: odd?.offset ?? ip.payloadOffset,
    payloadEnd: ip.payloadEnd,
    missing: ip.missing,
    bare: !odd && ip.fragmentOffset > 0,
    ttl: ip.hopLimit,
    id: plain ? fragmentId(bytes, plain.offset) : 0,
    totalLength: ip.payloadLength + IPV6.length,
    words,
  }
}

function isFragment(extension: Ipv6Extension): boolean {
  return extension.protocol === PROTOCOL.fragment
}

/** Whether `frag`, `mf` and `id` say all that the header holds. */
function isPlainFragment(
  ip: { mf: boolean; fragmentOffset: number },
  bytes: Uint8Array,
  header: Ipv6Extension,
): boolean {
  return (ip.mf || ip.fragmentOffset > 0) && (bytes[header.offset + 3]! & 6) === 0
}

function networkWords(network: Network, shape: Shape, cut: boolean): string[] {
  const isIcmp = shape.kind === 'icmp' || shape.kind === 'icmp6'
  return [
    ...word(network.family === 4 ? 'ttl' : 'hoplimit', network.ttl, shape.ttl ?? 64),
    ...word(isIcmp ? 'ipid' : 'id', network.id),
    ...network.words,
    ...(cut ? [`totlen ${network.totalLength}`] : []),
  ]
}

function ipv4OptionWords(options: readonly Ipv4Option[], raw: Uint8Array): string[] {
  const said = options.at(-1)?.kind === 'eol' ? options.slice(0, -1) : options
  if (!equalBytes(buildIpv4Options(said), raw)) return [`ipoptions 0x${toHex(raw)}`]
  return said.map(ipv4OptionText)
}

function ipv4OptionText(option: Ipv4Option): string {
  const body = toHex(buildIpv4Options([option]))
  switch (option.kind) {
    case 'nop':
    case 'eol':
      return `ipopt ${option.kind}`
    case 'ra':
      return option.value === 0 ? 'ra' : `ra ${option.value}`
    case 'rr':
    case 'lsrr':
    case 'ssrr': {
      const pointer = option.pointer === 4 ? '' : `${option.pointer}:`
      if (option.addresses.length > 0)
        return `${option.kind} ${pointer}${option.addresses.map(formatIpv4Address).join(',')}`
      return `ipopt ${IPV4_OPTION[option.kind]} 0x${body.slice(4, 6)}`
    }
    case 'timestamp':
      if (body === toHex(buildIpv4Options([DEFAULT_TIMESTAMP]))) return 'timestamp'
      return `ipopt ${IPV4_OPTION.timestamp} 0x${body.slice(4)}`
    case 'other':
      return `ipopt ${option.type} 0x${toHex(option.data)}`
  }
}

function endText(address: Address, port: number | undefined): string {
  const text = formatAddress(address.family, address.words)
  if (port === undefined) return text
  return address.family === 4 ? `${text}:${port}` : `[${text}]:${port}`
}

function payloadWords(payload: Uint8Array, options: PrintOptions): string[] {
  if (payload.length === 0) return []
  let used = payload.length
  while (used > 0 && payload[used - 1] === 0) used--
  if (options.payload === 'length' || used === 0) return [`len ${payload.length}`]
  const said = payload.length - used >= 4 ? payload.subarray(0, used) : payload
  return [`payload ${payloadText(said)}`, ...(said === payload ? [] : [`len ${payload.length}`])]
}

const ESCAPED: Readonly<Record<number, string>> = { 9: '\\t', 10: '\\n', 13: '\\r', 34: '\\"', 92: '\\\\' }

function payloadText(bytes: Uint8Array): string {
  let text = ''
  for (const byte of bytes) {
    const escaped = ESCAPED[byte]
    if (escaped === undefined && (byte < 32 || byte > 126)) return `0x${toHex(bytes)}`
    text += escaped ?? String.fromCharCode(byte)
  }
  return `"${text}"`
}
