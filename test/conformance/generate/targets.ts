/** Random targets: one entry per target extension, with where the kernel accepts it. */
import type { Random } from '../../../src/util/random.ts'
import type { MatchContext } from './matches.ts'
import { ports, type Version, valueMask } from './pools.ts'
import type { Hook, TableName } from './rule.ts'
import { setTargetMaker } from './sets.ts'

/** A target and the conditions it insists on. */
export interface TargetText {
  readonly text: string
  /** Conditions the rule must have as well; they replace others of the same protocol. */
  readonly matches?: readonly string[]
}

/** One target in the generator. */
export interface TargetMaker {
  readonly name: string
  readonly weight: number
  readonly versions?: readonly Version[]
  readonly tables?: readonly TableName[]
  readonly hooks?: readonly Hook[]
  readonly protocols?: readonly string[]
  readonly make: (context: MatchContext) => TargetText
}

const plain = (name: string, weight: number, tables?: readonly TableName[]): TargetMaker => ({
  name,
  weight,
  ...(tables ? { tables } : {}),
  make: () => ({ text: `-j ${name}` }),
})

const reject4 = [
  'icmp-net-unreachable',
  'icmp-host-unreachable',
  'icmp-proto-unreachable',
  'icmp-port-unreachable',
  'icmp-net-prohibited',
  'icmp-host-prohibited',
  'icmp-admin-prohibited',
]
const reject6 = [
  'icmp6-no-route',
  'icmp6-adm-prohibited',
  'icmp6-addr-unreachable',
  'icmp6-port-unreachable',
  'icmp6-policy-fail',
  'icmp6-reject-route',
]

function reject({ random, version, protocol }: MatchContext): TargetText {
  if (protocol === 'tcp' && random.chance(0.5)) return { text: '-j REJECT --reject-with tcp-reset' }
  if (random.chance(0.2)) return { text: '-j REJECT' }
  return { text: `-j REJECT --reject-with ${random.pick(version === 4 ? reject4 : reject6)}` }
}

const hasPorts = (protocol: string | undefined) => ['tcp', 'udp', 'sctp', 'dccp'].includes(protocol ?? '')

function withPort({ random, version, protocol }: MatchContext, address: string): string {
  // One port, because where in a range of several the search starts is the kernel's random choice.
  if (!hasPorts(protocol) || random.chance(0.5)) return address
  return `${version === 4 ? address : `[${address}]`}:${random.pick(ports)}`
}

function natFlags(random: Random): string {
  return random.chance(0.1) ? ' --persistent' : ''
}

function dnat(context: MatchContext): TargetText {
  const { random, version } = context
  const to =
    version === 4
      ? [
          '10.0.2.9',
          '10.0.2.9',
          '10.0.0.6',
          '10.0.1.7',
          '10.0.2.9-10.0.2.10',
          '10.0.0.1',
          '10.0.2.1',
          '198.51.100.7',
          '127.0.0.1',
        ]
      : [
          'fd00:0:0:2::9',
          'fd00:0:0:2::9',
          'fd00::6',
          'fd00:0:0:1::7',
          'fd00:0:0:2::9-fd00:0:0:2::a',
          'fd00::1',
          '2001:db8:7::7',
        ]
  return { text: `-j DNAT --to-destination ${withPort(context, random.pick(to))}${natFlags(random)}` }
}

function snat(context: MatchContext): TargetText {
  const { random, version } = context
  const to =
    version === 4
      ? ['10.0.1.1', '10.0.2.1', '10.0.0.1', '10.0.1.50-10.0.1.53', '203.0.113.50']
      : ['fd00:0:0:1::1', 'fd00:0:0:2::1', 'fd00:0:0:1::50-fd00:0:0:1::53', '2001:db8:7::50']
  return {
    text: `-j SNAT --to-source ${withPort({ ...context, protocol: undefined }, random.pick(to))}${natFlags(random)}`,
  }
}

function redirect({ random, protocol }: MatchContext): TargetText {
  return { text: `-j REDIRECT${hasPorts(protocol) && random.chance(0.7) ? ` --to-ports ${random.pick(ports)}` : ''}` }
}

