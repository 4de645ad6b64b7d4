import { suggestion } from '../../packet/language-lexer.ts'
import { UsageError } from '../../util/errors.ts'
import type { Words } from '../../util/words.ts'
import { formatAddress, isWithin, parseAddress, parsePrefix, prefixMask, tryParseAddress } from '../../wire/address.ts'

/** An address of the command line, and the device it names. */
export interface AddressEntry {
  readonly device: string | undefined
  readonly address: {
    readonly family: 4 | 6
    readonly text: string
    /** Prefix length in bits. */
    readonly prefix: number
  }
}

/** A route of the command line, as an entry of `ip -j route`. */
export interface RouteEntry {
  readonly dst: string
  readonly family: 'inet' | 'inet6'
  readonly dev?: string
  readonly type?: string
  readonly gateway?: string
  readonly [key: string]: unknown
}

/** Reads `192.0.2.10/24 dev eth0`; the device may be left out. Throws UsageError. */
export function addressEntry(text: string): AddressEntry {
  const [address = '', word, device, more] = text.trim().split(/\s+/)
  const { family, words, length } = readPrefix(text, address)
  if (word !== undefined && (word !== 'dev' || device === undefined || more !== undefined)) {
    throw new UsageError(`--address "${text}": expected ADDRESS/PREFIX dev DEVICE, such as '192.0.2.10/24 dev eth0'`)
  }
  return { device, address: { family, text: formatAddress(family, words), prefix: length } }
}

function readPrefix(text: string, address: string): { family: 4 | 6; words: Words; length: number } {
  try {
    return parsePrefix(address)
  } catch (error) {
    if (!(error instanceof UsageError)) throw error
    throw new UsageError(`--address "${text}": ${error.message}`)
  }
}

const TYPES = ['unicast', 'local', 'broadcast', 'blackhole', 'unreachable', 'prohibit', 'throw']

/** Words that stand alone in what ip prints and say nothing of the way. */
const FLAGS = ['onlink', 'linkdown', 'pervasive', 'dead', 'offload']

/** The keys of `ip -j route` for the words of `ip route`. */
const KEYS: Readonly<Record<string, string>> = {
  via: 'gateway',
  dev: 'dev',
  src: 'prefsrc',
  table: 'table',
  metric: 'metric',
  scope: 'scope',
  proto: 'protocol',
  tos: 'tos',
  pref: 'pref',
  mtu: 'mtu',
}

/** Reads a route as `ip route` prints it; a default route without a gateway is of `family`. Throws UsageError. */
export function routeEntry(text: string, family: 4 | 6): RouteEntry {
  const words = text.trim().split(/\s+/)
  const type = TYPES.includes(words[0] ?? '') ? words.shift() : undefined
  const dst = words.shift() ?? ''
  const fail = (why: string): never => {
    const samples = "'172.17.0.0/16 dev docker0', 'default via 192.0.2.1 dev eth0'"
    throw new UsageError(`--route "${text}": ${why}\n  routes are written as ip route prints them: ${samples}`)
  }
  const named = tryParseAddress(dst.split('/')[0] ?? '')
  if (dst !== 'default' && named === undefined) fail('expected "default" or a prefix')
  const route: Record<string, unknown> = { flags: [], ...(type ? { type } : {}) }
  for (let at = 0; at < words.length; at++) {
    const word = words[at] as string
    if (FLAGS.includes(word)) continue
    const key = KEYS[word]
    const value = words[++at]
    if (key === undefined) fail(`"${word}" is not understood${suggestion(word, Object.keys(KEYS))}`)
    if (value === undefined) fail(`"${word}" needs a value`)
    if (key === 'mtu') route.metrics = [{ mtu: Number(value) }]
    else route[key as string] = key === 'metric' ? Number(value) : value
  }
  const gateway = tryParseAddress(String(route.gateway ?? ''))
  const found = (named ?? gateway)?.family ?? family
  return { ...route, dst, family: found === 4 ? 'inet' : 'inet6' }
}

/** An address of a device. */
export type DeviceAddress = AddressEntry['address'] & { readonly device: string }

/** The network of an address, as the route to it names it; null for a single address. */
export function connectedNetwork({ family, text, prefix, device }: DeviceAddress): RouteEntry | null {
  if (prefix === (family === 4 ? 32 : 128)) return null
  const network = masked(parseAddress(text).words, prefixMask(family, prefix))
  const dst = `${formatAddress(family, network)}/${prefix}`
  return { dst, dev: device, family: family === 4 ? 'inet' : 'inet6', scope: 'link', flags: [] }
}

/** Types of routes that lead nowhere. */
const WITHOUT_WAY = ['blackhole', 'unreachable', 'prohibit', 'throw']

/** The route with the device that ip would find for it: the one whose network has the gateway. Throws UsageError. */
export function withDevice(route: RouteEntry, addresses: readonly DeviceAddress[]): RouteEntry {
  if (route.dev !== undefined || WITHOUT_WAY.includes(route.type ?? '')) return route
  if (route.type === 'local') return { ...route, dev: 'lo' }
  const gateway = tryParseAddress(route.gateway ?? '')
  const near = addresses.find(({ family, text, prefix }) => {
    const mask = prefixMask(family, prefix)
    return gateway?.family === family && isWithin(gateway.words, masked(parseAddress(text).words, mask), mask)
  })
  if (near !== undefined) return { ...route, dev: near.device }
  const what = gateway === undefined ? 'says neither "via" nor "dev"' : `has no device whose network holds its gateway`
  throw new UsageError(`--route "${route.dst}" ${what}: add dev DEVICE`)
}

function masked(words: Words, mask: Words): Words {
  return words.map((word, index) => (word & (mask[index] as number)) >>> 0) as unknown as Words
}
