import { describe, expect, it } from 'vitest'
import { formatAddress, parseIpv4Address } from '../wire/address.ts'
import { deriveRoutes } from './derive.ts'
import { isRefused } from './destination.ts'
import type { DeviceSettings } from './device-settings.ts'
import { Fib4 } from './fib4.ts'
import { readDevices } from './read-devices.ts'
import { readRoutes } from './read-routes.ts'
import { Routing4 } from './routing4.ts'
import { defaultRules } from './rules.ts'
import { SourceSelection4 } from './source4.ts'

const SETTINGS: DeviceSettings = {
  forwarding: true,
  acceptLocal: false,
  rpFilter: 0,
  routeLocalnet: false,
  srcValidMark: false,
  sendRedirects: false,
  sharedMedia: true,
  acceptSourceRoute: false,
  bcForwarding: false,
  dropUnicastInL2Multicast: false,
  forwarding6: true,
  disableIpv6: false,
  dropUnicastInL2Multicast6: false,
  useOifAddrsOnly: false,
}
const ADDRESSES = [
  ['t0', '10.0.0.1/24', '10.0.0.7/24 secondary', '10.77.0.1/32'],
  ['t1', '10.0.1.1/24'],
  ['t2', '10.0.2.1/24', '169.254.3.3/16 link'],
]

/** A host with three networks, a default route by t1 and the kernel's own routes for its addresses. */
function routing(
  settings: Partial<DeviceSettings> = {},
  routes: object[] = [{ dst: 'default', gateway: '10.0.1.2', dev: 't1' }],
) {
  const addr = ADDRESSES.map(([ifname, ...list], i) => ({
    ifindex: i + 2,
    ifname,
    link_type: 'none',
    flags: ['UP'],
    addr_info: list.map((text) => {
      const [address = '', kind] = text.split(' ')
      const [local, prefixlen] = address.split('/')
      const scope = kind === 'link' ? 'link' : 'global'
      return { local, prefixlen: Number(prefixlen), scope, ...(kind === 'secondary' ? { secondary: true } : {}) }
    }),
  }))
  const devices = readDevices(JSON.stringify(addr), undefined)
  const all = [
    ...deriveRoutes(devices, { family: 4, connected: true, forwards: () => true }),
    ...readRoutes(JSON.stringify(routes), devices),
  ]
  const of = () => ({ ...SETTINGS, ...settings })
  const sources = new SourceSelection4(devices, of)
  const made = new Routing4(new Fib4(all, defaultRules(4)), sources, devices, of, devices[0]!)
  const device = (name: string) => devices.find((one) => one.name === name)!
  return { routing: made, sources, device }
}

function arrive(source: string, destination: string, settings: Partial<DeviceSettings> = {}, name = 't0'): string {
  const { routing: made, device } = routing(settings)
  const arrival = { tos: 0, protocol: 17, sport: 1, dport: 2, mark: 0 }
  const found = made.input(
    { ...arrival, source: parseIpv4Address(source), destination: parseIpv4Address(destination) },
    device(name),
  )
  if (isRefused(found)) return found.refused
  return found.error ?? (found.input === 'forward' ? `forward ${found.device.name}` : `${found.input} ${found.type}`)
}

/** What Linux 6.18 does with each, asked through a TUN device. */
describe('a received packet', () => {
  it.each([
    ['10.0.0.5', '10.0.2.9', 'forward t2'],
    ['10.0.0.5', '8.8.8.8', 'forward t1'],
    ['10.0.0.5', '10.0.2.1', 'local local'],
    ['10.0.0.5', '10.0.0.255', 'local broadcast'],
    ['10.0.0.5', '255.255.255.255', 'local broadcast'],
    ['0.0.0.0', '255.255.255.255', 'local broadcast'],
    ['0.0.0.0', '0.0.0.0', 'local broadcast'],
    ['10.0.0.5', '224.0.0.1', 'local multicast'],
    ['10.0.0.5', '224.0.0.5', 'multicast group not joined'],
    ['0.0.0.0', '224.0.0.1', 'local multicast'],
    ['127.0.0.1', '10.0.2.9', 'martian source'],
    ['10.0.0.5', '127.0.0.1', 'martian destination'],
    ['224.0.0.5', '10.0.2.9', 'martian source'],
    ['255.255.255.255', '255.255.255.255', 'martian source'],
    ['0.0.0.0', '10.0.2.9', 'martian source'],
    ['0.1.2.3', '10.0.2.9', 'forward t2'],
    ['10.0.0.5', '0.0.0.0', 'martian destination'],
    ['10.0.0.5', '240.0.0.1', 'forward t1'],
    ['10.0.2.1', '10.0.2.9', 'own address as source'],
  ])('from %s to %s: %s', (source, destination, way) => expect(arrive(source, destination)).toBe(way))

  it('with an own source needs accept_local', () => {
    expect(arrive('10.0.2.1', '10.0.2.9', { acceptLocal: true })).toBe('forward t2')
  })

  it('to 127/8 needs route_localnet', () => {
    expect(arrive('10.0.0.5', '127.0.0.1', { routeLocalnet: true })).toBe('local local')
  })

  it('finds no way through a host that does not forward, but is delivered', () => {
    expect(arrive('10.0.0.5', '8.8.8.8', { forwarding: false })).toBe('EHOSTUNREACH')
    expect(arrive('10.0.0.5', '10.0.0.1', { forwarding: false })).toBe('local local')
  })

  it.each([
    ['10.0.2.7', 1, 'reverse path filter'],
    ['10.0.2.7', 2, 'forward t1'],
    ['10.0.0.7', 1, 'own address as source'],
    ['9.9.9.9', 1, 'reverse path filter'],
    ['9.9.9.9', 2, 'forward t1'],
    ['10.0.0.5', 1, 'forward t1'],
  ] as const)('from %s with rp_filter %i: %s', (source, rpFilter, way) => {
    expect(arrive(source, '8.8.8.8', { rpFilter })).toBe(way)
  })

  it('is forwarded with a redirect only where sender and way out share a link', () => {
    const { routing: made, device } = routing({ sendRedirects: true, sharedMedia: false })
    const redirect = (source: string) => {
      const addresses = { source: parseIpv4Address(source), destination: parseIpv4Address('8.8.8.8') }
      const found = made.input({ ...addresses, tos: 0, protocol: 17, sport: 0, dport: 0, mark: 0 }, device('t1'))
      return isRefused(found) ? found.refused : found.redirect
    }
    expect(redirect('10.0.1.7')).toBe(true)
    expect(redirect('10.0.0.5')).toBe(false)
  })
})