function mark({ random }: MatchContext): TargetText {
  const bits = `0x${random.pick([0, 1, 2, 4, 5, 0x10, 0xff, 0xfffffffb]).toString(16)}`
  return {
    text: `-j MARK ${random.pick([`--set-xmark ${valueMask(random)}`, `--set-mark ${valueMask(random)}`, `--set-mark ${bits}`, `--and-mark ${bits}`, `--or-mark ${bits}`, `--xor-mark ${bits}`])}`,
  }
}

function connmark({ random }: MatchContext): TargetText {
  const masks = random.chance(0.3)
    ? ` --nfmask 0x${random.pick([1, 0xff, 0xffffffff]).toString(16)} --ctmask 0x${random.pick([1, 0xff, 0xffffffff]).toString(16)}`
    : ''
  return {
    text: `-j CONNMARK ${random.pick([`--set-xmark ${valueMask(random)}`, `--set-mark ${valueMask(random)}`, `--save-mark${masks}`, `--restore-mark${masks}`])}`,
  }
}

function ct({ random }: MatchContext): TargetText {
  return {
    text: `-j CT ${random.pick(['--notrack', '--notrack', '--zone 1', '--zone 2', '--zone-orig 1', '--zone-reply 1'])}`,
  }
}

function tcpmss({ random, hooks }: MatchContext): TargetText {
  const clamp =
    hooks.every((hook) => hook === 'FORWARD' || hook === 'OUTPUT' || hook === 'POSTROUTING') && random.chance(0.5)
  return {
    text: `-j TCPMSS ${clamp ? '--clamp-mss-to-pmtu' : `--set-mss ${random.pick([536, 1000, 1460])}`}`,
    matches: ['-p tcp', '-m tcp --tcp-flags SYN,RST SYN'],
  }
}

function log({ random }: MatchContext): TargetText {
  const options = ['--log-prefix "x "', '--log-level 4', '--log-tcp-sequence', '--log-ip-options', '--log-uid'].filter(
    () => random.chance(0.3),
  )
  return { text: ['-j LOG', ...options].join(' ') }
}

/** Not to the host itself: in PREROUTING that makes copies without end. */
function tee({ random, version }: MatchContext): TargetText {
  const gateway = random.pick(
    version === 4
      ? ['10.0.1.7', '10.0.2.9', '10.0.2.9', '10.0.0.5', '8.8.8.8', '10.0.1.2', '10.9.2.1']
      : ['fd00:0:0:1::7', 'fd00:0:0:2::9', 'fd00:0:0:2::9', 'fd00::5', '2001:db8::1', 'fd09:0:0:2::1'],
  )
  const device = random.chance(0.25) ? ` --oif ${random.pick(['t1', 't2', 'none0'])}` : ''
  // Copies to many come back, and are copied again for each hop that they have left.
  const toOne = version === 6 ? ['-m addrtype ! --dst-type MULTICAST'] : []
  // What OUTPUT sends back to the host would be copied without end.
  return { text: `-j TEE --gateway ${gateway}${device}`, matches: ['! -i lo', ...toOne] }
}

function prefixes(random: Random): string {
  const all = [
    'fd00::/64',
    'fd00:0:0:1::/64',
    'fd00:0:0:2::/64',
    '2001:db8:7::/48',
    'fd00::/48',
    '2001:db8::/32',
    '::/0',
  ]
  return `--src-pfx ${random.pick(all)} --dst-pfx ${random.pick(all)}`
}

function hmark({ random, version }: MatchContext): TargetText {
  const bits = version === 4 ? 32 : 128
  const tuples = ['src,dst', 'src,dst,proto', 'src,dst,sport,dport,proto', 'ct,src,dst,sport,dport,proto', 'spi,proto']
  const parts = random.pick([
    `--hmark-tuple ${random.pick(tuples)}`,
    `--hmark-tuple ${random.pick(tuples)}`,
    `--hmark-src-prefix ${random.between(0, bits)} --hmark-dst-prefix ${random.between(0, bits)}`,
    `--hmark-tuple proto --hmark-sport-mask 0x${random.between(0, 0xffff).toString(16)} --hmark-dport 0x50`,
    `--hmark-tuple src --hmark-spi-mask 0x${random.between(0, 0xffff).toString(16)} --hmark-spi 9`,
  ])
  const offset = random.chance(0.3) ? ` --hmark-offset ${random.pick([1, 4, 0xffffffff])}` : ''
  return {
    text: `-j HMARK ${parts} --hmark-mod ${random.pick([1, 2, 8, 256])} --hmark-rnd ${random.between(0, 9)}${offset}`,
  }
}

