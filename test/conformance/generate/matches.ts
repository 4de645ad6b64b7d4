/** Random conditions: one entry per match extension, with where the kernel accepts it. */
import type { Random } from '../../../src/util/random.ts'
import { anyHost, anyNet, hostsOf, maybeNot, portRange, ports, type Version, valueMask } from './pools.ts'
import type { Hook, TableName } from './rule.ts'

/** What a condition is drawn for. `protocol` is the rule's own `-p`, undefined where it has none or a negated one. */
export interface MatchContext {
  readonly random: Random
  readonly version: Version
  readonly table: TableName
  /** Every hook the rule may be reached from. */
  readonly hooks: readonly Hook[]
  readonly protocol: string | undefined
}

/** One match extension in the generator. */
export interface MatchMaker {
  readonly name: string
  readonly versions?: readonly Version[]
  /** The rule needs one of these as its protocol. */
  readonly protocols?: readonly string[]
  /** All hooks of the rule must be among these. */
  readonly hooks?: readonly Hook[]
  readonly tables?: readonly TableName[]
  readonly make: (context: MatchContext) => string
}

const negatable = (random: Random, option: string): string => `${maybeNot(random)}${option}`

function tcpOptions({ random }: MatchContext): string {
  const flags = () => random.sample(['SYN', 'ACK', 'FIN', 'RST', 'PSH', 'URG'], random.between(1, 4)).join(',')
  const makers: (() => string)[] = [
    () => negatable(random, `--sport ${portRange(random)}`),
    () => negatable(random, `--dport ${portRange(random)}`),
    () => negatable(random, `--dport ${portRange(random)}`),
    () => {
      const mask = random.chance(0.2) ? 'ALL' : flags()
      const set = random.chance(0.2) ? 'NONE' : mask === 'ALL' ? flags() : random.pick(mask.split(','))
      return negatable(random, `--tcp-flags ${mask} ${set}`)
    },
    () => negatable(random, '--syn'),
    () => negatable(random, `--tcp-option ${random.pick([2, 3, 4, 8, 19])}`),
  ]
  return `-m tcp ${random.pick(makers)()}`
}

function udpOptions({ random }: MatchContext): string {
  const side = random.pick(['--sport', '--dport'])
  const first = negatable(random, `${side} ${portRange(random)}`)
  const other = side === '--sport' ? '--dport' : '--sport'
  return `-m udp ${first}${random.chance(0.2) ? ` ${negatable(random, `${other} ${portRange(random)}`)}` : ''}`
}

function multiport({ random }: MatchContext): string {
  const list = random.sample([...ports.map(String), '1:1023', '20000:65535', '8000:9000', '0'], random.between(1, 6))
  return `-m multiport ${negatable(random, `--${random.pick(['sports', 'dports', 'ports'])} ${list.join(',')}`)}`
}

function conntrack({ random, version }: MatchContext): string {
  const states = ['NEW', 'ESTABLISHED', 'RELATED', 'INVALID', 'UNTRACKED', 'SNAT', 'DNAT']
  const makers: (() => string)[] = [
    () => `--ctstate ${random.sample(states, random.between(1, 3)).join(',')}`,
    () => `--ctstate ${random.sample(states, 1).join(',')}`,
    () => '--ctstate RELATED,ESTABLISHED',
    () => `--ctproto ${random.pick(['tcp', 'udp', version === 4 ? 'icmp' : 'ipv6-icmp', '47', '132'])}`,
    () => `--${random.pick(['ctorigsrc', 'ctorigdst', 'ctreplsrc', 'ctrepldst'])} ${anyNet(random, version)}`,
    () => `--${random.pick(['ctorigsrcport', 'ctorigdstport', 'ctreplsrcport', 'ctrepldstport'])} ${portRange(random)}`,
    () =>
      `--ctstatus ${random.sample(['NONE', 'EXPECTED', 'SEEN_REPLY', 'ASSURED', 'CONFIRMED'], random.between(1, 2)).join(',')}`,
  ]
  const option = random.chance(0.12) ? '' : ` ${negatable(random, random.pick(makers)())}`
  const direction = option === '' || random.chance(0.12) ? ` --ctdir ${random.pick(['ORIGINAL', 'REPLY'])}` : ''
  return `-m conntrack${option}${direction}`
}

function addrtype({ random, version, hooks }: MatchContext): string {
  const common = ['UNICAST', 'UNICAST', 'LOCAL', 'LOCAL', 'MULTICAST', 'ANYCAST', 'UNREACHABLE', 'UNSPEC']
  const types = version === 4 || random.chance(0.01) ? [...common, 'BROADCAST', 'PROHIBIT', 'BLACKHOLE'] : common
  const some = () => random.sample(types, random.between(1, 2)).filter((t, i, all) => all.indexOf(t) === i)
  const sides = random.chance(0.2) ? ['--src-type', '--dst-type'] : [random.pick(['--src-type', '--dst-type'])]
  const within = (allowed: readonly Hook[]) => hooks.every((hook) => allowed.includes(hook))
  const limits = [
    ...(within(['PREROUTING', 'INPUT', 'FORWARD']) ? ['--limit-iface-in'] : []),
    ...(within(['FORWARD', 'OUTPUT', 'POSTROUTING']) ? ['--limit-iface-out'] : []),
  ]
  const limit = limits.length > 0 && random.chance(0.2) ? ` ${random.pick(limits)}` : ''
  return `-m addrtype ${sides.map((side) => negatable(random, `${side} ${some().join(',')}`)).join(' ')}${limit}`
}

