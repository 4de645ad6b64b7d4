import { TestEnvironment } from '../../test/harness/environment.ts'
import { testMatch } from '../../test/harness/extension-tester.ts'
import { packetWith } from '../../test/harness/packets.ts'
import type { AddressType } from '../expression/environment.ts'
import { packet } from '../packet/build.ts'
import type { Device } from '../packet/device.ts'
import { formatAddress } from '../wire/address.ts'
import { addrtype } from './addrtype.ts'

/** An environment in which the listed addresses are of these types, and all others UNICAST; `address%device` with a device. */
function types(known: Readonly<Record<string, AddressType>>, family: 4 | 6 = 4): TestEnvironment {
  const environment = new TestEnvironment()
  environment.addressTypeOf = (words, device) => {
    const address = formatAddress(family, words as [number, number, number, number])
    return known[device === null ? address : `${address}%${device}`] ?? 'UNICAST'
  }
  return environment
}

const bytes = packet.udp({ source: '10.0.0.5', destination: '10.0.2.9' })
const device = (name: string): Device => ({ name }) as Device
const between = packetWith(bytes, { inDevice: device('eth0'), outDevice: device('eth1') })
const to6 = (destination: string): Uint8Array => packet.udp({ source: 'fd00::5', destination })
const own = types({ '10.0.2.9': 'LOCAL', '10.0.0.5': 'BROADCAST' })

