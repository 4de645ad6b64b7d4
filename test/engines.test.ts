import { describe, expect, it } from 'vitest'
import { VERDICT, type Verdict } from '../src/expression/action.ts'
import { extensions } from '../src/host/extensions.ts'
import type { Family, Table } from '../src/netfilter/glossary.ts'
import { packet as build } from '../src/packet/build.ts'
import { type Connection, CT_INFO } from '../src/packet/connection.ts'
import { Packet } from '../src/packet/packet.ts'
import { restoreRuleset } from '../src/xtables/index.ts'
import { countersOf, engines } from './harness/engines/engines.ts'
import { TestEnvironment } from './harness/environment.ts'

interface EngineCase {
  readonly name: string
  readonly family?: Family
  /** Lines of table mangle, without `*mangle` and `COMMIT`; the chain INPUT is run. */
  readonly rules: string
  readonly packet: Uint8Array | (() => Packet)
  readonly verdict: Verdict
  /** Packets counted: of the chain itself, then of each rule. */
  readonly counts?: Readonly<Record<string, readonly number[]>>
  readonly check?: (packet: Packet, environment: TestEnvironment) => void
}

const syn = build.tcp({ source: '10.0.0.1', destination: '10.0.0.2', sport: 1024, dport: 80, flags: 'S' })
const syn6 = build.tcp({ source: 'fd00::1', destination: 'fd00::2', sport: 1024, dport: 80, flags: 'S' })
const later = build.tcp({ source: '10.0.0.1', offset: 64, payload: 40 })

function tracked(mark: number): Packet {
  const packet = new Packet().load(syn.slice())
  packet.parse()
  packet.ct = { mark, status: 0, zone: 0 } as Connection
  packet.ctInfo = CT_INFO.established
  return packet
}

const many = (rule: (index: number) => string): string =>
  Array.from({ length: 40 }, (_, index) => `-A INPUT ${rule(index)} -j RETURN`).join('\n')
/** Rules that no packet here meets, enough of them for the compiled engine to look them up. */
const manyHosts = many((index) => `-s 10.0.1.${index}`)
const manyPorts = many((index) => `-p tcp --dport ${1000 + index}`)
const none = (count: number): number[] => new Array(count).fill(0)

const { accept, drop, queue, unknown } = VERDICT

