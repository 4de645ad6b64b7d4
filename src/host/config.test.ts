import { describe, expect, it } from 'vitest'
import { type HostFiles, readHost } from './config.ts'

const ADDR = JSON.stringify([
  {
    ifindex: 2,
    ifname: 't0',
    link_type: 'none',
    flags: ['UP'],
    addr_info: [
      { local: '10.0.0.1', prefixlen: 24, broadcast: '10.0.0.255' },
      { local: 'fd00::1', prefixlen: 64 },
    ],
  },
])
const FORWARDING = 'net.ipv4.ip_forward = 1\nnet.ipv6.conf.all.forwarding = 1\n'

const assumptions = (files: HostFiles) => readHost(files).assumptions.join('\n')
const routes = (files: HostFiles) =>
  readHost(files).routes.map(({ type, destination, prefix, table }) => `${type} ${destination[0]}/${prefix} ${table}`)

describe('a host directory', () => {
  it('may be empty; what is missing is assumed aloud', () => {
    const text = assumptions({})
    expect(text).toContain('addr.json is missing')
    expect(text).toContain('route.json is missing')
    expect(text).toContain('IPv4 forwarding is taken to be on')
    expect(readHost({}).devices).toMatchObject([{ name: 'lo' }])
    expect(readHost({}).rulesets).toEqual({ 4: null, 6: null })
  })

  it('assumes nothing where everything is told', () => {
    const route = JSON.stringify([
      { type: 'local', dst: '10.0.0.1', dev: 't0', table: 'local' },
      { type: 'local', dst: 'fd00::1', dev: 't0', table: 'local', metric: 0 },
    ])
    expect(assumptions({ addr: ADDR, route, sysctl: FORWARDING })).toBe('')
  })

  it('has the routes of its addresses where route.json is missing', () => {
    expect(routes({ addr: ADDR })).toEqual(
      expect.arrayContaining(['local 167772161/32 255', 'unicast 167772160/24 254', 'broadcast 167772415/32 255']),
    )
    expect(routes({ addr: ADDR })).toEqual(
      expect.arrayContaining(['local 4244635648/128 255', 'unicast 4244635648/64 254', 'multicast 4278190080/8 255']),
    )
  })

  it('has the table local of its addresses where route.json is `ip -j route` alone', () => {
    const files = { addr: ADDR, route: JSON.stringify([{ dst: 'default', dev: 't0' }]), sysctl: FORWARDING }
    expect(routes(files)).toContain('local 167772161/32 255')
    expect(routes(files)).not.toContain('unicast 167772160/24 254')
    expect(assumptions(files)).toContain('route.json has no table local for IPv4')
  })

  it('answers to subnet-router addresses only as an IPv6 router', () => {
    const anycast = (sysctl: string) => routes({ addr: ADDR, sysctl }).filter((one) => one.startsWith('anycast'))
    expect(anycast(FORWARDING)).toEqual(['anycast 4244635648/128 255'])
    expect(anycast('net.ipv6.conf.all.forwarding = 0')).toEqual([])
    expect(anycast('net.ipv6.conf.t0.forwarding = 0')).toEqual([])
  })

  it('knows when the table local has more than its addresses explain', () => {
    const local = (dst: string) => JSON.stringify([{ type: 'local', dst, dev: 'lo', table: 'local' }])
    expect(readHost({ addr: ADDR, route: local('10.9.0.0/16') }).customLocalRoutes).toBe(true)
    expect(readHost({ addr: ADDR, route: local('10.0.0.1') }).customLocalRoutes).toBe(false)
  })

  it('names extensions it does not know', () => {
    const rulesV4 = '*filter\n-A INPUT -m warp --factor 9 -j DROP\nCOMMIT\n'
    expect(assumptions({ rulesV4 })).toMatch(/rules.v4 uses .*warp.*UNKNOWN/)
  })

  it('says in which file and line something is wrong', () => {
    const place = (files: HostFiles) => {
      try {
        readHost(files)
      } catch (error) {
        return error
      }
      return null
    }
    expect(place({ rulesV4: '*filter\n-A NOWHERE -j ACCEPT\nCOMMIT\n' })).toMatchObject({
      place: { file: 'rules.v4', line: 2 },
    })
    expect(place({ sysctl: 'a = 1\nb\n' })).toMatchObject({ place: { file: 'sysctl.conf', line: 2 } })
    expect(place({ conntrack: 'x\n' })).toMatchObject({ place: { file: 'conntrack', line: 1 } })
  })
})

describe('ipset.save', () => {
  const rules = '*filter\n:FORWARD ACCEPT [0:0]\n-A FORWARD -m set --match-set blocked src -j DROP\nCOMMIT\n'

  it('tells of the sets that rules name', () => {
    expect(readHost({ rulesV4: rules }).sets).toBeNull()
    expect(readHost({ rulesV4: rules, ipset: 'create blocked hash:ip\n' }).sets).toHaveLength(1)
  })

  it.each([
    ['create other hash:ip\n', "Set blocked doesn't exist."],
    ['create blocked hash:ip family inet6\n', 'The protocol family of set blocked is IPv6, which is not applicable.'],
  ])('is checked against the rules: %s', (ipset, message) => {
    const place = { file: 'rules.v4', line: 3, column: 1 }
    expect(() => readHost({ rulesV4: rules, ipset })).toThrow(expect.objectContaining({ message, place }))
  })

  it('is refused with file and line', () => {
    const place = { file: 'ipset.save', line: 1, column: 1 }
    expect(() => readHost({ ipset: 'create blocked hash:foo\n' })).toThrow(expect.objectContaining({ place }))
  })
})
