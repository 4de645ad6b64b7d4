/** Random networks, policy rules, sysctls and packets that are about routing, for comparing with the kernel. */
import type { Random } from '../../src/util/random.ts'
import { packet as build } from '../harness/oracle/build.ts'
import type { OraclePacket } from '../harness/oracle/namespace.ts'

type Version = 4 | 6

const DEVICES = ['t0', 't1', 't2'] as const

const PREFIXES: Readonly<Record<Version, readonly string[]>> = {
  4: [
    '10.9.0.0/16',
    '10.9.1.0/24',
    '10.9.1.64/26',
    '10.0.0.64/26',
    '10.0.2.9/32',
    '8.0.0.0/8',
    '8.8.8.8/32',
    '0.0.0.0/1',
  ],
  6: [
    'fd09::/32',
    'fd09:0:0:1::/64',
    'fd09:0:0:1::8/125',
    'fd00::40/122',
    'fd00:0:0:2::9/128',
    '2001::/16',
    '2001:db8::8/128',
  ],
}
const HOSTS: Readonly<Record<Version, readonly string[]>> = {
  4: [
    '10.0.0.1',
    '10.0.0.5',
    '10.0.0.65',
    '10.0.0.77',
    '10.0.1.1',
    '10.0.1.7',
    '10.0.2.1',
    '10.0.2.9',
    '10.0.2.200',
    '10.9.0.1',
    '10.9.1.1',
    '10.9.1.65',
    '8.8.8.8',
    '8.9.9.9',
    '99.1.1.1',
    '200.1.1.1',
    '127.0.0.1',
    '127.5.5.5',
    '224.0.0.1',
    '224.0.0.9',
    '239.1.1.1',
    '255.255.255.255',
    '10.0.0.255',
    '10.0.2.255',
    '0.0.0.0',
    '0.1.2.3',
    '169.254.1.1',
    '240.0.0.1',
    '10.77.0.1',
    '10.77.0.2',
    '10.78.0.1',
    '10.78.0.3',
    '192.168.5.1',
    '192.168.5.9',
  ],
  6: [
    'fd00::1',
    'fd00::5',
    'fd00::41',
    'fd00:0:0:1::1',
    'fd00:0:0:1::7',
    'fd00:0:0:2::1',
    'fd00:0:0:2::9',
    'fd00::',
    'fd00:0:0:2::',
    'fd09::1',
    'fd09:0:0:1::1',
    'fd09:0:0:1::9',
    '2001:db8::8',
    '2001:4860::8',
    '3000::1',
    '::1',
    '::',
    'ff02::1',
    'ff02::2',
    'ff02::5',
    'ff01::1',
    'ff05::9',
    'ff0e::1',
    'fe80::1',
    'fe80::9',
    'fd77::1',
    'fd77::2',
    'fd78::1',
    '::ffff:10.0.0.1'.replace('10.0.0.1', 'a00:1'),
    '2002:a00:1::1',
  ],
}
const GATEWAYS: Readonly<Record<Version, readonly string[]>> = {
  4: ['via 10.0.1.9 dev t1', 'via 10.0.2.9 dev t2', 'via 10.0.0.5 dev t0', 'dev t0', 'dev t1', 'dev t2'],
  6: ['via fd00:0:0:1::9 dev t1', 'via fd00:0:0:2::9 dev t2', 'via fd00::5 dev t0', 'dev t0', 'dev t1', 'dev t2'],
}

/** A network to be made out of the oracle's default one: lines for `ip -batch`, of each family, and sysctls. */
export interface DrawnNetwork {
  readonly commands: readonly string[]
  readonly sysctls: Readonly<Record<string, string>>
}

/** Addresses beyond the usual, in several orders and kinds, and other MTUs. */
function addresses(random: Random, version: Version): string[] {
  const more =
    version === 4
      ? [
          '10.0.0.77/24',
          '10.77.0.1/32',
          '10.78.0.1/31',
          '192.168.5.1/24',
          '10.0.0.78/32',
          '169.254.1.1/16',
          '10.79.0.1/25',
        ]
      : [
          'fd00::77/64',
          'fd77::1/128',
          'fd78::1/127',
          'fd09:0:0:1::1/64',
          'fe80::1/64',
          '2002:a00:1::1/48',
          'fec0::1/64',
        ]
  return DEVICES.flatMap((name, i) => [
    ...random
      .sample(
        more.filter((_, at) => at % 3 === i),
        random.below(3),
      )
      .map((one) => `addr add ${one} dev ${name}${version === 6 ? ' nodad' : ''}`),
    ...(random.chance(0.2) ? [`link set ${name} mtu ${random.pick([1280, 1400, 9000])}`] : []),
  ])
}