const cases: readonly EngineCase[] = [
  {
    name: 'the policy decides at the end of a built-in chain and counts',
    rules: ':INPUT DROP [0:0]\n-A INPUT -p udp -j ACCEPT',
    packet: syn,
    verdict: drop,
    counts: { INPUT: [1, 0] },
  },
  {
    name: 'RETURN from a built-in chain takes the policy',
    rules: ':INPUT DROP [0:0]\n-A INPUT -p tcp -j RETURN\n-A INPUT -j ACCEPT',
    packet: syn,
    verdict: drop,
    counts: { INPUT: [1, 1, 0] },
  },
  {
    name: 'a user chain comes back to the rule behind the jump',
    rules: ':a - [0:0]\n-A INPUT -j a\n-A INPUT -j DROP\n-A a -p udp -j ACCEPT',
    packet: syn,
    verdict: drop,
    counts: { INPUT: [0, 1, 1], a: [1, 0] },
  },
  {
    name: 'RETURN from a user chain does not count its end',
    rules: ':a - [0:0]\n-A INPUT -j a\n-A INPUT -j DROP\n-A a -j RETURN\n-A a -j ACCEPT',
    packet: syn,
    verdict: drop,
    counts: { INPUT: [0, 1, 1], a: [0, 1, 0] },
  },
  {
    name: 'goto comes back to where the caller would have come back',
    rules: ':a - [0:0]\n:b - [0:0]\n-A INPUT -j a\n-A INPUT -j DROP\n-A a -g b\n-A a -j ACCEPT\n-A b -p udp -j ACCEPT',
    packet: syn,
    verdict: drop,
    counts: { INPUT: [0, 1, 1], a: [0, 1, 0], b: [1, 0] },
  },
  {
    name: 'goto from a built-in chain ends at the policy',
    rules: ':INPUT DROP [0:0]\n:a - [0:0]\n-A INPUT -g a\n-A INPUT -j ACCEPT\n-A a -p udp -j ACCEPT',
    packet: syn,
    verdict: drop,
    counts: { INPUT: [1, 1, 0], a: [1, 0] },
  },
  {
    name: 'a rule without a target counts and goes on',
    rules: '-A INPUT\n-A INPUT -p tcp\n-A INPUT -p udp',
    packet: syn,
    verdict: accept,
    counts: { INPUT: [1, 1, 1, 0] },
  },
  {
    name: 'a negated port holds only behind its protocol',
    rules: '-A INPUT -p tcp ! --dport 443 -j DROP',
    packet: build.udp({ dport: 80 }),
    verdict: accept,
  },
  { name: 'a negated port holds', rules: '-A INPUT -p tcp ! --dport 443 -j DROP', packet: syn, verdict: drop },
  {
    name: 'a later fragment has no ports',
    rules: '-A INPUT -p tcp ! --dport 443 -j DROP',
    packet: later,
    verdict: accept,
  },
  {
    name: 'a fragment that would overwrite TCP flags is dropped',
    rules: '-A INPUT -p tcp --dport 443 -j ACCEPT',
    packet: build.tcp({ offset: 8, payload: 40 }),
    verdict: drop,
    counts: { INPUT: [0, 0] },
  },
  {
    name: 'a TCP header that is cut short is dropped without counting',
    rules: '-A INPUT -p tcp --dport 443 -j ACCEPT',
    packet: syn.subarray(0, 39),
    verdict: drop,
    counts: { INPUT: [0, 0] },
  },
  {
    name: 'what a rule changes, later rules see',
    rules:
      '-A INPUT -j MARK --set-mark 0x80000001\n-A INPUT -m ttl --ttl-eq 64 -j TTL --ttl-set 9\n-A INPUT -m ttl --ttl-eq 9 -j DROP',
    packet: syn,
    verdict: drop,
    counts: { INPUT: [0, 1, 1, 1] },
    check: (packet) => expect(packet.mark).toBe(0x80000001),
  },
  {
    name: 'a target that makes the packet longer leaves the later rules with the new bytes',
    rules:
      '-A INPUT -p tcp --syn -j TCPMSS --set-mss 1000\n-A INPUT -p tcp --tcp-option 2 -m ttl --ttl-eq 64 -j DROP\n-A INPUT -p tcp --dport 80 -m ttl --ttl-eq 64 -j ACCEPT',
    packet: syn,
    verdict: drop,
    check: (packet) => expect(packet.length).toBe(44),
  },
  {
    name: 'a change inside a user chain is seen behind the jump',
    rules:
      ':a - [0:0]\n-A INPUT -m ttl --ttl-eq 9 -j ACCEPT\n-A INPUT -j a\n-A INPUT -m ttl --ttl-eq 9 -j DROP\n-A a -j TTL --ttl-set 9',
    packet: syn,
    verdict: drop,
  },
  {
    name: 'what cannot be evaluated makes the verdict unknown',
    rules: '-A INPUT -m geoip --src-cc CN -j DROP\n-A INPUT -j ACCEPT',
    packet: syn,
    verdict: unknown,
    counts: { INPUT: [0, 0, 0] },
  },
  {
    name: 'what cannot be evaluated does not matter where another part of the rule fails',
    rules: '-A INPUT -p udp -m geoip --src-cc CN -j DROP\n-A INPUT -m geoip --src-cc CN -p tcp --dport 443 -j DROP',
    packet: syn,
    verdict: accept,
  },
  {
    name: 'what cannot be evaluated does not matter for a rule that only logs',
    rules: '-A INPUT -m geoip --src-cc CN -j LOG\n-A INPUT -j DROP',
    packet: syn,
    verdict: drop,
    counts: { INPUT: [0, 0, 1] },
    check: (_, environment) => expect(environment.told).toEqual([]),
  },
  {
    name: 'a target that cannot be evaluated counts and makes the verdict unknown',
    rules: '-A INPUT -j TARPIT\n-A INPUT -j DROP',
    packet: syn,
    verdict: unknown,
    counts: { INPUT: [0, 1, 0] },
  },
  { name: 'QUEUE ends the table', rules: '-A INPUT -j NFQUEUE --queue-num 3', packet: syn, verdict: queue },
  {
    name: 'the marks of packet and connection',
    rules:
      '-A INPUT -j CONNMARK --restore-mark --ctmask 0xff00 --nfmask 0xff --right-shift-mark 8\n-A INPUT -j CONNMARK --set-xmark 0x80000000/0xffffffff\n-A INPUT -j ACCEPT',
    packet: () => tracked(0x1234),
    verdict: accept,
    check: (packet, environment) => {
      expect([packet.mark, packet.ct?.mark]).toEqual([0x12, 0x80000000])
      expect(environment.told).toEqual([['connectionChanged']])
    },
  },
  {
    name: 'IPv6 addresses beyond the first word',
    family: 6,
    rules: '-A INPUT -s fd00::2 -j ACCEPT\n-A INPUT -s fd00::1/128 ! -d fd00::3 -p tcp --dport 80 -j DROP',
    packet: syn6,
    verdict: drop,
    counts: { INPUT: [0, 0, 1] },
  },
  {
    name: 'IPv6 extension headers that are cut short are dropped where a protocol is asked for',
    family: 6,
    rules: '-A INPUT -p tcp -j ACCEPT',
    packet: () => {
      const bytes = syn6.slice(0, 41)
      bytes[6] = 0
      const packet = new Packet().load(bytes)
      packet.parse()
      return packet
    },
    verdict: drop,
    counts: { INPUT: [0, 0] },
  },
  {
    name: "many addresses: the rules with the packet's own, in their order",
    rules: `${manyHosts}\n-A INPUT -s 10.0.0.1 -p udp -j ACCEPT\n-A INPUT -s 10.0.0.1 -p tcp -j MARK --set-mark 3\n${manyHosts}\n-A INPUT -s 10.0.0.1 -j DROP\n-A INPUT -j ACCEPT`,
    packet: syn,
    verdict: drop,
    counts: { INPUT: [0, ...none(40), 0, 1, ...none(40), 1, 0] },
  },
  {
    name: 'many ports: a packet of another protocol passes',
    rules: `${manyPorts}\n-A INPUT -p udp -j DROP`,
    packet: build.udp({ dport: 1001 }),
    verdict: drop,
    counts: { INPUT: [0, ...none(40), 1] },
  },
  {
    name: 'many ports: a header that is cut short is dropped at the first of them',
    rules: `-A INPUT -p tcp\n${manyPorts}`,
    packet: syn.subarray(0, 30),
    verdict: drop,
    counts: { INPUT: [0, 1, ...none(40)] },
  },
  {
    name: 'many ports: a later fragment meets none of them',
    rules: `${manyPorts}\n-A INPUT -p tcp -j ACCEPT`,
    packet: later,
    verdict: accept,
    counts: { INPUT: [0, ...none(40), 1] },
  },
  {
    name: 'many ports: IPv6 extension headers that are cut short are dropped at the first of them',
    family: 6,
    rules: `-A INPUT\n${manyPorts}\n-A INPUT -j ACCEPT`,
    packet: () => {
      const bytes = syn6.slice(0, 41)
      bytes[6] = 0
      const packet = new Packet().load(bytes)
      packet.parse()
      return packet
    },
    verdict: drop,
    counts: { INPUT: [0, 1, ...none(40), 0] },
  },
  {
    name: 'many addresses: a chain is left by the jump of one of them and comes back behind it',
    rules: `:a - [0:0]\n${manyHosts}\n-A INPUT -s 10.0.0.1 -j a\n-A INPUT -s 10.0.0.1 -j DROP\n-A a -p tcp -j MARK --set-mark 1`,
    packet: syn,
    verdict: drop,
    counts: { INPUT: [0, ...none(40), 1, 1], a: [1, 1] },
  },
]

