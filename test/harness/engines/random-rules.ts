/** Random tables made of every kind of test and action, for comparing engines. */

import { type Action, type NatRange, VERDICT } from '../../../src/expression/action.ts'
import { type AddressField, field, type NumberField } from '../../../src/expression/field.ts'
import { computed, OUTCOME, type Outcome, type Range, type Test } from '../../../src/expression/test.ts'
import type { Chain, Family, Rule, RuleTarget, Table } from '../../../src/netfilter/glossary.ts'
import { templateConnection } from '../../../src/packet/connection.ts'
import { setAddress, setTos } from '../../../src/packet/mangle.ts'
import type { Random } from '../../../src/util/random.ts'
import type { Words } from '../../../src/util/words.ts'
import { hosts } from './random-packets.ts'

const numbers: readonly NumberField[] = [
  field.packet.mark,
  field.packet.priority,
  field.packet.length,
  field.packet.type,
  field.packet.protocol,
  field.packet.fragmentOffset,
  ...Object.values(field.ip),
  ...Object.values(field.ip6),
  ...Object.values(field.l4),
  ...Object.values(field.tcp),
  ...Object.values(field.udp),
  ...Object.values(field.icmp),
  ...Object.values(field.ct).filter((one): one is Extract<typeof one, NumberField> => one.kind === 'number'),
]

const addresses: readonly AddressField[] = [
  field.packet.source,
  field.packet.destination,
  ...Object.values(field.ct).filter((one): one is Extract<typeof one, AddressField> => one.kind === 'address'),
]

const interesting = [
  0, 1, 2, 6, 17, 20, 40, 53, 58, 64, 80, 255, 256, 443, 1024, 65535, 0x7fffffff, 0x80000000, 0xffffffff,
]

function number(random: Random): number {
  return random.chance(0.7) ? random.pick(interesting) : random.next()
}

/** What the rules of one table are made of: few fields, so that rules share them. */
export interface Palette {
  readonly family: Family
  readonly numbers: readonly NumberField[]
  readonly addresses: readonly AddressField[]
}

/** Some of the fields. */
export function randomPalette(random: Random, family: Family): Palette {
  const always = family === 4 ? field.ip.tos : field.ip6.trafficClass
  return {
    family,
    numbers: [always, always, ...random.sample(numbers, 4)],
    addresses: [field.packet.source, ...random.sample(addresses, 2)],
  }
}

/** A test of any kind; `depth` limits how deep it nests, `state` names what stateful tests remember. */
export function randomTest(random: Random, palette: Palette, depth: number, state: string): Test {
  const inner = (index: number): Test => randomTest(random, palette, depth - 1, `${state}.${index}`)
  const parts = (): Test[] => Array.from({ length: random.below(5) }, (_, index) => inner(index))
  const kind = random.below(depth > 0 ? 100 : 64)
  if (kind < 2) return { kind: 'always' }
  if (kind < 4) return { kind: 'never' }
  if (kind < 16) {
    const mask = random.chance(0.3) ? 0xffffffff : number(random)
    const value = random.chance(0.8) ? (number(random) & mask) >>> 0 : number(random)
    return { kind: 'masked', field: random.pick(palette.numbers), mask, value }
  }
  if (kind < 30) return { kind: 'within', field: random.pick(palette.numbers), ranges: randomRanges(random) }
  if (kind < 40) return randomNetwork(random, palette)
  if (kind < 44) return randomAddressRange(random, palette)
  if (kind < 50) {
    const prefix = random.chance(0.4)
    const device = prefix ? random.pick(['', 'e', 'eth', 'eth0', 'w']) : random.pick(['', 'eth0', 'eth1', 'lo', 'eth'])
    return { kind: 'device', field: random.chance(0.5) ? field.packet.in : field.packet.out, device, prefix }
  }
  if (kind < 52) return { kind: 'extensionHeaders' }
  if (kind < 62) return randomComputed(random, state)
  if (kind < 64) return { kind: 'unknown', extension: 'geoip' }
  if (kind < 72) {
    const length = random.pick([1, 4, 8, 20, 60])
    return { kind: 'header', length, dropsOverlap: random.chance(0.5), test: inner(0) }
  }
  if (kind < 78) return { kind: 'not', test: inner(0) }
  if (kind < 88) return { kind: 'all', tests: parts() }
  if (kind < 96) return { kind: 'any', tests: parts() }
  return { kind: 'labelled', label: '--x \'`"\\', test: inner(0) }
}

function randomRanges(random: Random): Range[] {
  const count = random.chance(0.05) ? 40 : random.below(4)
  return Array.from({ length: count }, (): Range => {
    const [a, b] = [number(random), number(random)]
    if (random.chance(0.1)) return [a, b]
    if (random.chance(0.1)) return [Math.min(a, b), Number.POSITIVE_INFINITY]
    return random.chance(0.4) ? [a, a] : [Math.min(a, b), Math.max(a, b)]
  })
}

