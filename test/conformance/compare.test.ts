import { describe, expect, it } from 'vitest'
import { Random } from '../../src/util/random.ts'
import { checksum, icmp, packet, udp } from '../harness/oracle/build.ts'
import { packetFromText } from '../harness/oracle/text.ts'
import { compare } from './compare.ts'
import { addCoverage, type Coverage } from './coverage.ts'
import { PacketScript } from './generate/packets.ts'
import { rulesetText } from './generate/rule.ts'
import { randomRuleset } from './generate/ruleset.ts'
import type { BatchResult, HooklineRecord } from './hookline.ts'
import type { KernelRecord } from './kernel.ts'

const sent = packetFromText('udp 10.0.0.5:9 > 10.0.2.9:9')
const error = packet({ src: '10.0.0.1', dst: '10.0.0.5', protocol: 1, id: 77 }, icmp(3, 3, 0, sent)).toString('hex')
const left = packetFromText('udp 10.0.0.5:9 > 10.0.2.9:9 ttl=63').toString('hex')

const kernel: KernelRecord = {
  version: 4,
  rules: '',
  packets: [
    { in: 't0', hex: sent.toString('hex') },
    { in: 't0', hex: sent.toString('hex') },
  ],
  answers: [
    {
      verdict: 'FORWARDED',
      outputs: [{ dev: 't2', hex: left }],
      delivered: null,
      path: ['filter:FORWARD:rule:1'],
      answerPath: [],
    },
    {
      verdict: 'REJECTED',
      outputs: [{ dev: 't0', hex: error }],
      delivered: null,
      path: ['filter:FORWARD:rule:2'],
      answerPath: [],
    },
  ],
  save: '# a date\n*filter\n:FORWARD ACCEPT [1:28]\n[1:28] -A FORWARD -p udp\nCOMMIT\n*raw\n:OUTPUT ACCEPT [0:0]\nCOMMIT\n',
  conntrack: 'ipv4     2 udp      17 29 src=10.0.0.5 dst=10.0.2.9 sport=9 dport=9 mark=0 use=1\n',
}

function same(
  change: (results: BatchResult[]) => BatchResult[] = (results) => results,
  more: Partial<HooklineRecord> = {},
): HooklineRecord {
  const results = kernel.answers.map(({ verdict, outputs, delivered, path }) => ({ verdict, outputs, delivered, path }))
  return { results: change(results), save: kernel.save, conntrack: kernel.conntrack, ...more }
}

const first = (change: Partial<BatchResult>) => same(([a, b]) => [{ ...a!, ...change }, b!])
const second = (change: Partial<BatchResult>) => same(([a, b]) => [a!, { ...b!, ...change }])
const kinds = (record: HooklineRecord) =>
  compare(kernel, record).map(({ kind, packet, explainedBy }) => [kind, packet, explainedBy])

