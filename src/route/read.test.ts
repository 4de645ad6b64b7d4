import { describe, expect, it } from 'vitest'
import { UsageError } from '../util/errors.ts'
import { readDevices } from './read-devices.ts'
import { readRoutes } from './read-routes.ts'
import { readRules } from './read-rules.ts'
import { parseTable, SCOPE } from './route.ts'
import { areDefaultRules } from './rules.ts'

const devices = readDevices(
  JSON.stringify([
    { ifindex: 1, ifname: 'lo', link_type: 'loopback', flags: ['UP'], mtu: 65536, addr_info: [] },
    {
      ifindex: 2,
      ifname: 't0',
      link_type: 'ether',
      address: '02:00:00:00:00:01',
      flags: ['UP'],
      mtu: 1400,
      addr_info: [
        { family: 'inet', local: '10.0.0.1', prefixlen: 24, scope: 'global' },
        { family: 'inet', local: '10.9.0.1', address: '10.9.0.2', prefixlen: 32, scope: 'link', secondary: true },
        { family: 'inet6', local: 'fd00::1', prefixlen: 64, scope: 'global', deprecated: true },
      ],
    },
    { ifindex: 3, ifname: 't1', link_type: 'none', flags: [], addr_info: [] },
  ]),
  undefined,
)

describe('devices of ip -j addr', () => {
  it('have their addresses in order, with peers and marks of the address', () => {
    const [, t0, t1] = devices
    expect(t0).toMatchObject({ name: 't0', index: 2, link: 'ether', mtu: 1400, up: true })
    expect(t0?.addresses).toMatchObject([
      { family: 4, address: [0x0a000001, 0, 0, 0], peer: null, secondary: false },
      { family: 4, peer: [0x0a090002, 0, 0, 0], scope: 'link', secondary: true },
      { family: 6, deprecated: true },
    ])
    expect(t1).toMatchObject({ up: false, link: 'none', mac: null })
  })

  it('include lo where the file does not', () => {
    expect(readDevices('[]', undefined)).toMatchObject([{ name: 'lo', index: 1, link: 'loopback' }])
    expect(readDevices(undefined, undefined)[0]?.addresses).toHaveLength(2)
  })

  it('read the lists of both families behind each other', () => {
    const two = '[{"ifname":"a","ifindex":2}]\n[ {"ifname":"b","ifindex":3} ]\n'
    expect(readDevices(two, undefined).map((one) => one.name)).toEqual(['lo', 'a', 'b'])
  })

  it.each([
    ['{}', /addr.json: expected a list/],
    ['[', /addr.json: not JSON/],
    ['[1]', /addr.json: entry 1: expected an object, found 1/],
    ['[{"ifname":"a","ifindex":"x"}]', /addr.json: entry 1: ifindex: expected a whole number/],
    ['[{"ifname":"a","addr_info":[{"local":"10.0.0"}]}]', /entry 1: addr_info 1: local: expected an address/],
    [
      '[{"ifname":"a","addr_info":[{"local":"10.0.0.1","prefixlen":33}]}]',
      /prefixlen: expected a whole number of 0 to 32/,
    ],
    ['[{"ifname":"a","ifindex":2},{"ifname":"b","ifindex":2}]', /a and b have the same ifindex 2/],
  ])('refuse %s', (text, message) => {
    expect(() => readDevices(text, undefined)).toThrow(message)
    expect(() => readDevices(text, undefined)).toThrow(UsageError)
  })
})

describe('routes of ip -j route', () => {
  const read = (...entries: object[]) => readRoutes(JSON.stringify(entries), devices)

  it('are read with type, table, next hops and metrics', () => {
    expect(read({ dst: 'default', gateway: '10.0.0.9', dev: 't0', flags: [], metrics: [{ mtu: 1300 }] })).toMatchObject(
      [{ family: 4, type: 'unicast', table: 254, prefix: 0, mtu: 1300, nexthops: [{ scope: SCOPE.link }] }],
    )
    const local = { type: 'local', dst: '10.0.0.1', dev: 't0', table: 'local', scope: 'host', prefsrc: '10.0.0.1' }
    expect(read(local)).toMatchObject([
      { type: 'local', table: 255, prefix: 32, preferredSource: [0x0a000001, 0, 0, 0] },
    ])
    const several = {
      dst: '10.9.0.0/16',
      nexthops: [
        { gateway: '10.0.0.8', dev: 't0', weight: 2 },
        { dev: 't1', weight: 1 },
      ],
    }
    expect(read(several)[0]?.nexthops).toMatchObject([
      { weight: 2, dead: false },
      { weight: 1, dead: true },
    ])
    expect(read({ dst: '10.4.0.0/16', tos: '0x10', dev: 't0' })).toMatchObject([{ tos: 0x10 }])
    expect(read({ dst: '10.4.0.0/16', via: { family: 'inet6', host: 'fd00::9' }, dev: 't0' })).toMatchObject([
      { family: 4, nexthops: [{ gatewayFamily: 6 }] },
    ])
  })

  it('know IPv6 by their addresses, or by the preference that only IPv6 has', () => {
    expect(read({ dst: 'default', dev: 't0', metric: 1024, pref: 'medium' })[0]?.family).toBe(6)
    expect(read({ dst: 'default', dev: 't0' })[0]?.family).toBe(4)
    expect(read({ dst: 'ff00::/8', type: 'multicast', dev: 't0', table: 'local' })[0]?.family).toBe(6)
  })

  it('are counted once where the file has them twice', () => {
    const one = { dst: 'fd00::/64', dev: 't0', metric: 256, pref: 'medium' }
    expect(read(one, one)).toHaveLength(1)
  })

  it.each([
    [{ dst: '10.0.0.0/33', dev: 't0' }, /route.json: entry 1: dst: expected a prefix/],
    [{ dev: 't0' }, /entry 1: dst: expected a prefix or default, found nothing/],
    [{ dst: 'default', type: 'teleport' }, /type: expected one of unicast, local/],
    [{ dst: 'default', table: '-5' }, /entry 1: table: expected a table name or number/],
    [{ dst: 'default', nexthops: [{ dev: 't0' }, 7] }, /nexthops 2: expected an object, found 7/],
  ])('refuse %j', (entry, message) => {
    expect(() => read(entry)).toThrow(message)
  })
})