function randomWords(random: Random, family: Family): Words {
  const host = random.pick(hosts[family])
  if (family === 4) return random.chance(0.8) ? host : [random.next(), 0, 0, 0]
  return random.chance(0.6) ? host : [host[0], host[1], random.next(), random.next()]
}

function prefix(length: number): Words {
  return [0, 1, 2, 3].map((index) => {
    const bits = Math.max(0, Math.min(32, length - 32 * index))
    return bits === 0 ? 0 : (0xffffffff << (32 - bits)) >>> 0
  }) as unknown as Words
}

function randomNetwork(random: Random, { family, addresses }: Palette): Test {
  const address = randomWords(random, family)
  const mask: Words = random.chance(0.9)
    ? prefix(random.between(0, family === 4 ? 32 : 128))
    : [random.next(), 0, family === 4 ? 0 : random.next(), 0]
  const keepsOthers = random.chance(0.05)
  const network = address.map((word, index) => (keepsOthers ? word : (word & mask[index as 0]) >>> 0))
  return { kind: 'address', field: random.pick(addresses), network: network as unknown as Words, mask }
}

function randomAddressRange(random: Random, { family, addresses }: Palette): Test {
  const [from, to] = [randomWords(random, family), randomWords(random, family)]
  return { kind: 'addressRange', field: random.pick(addresses), from, to }
}

const OUTCOMES: readonly Outcome[] = [OUTCOME.no, OUTCOME.yes, OUTCOME.yes, OUTCOME.hotdrop, OUTCOME.unknown]

function randomComputed(random: Random, state: string): Test {
  if (random.chance(0.5)) {
    const [first, second] = [random.pick(OUTCOMES), random.pick(OUTCOMES)]
    const bit = 1 << random.below(8)
    return computed('bit', false, (packet) => ((packet.bytes[packet.end - 1] ?? 0) & bit ? first : second))
  }
  const every = random.between(1, 3)
  return computed('nth', true, (_, environment) => {
    const counter = environment.shared('nth', state, () => ({ count: 0 }))
    return counter.count++ % every === 0 ? OUTCOME.yes : OUTCOME.no
  })
}

const range: NatRange = {
  addresses: null,
  ports: null,
  basePort: null,
  random: false,
  randomFully: false,
  persistent: false,
  netmap: false,
}

function randomAction(random: Random): Action {
  const bits = (): number => number(random)
  const mask = (): number => (random.chance(0.5) ? 0xffffffff : number(random))
  const kinds: (() => Action)[] = [
    () => ({ kind: 'verdict', verdict: random.chance(0.5) ? 'accept' : 'drop' }),
    () => ({ kind: 'queue', numbers: [0, 0], bypass: false, cpuFanout: false }),
    () => ({ kind: 'return' }),
    () => ({ kind: 'mark', keep: bits(), toggle: bits() }),
    () => ({ kind: 'mark', keep: bits(), toggle: bits() }),
    () => ({
      kind: 'connmark',
      mode: random.pick(['set', 'save', 'restore']),
      value: bits(),
      ctmask: mask(),
      nfmask: mask(),
      shift: random.between(-31, 31),
    }),
    () => ({ kind: 'nat', side: 'source', range }),
    () => ({ kind: 'masquerade', range }),
    () => ({ kind: 'redirect', range }),
    () => ({ kind: 'reply', with: 'icmp-port-unreachable' }),
    () => ({
      kind: 'log',
      entry: {
        kind: 'LOG',
        prefix: 'a',
        level: 4,
        group: 0,
        tcpSequence: false,
        tcpOptions: false,
        ipOptions: false,
        uid: false,
        macDecode: false,
      },
    }),
    () => ({ kind: 'notrack' }),
    () => ({
      kind: 'template',
      connection: templateConnection(0),
      zone: 5,
      zoneFromMark: random.chance(0.5),
      zoneDirection: 'both',
      helper: null,
      timeoutPolicy: null,
    }),
    () => ({ kind: 'trace' }),
    () => ({ kind: 'tcpmss', mss: random.chance(0.5) ? null : random.below(2000) }),
    () => ({ kind: 'tproxy', address: [0, 0, 0, 0], port: 1, mark: 1, mask: 1 }),
    ...Array.from({ length: 8 }, () => () => randomComputedAction(random)),
    () => ({ kind: 'unknown', extension: 'TARPIT' }),
  ]
  return random.pick(kinds)()
}