testMatch(addrtype, {
  chain: 'FORWARD',
  saves: {
    '-m addrtype --dst-type LOCAL': '=',
    '-m addrtype --dst-type u,uni,b,xr': '-m addrtype --dst-type UNSPEC,UNICAST,BROADCAST,XRESOLVE',
    '-m addrtype ! --src-type xresolve,local ! --dst-type local --limit-iface-in':
      '-m addrtype ! --src-type LOCAL,XRESOLVE ! --dst-type LOCAL --limit-iface-in',
    '-m addrtype --src-type LOCAL': '=',
    '-m addrtype --src-type unspec,unicast,local,broadcast,anycast,multicast,blackhole,unreachable,prohibit,throw,nat,xresolve':
      '-m addrtype --src-type UNSPEC,UNICAST,LOCAL,BROADCAST,ANYCAST,MULTICAST,BLACKHOLE,UNREACHABLE,PROHIBIT,THROW,NAT,XRESOLVE',
    '-m addrtype ! --src-type LOCAL ! --dst-type BROADCAST,MULTICAST': '=',
    '-m addrtype --dst-type u': '-m addrtype --dst-type UNSPEC',
    '-m addrtype --dst-type un': '-m addrtype --dst-type UNSPEC',
    '-m addrtype --dst-type b': '-m addrtype --dst-type BROADCAST',
    '-m addrtype --dst-type LOCAL --limit-iface-in': '=',
    '-m addrtype --dst-type LOCAL --limit-iface-out': '=',
    '-m addrtype --src-type LOCAL ! --dst-type UNICAST --limit-iface-out': '=',
  },
  rejects: {
    '-m addrtype': /you must specify --src-type or --dst-type/,
    '-m addrtype --limit-iface-in': /you must specify --src-type or --dst-type/,
    '-m addrtype --dst-type LOCALS': /bad type "LOCALS"/,
    '-m addrtype --dst-type LOCAL,': /bad type ""/,
    '-m addrtype --dst-type LOCAL --limit-iface-in --limit-iface-out': /cannot be used together/,
    '-m addrtype --dst-type LOCAL --dst-type LOCAL': /^addrtype: option "--dst-type" can only be used once\.$/,
    '-m addrtype --dst-type ""': /^addrtype: bad type ""$/,
    '-m addrtype --dst-type foo,LOCAL': /^addrtype: bad type `foo,LOCAL'$/,
    '-m addrtype --dst-type LOCAL,foo': /^addrtype: bad type "foo"$/,
    '-m addrtype --dst-type LOCAL,,': /^addrtype: bad type `,'$/,
    '-m addrtype --dst-type ,LOCAL': /^addrtype: bad type `,LOCAL'$/,
    '-m addrtype --dst-type': /^option "--dst-type" requires an argument$/,
    '-m addrtype --limit-iface-in --limit-iface-out': /^addrtype: you must specify --src-type or --dst-type$/,
    '-m addrtype --limit-iface-out --limit-iface-in --dst-type LOCAL':
      /^addrtype: option "--limit-iface-in" cannot be used together with "--limit-iface-out"\.$/,
    '-m addrtype --dst-type LOCAL --limit-iface-in --limit-iface-in':
      /^addrtype: option "--limit-iface-in" can only be used once\.$/,
    '-m addrtype --dst-type LOCAL ! --limit-iface-in': /^addrtype: option "--limit-iface-in" cannot be inverted\.$/,
    '-m addrtype --src-type LOCAL --dst-type LOCAL,UNICAST ! --limit-iface-out':
      /^addrtype: option "--limit-iface-out" cannot be inverted\.$/,
  },
  matches: [
    ['-m addrtype --dst-type LOCAL', packetWith(bytes), own],
    ['-m addrtype --dst-type LOCAL,BROADCAST --src-type LOCAL,BROADCAST', packetWith(bytes), own],
    ['-m addrtype ! --src-type LOCAL', packetWith(bytes), own],
    ['-m addrtype --dst-type LOCAL --limit-iface-in', between, types({ '10.0.2.9%eth0': 'LOCAL' })],
    ['-m addrtype --dst-type LOCAL --limit-iface-out', between, types({ '10.0.2.9%eth1': 'LOCAL' })],
  ],
  misses: [
    ['-m addrtype --dst-type UNICAST', packetWith(bytes), own],
    ['-m addrtype --dst-type LOCAL --src-type LOCAL', packetWith(bytes), own],
    ['-m addrtype ! --dst-type LOCAL', packetWith(bytes), own],
    ['-m addrtype --dst-type LOCAL --limit-iface-out', between, types({ '10.0.2.9%eth0': 'LOCAL' })],
  ],
})

testMatch(addrtype, {
  chain: 'INPUT',
  rejects: { '-m addrtype --dst-type LOCAL --limit-iface-out': /not valid in INPUT/ },
})
testMatch(addrtype, {
  chain: 'OUTPUT',
  rejects: { '-m addrtype --dst-type LOCAL --limit-iface-in': /not valid in OUTPUT/ },
})

const local6 = types({ 'fd00::1': 'LOCAL', 'ff02::1': 'LOCAL' }, 6)

testMatch(addrtype, {
  family: 6,
  chain: 'FORWARD',
  saves: {
    '-m addrtype --src-type LOCAL': '=',
    '-m addrtype --dst-type MULTICAST': '=',
    '-m addrtype --dst-type UNSPEC,UNICAST,ANYCAST,LOCAL,UNREACHABLE':
      '-m addrtype --dst-type UNSPEC,UNICAST,LOCAL,ANYCAST,UNREACHABLE',
    '-m addrtype --limit-iface-out ! --src-type UNICAST': '-m addrtype ! --src-type UNICAST --limit-iface-out',
    '-m addrtype --src-type UNSPEC': '=',
    '-m addrtype --dst-type u': '-m addrtype --dst-type UNSPEC',
    '-m addrtype --dst-type un': '-m addrtype --dst-type UNSPEC',
    '-m addrtype --dst-type LOCAL --limit-iface-in': '=',
    '-m addrtype --dst-type LOCAL --limit-iface-out': '=',
  },
  rejects: {
    '-m addrtype --src-type BLACKHOLE': /IPv6/,
    '-m addrtype --src-type LOCAL --dst-type PROHIBIT': /IPv6/,
    '-m addrtype --dst-type BROADCAST': /^addrtype: there is no type BROADCAST in IPv6$/,
    '-m addrtype --dst-type NAT': /^addrtype: there is no type NAT in IPv6$/,
    '-m addrtype --dst-type THROW,LOCAL': /^addrtype: there is no type THROW in IPv6$/,
    '-m addrtype --dst-type BLACKHOLE --limit-iface-out': /^addrtype: there is no type BLACKHOLE in IPv6$/,
    '-m addrtype --src-type PROHIBIT': /^addrtype: there is no type PROHIBIT in IPv6$/,
    '-m addrtype --src-type XRESOLVE': /^addrtype: there is no type XRESOLVE in IPv6$/,
    '-m addrtype': /^addrtype: you must specify --src-type or --dst-type$/,
    '-m addrtype --src-type unspec,unicast,local,broadcast,anycast,multicast,blackhole,unreachable,prohibit,throw,nat,xresolve':
      /^addrtype: there is no type BROADCAST in IPv6$/,
    '-m addrtype ! --src-type LOCAL ! --dst-type BROADCAST,MULTICAST': /^addrtype: there is no type BROADCAST in IPv6$/,
    '-m addrtype --dst-type b': /^addrtype: there is no type BROADCAST in IPv6$/,
  },
  matches: [
    ['-m addrtype --dst-type LOCAL', packetWith(to6('fd00::1')), local6],
    ['-m addrtype --dst-type LOCAL,UNICAST', packetWith(to6('fd00::1')), local6],
    ['-m addrtype --dst-type UNICAST', packetWith(to6('fd00::9')), local6],
    ['-m addrtype --dst-type MULTICAST', packetWith(to6('ff02::1')), local6],
    ['-m addrtype ! --dst-type UNICAST,MULTICAST', packetWith(to6('ff02::1')), local6],
    ['-m addrtype --src-type UNSPEC', packetWith(packet.udp({ source: '::', destination: 'ff02::1' })), local6],
    ['-m addrtype ! --dst-type UNICAST', packetWith(to6('::ffff:1.2.3.4')), local6],
    ['-m addrtype --dst-type UNREACHABLE', packetWith(to6('fd00::9')), types({ 'fd00::9': 'UNREACHABLE' }, 6)],
  ],
  misses: [
    ['-m addrtype --dst-type LOCAL,UNICAST', packetWith(to6('fd00::9')), local6],
    ['-m addrtype --dst-type UNICAST', packetWith(to6('ff02::1')), local6],
    ['-m addrtype --dst-type UNICAST,MULTICAST', packetWith(to6('ff02::1')), local6],
  ],
})
