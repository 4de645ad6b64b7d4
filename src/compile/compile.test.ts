import { describe, expect, it } from 'vitest'
import { TestEnvironment } from '../../test/harness/environment.ts'
import { VERDICT } from '../expression/action.ts'
import { field } from '../expression/field.ts'
import { equals, type Test } from '../expression/test.ts'
import { extensions } from '../host/extensions.ts'
import type { Chain, Rule, Table } from '../netfilter/glossary.ts'
import { packet as build } from '../packet/build.ts'
import { Packet } from '../packet/packet.ts'
import { restoreRuleset } from '../xtables/index.ts'
import { chunkLength, chunkSource } from './chunk.ts'
import { compileRuleset, compileTable } from './index.ts'
import { keysOf } from './key.ts'
import { findKeyed } from './keyed.ts'

function restore(text: string): Table {
  return restoreRuleset(`*filter\n${text}\nCOMMIT\n`, 4, extensions()).tables.get('filter') as Table
}

const chainOf = (table: Table, name: string): Chain => table.chains.get(name) as Chain

function ruleFor(port: number): Rule {
  return {
    test: { kind: 'header', length: 8, dropsOverlap: false, test: equals(field.l4.dport, port) },
    target: { kind: 'actions', name: 'DROP', actions: [{ kind: 'verdict', verdict: 'drop' }] },
    counters: { packets: 0, bytes: 0 },
    text: '',
    line: 0,
    looksLikeChainEnd: false,
  }
}

function datagram(dport: number): Packet {
  const packet = new Packet().load(build.udp({ dport }))
  packet.parse()
  return packet
}