function randomComputedAction(random: Random): Action {
  const value = random.pick(interesting.filter((one) => one < 256))
  const what = random.below(5)
  return {
    kind: 'computed',
    name: 'change',
    act: (packet) => {
      if (what === 0) setTos(packet, value, 255)
      else if (what < 3 && packet.family !== 0) {
        // Addresses that other rules look for.
        const some = hosts[packet.family]
        setAddress(packet, what === 1 ? 'source' : 'destination', some[value % some.length] as Words)
      } else if (what === 3) {
        if (packet.transport + 4 <= packet.end) packet.view.setUint16(packet.transport + 2, value)
      } else {
        // A new buffer with room in front, as resizing targets leave it.
        const bytes = new Uint8Array(packet.length + 7)
        bytes.set(packet.copyBytes(), 3)
        packet.replaceBytes(bytes, 3, packet.length + 7)
      }
      return VERDICT.continue
    },
  }
}

/** A table with a built-in chain INPUT and some user chains, which jump only to later ones. */
export function randomTable(random: Random, family: Family): Table {
  const names = ['INPUT', ...Array.from({ length: random.below(5) }, (_, index) => `u${index}`)]
  const chains = names.map(
    (name, index): Chain => ({
      name,
      policy: index > 0 ? null : random.chance(0.5) ? 'ACCEPT' : 'DROP',
      counters: { packets: 0, bytes: 0 },
      rules: [],
    }),
  )
  const palette = randomPalette(random, family)
  for (const [index, chain] of chains.entries()) {
    const later = chains.slice(index + 1)
    if (random.chance(0.3)) chain.rules.push(...randomKeyedRules(random, palette, later, chain.name))
    const count = random.chance(0.04) ? random.between(240, 600) : random.below(12)
    for (let line = 0; line < count; line++) {
      chain.rules.push(randomRule(random, palette, later, `${chain.name}:${line}`))
    }
  }
  return { family, name: 'filter', chains: new Map(chains.map((chain) => [chain.name, chain])) }
}

/** Rules in a row that each demand one address or one port, as generated rule files have them. */
export function randomKeyedRules(random: Random, palette: Palette, later: readonly Chain[], place: string): Rule[] {
  const { family } = palette
  const byPort = random.chance(0.5)
  const side = random.chance(0.5) ? field.packet.source : field.packet.destination
  const mask = prefix(random.pick(family === 4 ? [32, 32, 24, 1] : [128, 128, 64, 33]))
  const protocol = random.pick([6, 17])
  const demands = (): Test[] => {
    const host = random.pick(hosts[family])
    const network = host.map((word, index) => (word & mask[index as 0]) >>> 0) as unknown as Words
    if (!byPort) return [{ kind: 'labelled', label: '-s', test: { kind: 'address', field: side, network, mask } }]
    const port = random.pick([22, 53, 80, 443, 1024, 64, 255])
    const test: Test = {
      kind: 'within',
      field: random.chance(0.9) ? field.l4.dport : field.l4.sport,
      ranges: [[port, port]],
    }
    return [
      ...(family === 6 ? [{ kind: 'extensionHeaders' as const }] : []),
      { kind: 'within', field: field.packet.protocol, ranges: [[protocol, protocol]] },
      {
        kind: 'header',
        length: 8,
        dropsOverlap: true,
        test: random.chance(0.5) ? { kind: 'all', tests: [test] } : test,
      },
    ]
  }
  return Array.from({ length: random.between(16, 60) }, (_, line) => {
    const rule = randomRule(random, palette, later, `${place}:${line}`)
    const others = rule.test.kind === 'all' ? rule.test.tests : random.chance(0.2) ? [rule.test] : []
    const before = random.chance(0.05) ? others.slice(0, 1) : []
    return { ...rule, test: { kind: 'all', tests: [...before, ...demands(), ...others.slice(0, 2)] } }
  })
}

/** One rule that may jump to one of the chains. */
export function randomRule(random: Random, palette: Palette, later: readonly Chain[], place: string): Rule {
  const depth = random.below(4)
  const isConjunction = random.chance(0.5)
  const test: Test = isConjunction
    ? {
        kind: 'all',
        tests: Array.from({ length: random.below(4) }, (_, index) =>
          randomTest(random, palette, depth, `${place}/${index}`),
        ),
      }
    : randomTest(random, palette, depth, place)
  return {
    test,
    target: randomTarget(random, later),
    counters: { packets: 0, bytes: 0 },
    text: '',
    line: 0,
    looksLikeChainEnd: false,
  }
}

function randomTarget(random: Random, later: readonly Chain[]): RuleTarget {
  const kind = random.below(10)
  if (kind < 3) return { kind: 'none' }
  if (kind < 6 && later.length > 0) return { kind: random.chance(0.7) ? 'jump' : 'goto', chain: random.pick(later) }
  const actions = Array.from({ length: random.below(3) + (random.chance(0.9) ? 1 : 0) }, () => randomAction(random))
  return { kind: 'actions', name: 'X', actions }
}