function recent({ random }: MatchContext): string {
  const name = random.pick(['r1', 'r2', 'DEFAULT'])
  const side = random.pick(['', ' --rsource', ' --rdest'])
  const action = random.pick(['--set', '--set', '--rcheck', '--update', '--remove'])
  const check = action === '--rcheck' || action === '--update'
  const hits = check && random.chance(0.5) ? ` --hitcount ${random.between(1, 4)}` : ''
  const seconds = check && random.chance(0.3) ? ` --seconds ${random.pick([600, 3600])}` : ''
  const ttl = check && random.chance(0.15) ? ' --rttl' : ''
  return `-m recent --name ${name} ${maybeNot(random)}${action}${seconds}${hits}${ttl}${side}`
}

function string({ random }: MatchContext): string {
  const pattern = random.pick([
    '--string "GET"',
    '--string "hello"',
    '--string "xyz"',
    '--hex-string "|0a 00|"',
    '--hex-string "|00 00 00|"',
    '--hex-string "he|6c6c|o"',
  ])
  const start = random.chance(0.3) ? random.pick([0, 1, 20, 28, 40, 60]) : 0
  const from = start > 0 ? ` --from ${start}` : ''
  // A range that ends before it begins is refused; one in a while is wanted.
  const ends = [20, 28, 40, 41, 60, 1500].filter((end) => end > start || random.chance(0.02))
  const to = random.chance(0.3) ? ` --to ${random.pick(ends)}` : ''
  const icase = random.chance(0.3) ? ' --icase' : ''
  return `-m string --algo ${random.pick(['bm', 'kmp'])}${from}${to}${icase} ${maybeNot(random)}${pattern}`
}

function statistic({ random }: MatchContext): string {
  if (random.chance(0.2))
    return `-m statistic --mode random ${maybeNot(random)}--probability ${random.pick(['0', '1.0'])}`
  const every = random.between(2, 4)
  return `-m statistic --mode nth ${maybeNot(random)}--every ${every} --packet ${random.below(every)}`
}

function hops(option: string, name: string): (context: MatchContext) => string {
  return ({ random }) => {
    const value = random.pick([1, 2, 62, 63, 64, 65, 128, 255])
    return `-m ${name} ${random.pick([negatable(random, `--${option}-eq ${value}`), `--${option}-lt ${value}`, `--${option}-gt ${value}`])}`
  }
}

const icmpTypes = [
  '8',
  '8',
  '0',
  'any',
  '0',
  '3',
  '3/1',
  '3/3',
  '11',
  '5',
  'any',
  '13',
  'echo-request',
  '255/0',
  '4',
  'fragmentation-needed',
]
const icmp6Types = [
  '128',
  '128',
  '129',
  '128',
  '129',
  '1',
  '1/4',
  '2',
  '3',
  '4',
  '4/1',
  '135',
  'echo-request',
  '143',
  '1/0',
  'time-exceeded',
]

function ranges({ random, version }: MatchContext): string {
  const side = random.pick(['--src-range', '--dst-range'])
  const list =
    version === 4
      ? ['10.0.0.0-10.0.0.6', '10.0.1.0-10.0.2.9', '8.0.0.0-9.255.255.255', '0.0.0.0-255.255.255.255', '10.0.2.9']
      : [
          'fd00::-fd00::6',
          'fd00:0:0:1::-fd00:0:0:2::9',
          '2001::-2001:ffff::',
          '::-ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff',
        ]
  return `-m iprange ${negatable(random, `${side} ${random.pick(list)}`)}`
}

