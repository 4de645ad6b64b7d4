import { expect, it } from 'vitest'
import type { Chain, RuleTarget } from '../src/netfilter/glossary.ts'
import { Random } from '../src/util/random.ts'
import { compiledOf, countersOf, engines, resetTable } from './harness/engines/engines.ts'
import { randomPacket, snapshot } from './harness/engines/random-packets.ts'
import { randomKeyedRules, randomPalette, randomRule, randomTable, randomTest } from './harness/engines/random-rules.ts'
import { TestEnvironment } from './harness/environment.ts'

const ROUNDS = 250
const PACKETS = 40

/** What one engine makes of the packets: verdicts, packets afterwards, what the environment was told, counters. */
function observe(engine: (typeof engines)[number], table: Parameters<typeof engine.run>[0], random: Random): unknown {
  resetTable(table)
  const environment = new TestEnvironment()
  const packets = Array.from({ length: PACKETS }, () => {
    const packet = randomPacket(random, table.family)()
    const verdict = engine.run(table, 'INPUT', packet, environment)
    return { verdict, packet: snapshot(packet) }
  })
  return { packets, told: environment.told.map(withoutPacket), counters: countersOf(table) }
}

/** The environment is told the live packet; it is compared by itself. */
function withoutPacket(told: unknown): unknown {
  return (told as unknown[]).filter((part) => typeof part !== 'object' || part === null || !('bytes' in part))
}

it('both engines agree on random rules and packets, malformed ones included', () => {
  const seed = process.env.SEED ?? 'engines'
  const seen = new Set<unknown>()
  for (let round = 0; round < ROUNDS; round++) {
    const random = new Random(`${seed}/${round}`)
    const table = randomTable(random.fork('table'), random.chance(0.6) ? 4 : 6)
    const [wanted, got] = engines.map((engine) => observe(engine, table, random.fork('packets')))
    expect(got, `SEED=${seed} round ${round}`).toEqual(wanted)
    for (const one of (wanted as { packets: { verdict: unknown }[] }).packets) seen.add(one.verdict)
  }
  // The comparison is worth something only where all verdicts occur: drop, accept, queue, unknown.
  expect([...seen].sort()).toEqual([0, 1, 3, 5])
})

it('both engines agree on what a deeply nested test comes to', () => {
  const seed = process.env.SEED ?? 'tests'
  for (let round = 0; round < 700; round++) {
    const random = new Random(`${seed}/${round}`)
    const family = random.chance(0.7) ? 4 : 6
    const table = randomTable(random.fork('table'), family)
    const palette = randomPalette(random, family)
    const test = randomTest(random, palette, 5, 'state')
    const base = table.chains.get('INPUT') as Chain
    // ACCEPT tells every outcome apart: no (the policy), yes (counted), hotdrop and unknown.
    const target: RuleTarget = { kind: 'actions', name: 'ACCEPT', actions: [{ kind: 'verdict', verdict: 'accept' }] }
    base.policy = 'ACCEPT'
    base.rules.splice(0, base.rules.length, { ...randomRule(random, palette, [], ''), test, target })
    const [wanted, got] = engines.map((engine) => observe(engine, table, random.fork('packets')))
    expect(got, `SEED=${seed} round ${round}`).toEqual(wanted)
  }
})

it('both engines agree after rules were added, replaced and removed', () => {
  const seed = process.env.SEED ?? 'changes'
  for (let round = 0; round < 60; round++) {
    const random = new Random(`${seed}/${round}`)
    const table = randomTable(random.fork('table'), 4)
    const palette = randomPalette(random.fork('new'), 4)
    const chains = [...table.chains.values()]
    for (let change = 0; change < 8; change++) {
      const index = random.below(chains.length)
      const chain = chains[index] as (typeof chains)[number]
      const at = random.below(chain.rules.length + 1)
      const later = chains.slice(index + 1)
      const added = random.chance(0.2)
        ? randomKeyedRules(random, palette, later, `new ${change}`)
        : [randomRule(random, palette, later, `new ${change}`)]
      chain.rules.splice(at, random.below(3), ...(random.chance(0.8) ? added : []))
      compiledOf(table).changed(chain)
      const [wanted, got] = engines.map((engine) => observe(engine, table, random.fork(`packets ${change}`)))
      expect(got, `SEED=${seed} round ${round} change ${change}`).toEqual(wanted)
    }
  }
})