describe('compare', () => {
  it('finds nothing between equal answers', () => {
    expect(compare(kernel, same())).toEqual([])
  })

  it('finds every kind of wrong answer', () => {
    const flipped = Buffer.from(left, 'hex')
    flipped[27]! ^= 1
    expect(kinds(first({ verdict: 'DROPPED' }))).toEqual([['verdict', 0, undefined]])
    expect(kinds(first({ outputs: [] }))).toEqual([['outputs', 0, undefined]])
    expect(kinds(first({ outputs: [{ dev: 't1', hex: left }] }))).toEqual([['outputs', 0, undefined]])
    expect(kinds(first({ outputs: [{ dev: 't2', hex: flipped.toString('hex') }] }))).toEqual([
      ['outputs', 0, undefined],
    ])
    expect(kinds(first({ outputs: [0, 1].map(() => ({ dev: 't2', hex: left })) }))).toEqual([['outputs', 0, undefined]])
    expect(kinds(first({ delivered: { dev: 't0', hex: left } }))).toEqual([['delivered', 0, undefined]])
    expect(kinds(first({ path: ['filter:FORWARD:policy:2'] }))).toEqual([['path', 0, undefined]])
    expect(kinds(same(undefined, { save: kernel.save.replace('[1:28] -A', '[2:56] -A') }))).toEqual([
      ['save', -1, undefined],
    ])
    expect(kinds(same(undefined, { save: kernel.save.replace('-p udp', '-p tcp') }))).toEqual([['save', -1, undefined]])
    expect(kinds(same(undefined, { conntrack: '' }))).toEqual([['conntrack', -1, undefined]])
    expect(kinds(same(undefined, { refused: 'no' }))).toEqual([['refused', -1, undefined]])
    expect(kinds(same(([a]) => [a!], { crashed: 'stack' }))).toEqual([['crashed', -1, undefined]])
    expect(compare({ ...kernel, refused: 'no' }, same())).toHaveLength(1)
  })

  it('overlooks the order of tables, comments and remaining seconds only', () => {
    const save =
      '*raw\n:OUTPUT ACCEPT [0:0]\nCOMMIT\n*filter\n:FORWARD ACCEPT [1:28]\n[1:28] -A FORWARD -p udp\nCOMMIT\n'
    expect(compare(kernel, same(undefined, { save, conntrack: kernel.conntrack.replace(' 29 ', ' 28 ') }))).toEqual([])
    expect(kinds(same(undefined, { conntrack: kernel.conntrack.replace('mark=0', 'mark=1') }))).toHaveLength(1)
  })

  it('explains another identification of an ICMP error, and nothing else about it', () => {
    const other = packet({ src: '10.0.0.1', dst: '10.0.0.5', protocol: 1, id: 78 }, icmp(3, 3, 0, sent))
    expect(kinds(second({ outputs: [{ dev: 't0', hex: other.toString('hex') }] }))).toEqual([
      ['outputs', 1, 'icmp-error-id'],
    ])
    const wrongSum = Buffer.from(other)
    wrongSum[10]! ^= 1
    expect(kinds(second({ outputs: [{ dev: 't0', hex: wrongSum.toString('hex') }] }))).toEqual([
      ['outputs', 1, undefined],
    ])
    const wrongCode = packet({ src: '10.0.0.1', dst: '10.0.0.5', protocol: 1, id: 77 }, icmp(3, 1, 0, sent)).toString(
      'hex',
    )
    expect(kinds(second({ outputs: [{ dev: 't0', hex: wrongCode }] }))).toEqual([['outputs', 1, undefined]])
    const otherUdp = packet({ src: '10.0.0.5', dst: '10.0.2.9', protocol: 17, id: 1, ttl: 63 }, udp(9, 9)).toString(
      'hex',
    )
    expect(kinds(first({ outputs: [{ dev: 't2', hex: otherUdp }] }))).toEqual([['outputs', 0, undefined]])
  })
})

describe('the generator', () => {
  it('draws the same case from the same seed', () => {
    for (const version of [4, 6] as const) {
      const draw = (seed: string) => {
        const script = new PacketScript(new Random(`${seed}/packets`), version)
        return [
          rulesetText(randomRuleset(new Random(seed), version)),
          ...Array.from({ length: 30 }, () => script.next()),
        ]
      }
      expect(draw('a')).toEqual(draw('a'))
      expect(draw('a')).not.toEqual(draw('b'))
    }
  })

  it('builds headers whose checksums are right where nothing was damaged', () => {
    const random = new Random('checksums')
    const script = new PacketScript(random, 4)
    const packets = Array.from({ length: 300 }, () => Buffer.from(script.next().hex, 'hex'))
    const right = packets.filter(
      (bytes) => bytes.length >= 20 && checksum(bytes.subarray(0, (bytes[0]! & 15) * 4)) === 0,
    )
    expect(right.length).toBeGreaterThan(240)
  })
})

describe('coverage', () => {
  it('counts a rule that held, and those before it that did not', () => {
    const ruleset = {
      version: 4 as const,
      tables: [
        {
          name: 'filter' as const,
          chains: [{ name: 'FORWARD', policy: 'ACCEPT' as const }],
          rules: [
            { chain: 'FORWARD', matches: ['-m ttl --ttl-eq 1'], target: '-j DROP' },
            { chain: 'FORWARD', matches: ['-p udp', '-m udp --dport 9'], target: '-j ACCEPT' },
          ],
        },
      ],
    }
    const coverage: Coverage = {}
    addCoverage(coverage, ruleset, { ...kernel, answers: [{ ...kernel.answers[0]!, path: ['filter:FORWARD:rule:2'] }] })
    expect(coverage).toMatchObject({
      'match ttl': { held: 0, missed: 1 },
      'match udp': { held: 1, missed: 0 },
      'target ACCEPT': { held: 1 },
    })
  })
})
