import { describe, expect, it } from 'vitest'
import { testTarget } from '../../test/harness/extension-tester.ts'
import { natTold, noRange, tcpSyn, ten } from '../../test/harness/nat.ts'
import { NETMAP } from './NETMAP.ts'

testTarget(NETMAP, {
  saves: {
    '-j NETMAP --to 10.0.0.0/0.0.0.255': '-j NETMAP --to 10.0.0.0/32',
    '-j NETMAP --to 10.0.0.0/255.255.255.255': '-j NETMAP --to 10.0.0.0/32',
    '-j NETMAP --to 10.0.0.0/0': '-j NETMAP --to 0.0.0.0/0',
    '-j NETMAP --to 0x0a000001': '-j NETMAP --to 10.0.0.1/32',
    '-j NETMAP --to 10.0.0.0/8': '=',
    '-j NETMAP --to 10.0.0.5': '-j NETMAP --to 10.0.0.5/32',
    '-j NETMAP --to 10.1.2.3/16': '-j NETMAP --to 10.1.0.0/16',
    '-j NETMAP --to 10.1.2.3/255.255.0.0': '-j NETMAP --to 10.1.0.0/16',
    '-j NETMAP --to 10.1.2.3/255.0.255.0': '-j NETMAP --to 10.1.2.3/32',
    '-j NETMAP --to 0/0': '-j NETMAP --to 0.0.0.0/0',
    '-j NETMAP --to 10': '-j NETMAP --to 0.0.0.10/32',
    '-j NETMAP --to 10.0.0.0/33': '-j NETMAP --to 10.0.0.0/32',
    '-j NETMAP --to localhost': '-j NETMAP --to 127.0.0.1/32',
    '-j NETMAP --to 198.51.100.7/24': '-j NETMAP --to 198.51.100.0/24',
    '-j NETMAP --to 198.51.100.7/255.255.255.128': '-j NETMAP --to 198.51.100.0/25',
    '-j NETMAP --to 198.51.100.7': '-j NETMAP --to 198.51.100.7/32',
    '-j NETMAP --to 198.51.100.7/255.0.255.0': '-j NETMAP --to 198.51.100.7/32',
  },
  rejects: {
    '-j NETMAP --to 10.0.0.0/08':
      /^NETMAP: bad value for option "--to", neither a valid network mask nor valid CIDR \(0-32\)\.$/,
    '-j NETMAP --to 10.0.0.0/8/8':
      /^NETMAP: bad value for option "--to", neither a valid network mask nor valid CIDR \(0-32\)\.$/,
    '-j NETMAP --to 256.0.0.0': /^getaddrinfo: Name or service not known$/,
    '-j NETMAP --to /8': /^getaddrinfo: Name or service not known$/,
    '-j NETMAP --to 10.0.0.0/':
      /^NETMAP: bad value for option "--to", neither a valid network mask nor valid CIDR \(0-32\)\.$/,
    '-j NETMAP --to 10.0.0.0/x':
      /^NETMAP: bad value for option "--to", neither a valid network mask nor valid CIDR \(0-32\)\.$/,
    '-j NETMAP --to ""': /^getaddrinfo: Name or service not known$/,
    '-j NETMAP --to fd00::/8': /^getaddrinfo: Address family for hostname not supported$/,
    '-j NETMAP --to 10.0.0.0/8 --to 10.0.0.0/8': /^NETMAP: option "--to" can only be used once\.$/,
    '-j NETMAP': /^NETMAP: option "--to" must be specified$/,
    '-j NETMAP ! --to 10.0.0.0/8': /cannot be inverted/,
  },
  acts: [
    [
      '-j NETMAP --to 10.0.0.0/24',
      tcpSyn,
      ({ environment }) =>
        expect(natTold(environment)).toEqual({
          kind: 'nat',
          side: 'destination',
          range: { ...noRange, addresses: [ten(0), ten(255)], netmap: true },
        }),
    ],
  ],
})

testTarget(NETMAP, {
  family: 6,
  rejects: {
    '-j NETMAP': /^NETMAP: option "--to" must be specified$/,
    '-j NETMAP --to fd00::5/129':
      /^NETMAP: bad value for option "--to", neither a valid network mask nor valid CIDR \(0-128\)\.$/,
    '-j NETMAP --to 10.0.0.0/8': /^getaddrinfo: Address family for hostname not supported$/,
  },
  saves: {
    '-j NETMAP --to fd00::/8': '=',
    '-j NETMAP --to fd00::5': '-j NETMAP --to fd00::5/128',
    '-j NETMAP --to fd00::5/64': '-j NETMAP --to fd00::/64',
    '-j NETMAP --to fd00::5/ffff::': '-j NETMAP --to fd00::/16',
    '-j NETMAP --to ::/0': '=',
    '-j NETMAP --to fd00::5/ffff::ffff': '-j NETMAP --to fd00::5/128',
    '-j NETMAP --to fd01::5/60': '-j NETMAP --to fd01::/60',
  },
})

describe('-j NETMAP', () => {
  it('needs connection tracking', () => expect(NETMAP.needsConntrack).toBe(true))
})

testTarget(NETMAP, {
  family: 6,
  rejects: { '-j NETMAP --to 10.0.0.0/8': /^getaddrinfo: Address family for hostname not supported$/ },
})
testTarget(NETMAP, { table: 'filter', chain: 'FORWARD', rejects: { '-j NETMAP --to 10.0.0.0/8': /table nat/ } })

testTarget(NETMAP, {
  table: 'nat',
  chain: 'POSTROUTING',
  saves: {
    '-j NETMAP --to 10.0.0.0/8': '=',
  },
})

testTarget(NETMAP, {
  table: 'nat',
  chain: 'OUTPUT',
  saves: {
    '-j NETMAP --to 10.0.0.0/8': '=',
  },
})

testTarget(NETMAP, {
  table: 'nat',
  chain: 'INPUT',
  saves: {
    '-j NETMAP --to 10.0.0.0/8': '=',
  },
})

testTarget(NETMAP, {
  table: 'filter',
  chain: 'FORWARD',
  family: 6,
  rejects: {
    '-j NETMAP --to fd00::/64': /^-j NETMAP is only valid in table nat, not in table filter$/,
  },
})
