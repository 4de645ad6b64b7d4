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
  },
  rejects: {
    '-m addrtype': /you must specify --src-type or --dst-type/,
    '-m addrtype --limit-iface-in': /you must specify --src-type or --dst-type/,
    '-m addrtype --dst-type LOCALS': /bad type "LOCALS"/,
    '-m addrtype --dst-type LOCAL,': /bad type ""/,
    '-m addrtype --dst-type LOCAL --limit-iface-in --limit-iface-out': /cannot be used together/,
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
  rejects: {
    '-m addrtype --dst-type BROADCAST': /IPv6/,
    '-m addrtype --src-type BLACKHOLE': /IPv6/,
    '-m addrtype --src-type LOCAL --dst-type PROHIBIT': /IPv6/,
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