describe('rules of ip -j rule', () => {
  const kernels = [
    { priority: 0, src: 'all', table: 'local' },
    { priority: 32766, src: 'all', table: 'main' },
    { priority: 32767, src: 'all', table: 'default' },
  ]
  const read = (...entries: object[]) => readRules(JSON.stringify(entries), devices)

  it('are the kernel’s own where the file has none of a family', () => {
    expect(areDefaultRules(readRules(undefined, devices).ipv4, 4)).toBe(true)
    expect(areDefaultRules(read(...kernels).ipv4, 4)).toBe(true)
    expect(areDefaultRules(read(...kernels).ipv6, 6)).toBe(true)
  })

  it('of IPv6 begin where the priorities start again, or at an IPv6 address', () => {
    const { ipv4, ipv6 } = read(...kernels, ...kernels.slice(0, 2), {
      priority: 40000,
      src: 'all',
      fwmark: '0x3',
      table: '100',
    })
    expect([ipv4.length, ipv6.length]).toEqual([3, 3])
    expect(read(...kernels, { priority: 40000, src: 'fd00::', srclen: 64, table: '7' }).ipv6).toMatchObject([
      { from: { length: 64 }, action: { kind: 'table', table: 7 } },
    ])
  })

  it('have all their conditions', () => {
    const entry = {
      priority: 5,
      not: null,
      src: '10.0.0.0',
      srclen: 24,
      dst: '8.8.8.8',
      iif: 't0',
      oif: 'gone',
      fwmark: '0x1',
      fwmask: '0xff',
      tos: '0x10',
      ipproto: 'tcp',
      sport_start: 5,
      sport_end: 6,
      dport: 80,
      uid_start: 100,
      uid_end: 200,
      table: '101',
      suppress_prefixlen: 0,
    }
    expect(read(entry).ipv4[0]).toEqual({
      family: 4,
      priority: 5,
      inverted: true,
      from: { network: [0x0a000000, 0, 0, 0], length: 24 },
      to: { network: [0x08080808, 0, 0, 0], length: 32 },
      iif: 2,
      oif: -1,
      mark: 1,
      mask: 0xff,
      tos: 0x10,
      protocol: 6,
      sport: [5, 6],
      dport: [80, 80],
      uid: [100, 200],
      action: { kind: 'table', table: 101 },
      suppressPrefixLength: 0,
    })
    expect(read({ priority: 1, src: 'all', fwmark: '0x3', table: '9' }).ipv4[0]?.mask).toBe(0xffffffff)
    expect(read({ priority: 1, src: 'all', goto: 50 }).ipv4[0]?.action).toEqual({ kind: 'goto', priority: 50 })
    expect(read({ priority: 1, src: 'all', action: 'prohibit' }).ipv4[0]?.action).toEqual({ kind: 'prohibit' })
  })

  it.each([
    [{ priority: 'first', src: 'all', table: 'main' }, /rule.json: entry 1: priority/],
    [{ priority: 1, src: 'all' }, /entry 1: table: expected a table, or an action/],
    [{ priority: 1, src: 'all', action: 'explode' }, /action: expected blackhole, unreachable or prohibit/],
    [{ priority: 1, src: 'all', ipproto: 'warp', table: '9' }, /ipproto: expected a whole number/],
  ])('refuse %j', (entry, message) => {
    expect(() => read(entry)).toThrow(message)
  })
})

it('gives a table known by name only a number of its own, the same in every file', () => {
  expect(parseTable('vpn')).toBe(parseTable('vpn'))
  expect(parseTable('vpn')).toBeGreaterThan(0xffffffff)
  expect(parseTable('vpn')).not.toBe(parseTable('wan2'))
  expect([parseTable('main'), parseTable('local'), parseTable('default'), parseTable('100')]).toEqual([
    254, 255, 253, 100,
  ])
})