function tableOf({ rules, family = 4 }: EngineCase): Table {
  const ruleset = restoreRuleset(`*mangle\n${rules}\nCOMMIT\n`, family, extensions())
  return ruleset.tables.get('mangle') as Table
}

function packetOf({ packet }: EngineCase): Packet {
  if (typeof packet === 'function') return packet()
  const loaded = new Packet().load(packet.slice())
  loaded.parse()
  return loaded
}

describe.each(engines)('the $name engine', (engine) => {
  it.each(cases)('$name', (one) => {
    const table = tableOf(one)
    const packet = packetOf(one)
    const environment = new TestEnvironment()
    const before = countersOf(table)
    expect(engine.run(table, 'INPUT', packet, environment)).toBe(one.verdict)
    for (const [chain, counts] of Object.entries(one.counts ?? {})) {
      const packets = countersOf(table)[chain]?.map((text) => Number(text.split(':')[0]))
      expect(packets, chain).toEqual(counts)
    }
    if (one.counts === undefined) expect(countersOf(table)).not.toEqual(before)
    one.check?.(packet, environment)
  })

  it('counts bytes from the network header on', () => {
    const table = tableOf({ name: '', rules: '[4294967295:9007199254740000] -A INPUT', packet: syn, verdict: accept })
    const packet = new Packet().load(new Uint8Array([...new Uint8Array(14), ...syn]), 14)
    packet.parse()
    engine.run(table, 'INPUT', packet, new TestEnvironment())
    expect(countersOf(table).INPUT).toEqual(['1:40', '4294967296:9007199254740040'])
  })

  it('accepts at a hook where the table has no chain', () => {
    const filter = restoreRuleset('*filter\n:INPUT DROP\nCOMMIT\n', 4, extensions()).tables.get('filter') as Table
    const packet = packetOf({ name: '', rules: '', packet: syn, verdict: accept })
    expect(engine.run(filter, 'PREROUTING', packet, new TestEnvironment())).toBe(accept)
  })

  it('sees a policy that was changed', () => {
    const table = tableOf({ name: '', rules: '', packet: syn, verdict: accept })
    const packet = packetOf({ name: '', rules: '', packet: syn, verdict: accept })
    expect(engine.run(table, 'INPUT', packet, new TestEnvironment())).toBe(accept)
    const chain = table.chains.get('INPUT')
    if (chain) chain.policy = 'DROP'
    expect(engine.run(table, 'INPUT', packet, new TestEnvironment())).toBe(drop)
  })
})
