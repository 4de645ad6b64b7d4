import { expect, it } from 'vitest'
import { packet, tcp, udp } from '../harness/oracle/build.ts'
import { addCoverage, type Coverage } from './coverage.ts'
import type { RuleCase, RulesetCase } from './generate/rule.ts'
import type { KernelRecord } from './kernel.ts'
import { gaps, matrixText } from './matrix.ts'

const ends = { src: '10.0.0.5', dst: '10.0.2.9' }
const datagram = packet({ ...ends, protocol: 17 }, udp(1, 53)).toString('hex')
const segment = packet({ ...ends, protocol: 6 }, tcp({ sport: 1, dport: 80 })).toString('hex')

/** What one packet's path through filter FORWARD with these rules adds. */
function covered(lines: readonly string[], steps: readonly string[], hex = datagram): Coverage {
  const rules = lines.map((line): RuleCase => {
    const [condition = '', target = ''] = line.split(/ ?(?=-j )/)
    return { chain: 'FORWARD', matches: condition === '' ? [] : [condition], target }
  })
  const ruleset: RulesetCase = {
    version: 4,
    tables: [{ name: 'filter', chains: [{ name: 'FORWARD', policy: 'ACCEPT' }], rules }],
  }
  const path = steps.map((step) => `filter:FORWARD:${step}`)
  const answers = [{ verdict: 'FORWARDED', outputs: [], delivered: null, path, answerPath: [] }] as const
  const record: KernelRecord = {
    ...{ version: 4, rules: '', packets: [{ in: 't0', hex }], answers, save: '', conntrack: '' },
  }
  const coverage: Coverage = {}
  addCoverage(coverage, ruleset, record)
  return coverage
}

it('counts every option of a rule that held, by its main name, and which stood with !', () => {
  expect(
    covered(['-p udp -m udp ! --sport 5 --dport 53 -m mark ! --mark 1 -j LOG --log-uid'], ['rule:1', 'policy:2']),
  ).toEqual({
    'match udp': { held: 1, missed: 0, inverted: 0 },
    'match udp --source-port': { held: 1, missed: 0, inverted: 1 },
    'match udp --destination-port': { held: 1, missed: 0, inverted: 0 },
    'match mark': { held: 1, missed: 0, inverted: 0 },
    'match mark --mark': { held: 1, missed: 0, inverted: 1 },
    'target LOG': { held: 1, missed: 0, inverted: 0 },
    'target LOG --log-uid': { held: 1, missed: 0, inverted: 0 },
  })
})

it('counts what did not hold where there is one condition', () => {
  const option = { held: 0, missed: 1, inverted: 0 }
  const recent = covered(['-m recent --name x --rcheck --hitcount 2'], ['policy:2'])
  expect(recent['match recent --hitcount']).toEqual(option)
  expect(covered(['-p udp -m udp --dport 54'], ['policy:2'])['match udp --destination-port']).toEqual(option)
})

it.each([
  ['two tests in one match', '-p udp -m udp --sport 5 --dport 54', datagram],
  ['two matches', '-m mark --mark 1 -m ttl --ttl-eq 3', datagram],
  ['an address beside it', '-s 10.0.0.6/32 -m mark --mark 1', datagram],
  ['another protocol', '-p udp -m udp --dport 54', segment],
])('does not count what did not hold with %s', (_, rule, hex) => {
  expect(covered([rule], ['policy:2'], hex)).toEqual({})
})

it('counts the one test that a rule has more than the rule before it, which held', () => {
  const rules = ['-m set --match-set a src', '-m set --match-set a src --packets-gt 3']
  const more = covered(rules, ['rule:1', 'policy:3'])
  expect(more['match set --packets-gt']).toEqual({ held: 0, missed: 1, inverted: 0 })
  expect(more['match set --match-set']?.missed).toBe(0)
  expect(covered(rules, ['policy:3'])['match set --packets-gt']).toBeUndefined()
})

it('names zeros, with their reason where there is one, and reasons for what is not zero', () => {
  const rows = [
    { name: 'match osf --genre', extension: 'osf', columns: ['held', 'missed', 'inverted'] as const },
    { name: 'match mac', extension: 'mac', columns: ['held', 'missed'] as const },
  ]
  const coverage = {
    'match osf --genre': { held: 0, missed: 3, inverted: 0 },
    'match mac': { held: 2, missed: 1, inverted: 0 },
  }
  expect(gaps(coverage, rows)).toEqual({
    missing: ['match osf --genre: never with "!"'],
    excused: ['match osf --genre: never held: no fingerprints are loaded'],
    stale: ['match mac: 2 in spite of "TUN devices have no link-layer header" (never held)'],
  })
  expect(matrixText(coverage, rows)).toBe(
    'extension and option  held  not held  with "!"\nmatch mac                2         1         -\nmatch osf --genre        0         3         0\n',
  )
})
