/** Random sets, and the rules that ask and change them. */
import type { Random } from '../../../src/util/random.ts'
import type { MatchContext, MatchMaker } from './matches.ts'
import { anyHost, hostsOf, maybeNot, ports, type Version } from './pools.ts'
import type { TargetMaker } from './targets.ts'

interface SetMaker {
  /** Its name; sets of a family have the family's number behind it. */
  readonly name: string
  readonly versions: readonly Version[]
  readonly type: string
  /** Words behind the type, the family apart. */
  readonly words: readonly string[]
  readonly dimension: 1 | 2 | 3
  readonly element: (random: Random, version: Version) => string
}

const both: readonly Version[] = [4, 6]

function host(random: Random, version: Version): string {
  return random.chance(0.15)
    ? random.pick(hostsOf(version).odd.filter((one) => !/^(0\.|::)/.test(one)))
    : anyHost(random, version)
}

function net(random: Random, version: Version): string {
  return `${anyHost(random, version)}/${random.pick(version === 4 ? [8, 16, 24, 24, 30, 31, 32] : [8, 48, 64, 64, 126, 128])}`
}

function port(random: Random, version: Version): string {
  const icmp =
    version === 4 ? ['icmp:8/0', 'icmp:0/0', 'icmp:3/1', 'icmp:3/3'] : ['icmpv6:128/0', 'icmpv6:129/0', 'icmpv6:1/4']
  return random.chance(0.25)
    ? random.pick([...icmp, 'gre:0', 'esp:0', 'ah:0'])
    : `${random.pick(['tcp', 'tcp', 'udp', 'udp', 'sctp', 'udplite'])}:${random.pick(ports)}`
}

const maybeNomatch = (random: Random): string => (random.chance(0.25) ? ' nomatch' : '')

const makers: readonly SetMaker[] = [
  {
    name: 'ip',
    versions: both,
    type: 'hash:ip',
    words: ['', 'timeout 1000', 'counters', 'skbinfo', 'maxelem 6'],
    dimension: 1,
    element: host,
  },
  {
    name: 'net',
    versions: both,
    type: 'hash:net',
    words: ['', 'timeout 1000 counters', 'skbinfo', 'maxelem 8'],
    dimension: 1,
    element: (random, version) => net(random, version) + maybeNomatch(random),
  },
  {
    name: 'wide',
    versions: both,
    type: 'hash:ip',
    words: ['netmask 24', 'netmask 31 counters', 'bitmask 255.0.255.255 counters'],
    dimension: 1,
    element: anyHost,
  },
  {
    name: 'ipport',
    versions: both,
    type: 'hash:ip,port',
    words: ['', 'counters timeout 500', 'skbinfo', 'netmask 24', 'bitmask 255.255.0.255'],
    dimension: 2,
    element: (random, version) => `${host(random, version)},${port(random, version)}`,
  },
  {
    name: 'netport',
    versions: both,
    type: 'hash:net,port',
    words: ['', 'counters skbinfo'],
    dimension: 2,
    element: (random, version) => `${net(random, version)},${port(random, version)}${maybeNomatch(random)}`,
  },
  {
    name: 'ipportip',
    versions: both,
    type: 'hash:ip,port,ip',
    words: ['', 'counters'],
    dimension: 3,
    element: (random, version) => `${host(random, version)},${port(random, version)},${host(random, version)}`,
  },
  {
    name: 'ipportnet',
    versions: both,
    type: 'hash:ip,port,net',
    words: ['', 'timeout 300'],
    dimension: 3,
    element: (random, version) =>
      `${host(random, version)},${port(random, version)},${net(random, version)}${maybeNomatch(random)}`,
  },
  {
    name: 'netiface',
    versions: both,
    type: 'hash:net,iface',
    words: ['', 'counters'],
    dimension: 2,
    element: (random, version) =>
      `${random.chance(0.2) ? (version === 4 ? '0.0.0.0/0' : '::/0') : net(random, version)},${random.pick(['t0', 't1', 't2', 'lo', 't wildcard', 'physdev:t0'])}${maybeNomatch(random)}`,
  },
  {
    name: 'range',
    versions: [4],
    type: 'bitmap:ip',
    words: [
      'range 10.0.0.0-10.0.2.255',
      'range 10.0.0.0/16 netmask 24 counters',
      'range 10.0.0.2-10.0.1.7 timeout 100 skbinfo',
    ],
    dimension: 1,
    element: (random) => random.pick(['10.0.0.5', '10.0.0.6', '10.0.1.2', '10.0.0.7', '10.0.1.7']),
  },
  {
    name: 'macs',
    versions: [4],
    type: 'bitmap:ip,mac',
    words: ['range 10.0.0.0/16'],
    dimension: 2,
    element: (random) => `10.0.0.${random.between(5, 7)}${random.chance(0.5) ? ',02:00:00:00:00:05' : ''}`,
  },
]

/** The sets that the rules of a version name, in the order of their creation. */
function setsOf(version: Version): readonly (SetMaker & { readonly full: string })[] {
  return makers
    .filter(({ versions }) => versions.includes(version))
    .map((one) => ({ ...one, full: `${one.name}${version}` }))
}

