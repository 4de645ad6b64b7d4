import type { Packet } from '../../packet/packet.ts'
import { UsageError } from '../../util/errors.ts'
import { formatIpv4Address } from '../../wire/address.ts'
import { addressOf, parseIpv4Range } from '../dimensions/ip.ts'
import { macOf, parseMac } from '../dimensions/mac.ts'
import {
  type ExtensionOptions,
  type Extensions,
  extensionsFor,
  formatExtensions,
  formatOptions,
  isExpired,
  matchExtensions,
} from '../extensions.ts'
import type { Change, Found, Lookup, NamedSet } from '../set.ts'
import { additionError, extensionOptions, givenExtensions, type SetType } from '../type.ts'
import { addressRange } from './bitmap-ip.ts'

const MOST_PLACES = 65536
const PLAIN: Change = { sides: [], timeout: null, replaces: false }

interface Element extends Extensions {
  /** Null until the first packet of the address brings it; its time begins then. */
  mac: string | null
  /** Ticks of a life that has not begun; null for ever. */
  readonly lifetime: number | null
}

interface Settings {
  readonly name: string
  readonly first: number
  readonly last: number
  readonly extensions: ExtensionOptions
}

/** Source: Linux ip_set_bitmap_ipmac.c. */
class IpMacSet implements NamedSet {
  readonly name: string
  readonly dimension = 2
  readonly family = 4
  readonly listsNomatch = false
  readonly elements = new Map<number, Element>()
  private readonly settings: Settings

  constructor(settings: Settings) {
    this.settings = settings
    this.name = settings.name
  }

  test(packet: Packet, lookup: Lookup, ticks: number): Found {
    const address = addressOf(packet, lookup.sides[0] ?? 'dst')[0]
    const mac = macOf(packet, lookup.sides[1] ?? 'dst')
    const element = this.elements.get(address)
    if (mac === null || element === undefined) return 'no'
    if (element.mac === null) {
      this.complete(element, mac, extensionsFor(this.settings.extensions, packet, PLAIN, ticks), ticks)
      return 'yes'
    }
    if (element.mac !== mac) return 'no'
    return matchExtensions(this.settings.extensions, element, packet, lookup, ticks) ? 'yes' : 'no'
  }

  add(packet: Packet, change: Change, ticks: number): boolean {
    const address = addressOf(packet, change.sides[0] ?? 'dst')[0]
    const mac = macOf(packet, change.sides[1] ?? 'dst')
    const { first, last, extensions } = this.settings
    if (mac === null || address < first || address > last) return false
    const existing = this.elements.get(address)
    if (existing !== undefined && existing.mac === null) {
      this.complete(existing, mac, extensionsFor(extensions, packet, change, ticks), ticks, change.timeout !== null)
      return true
    }
    if (existing !== undefined && !change.replaces && !isExpired(existing, ticks)) return false
    this.elements.set(address, { mac, lifetime: null, ...extensionsFor(extensions, packet, change, ticks) })
    return true
  }

  remove(packet: Packet, change: Change, ticks: number): boolean {
    const address = addressOf(packet, change.sides[0] ?? 'dst')[0]
    const element = this.elements.get(address)
    if (element === undefined || macOf(packet, change.sides[1] ?? 'dst') === null) return false
    this.elements.delete(address)
    return !isExpired(element, ticks)
  }

  lines(ticks: number): string[] {
    const { first, last, extensions } = this.settings
    const range = `${formatIpv4Address(first)}-${formatIpv4Address(last)}`
    const living = [...this.elements].filter(([, one]) => !isExpired(one, ticks)).sort(([a], [b]) => a - b)
    const adds = living.map(([address, one]) => {
      const shown = one.mac === null ? { ...one, expires: one.lifetime === null ? null : ticks + one.lifetime } : one
      const mac = one.mac === null ? '' : `,${one.mac.toUpperCase()}`
      return `add ${this.name} ${formatIpv4Address(address)}${mac}${formatExtensions(extensions, shown, ticks)}`
    })
    return [`create ${this.name} bitmap:ip,mac range ${range}${formatOptions(extensions)}`, ...adds]
  }

  /** The packet is the first of its element; the time that the element was given begins. */
  private complete(element: Element, mac: string, first: Extensions, ticks: number, isTimed = false): void {
    Object.assign(element, first, { mac, comment: element.comment })
    if (!isTimed) element.expires = element.lifetime === null ? null : ticks + element.lifetime
  }
}

/**
 * `bitmap:ip,mac`: IPv4 addresses of one range, each with a hardware address; one that is listed without gets that of
 * its first packet, which matches.
 */
export const bitmapIpMac: SetType = {
  name: 'bitmap:ip,mac',
  aliases: ['macipmap'],
  options: { range: 1 },
  create(name, options) {
    const [first, last] = addressRange(options)
    if (last - first + 1 > MOST_PLACES) throw new UsageError(`range: more than ${MOST_PLACES} elements`)
    const extensions = extensionOptions(options)
    const set = new IpMacSet({ name, first, last, extensions })
    return {
      set,
      add(text, given, ticks) {
        const [host = '', hardware] = text.split(',')
        const [from, to] = parseIpv4Range(host)
        const mac = hardware === undefined ? null : parseMac(hardware)
        for (let address = from; address <= to; address++) {
          const known = set.elements.get(address)
          if (address < first || address > last) throw additionError(name, 'refused')
          // One that is listed without a hardware address may get it later.
          const completes = known?.mac === null && mac !== null
          if (known && !given.replaces && !completes) throw additionError(name, 'exists')
          const kept = mac ?? known?.mac ?? null
          const element = givenExtensions(extensions, given, ticks)(known ?? null)
          const lifetime = element.expires === null ? null : element.expires - ticks
          const begun = kept === null ? { ...element, expires: null } : element
          set.elements.set(address, { mac: kept, lifetime: kept === null ? lifetime : null, ...begun })
        }
      },
    }
  },
}
