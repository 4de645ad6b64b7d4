/** The addresses, ports and numbers rules and packets are drawn from: few, so that they meet. */
import type { Random } from '../../../src/util/random.ts'
import type { Topology } from '../../harness/oracle/topology.ts'
import { topology } from '../../harness/oracle/topology.ts'

/** IP version. */
export type Version = 4 | 6

/** The namespace of conformance runs: the default one, routes that refuse, and a second way out for marked packets. */
export const conformanceTopology: Topology = topology({
  routes: [
    'add blackhole 10.9.1.0/24',
    'add unreachable 10.9.2.0/24',
    'add prohibit 10.9.3.0/24',
    'add default via 10.0.2.2 dev t2 table 100',
    '-6 add blackhole fd09:0:0:1::/64',
    '-6 add unreachable fd09:0:0:2::/64',
    '-6 add prohibit fd09:0:0:3::/64',
    '-6 add default via fd00:0:0:2::2 dev t2 table 100',
  ],
  rules: ['add fwmark 0x4/0x4 table 100', '-6 add fwmark 0x4/0x4 table 100'],
})

/** The devices packets arrive on. */
export const devices = ['t0', 't1', 't2'] as const

/** Hosts by the device they are behind, `own` the namespace's addresses, `odd` those that no packet should have. */
export interface Hosts {
  readonly t0: readonly string[]
  readonly t1: readonly string[]
  readonly t2: readonly string[]
  readonly own: readonly string[]
  readonly refused: readonly string[]
  readonly odd: readonly string[]
}

const hosts4: Hosts = {
  t0: ['10.0.0.5', '10.0.0.6', '10.0.0.7'],
  t1: ['10.0.1.2', '10.0.1.7', '8.8.8.8', '192.0.2.1', '203.0.113.9'],
  t2: ['10.0.2.9', '10.0.2.10'],
  own: ['10.0.0.1', '10.0.1.1', '10.0.2.1'],
  refused: ['10.9.1.1', '10.9.2.1', '10.9.3.1'],
  odd: [
    '127.0.0.1',
    '127.1.2.3',
    '0.0.0.0',
    '0.1.2.3',
    '255.255.255.255',
    '224.0.0.1',
    '224.0.0.5',
    '239.1.1.1',
    '240.0.0.1',
    '10.0.0.255',
    '10.0.0.0',
    '10.0.2.255',
    '169.254.1.1',
  ],
}

const hosts6: Hosts = {
  t0: ['fd00::5', 'fd00::6', 'fd00::7'],
  t1: ['fd00:0:0:1::2', 'fd00:0:0:1::7', '2001:db8::1', '2001:4860:4860::8888'],
  t2: ['fd00:0:0:2::9', 'fd00:0:0:2::a'],
  own: ['fd00::1', 'fd00:0:0:1::1', 'fd00:0:0:2::1'],
  refused: ['fd09:0:0:1::1', 'fd09:0:0:2::1', 'fd09:0:0:3::1'],
  odd: [
    '::',
    '::1',
    'ff02::1',
    'ff02::2',
    'ff05::2',
    'ff0e::1',
    'fe80::1',
    'fe80::5',
    'fd00::',
    '::ffff:10.0.0.5',
    'ff01::1',
  ],
}

/** The hosts of a version. */
export const hostsOf = (version: Version): Hosts => (version === 4 ? hosts4 : hosts6)

/** Ports that rules name and packets carry. */
export const ports = [22, 25, 53, 80, 443, 1000, 1024, 8080] as const

/** Any of the reachable hosts, now and then one of ours. */
export function anyHost(random: Random, version: Version): string {
  const hosts = hostsOf(version)
  return random.pick(random.chance(0.2) ? hosts.own : hosts[random.pick(devices)])
}

/** An address with a prefix length, as `-s` takes it; the host bits are cleared by the tool. */
export function anyNet(random: Random, version: Version): string {
  const length =
    version === 4
      ? random.pick([32, 31, 30, 24, 24, 16, 16, 8, 8, 0])
      : random.pick([128, 127, 64, 64, 48, 48, 8, 8, 0])
  if (random.chance(0.04)) return `${anyHost(random, version)}/${version === 4 ? '255.0.0.255' : 'ffff::ff'}`
  return `${anyHost(random, version)}/${length}`
}

/** `! ` with a small probability. */
export const maybeNot = (random: Random, probability = 0.2): string => (random.chance(probability) ? '! ' : '')

/** A port or a range of ports, as `--dport` takes it. */
export function portRange(random: Random): string {
  if (random.chance(0.5)) return String(random.pick(ports))
  if (random.chance(0.4)) return random.pick(['1:1023', '20000:60000', '1024:65535'])
  return random.pick(['1:1023', '1024:65535', '80:443', ':1000', '8000:', '0:0', '65535', '20000:60000', '1000:1024'])
}

/** A value and a mask, both from few bits. */
export function valueMask(random: Random): string {
  const hex = (n: number) => `0x${n.toString(16)}`
  return `${hex(random.pick([0, 1, 2, 4, 5, 0x10, 0xff, 0xffffffff]))}/${hex(random.pick([1, 4, 7, 0xff, 0xffffffff, 0]))}`
}