describe('a packet of the host', () => {
  const send = (destination: string, more: object = {}, settings: Partial<DeviceSettings> = {}) => {
    const way = { source: 0, oif: 0, mark: 0, tos: 0, protocol: 17, uid: 0, anySource: false }
    const found = routing(settings).routing.output({ ...way, destination: parseIpv4Address(destination), ...more })
    return typeof found === 'string'
      ? found
      : `${found.destination.device.name} from ${formatAddress(4, [found.source, 0, 0, 0])}`
  }
  it.each([
    ['10.0.2.9', 't2 from 10.0.2.1'],
    ['8.8.8.8', 't1 from 10.0.1.1'],
    ['10.0.0.7', 'lo from 10.0.0.1'],
    ['10.77.0.1', 'lo from 10.77.0.1'],
    ['127.9.9.9', 'lo from 127.0.0.1'],
    ['0.0.0.0', 'lo from 127.0.0.1'],
    ['169.254.9.9', 't2 from 169.254.3.3'],
  ])('to %s: %s', (destination, way) => expect(send(destination)).toBe(way))

  it('may be bound to a device, which then is taken to reach everything', () => {
    expect(send('8.8.8.8', { oif: 4 })).toBe('t2 from 10.0.2.1')
    expect(send('224.0.0.9', { oif: 2 })).toBe('t0 from 10.0.0.1')
    expect(send('8.8.8.8', { oif: 9 })).toBe('ENODEV')
  })

  it('needs a source of its own, unless any will do', () => {
    const source = parseIpv4Address('9.9.9.9')
    expect(send('8.8.8.8', { source })).toBe('EINVAL')
    expect(send('8.8.8.8', { source, anySource: true })).toBe('t1 from 9.9.9.9')
    expect(send('8.8.8.8', { source: parseIpv4Address('127.0.0.1') })).toBe('EINVAL')
  })
})

describe('kinds of addresses', () => {
  it.each([
    ['10.0.0.1', 'local'],
    ['10.0.0.255', 'broadcast'],
    ['255.255.255.255', 'broadcast'],
    ['0.0.0.0', 'broadcast'],
    ['224.1.1.1', 'multicast'],
    ['10.0.0.9', 'unicast'],
    ['127.3.3.3', 'local'],
  ])('%s is %s', (address, type) => {
    expect(routing().routing.addressType(parseIpv4Address(address), 0)).toBe(type)
  })

  it('may be asked of one device', () => {
    const { routing: made } = routing()
    expect(made.addressType(parseIpv4Address('10.0.0.1'), 2)).toBe('local')
    expect(made.addressType(parseIpv4Address('10.0.0.1'), 3)).toBe('unicast')
  })
})

it('selects the first address of the right network and scope, never a secondary one', () => {
  const { sources, device } = routing()
  const select = (name: string, destination: string, scope = 0) =>
    formatAddress(4, [sources.select(device(name), parseIpv4Address(destination), scope), 0, 0, 0])
  expect(select('t0', '10.77.0.1')).toBe('10.77.0.1')
  expect(select('t0', '10.0.0.200')).toBe('10.0.0.1')
  expect(select('t2', '169.254.1.1')).toBe('10.0.2.1')
  expect(select('t2', '169.254.1.1', 253)).toBe('169.254.3.3')
  expect(select('lo', '1.1.1.1')).toBe('10.0.0.1')
})
