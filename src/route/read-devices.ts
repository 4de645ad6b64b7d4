import type { Device, DeviceAddress, LinkType } from '../packet/device.ts'
import { UsageError } from '../util/errors.ts'
import { parseMac } from '../wire/address.ts'
import { type JsonEntry, jsonEntries } from './json.ts'
import { parseScope, SCOPE } from './route.ts'

/** The loopback device that every host has. */
const LOOPBACK: Device = {
  name: 'lo',
  index: 1,
  link: 'loopback',
  mtu: 65536,
  up: true,
  mac: null,
  addresses: [address(4, [0x7f000001, 0, 0, 0], 8, 'host'), address(6, [0, 0, 0, 1], 128, 'host')],
}

/**
 * The devices of a host by `ip -j addr` and `ip -j link` (either may be absent), in the order of their indices.
 *
 * Throws UsageError with file name and entry number.
 */
export function readDevices(addr: string | undefined, link: string | undefined): Device[] {
  const found = new Map<string, Device>()
  for (const [text, file] of [
    [link, 'link.json'],
    [addr, 'addr.json'],
  ] as const) {
    if (text === undefined) continue
    for (const entry of jsonEntries(text, file)) {
      const device = readDevice(entry, found)
      found.set(device.name, device)
    }
  }
  if (![...found.values()].some((one) => one.link === 'loopback')) found.set('lo', LOOPBACK)
  const devices = [...found.values()].sort((a, b) => a.index - b.index)
  for (const [i, one] of devices.entries()) {
    const next = devices[i + 1]
    if (next?.index === one.index)
      throw new UsageError(`${one.name} and ${next.name} have the same ifindex ${one.index}`)
  }
  return devices
}

function readDevice(entry: JsonEntry, known: ReadonlyMap<string, Device>): Device {
  // A device of another namespace's pair is printed as eth0@if5; `ip -j` splits that.
  const name = entry.text('ifname') ?? entry.fail('ifname', 'a name')
  const before = known.get(name)
  const nextIndex = Math.max(1, ...[...known.values()].map((one) => one.index)) + 1
  const link = linkType(entry, name)
  const flags = entry.words('flags')
  const mac = link === 'ether' ? entry.text('address') : undefined
  return {
    name,
    index: entry.number('ifindex', 0x7fffffff, before?.index ?? (link === 'loopback' ? 1 : nextIndex)),
    link,
    mtu: entry.number('mtu', 0xffffffff, before?.mtu ?? (link === 'loopback' ? 65536 : 1500)),
    up: entry.has('flags') ? flags.includes('UP') : (before?.up ?? true),
    mac: mac === undefined ? (before?.mac ?? null) : entry.within('address', () => parseMac(mac)),
    group: entry.has('group') ? readGroup(entry) : (before?.group ?? 0),
    addresses: entry.has('addr_info') ? entry.list('addr_info').map(readAddress) : (before?.addresses ?? []),
  }
}

function linkType(entry: JsonEntry, name: string): LinkType {
  const text = entry.text('link_type') ?? (name === 'lo' ? 'loopback' : 'ether')
  if (text === 'loopback' || text === 'ether') return text
  return 'none'
}

/** A device group as `ip` prints it: its number, or the one name that every system has. */
function readGroup(entry: JsonEntry): number {
  return entry.text('group') === 'default' ? 0 : entry.number('group', 0xffffffff, 0)
}

function readAddress(entry: JsonEntry): DeviceAddress {
  const local = entry.address('local') ?? entry.fail('local', 'an address')
  const peer = entry.address('address')
  const bits = local.family === 4 ? 32 : 128
  const scope = entry.within('scope', () => parseScope(entry.text('scope') ?? 'global'))
  return {
    family: local.family,
    address: local.words,
    prefix: entry.number('prefixlen', bits, bits),
    broadcast: entry.address('broadcast')?.words ?? null,
    peer: peer?.words ?? null,
    scope: scope >= SCOPE.host ? 'host' : scope >= SCOPE.link ? 'link' : scope >= SCOPE.site ? 'site' : 'global',
    secondary: entry.has('secondary'),
    deprecated: entry.has('deprecated') || entry.number('preferred_life_time', 0xffffffff, 1) === 0,
  }
}

function address(
  family: 4 | 6,
  words: DeviceAddress['address'],
  prefix: number,
  scope: DeviceAddress['scope'],
): DeviceAddress {
  return { family, address: words, prefix, broadcast: null, peer: null, scope, secondary: false, deprecated: false }
}