/** The targets every run draws from. */
export const targetMakers: readonly TargetMaker[] = [
  plain('ACCEPT', 14),
  plain('RETURN', 7),
  plain('DROP', 5, ['filter', 'security', 'mangle', 'raw']),
  plain('QUEUE', 0.7),
  { name: 'REJECT', weight: 9, tables: ['filter'], hooks: ['INPUT', 'FORWARD', 'OUTPUT'], make: reject },
  { name: 'LOG', weight: 2, make: log },
  {
    name: 'NFLOG',
    weight: 1.5,
    make: ({ random }) => ({
      text: `-j NFLOG --nflog-group ${random.between(1, 5)}${random.chance(0.5) ? ' --nflog-prefix "n p"' : ''}`,
    }),
  },
  { name: 'DNAT', weight: 16, tables: ['nat'], hooks: ['PREROUTING', 'OUTPUT'], make: dnat },
  { name: 'REDIRECT', weight: 6, tables: ['nat'], hooks: ['PREROUTING', 'OUTPUT'], make: redirect },
  { name: 'SNAT', weight: 14, tables: ['nat'], hooks: ['POSTROUTING', 'INPUT'], make: snat },
  { name: 'MASQUERADE', weight: 9, tables: ['nat'], hooks: ['POSTROUTING'], make: () => ({ text: '-j MASQUERADE' }) },
  { name: 'MARK', weight: 5, make: mark },
  { name: 'CONNMARK', weight: 5, tables: ['mangle', 'raw', 'filter', 'nat', 'security'], make: connmark },
  { name: 'CT', weight: 7, tables: ['raw'], make: ct },
  { name: 'NOTRACK', weight: 4, tables: ['raw'], make: () => ({ text: '-j NOTRACK' }) },
  { name: 'TCPMSS', weight: 3, tables: ['mangle', 'filter'], make: tcpmss },
]