/** What `ipset restore` reads: every set that rules of the version may name, with random elements. */
export function randomSets(random: Random, version: Version): string {
  const lines: string[] = []
  for (const { full, type, words, element } of setsOf(version)) {
    const family = type.startsWith('hash:') ? ` family ${version === 4 ? 'inet' : 'inet6'}` : ''
    const chosen = random.pick(words)
    // IPv4 masks would leave one element of IPv6.
    const wide = chosen.replace(/netmask \S+/, 'netmask 64').replace(/bitmask \S+/, 'bitmask ffff:ffff:ffff:ffff::')
    const fitting = version === 6 ? wide : chosen
    lines.push(`create ${full} ${type}${family} ${fitting}`.trimEnd())
    const count = random.pick([0, 1, 3, 5])
    for (let n = 0; n < count; n++)
      lines.push(`add ${full} ${withExtensions(random, element(random, version), chosen)} -exist`)
  }
  lines.push('create ports bitmap:port range 0-9000')
  for (const port of random.sample(ports, random.between(0, 4))) lines.push(`add ports ${port}`)
  lines.push(`create list list:set size 8${random.chance(0.3) ? ' counters' : ''}`)
  const members = random.sample(
    setsOf(version).filter(({ name }) => name !== 'macs'),
    random.between(0, 4),
  )
  for (const { full } of members) lines.push(`add list ${full}`)
  return [...lines, ...setsOfForms(random.fork('forms'), version)].map((line) => `${line}\n`).join('')
}

/** Sets that every element's counters, time and data can be seen in. */
function setsOfForms(random: Random, version: Version): string[] {
  const family = version === 4 ? 'inet' : 'inet6'
  const members = random.sample([...new Set(Object.values(hostsOf(version)).slice(0, 4).flat())], 7)
  const more = (name: string, i: number) =>
    name === 'counts'
      ? ` packets ${i % 3} bytes ${[0, 60, 100][i % 3]}`
      : name === 'marks'
        ? ` skbmark 0x${i}/0xf skbprio 1:${i} skbqueue ${i % 3}`
        : ''
  const sets = { counts: 'counters', times: 'timeout 3600', marks: 'skbinfo' }
  return Object.entries(sets).flatMap(([name, words]) => [
    `create ${name} hash:ip family ${family} ${words}`,
    ...members.map((member, i) => `add ${name} ${member}${more(name, i)}`),
  ])
}

/** The sets of both versions. */
export function everySet(random: Random): string {
  const shared = /^\S+ (ports|list|counts|times|marks) /
  const more = randomSets(random, 6).split('\n')
  return (
    randomSets(random, 4) +
    more
      .filter((line) => line !== '' && !shared.test(line))
      .map((line) => `${line}\n`)
      .join('')
  )
}

/** The element with time, counters and data as the set has them; `nomatch` and `wildcard` stay behind. */
function withExtensions(random: Random, element: string, words: string): string {
  const [value = '', ...flags] = element.split(' ')
  const more: string[] = []
  if (words.includes('timeout') && random.chance(0.5)) more.push(`timeout ${random.pick([0, 800, 2000])}`)
  if (words.includes('counters') && random.chance(0.5))
    more.push(`packets ${random.below(4)} bytes ${random.below(300)}`)
  if (words.includes('skbinfo') && random.chance(0.8)) {
    more.push(random.pick(['skbmark 0x5', 'skbmark 0x10/0xff', 'skbmark 0x4 skbprio 1:10', 'skbprio 0:5 skbqueue 3']))
  }
  return [value, ...more, ...flags].join(' ')
}

/** A set's name and the sides of the packet, now and then one side too few or too many. */
function reference(random: Random, version: Version): string {
  const sets = [...setsOf(version), { full: 'ports', dimension: 1 }, { full: 'list', dimension: 2 }]
  const { full, dimension } = random.pick(sets)
  const count = dimension + (random.chance(0.06) ? -1 : random.chance(0.06) ? 1 : 0)
  return `${full} ${Array.from({ length: Math.max(1, count) }, () => random.pick(['src', 'dst'])).join(',')}`
}

/** The match `set`. */
export const setMatchMaker: MatchMaker = {
  name: 'set',
  make: ({ random, version }) => {
    const options = [
      random.chance(0.2) ? ' --return-nomatch' : '',
      random.chance(0.2) ? ' ! --update-counters' : '',
      random.chance(0.1) ? ' ! --update-subcounters' : '',
      random.chance(0.25) ? ` ${random.pick(['', '! '])}--packets-eq ${random.between(1, 3)}` : '',
      random.chance(0.15) ? ` --bytes-${random.pick(['lt', 'gt'])} ${random.pick([60, 200, 400])}` : '',
    ]
    return `-m set ${maybeNot(random)}--match-set ${reference(random, version)}${options.join('')}`
  },
}

function changes({ random, version, table, hooks }: MatchContext): string {
  const parts: string[] = []
  if (random.chance(0.6)) {
    parts.push(` --add-set ${reference(random, version)}`)
    if (random.chance(0.4)) parts.push(' --exist')
    if (random.chance(0.3)) parts.push(` --timeout ${random.pick([0, 600, 5000])}`)
  }
  if (random.chance(0.3)) parts.push(` --del-set ${reference(random, version)}`)
  if (table === 'mangle' && random.chance(0.5)) {
    const isLate = hooks.every((hook) => hook === 'FORWARD' || hook === 'OUTPUT' || hook === 'POSTROUTING')
    parts.push(
      ` --map-set ${reference(random, version)} --map-mark${isLate && random.chance(0.5) ? ' --map-prio' : ''}`,
    )
  }
  return parts.length === 0 ? ` --del-set ${reference(random, version)}` : parts.join('')
}

/** The target SET. */
export const setTargetMaker: TargetMaker = {
  name: 'SET',
  weight: 6,
  make: (context) => ({ text: `-j SET${changes(context)}` }),
}
