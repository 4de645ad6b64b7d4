import { expect, it } from 'vitest'
import { createBatch } from '../host/batch.ts'
import { withRealm } from './route.ts'

const DEVICES = [
  ['t0', '10.0.0.1'],
  ['t1', '10.0.1.1'],
].map(([ifname, local], index) => ({
  ifindex: index + 2,
  ifname,
  link_type: 'none',
  flags: ['UP'],
  addr_info: [{ local, prefixlen: 24, scope: 'global' }],
}))
const ROUTES = [
  { dst: '10.0.0.0/24', dev: 't0', scope: 'link' },
  { dst: '10.0.1.0/24', dev: 't1', scope: 'link' },
  { dst: '10.9.0.0/16', gateway: '10.0.1.2', dev: 't1', flow: { to: '5' } },
  { dst: '10.8.0.0/16', gateway: '10.0.1.2', dev: 't1', flow: { from: '3', to: '7' } },
  { dst: '10.6.0.0/16', gateway: '10.0.0.2', dev: 't0', flow: { from: 'cosmos', to: '9' } },
]
const RULES = [
  { priority: 0, src: 'all', table: 'local' },
  { priority: 100, src: 'all', dst: '10.0.1.0', dstlen: 24, table: 'main', flow_from: '4', flow_to: '6' },
  { priority: 32766, src: 'all', table: 'main' },
]

/** Whether a rule of a chain saw exactly this realm. */
function sees(chain: string, realm: number, line: object): boolean {
  const batch = createBatch({
    addr: JSON.stringify(DEVICES),
    route: JSON.stringify(ROUTES),
    rule: JSON.stringify(RULES),
    sysctl: 'net.ipv4.ip_forward = 1',
    rulesV4: `*mangle\n-A ${chain} -m realm --realm ${realm}\nCOMMIT\n`,
  })
  batch.run(line)
  return /^\[1:\d+\] -A/m.test(batch.final().save4)
}

// As Linux 6.18 answers.
it.each([
  ['that of the route', 'FORWARD', 5, { in: 't0', packet: 'udp 10.0.0.5:1 > 10.9.0.1:53' }],
  ['both of the route', 'FORWARD', 0x30007, { in: 't0', packet: 'udp 10.0.0.5:1 > 10.8.0.1:53' }],
  ['that of the way back beside it', 'POSTROUTING', 0x90005, { in: 't0', packet: 'udp 10.6.0.5:1 > 10.9.0.1:53' }],
  [
    'what the route says itself, not the way back',
    'FORWARD',
    0x30007,
    { in: 't0', packet: 'udp 10.6.0.5:1 > 10.8.0.1:53' },
  ],
  ['that of the policy rule', 'FORWARD', 0x40006, { in: 't0', packet: 'udp 10.0.0.5:1 > 10.0.1.9:53' }],
  [
    'that of the way back, where it is for the host',
    'INPUT',
    0x50000,
    { in: 't1', packet: 'udp 10.9.0.5:1 > 10.0.0.1:53' },
  ],
  [
    'that the way back goes to, not where it comes from',
    'INPUT',
    0x70000,
    { in: 't1', packet: 'udp 10.8.0.5:1 > 10.0.0.1:53' },
  ],
  ['that of the way out', 'OUTPUT', 5, { local: true, packet: 'udp 10.0.0.1:1 > 10.9.0.1:53' }],
  [
    'that of the rule for the way back, turned round',
    'FORWARD',
    0x60004,
    { in: 't1', packet: 'udp 10.0.1.5:1 > 10.0.0.9:53' },
  ],
  ['none', 'INPUT', 0, { in: 't0', packet: 'udp 10.0.0.5:1 > 10.0.0.1:53' }],
])('a packet has %s', (_what, chain, realm, line) => expect(sees(chain, realm, line)).toBe(true))

it('adds to a realm only what it does not say', () => {
  expect(withRealm(5, 0xfffffff1)).toBe(0xffff0005)
  expect(withRealm(0x30000, 0x40006)).toBe(0x30006)
})

it('refuses a realm by a name that is not known', () => {
  const route = JSON.stringify([{ dst: 'default', dev: 't0', flow: { to: 'freenet' } }])
  expect(() => createBatch({ addr: JSON.stringify(DEVICES), route })).toThrow(/flow: to: expected a whole number/)
})
