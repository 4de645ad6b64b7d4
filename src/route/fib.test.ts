import { describe, expect, it } from 'vitest'
import { parseAddress } from '../wire/address.ts'
import { Fib4, type FibResult, selectNextHop } from './fib4.ts'
import { Fib6 } from './fib6.ts'
import { type Flow, flowTo } from './flow.ts'
import { readDevices } from './read-devices.ts'
import { readRoutes } from './read-routes.ts'
import { readRules } from './read-rules.ts'

const devices = readDevices(
  JSON.stringify(['t0', 't1', 't2'].map((ifname, i) => ({ ifindex: i + 2, ifname, link_type: 'none', flags: ['UP'] }))),
  undefined,
)
const words = (text: string) => parseAddress(text).words

/** Looks up in tables and rules written as ip -j prints them; the device, or the error. */
function lookup4(routes: object[], rules: object[] | null, address: string, more: Partial<Flow> = {}): string | null {
  const text = rules === null ? undefined : JSON.stringify(rules)
  const fib = new Fib4(readRoutes(JSON.stringify(routes), devices), readRules(text, devices).ipv4)
  const result: FibResult = { route: null, nexthop: null, realm: 0 }
  const error = fib.lookup(flowTo(words(address), more), result)
  return error ?? `${result.route?.type} ${result.nexthop?.device?.name}`
}

function lookup6(routes: object[], rules: object[] | null, address: string, more: Partial<Flow> = {}, strict = false) {
  const text = rules === null ? undefined : JSON.stringify(rules)
  const fib = new Fib6(readRoutes(JSON.stringify(routes), devices), readRules(text, devices).ipv6)
  const flow = flowTo(words(address), more)
  const { type, nexthop } = fib.lookup(flow, { oif: flow.oif, strict })
  return nexthop === null ? type : `${type} ${nexthop.device?.name}`
}

const KERNEL_RULES = [
  { priority: 0, src: 'all', table: 'local' },
  { priority: 32766, src: 'all', table: 'main' },
]

describe('IPv4 tables', () => {
  const routes = [
    { dst: 'default', dev: 't1' },
    { dst: '10.0.0.0/24', dev: 't0' },
    { dst: '10.0.0.0/24', dev: 't2', metric: 50 },
    { dst: '10.9.0.0/16', dev: 't2', tos: '0x10' },
    { type: 'blackhole', dst: '10.8.0.0/16' },
    { type: 'unreachable', dst: '10.7.0.0/16' },
    { type: 'prohibit', dst: '10.6.0.0/16' },
    { type: 'throw', dst: '10.5.0.0/16' },
    { type: 'local', dst: '10.0.0.1', dev: 't0', table: 'local' },
  ]
  it.each([
    ['10.0.0.5', 'unicast t0'],
    ['10.0.0.1', 'local t0'],
    ['8.8.8.8', 'unicast t1'],
    ['10.8.1.1', 'EINVAL'],
    ['10.7.1.1', 'EHOSTUNREACH'],
    ['10.6.1.1', 'EACCES'],
    // A throw route ends the table, and there is no other one to ask.
    ['10.5.1.1', 'ENETUNREACH'],
    // Not with this TOS: the next shorter prefix.
    ['10.9.0.1', 'unicast t1'],
  ])('%s goes %s', (address, way) => expect(lookup4(routes, null, address)).toBe(way))

  it('honour the TOS of a route and the device that is asked for', () => {
    expect(lookup4(routes, null, '10.9.0.1', { tos: 0x10 })).toBe('unicast t2')
    expect(lookup4(routes, null, '10.0.0.5', { oif: 4 })).toBe('unicast t2')
    expect(lookup4(routes, null, '8.8.8.8', { oif: 4 })).toBe('ENETUNREACH')
  })

  it('are local and main in one, until an own rule takes them apart', () => {
    const shadow = [
      { type: 'local', dst: '127.0.0.0/8', dev: 'lo', table: 'local' },
      { dst: '127.1.0.0/16', dev: 't0' },
    ]
    expect(lookup4(shadow, null, '127.1.0.1')).toBe('unicast t0')
    const apart = [...KERNEL_RULES, { priority: 40000, src: 'all', table: '100' }]
    expect(lookup4(shadow, apart, '127.1.0.1')).toBe('local lo')
  })
})