function route(random: Random, version: Version): string {
  const prefix = random.chance(0.15) ? 'default' : random.pick(PREFIXES[version])
  const table = random.chance(0.35) ? ` table ${random.pick([100, 101])}` : ''
  const metric = ` metric ${random.pick([10, 20, 30, 40])}`
  const refusing = random.chance(0.3) ? random.pick(['blackhole', 'unreachable', 'prohibit', 'throw']) : undefined
  if (refusing) return `add ${refusing} ${prefix}${table}${metric}`
  const local = random.chance(0.05) && prefix !== 'default'
  if (local) return `add local ${prefix} dev lo`
  const tos = version === 4 && random.chance(0.15) ? ` tos ${random.pick(['0x10', '0x08', '0x04'])}` : ''
  const source =
    random.chance(0.3) && version === 4
      ? ` src ${random.pick(['10.0.0.1', '10.0.1.1', '10.0.2.1'])}`
      : random.chance(0.3)
        ? ` src ${random.pick(version === 4 ? ['10.0.0.1'] : ['fd00::1', 'fd00:0:0:2::1'])}`
        : ''
  const mtu = random.chance(0.15) ? ' mtu 1300' : ''
  return `add ${prefix} ${random.pick(GATEWAYS[version])}${tos}${table}${metric}${source}${mtu}`
}

function rule(random: Random, version: Version): string {
  const conditions = random.sample(
    [
      'fwmark 0x1',
      'fwmark 0x4/0x4',
      `iif ${random.pick(['t0', 't2', 'lo', 'gone'])}`,
      `oif ${random.pick(['t1', 't2'])}`,
      `from ${random.pick(HOSTS[version].slice(0, 8))}`,
      `from ${random.pick(PREFIXES[version])}`,
      `to ${random.pick(PREFIXES[version])}`,
      'tos 0x10',
      'ipproto udp',
      'uidrange 1000-2000',
    ],
    random.pick([0, 1, 1, 2]),
  )
  const action = random.pick([
    'table 100',
    'table 100',
    'table 101',
    'table main',
    'table 102',
    'prohibit',
    'blackhole',
    'unreachable',
    'table main suppress_prefixlength 0',
    'goto 32766',
    'nop',
  ])
  const negated = conditions.length > 0 && random.chance(0.2) ? 'not ' : ''
  return `add ${negated}${conditions.join(' ')} pref ${random.between(10, 200)} ${action}`
}

function sysctls(random: Random, version: Version): Record<string, string> {
  const out: Record<string, string> = {}
  const places = ['all', 't0', 't1', 't2']
  const put = (key: string, values: readonly number[], chance: number): void => {
    for (const place of places) {
      if (random.chance(chance)) out[`net.ipv${version}.conf.${place}.${key}`] = String(random.pick(values))
    }
  }
  if (version === 4) {
    put('rp_filter', [1, 2, 0], 0.15)
    put('accept_local', [0], 0.25)
    put('route_localnet', [1], 0.1)
    put('src_valid_mark', [1], 0.1)
    put('send_redirects', [1], 0.1)
    put('shared_media', [0], 0.1)
    put('bc_forwarding', [1], 0.05)
    if (random.chance(0.1)) out['net.ipv4.conf.t0.forwarding'] = '0'
    if (random.chance(0.1)) out['net.ipv4.icmp_errors_use_inbound_ifaddr'] = '1'
    if (random.chance(0.1)) out['net.ipv4.fwmark_reflect'] = '1'
  } else {
    put('use_oif_addrs_only', [1], 0.05)
    if (random.chance(0.1)) out['net.ipv6.conf.t0.disable_ipv6'] = '0'
  }
  return out
}

