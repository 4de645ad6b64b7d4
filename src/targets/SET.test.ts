import { describe, expect, it } from 'vitest'
import { TestEnvironment } from '../../test/harness/environment.ts'
import { testTarget } from '../../test/harness/extension-tester.ts'
import { VERDICT } from '../expression/action.ts'
import { extensions } from '../host/extensions.ts'
import { createSets, provideSets, readSetLines, saveSets } from '../ipset/index.ts'
import { traverse } from '../netfilter/traverse.ts'
import { packet as build } from '../packet/build.ts'
import { Packet } from '../packet/packet.ts'
import { restoreRuleset } from '../xtables/index.ts'
import { SET } from './SET.ts'

const restore = (rule: string) => restoreRuleset(`*mangle\n-A FORWARD ${rule}\nCOMMIT\n`, 4, extensions())

testTarget(SET, {
  table: 'mangle',
  chain: 'FORWARD',
  before: ['ipset create b hash:ip timeout 9', 'ipset create c hash:ip skbinfo'],
  saves: {
    '-j SET --timeout 5 --exist --add-set b src,dst': '-j SET --add-set b src,dst --exist --timeout 5',
    '-j SET --del-set b src --add-set b dst --timeout 0': '-j SET --add-set b dst --timeout 0 --del-set b src',
    '-j SET --map-set c src --map-queue --map-mark': '-j SET --map-set c src --map-mark --map-queue',
    '-j SET ! --add-set b src ! --exist --exist --timeout 1 --timeout 0x10':
      '-j SET --add-set b src --exist --timeout 16',
    '-j SET --add-set b src --exist --del-set c src --map-set c src --map-prio':
      '-j SET --add-set b src --exist --del-set c src --map-set c src --map-prio',
  },
  rejects: {
    '-j SET': /^You must specify either `--add-set' or `--del-set' or `--map-set'$/,
    '-j SET --add-set b': /^--add-set requires two args\.$/,
    '-j SET --add-set b src --add-set b dst': /^--add-set can be specified only once$/,
    '-j SET --del-set b src --timeout 5': /^Option `--timeout' can be used with `--add-set' only$/,
    '-j SET --add-set b src --timeout -1': /^Invalid value for option --timeout or out of range 0-4294967294$/,
    '-j SET --del-set b src --exist': /^Flag `--exist' can be used with `--add-set' only$/,
    '-j SET --add-set b src --map-mark': /^Flag `--map-mark' can be used with `--map-set' only$/,
    '-j SET --map-set c src': /^You must specify flags/,
    '-j SET --add-set b src,foo': /'src' or 'dst'/,
    '-j SET --add-set b src --timeout 4294967295': /^Invalid value for option --timeout/,
  },
})

testTarget(SET, {
  table: 'mangle',
  chain: 'PREROUTING',
  before: ['ipset create c hash:ip skbinfo'],
  rejects: { '-j SET --map-set c src --map-prio': /PREROUTING/ },
})

testTarget(SET, {
  table: 'filter',
  chain: 'FORWARD',
  before: ['ipset create c hash:ip skbinfo'],
  rejects: { '-j SET --map-set c src --map-mark': /only valid in table mangle/ },
})

/** The packet after a rule on a host with these sets, and the sets. */
function afterRule(sets: string, rule: string): { packet: Packet; saved: string } {
  const environment = new TestEnvironment()
  const made = createSets(readSetLines(sets, 'ipset.save'), 0)
  provideSets(environment, made)
  const packet = new Packet().load(build.udp({ source: '10.0.0.1', destination: '10.0.0.2' }))
  packet.parse()
  packet.mark = 0xffff
  packet.priority = 7
  const table = restore(rule).tables.get('mangle')
  expect(table && traverse(table, 'FORWARD', packet, environment, null)).toBe(VERDICT.accept)
  return { packet, saved: saveSets(made, 0) }
}

describe('-j SET', () => {
  it('adds, then deletes', () => {
    const { saved } = afterRule('create b hash:ip timeout 9\n', '-j SET --add-set b src --timeout 4294967294')
    expect(saved).toContain('add b 10.0.0.1 timeout 2147483\n')
    const both = afterRule('create b hash:ip\nadd b 10.0.0.2\n', '-j SET --add-set b src --del-set b dst')
    expect(both.saved).toMatch(/add b 10\.0\.0\.1\n$/)
    const gone = afterRule('create b hash:ip\n', '-j SET --add-set b src --del-set b src')
    expect(gone.saved).not.toContain('add b')
  })

  it('maps what the element has', () => {
    const sets = 'create c hash:ip skbinfo\nadd c 10.0.0.1 skbmark 0x5/0xff skbprio 1:2\n'
    const mapped = afterRule(sets, '-j SET --map-set c src --map-mark --map-prio').packet
    expect([mapped.mark, mapped.priority]).toEqual([0xff05, 0x10002])
    const mark = afterRule(sets, '-j SET --map-set c src --map-mark').packet
    expect([mark.mark, mark.priority]).toEqual([0xff05, 7])
    const missed = afterRule(sets, '-j SET --map-set c dst --map-mark --map-prio').packet
    expect([missed.mark, missed.priority]).toEqual([0xffff, 7])
  })

  it('maps zeros from a set without data', () => {
    const plain = afterRule('create c hash:ip\nadd c 10.0.0.1\n', '-j SET --map-set c src --map-mark --map-prio').packet
    expect([plain.mark, plain.priority]).toEqual([0xffff, 0])
  })
})

it.each([
  ['-j SET --add-set b src', VERDICT.accept],
  ['-j SET --map-set c src --map-mark', VERDICT.unknown],
] as const)('what follows from %s', (rule, verdict) => {
  const table = restore(rule).tables.get('mangle')
  const packet = new Packet().load(build.udp({}))
  packet.parse()
  expect(table && traverse(table, 'FORWARD', packet, new TestEnvironment(), null)).toBe(verdict)
})