describe('rules', () => {
  const routes = [
    { dst: 'default', dev: 't1' },
    { dst: '10.9.0.0/16', dev: 't0' },
    { dst: 'default', dev: 't2', table: '100' },
    { type: 'throw', dst: '10.9.0.0/16', table: '100' },
  ]
  const [first, last] = KERNEL_RULES
  const between = (more: object) => [first, { priority: 5, src: 'all', ...more }, last] as object[]
  const rule = (more: object) => between({ table: '100', ...more })

  it.each<[string, object, Partial<Flow>, string]>([
    ['a mark', { fwmark: '0x4', fwmask: '0x4' }, { mark: 7 }, 'unicast t2'],
    ['another mark', { fwmark: '0x4', fwmask: '0x4' }, { mark: 3 }, 'unicast t1'],
    ['the source', { src: '10.0.0.0', srclen: 24 }, { source: words('10.0.0.9') }, 'unicast t2'],
    ['not the source', { not: null, src: '10.0.0.0', srclen: 24 }, { source: words('10.0.0.9') }, 'unicast t1'],
    ['the device it came by', { iif: 't0' }, { iif: 2 }, 'unicast t2'],
    ['the host itself', { iif: 'lo' }, {}, 'unicast t2'],
    ['a device that is not there', { iif: 'gone' }, { iif: 2 }, 'unicast t1'],
    ['anything but a device that is not there', { not: null, iif: 'gone' }, { iif: 2 }, 'unicast t2'],
    ['a user', { uid_start: 1000, uid_end: 1999 }, { uid: 1500 }, 'unicast t2'],
    ['another user', { uid_start: 1000, uid_end: 1999 }, { uid: 2000 }, 'unicast t1'],
    ['a port', { ipproto: 'tcp', dport: 80 }, { protocol: 6, dport: 80 }, 'unicast t2'],
    ['the TOS', { tos: '0x10' }, { tos: 0x12 }, 'unicast t2'],
    ['no default route there', { suppress_prefixlen: 0 }, {}, 'unicast t1'],
  ])('ask for %s', (_name, more, flow, way) => expect(lookup4(routes, rule(more), '8.8.8.8', flow)).toBe(way))

  it('are passed by a throw route, refuse by themselves, and jump forward', () => {
    expect(lookup4(routes, rule({}), '10.9.1.1')).toBe('unicast t0')
    const act = (action: string) => between({ action })
    expect(lookup4(routes, act('unreachable'), '8.8.8.8')).toBe('ENETUNREACH')
    expect(lookup4(routes, act('prohibit'), '8.8.8.8')).toBe('EACCES')
    expect(lookup4(routes, act('blackhole'), '8.8.8.8')).toBe('EINVAL')
    const jump = [first, { priority: 1, src: 'all', goto: 32766 }, ...act('prohibit').slice(1)] as object[]
    expect(lookup4(routes, jump, '8.8.8.8')).toBe('unicast t1')
  })

  it('of IPv6 with a source are passed over while the source is not known', () => {
    const v6 = [
      { dst: 'default', dev: 't1', pref: 'medium' },
      { dst: 'default', dev: 't2', table: '100', pref: 'medium' },
    ]
    const rules = [...KERNEL_RULES, ...KERNEL_RULES, { priority: 40000, src: 'all', table: '7' }]
    const from = [...KERNEL_RULES, { priority: 0, src: 'fd00::', srclen: 64, table: '100' }, ...KERNEL_RULES.slice(1)]
    expect(lookup6(v6, rules, '2001::1')).toBe('unicast t1')
    expect(lookup6(v6, from, '2001::1', { source: words('fd00::5'), hasSource: true })).toBe('unicast t2')
    expect(lookup6(v6, from, '2001::1', { source: words('fd00::5') })).toBe('unicast t1')
  })
})

describe('IPv6 tables', () => {
  const routes = [
    { dst: 'default', dev: 't1', metric: 1024, pref: 'medium' },
    { dst: 'fd00::/64', dev: 't0', metric: 256, pref: 'medium' },
    { dst: 'fd00::/64', dev: 't2', metric: 256, pref: 'medium' },
    { dst: 'fe80::/64', dev: 't0', metric: 256, pref: 'medium' },
    { dst: 'fe80::/64', dev: 't1', metric: 300, pref: 'medium' },
    { type: 'prohibit', dst: 'fd09::/32', dev: 'lo', metric: 1024 },
    { type: 'throw', dst: 'fd08::/32', dev: 'lo', table: 'local', metric: 1024 },
    { type: 'local', dst: 'fd00::1', dev: 't0', table: 'local', metric: 0 },
  ]
  it.each([
    ['fd00::1', 'local t0'],
    ['fd00::5', 'unicast t0'],
    ['2001::1', 'unicast t1'],
    ['fd09::1', 'prohibit'],
    ['fd08::1', 'unicast t1'],
  ])('%s goes %s', (address, way) => expect(lookup6(routes, null, address)).toBe(way))

  it('prefer the device that is asked for, or insist on it', () => {
    expect(lookup6(routes, null, 'fd00::5', { oif: 4 })).toBe('unicast t2')
    expect(lookup6(routes, null, 'fd00::5', { oif: 3 })).toBe('unicast t0')
    expect(lookup6(routes, null, 'fe80::9', { oif: 3 }, true)).toBe('unicast t1')
    expect(lookup6(routes, null, 'fe80::9', { oif: 4 }, true)).toBe('unreachable')
    expect(lookup6([], null, '2001::1')).toBe('unreachable')
  })
})

it('spreads flows over several next hops by their weights, each flow always the same way', () => {
  const [route] = readRoutes(
    JSON.stringify([
      {
        dst: 'default',
        nexthops: [
          { dev: 't0', weight: 3 },
          { dev: 't1', weight: 1 },
        ],
      },
    ]),
    devices,
  )
  const hops = route?.nexthops ?? []
  const count = new Map<string, number>()
  for (let i = 0; i < 4000; i++) {
    const way = () => selectNextHop(hops, [i, 0, 0, 0], [0x08080808, 0, 0, 0])?.device?.name ?? ''
    expect(way()).toBe(way())
    count.set(way(), (count.get(way()) ?? 0) + 1)
  }
  expect(count.get('t0')).toBeGreaterThan(2700)
  expect(count.get('t1')).toBeGreaterThan(700)
})