/** A network. The kernel does not take all of its commands; those it refuses are left out. */
export function drawNetwork(random: Random, version: Version): DrawnNetwork {
  const some = (make: () => string, most: number) => Array.from({ length: random.below(most) }, make)
  return {
    commands: [
      ...addresses(random, version),
      ...(random.chance(0.2) ? ['route del default'] : []),
      ...some(() => `route ${route(random, version)}`, 8),
      ...(random.chance(0.5) ? some(() => `rule ${rule(random, version)}`, 4) : []),
    ],
    sysctls: sysctls(random, version),
  }
}

/** A packet between two of the addresses that matter. */
export function drawPacket(random: Random, version: Version): OraclePacket {
  const bytes = build(
    {
      // An answer to a broadcast would come back to the host, and the oracle could not tell it from the packet.
      src: random.pick(HOSTS[version].filter((one) => !/\.255$/.test(one))),
      dst: random.pick(HOSTS[version]),
      protocol: 17,
      ttl: random.pick([64, 64, 64, 2, 1, 0]),
      tos: random.pick([0, 0, 0x10, 0x08, 0x04, 0xb8, 0xfc]),
      id: random.between(1, 65535),
      ...(random.chance(0.2) && version === 4 ? { fragment: 0x4000 } : {}),
    },
    Buffer.from('03e8003500080000', 'hex'),
  )
  const padded = random.chance(0.1) ? longer(bytes, random.pick([1290, 1350, 1450]), version) : bytes
  const hex = padded.toString('hex')
  if (random.chance(0.65)) return { in: random.pick(DEVICES), hex }
  return {
    local: true,
    hex,
    ...(random.chance(0.3) ? { mark: random.pick([1, 4, 5]) } : {}),
    ...(random.chance(0.2) ? { uid: 1000, gid: 1000 } : {}),
    ...(random.chance(0.2) ? { out: random.pick(DEVICES) } : {}),
  }
}

/** The same packet with its payload filled up to `size` bytes in all. */
function longer(bytes: Buffer, size: number, version: Version): Buffer {
  const out = Buffer.concat([bytes, Buffer.alloc(Math.max(0, size - bytes.length))])
  if (version === 6) {
    out.writeUInt16BE(out.length - 40, 4)
    return out
  }
  out.writeUInt16BE(out.length, 2)
  out.writeUInt16BE(0, 10)
  let sum = 0
  for (let i = 0; i < 20; i += 2) sum += out.readUInt16BE(i)
  while (sum > 0xffff) sum = (sum & 0xffff) + (sum >>> 16)
  out.writeUInt16BE(~sum & 0xffff, 10)
  return out
}

/** Rules that let everything pass and mark every hook in the path; some marks are set on the way. */
export function drawRules(random: Random): string {
  const marks = [
    ...(random.chance(0.4)
      ? [`-A PREROUTING -i ${random.pick(DEVICES)} -j MARK --set-mark ${random.pick([1, 4])}`]
      : []),
    ...(random.chance(0.4) ? [`-A OUTPUT -p udp -j MARK --set-mark ${random.pick([1, 4, 5])}`] : []),
    ...(random.chance(0.2) ? ['-A PREROUTING -m rpfilter'] : []),
    ...(random.chance(0.2) ? ['-A PREROUTING -m rpfilter --loose'] : []),
    ...(random.chance(0.2) ? ['-A PREROUTING -m rpfilter --validmark --accept-local'] : []),
    ...(random.chance(0.3)
      ? [`-A PREROUTING -m addrtype --dst-type ${random.pick(['LOCAL', 'UNICAST', 'MULTICAST'])}`]
      : []),
    ...(random.chance(0.3)
      ? [`-A PREROUTING -m addrtype --src-type ${random.pick(['LOCAL', 'UNICAST'])} --limit-iface-in`]
      : []),
  ]
  const reject = random.chance(0.3)
    ? [
        '*filter',
        '-A FORWARD -m mark --mark 5 -j REJECT',
        `-A ${random.pick(['INPUT', 'FORWARD', 'OUTPUT'])} -j REJECT`,
        'COMMIT',
      ]
    : []
  return ['*mangle', ...marks, 'COMMIT', ...reject, ''].join('\n')
}