/** The extensions every run draws from. */
export const matchMakers: readonly MatchMaker[] = [
  { name: 'tcp', protocols: ['tcp'], make: tcpOptions },
  { name: 'udp', protocols: ['udp'], make: udpOptions },
  {
    name: 'icmp',
    versions: [4],
    protocols: ['icmp'],
    make: ({ random }) => `-m icmp ${negatable(random, `--icmp-type ${random.pick(icmpTypes)}`)}`,
  },
  {
    name: 'icmp6',
    versions: [6],
    protocols: ['ipv6-icmp'],
    make: ({ random }) => `-m icmp6 ${negatable(random, `--icmpv6-type ${random.pick(icmp6Types)}`)}`,
  },
  { name: 'multiport', protocols: ['tcp', 'udp', 'udplite', 'sctp', 'dccp'], make: multiport },
  { name: 'comment', make: ({ random }) => `-m comment --comment ${random.pick(['plain', '"two words"', '"a\\"b"'])}` },
  { name: 'conntrack', make: conntrack },
  {
    name: 'state',
    make: ({ random }) =>
      `-m state ${negatable(random, `--state ${random.sample(['NEW', 'ESTABLISHED', 'RELATED', 'INVALID', 'UNTRACKED'], random.between(1, 2)).join(',')}`)}`,
  },
  { name: 'addrtype', make: addrtype },
  { name: 'mark', make: ({ random }) => `-m mark ${negatable(random, `--mark ${valueMask(random)}`)}` },
  { name: 'connmark', make: ({ random }) => `-m connmark ${negatable(random, `--mark ${valueMask(random)}`)}` },
  {
    name: 'limit',
    make: ({ random }) =>
      `-m limit --limit ${random.chance(0.02) ? '2/day' : random.pick(['1/hour', '2/hour', '5/hour'])} --limit-burst ${random.between(1, 6)}`,
  },
  { name: 'statistic', make: statistic },
  { name: 'recent', make: recent },
  {
    name: 'owner',
    hooks: ['OUTPUT', 'POSTROUTING'],
    make: ({ random }) =>
      `-m owner ${negatable(random, random.pick(['--uid-owner 0', '--uid-owner 1000', '--uid-owner 500-2000', '--gid-owner 0', '--gid-owner 1000', '--socket-exists']))}`,
  },
  { name: 'iprange', make: ranges },
  {
    name: 'mac',
    hooks: ['PREROUTING', 'INPUT', 'FORWARD'],
    make: ({ random }) => `-m mac ${negatable(random, '--mac-source 02:00:00:00:00:01')}`,
  },
  { name: 'string', make: string },
  { name: 'ttl', versions: [4], make: hops('ttl', 'ttl') },
  { name: 'hl', versions: [6], make: hops('hl', 'hl') },
  {
    name: 'length',
    make: ({ random }) =>
      `-m length ${negatable(random, `--length ${random.pick(['28', '40', '0:60', '41:100', '100:', ':39', '60:65535'])}`)}`,
  },
  {
    name: 'pkttype',
    make: ({ random }) =>
      `-m pkttype ${negatable(random, `--pkt-type ${random.pick(['unicast', 'broadcast', 'multicast'])}`)}`,
  },
  {
    name: 'rpfilter',
    hooks: ['PREROUTING'],
    tables: ['raw', 'mangle'],
    make: ({ random }) =>
      `-m rpfilter${['--loose', '--validmark', '--accept-local', '--invert'].map((option) => (random.chance(0.35) ? ` ${option}` : '')).join('')}`,
  },
]

/** The tests every rule has without an extension: addresses, devices, protocol, fragment. */
export function plainMatches(context: Omit<MatchContext, 'protocol'>): string[] {
  const { random, version, hooks } = context
  const device = () => random.pick(['t0', 't1', 't2', 't+', 'lo', 'eth0'])
  const makers: (() => string)[] = [
    () => `${maybeNot(random)}-s ${anyNet(random, version)}`,
    () => `${maybeNot(random)}-d ${anyNet(random, version)}`,
    () => `${maybeNot(random)}-d ${random.pick(hostsOf(version).own)}/${version === 4 ? 32 : 128}`,
    () => `${maybeNot(random)}-s ${anyHost(random, version)}/${version === 4 ? 32 : 128}`,
  ]
  if (!hooks.some((hook) => hook === 'OUTPUT' || hook === 'POSTROUTING'))
    makers.push(() => `${maybeNot(random)}-i ${device()}`)
  if (!hooks.some((hook) => hook === 'PREROUTING' || hook === 'INPUT'))
    makers.push(() => `${maybeNot(random)}-o ${device()}`)
  if (version === 4 && random.chance(0.2)) makers.push(() => `${maybeNot(random, 0.5)}-f`)
  return random.sample(makers, random.pick([0, 0, 0, 1, 1, 2])).map((make) => make())
}

/** The protocols `-p` is drawn from. */
export function protocolsOf(version: Version): readonly string[] {
  const icmp = version === 4 ? 'icmp' : 'ipv6-icmp'
  return [
    ...['tcp', 'tcp', 'tcp', 'tcp', 'tcp', 'tcp', 'udp', 'udp', 'udp', 'udp', icmp, icmp, icmp],
    ...['udplite', 'sctp', 'dccp', 'gre', 'esp', 'ah', '103', version === 6 ? 'mobility-header' : 'ipcomp', 'ipcomp'],
  ]
}

/** The extensions the kernel accepts in this place. */
export function makersFor(context: MatchContext, makers: readonly MatchMaker[]): MatchMaker[] {
  return makers.filter(
    (maker) =>
      (!maker.versions || maker.versions.includes(context.version)) &&
      (!maker.protocols || (context.protocol !== undefined && maker.protocols.includes(context.protocol))) &&
      (!maker.tables || maker.tables.includes(context.table)) &&
      (!maker.hooks || context.hooks.every((hook) => maker.hooks?.includes(hook))),
  )
}