describe('generated code', () => {
  it('contains no text of the rules, only numbers and our own names', () => {
    const table = restore(
      [
        ":x'+alert(1)+' - [0:0]",
        '-A INPUT -i "a`$1" -s 10.0.0.1/255.0.255.0 -p tcp --dport 22:80 --tcp-option 7 -m ttl --ttl-gt 4 -g x\'+alert(1)+\'',
        '-A INPUT -i "\\"b+" -j LOG --log-prefix "`;throw 1;//"',
        '-A INPUT -m secret --word evil -j EVIL --do it',
        '-A INPUT -j REJECT --reject-with icmp-net-unreachable',
      ].join('\n'),
    )
    const { text } = chunkSource(chainOf(table, 'INPUT').rules, 4, () => null)
    const words = new Set(text.match(/[A-Za-z_$][\w$]*|["'`\\]/g))
    const own = /^([sycduvnte]|[oukxRLK]\d*|p|env|const|let|return|function|if|else|break|null|true|false)$/
    const members =
      /^(view|network|transport|end|protocol|fragmentOffset|inDevice|outDevice|name|startsWith|getUint8|getUint16|getInt32|evaluate|run|packets|bytes|log|reply)$/
    expect([...words].filter((word) => !own.test(word) && !members.test(word))).toEqual([])
  })

  it('has no place for what is not a whole number', () => {
    const rule = { ...ruleFor(1), target: { kind: 'none' as const }, test: equals(field.packet.mark, Number.NaN) }
    expect(chunkSource([rule], 4, () => null).text).not.toContain('NaN')
  })
})

describe('chunks', () => {
  it('have at most 250 rules', () => {
    const rules = Array.from({ length: 600 }, (_, index) => ruleFor(index))
    expect(chunkLength(rules, 0, 600)).toBe(250)
    expect(chunkLength(rules, 500, 600)).toBe(100)
  })

  it('are shorter where rules have many tests, but never empty', () => {
    const wide: Rule = {
      ...ruleFor(1),
      test: { kind: 'any', tests: Array.from({ length: 4000 }, () => ruleFor(1).test) },
    }
    expect(chunkLength([wide, wide], 0, 2)).toBe(1)
  })
})

describe('rules that are looked up by a key', () => {
  const address = (last: number): Rule => ({
    ...ruleFor(1),
    test: { kind: 'address', field: field.packet.source, network: [last, 0, 0, 0], mask: [0xffffffff, 0, 0, 0] },
  })
  const behind = (test: Test): Rule => ({ ...address(1), test: { kind: 'all', tests: [test, address(1).test] } })
  const computedTest: Test = { kind: 'computed', name: 'x', stateful: true, evaluate: () => 1 }
  const many = Array.from({ length: 40 }, (_, index) => address(index))

  it('are found by an address that each of them demands', () => {
    expect(findKeyed(many, 0, 40, 4)?.length).toBe(40)
    expect(findKeyed(many, 30, 40, 4)).toBeNull()
  })

  it('end where a rule demands none', () => {
    const rules = [...many.slice(0, 20), ruleFor(1), ...many.slice(20)]
    expect(findKeyed(rules, 0, 41, 4)?.length).toBe(20)
  })

  it.each([
    ['has an effect', computedTest],
    ['cannot be evaluated', { kind: 'unknown', extension: 'x' }],
    ['may drop the packet', { kind: 'header', length: 8, dropsOverlap: false, test: { kind: 'always' } }],
    ['may drop the packet for its extension headers', { kind: 'extensionHeaders' }],
    ['is any of several things', { kind: 'any', tests: [computedTest, { kind: 'never' }] }],
  ] satisfies [string, Test][])('have no key behind a test that %s', (_, test) => {
    expect(keysOf(behind(test), 4)).toEqual([])
  })

  it('have a key behind a test without effects', () => {
    expect(keysOf(behind(equals(field.packet.mark, 1)), 4)).toHaveLength(1)
  })
})

describe('an update', () => {
  const table = (): { table: Table; chain: Chain } => {
    const made = restore(':other - [0:0]\n-A other -j DROP')
    const chain = chainOf(made, 'INPUT')
    for (let port = 0; port < 1000; port++) chain.rules.push(ruleFor(port))
    return { table: made, chain }
  }
  const isDropped = (compiled: ReturnType<typeof compileTable>, port: number): boolean =>
    compiled.run('INPUT', datagram(port), new TestEnvironment()) === VERDICT.drop

  it('compiles again only the functions that the change touches', () => {
    const { table: made, chain } = table()
    const compiled = compileTable(made)
    expect(compiled.prepare()).toBe(1001)
    expect(compiled.prepare()).toBe(0)
    chain.rules.push(ruleFor(5000))
    compiled.changed(chain)
    expect(compiled.prepare()).toBe(1)
    chain.rules.splice(600, 0, ruleFor(5001))
    compiled.changed(chain)
    expect(compiled.prepare()).toBe(251)
    chain.rules.shift()
    compiled.changed(chain)
    expect(compiled.prepare()).toBe(249)
    expect([0, 1, 599, 600, 999, 5000, 5001, 5002].map((port) => isDropped(compiled, port))).toEqual([
      false,
      true,
      true,
      true,
      true,
      true,
      true,
      false,
    ])
  })

  it('of rules that are looked up takes over what is compiled', () => {
    const made = restore(
      [':a - [0:0]', ...Array.from({ length: 50 }, (_, index) => `-A INPUT -s 10.0.0.${index} -p udp -j a`)].join('\n'),
    )
    const chain = chainOf(made, 'INPUT')
    const compiled = compileTable(made)
    const from = (last: number): number => {
      const packet = new Packet().load(build.udp({ source: `10.0.0.${last}` }))
      packet.parse()
      compiled.run('INPUT', packet, new TestEnvironment())
      return chain.rules.find((rule) => rule.text.includes(`10.0.0.${last}/`))?.counters.packets ?? 0
    }
    expect([from(7), from(7), from(8)]).toEqual([1, 2, 1])
    chain.rules.splice(7, 1)
    compiled.changed(chain)
    expect([from(7), from(8), from(49)]).toEqual([0, 2, 1])
  })

  it('finds chains that were added and removed', () => {
    const { table: made } = table()
    const compiled = compileTable(made)
    compiled.prepare()
    made.chains.delete('other')
    const added: Chain = { name: 'new', policy: null, counters: { packets: 0, bytes: 0 }, rules: [ruleFor(7000)] }
    made.chains.set('new', added)
    const base = chainOf(made, 'INPUT')
    base.rules.splice(0, 1000, { ...ruleFor(7000), target: { kind: 'jump', chain: added } })
    compiled.changed()
    expect(compiled.prepare()).toBe(2)
    expect([1, 7000].map((port) => isDropped(compiled, port))).toEqual([false, true])
    expect(added.rules[0]?.counters.packets).toBe(1)
  })
})

describe('a compiled ruleset', () => {
  it('has the tables by name, and traces with the reference engine', () => {
    const text = '*filter\n-A INPUT -p udp -j DROP\nCOMMIT\n*raw\nCOMMIT\n'
    const compiled = compileRuleset(restoreRuleset(text, 4, extensions()))
    expect([...compiled.keys()]).toEqual(['filter', 'raw'])
    const events: string[] = []
    const verdict = compiled
      .get('filter')
      ?.run('INPUT', datagram(1), new TestEnvironment(), (event) => void events.push(event.kind))
    expect(verdict).toBe(VERDICT.drop)
    expect(events).toEqual(['table', 'rule', 'verdict'])
  })
})