/** Further targets, for runs that ask for all extensions. */
export const moreTargetMakers: readonly TargetMaker[] = [
  {
    name: 'TTL',
    weight: 3,
    versions: [4],
    tables: ['mangle'],
    make: ({ random }) => ({
      text: `-j TTL ${random.pick(['--ttl-set 64', '--ttl-inc 1', '--ttl-dec 1', '--ttl-dec 200', '--ttl-inc 250'])}`,
    }),
  },
  {
    name: 'HL',
    weight: 3,
    versions: [6],
    tables: ['mangle'],
    make: ({ random }) => ({
      text: `-j HL ${random.pick(['--hl-set 64', '--hl-inc 1', '--hl-dec 1', '--hl-dec 200'])}`,
    }),
  },
  {
    name: 'DSCP',
    weight: 3,
    tables: ['mangle'],
    make: ({ random }) => ({ text: `-j DSCP --set-dscp ${random.pick([0, 8, 46])}` }),
  },
  {
    name: 'TOS',
    weight: 3,
    tables: ['mangle'],
    make: ({ random }) => ({
      text: `-j TOS ${random.pick(['--set-tos 0x10', '--set-tos 0x20/0xe0', '--and-tos 0x0f', '--or-tos 0x04', '--xor-tos 0x08'])}`,
    }),
  },
  {
    name: 'ECN',
    weight: 2,
    versions: [4],
    tables: ['mangle'],
    protocols: ['tcp'],
    make: () => ({ text: '-j ECN --ecn-tcp-remove' }),
  },
  {
    name: 'TCPOPTSTRIP',
    weight: 2,
    tables: ['mangle'],
    protocols: ['tcp'],
    make: ({ random }) => ({
      text: `-j TCPOPTSTRIP --strip-options ${random.pick(['mss', 'timestamp', 'sack-permitted,wscale', '8'])}`,
    }),
  },
  {
    name: 'RATEEST',
    weight: 1,
    tables: ['mangle'],
    make: ({ random }) => ({
      text: `-j RATEEST --rateest-name r${random.below(1000000)} --rateest-interval ${random.pick(['250.0ms', '8.0s'])} --rateest-ewmalog 16.0s`,
    }),
  },
  {
    name: 'CLASSIFY',
    weight: 1,
    tables: ['mangle'],
    hooks: ['FORWARD', 'OUTPUT', 'POSTROUTING'],
    make: () => ({ text: '-j CLASSIFY --set-class 1:2' }),
  },
  {
    name: 'NETMAP',
    weight: 5,
    tables: ['nat'],
    hooks: ['PREROUTING', 'OUTPUT', 'POSTROUTING', 'INPUT'],
    make: ({ random, version }) => ({
      text: `-j NETMAP --to ${random.pick(version === 4 ? ['10.0.2.0/24', '192.0.2.0/28', '10.0.1.0/25'] : ['fd00:0:0:2::/64', '2001:db8:9::/48'])}`,
    }),
  },
  {
    name: 'NFQUEUE',
    weight: 1,
    make: ({ random }) => ({
      text: `-j NFQUEUE ${random.pick(['--queue-num 3', '--queue-num 3 --queue-bypass', '--queue-balance 1:2'])}`,
    }),
  },
  {
    name: 'CHECKSUM',
    weight: 1,
    tables: ['mangle'],
    protocols: ['udp', 'tcp'],
    make: () => ({ text: '-j CHECKSUM --checksum-fill' }),
  },
  setTargetMaker,
  { name: 'AUDIT', weight: 0.5, make: () => ({ text: '-j AUDIT --type accept' }) },
  // Copies of packets that processes send cannot be told from the packets in a trace.
  { name: 'TEE', weight: 3, hooks: ['PREROUTING', 'INPUT', 'FORWARD'], make: tee },
  {
    name: 'SNPT',
    weight: 4,
    versions: [6],
    tables: ['mangle'],
    hooks: ['INPUT', 'POSTROUTING'],
    make: ({ random }) => ({ text: `-j SNPT ${prefixes(random)}` }),
  },
  {
    name: 'DNPT',
    weight: 4,
    versions: [6],
    tables: ['mangle'],
    hooks: ['PREROUTING', 'OUTPUT'],
    make: ({ random }) => ({ text: `-j DNPT ${prefixes(random)}` }),
  },
  { name: 'HMARK', weight: 4, make: hmark },
  {
    name: 'SYNPROXY',
    weight: 3,
    tables: ['mangle', 'filter', 'security'],
    hooks: ['INPUT', 'FORWARD'],
    protocols: ['tcp'],
    make: ({ random }) => ({
      text: ['-j SYNPROXY', '--sack-perm', '--timestamp', '--wscale 7', '--mss 1400', '--ecn']
        .filter((_, at) => at === 0 || random.chance(0.6))
        .join(' '),
    }),
  },
  {
    name: 'IDLETIMER',
    weight: 1,
    make: ({ random }) => ({
      text: `-j IDLETIMER --timeout ${random.between(1, 600)} --label ${random.pick(['a', 'b', 'c'])}`,
    }),
  },
  {
    name: 'CONNSECMARK',
    weight: 1,
    tables: ['mangle', 'security'],
    make: ({ random }) => ({ text: `-j CONNSECMARK ${random.pick(['--save', '--restore'])}` }),
  },
]

/** One of the targets accepted in this place, by weight; undefined where none is. */
export function targetFor(context: MatchContext, makers: readonly TargetMaker[]): TargetText | undefined {
  const fitting = makers.filter(
    (maker) =>
      (!maker.versions || maker.versions.includes(context.version)) &&
      (!maker.tables || maker.tables.includes(context.table)) &&
      (!maker.protocols || maker.protocols.includes(context.protocol ?? '')) &&
      (!maker.hooks || context.hooks.every((hook) => maker.hooks?.includes(hook))),
  )
  const total = fitting.reduce((sum, { weight }) => sum + weight, 0)
  let at = context.random.below(100000) * (total / 100000)
  return fitting
    .find(({ weight }) => {
      at -= weight
      return at < 0
    })
    ?.make(context)
}
