import { describe, expect, it } from 'vitest'
import { TestEnvironment } from '../../test/harness/environment.ts'
import { testMatch } from '../../test/harness/extension-tester.ts'
import { packetWith, udp4 } from '../../test/harness/packets.ts'
import { evaluate } from '../expression/evaluate.ts'
import { OUTCOME, type Outcome } from '../expression/test.ts'
import { extensions } from '../host/extensions.ts'
import { createSets, provideSets, readSetLines, saveSets, setsOf } from '../ipset/index.ts'
import { restoreRuleset, saveRuleset } from '../xtables/index.ts'
import { set } from './set.ts'

const text = (rule: string): string => `*filter\n-A INPUT ${rule}\nCOMMIT\n`

testMatch(set, {
  before: ['ipset create c hash:ip counters'],
  saves: {
    '-m set --match-set c src': '=',
    '-m set ! --match-set c dst,dst -j ACCEPT': '=',
    '-m set --packets-gt 1 ! --update-subcounters ! --bytes-eq 0x5 ! --update-counters --return-nomatch --match-set c src':
      '-m set --match-set c src --return-nomatch ! --update-counters ! --update-subcounters --packets-gt 1 ! --bytes-eq 5',
    '-m set --match-set c src --update-counters': '-m set --match-set c src',
    '-m set --match-set c src --return-nomatch --return-nomatch': '-m set --match-set c src --return-nomatch',
    '-m set --match-set c src --packets-eq 18446744073709551615': '=',
    '-m set --match-set c src,dst,src,dst,src,dst --bytes-lt 010':
      '-m set --match-set c src,dst,src,dst,src,dst --bytes-lt 8',
  },
  rejects: {
    '-m set': /^You must specify `--match-set' with proper arguments$/,
    '-m set --match-set c': /^--match-set requires two args\.$/,
    '-m set --match-set c foo': /^You must spefify \(the comma separated list of\) 'src' or 'dst'\.$/,
    '-m set --match-set c src,': /'src' or 'dst'/,
    '-m set --match-set c src,dst,src,dst,src,dst,src': /^Can't be more src\/dst options than 6\.$/,
    [`-m set --match-set ${'a'.repeat(32)} src`]: /^setname `a+' too long, max 31 characters\.$/,
    '-m set --match-set c src --match-set c dst': /^--match-set can be specified only once$/,
    '-m set --match-set c src --packets-gt x': /^Cannot parse x as a counter value$/,
    '-m set --match-set c src --packets-gt 18446744073709551616': /as a counter value$/,
    '-m set --match-set c src --packets-gt 1 --packets-lt 5': /^only one of the --packets-\[eq\|lt\|gt\] is allowed$/,
    '-m set --match-set c src --bytes-eq 1 --bytes-eq 5': /^only one of the --bytes-\[eq\|lt\|gt\] is allowed$/,
    '-m set --match-set c src ! --bytes-lt 5': /^--bytes-lt option cannot be inverted$/,
    '-m set --match-set c src ! --return-nomatch': /^--return-nomatch flag cannot be inverted$/,
  },
  kernel: false,
})

it('-m set --set is the older name of --match-set', () => {
  expect(saveRuleset(restoreRuleset(text('-m set --set c src'), 4, extensions()))).toContain(
    '-A INPUT -m set --match-set c src\n',
  )
})

/** What a rule says of packets one after the other, on a host with these sets. */
function ask(sets: string | null, rule: string, ...packets: Uint8Array[]): { outcomes: Outcome[]; after: string } {
  const environment = new TestEnvironment()
  if (sets !== null) provideSets(environment, createSets(readSetLines(sets, 'ipset.save'), environment.jiffies()))
  const table = restoreRuleset(text(rule), 4, extensions()).tables.get('filter')
  const test = table?.chains.get('INPUT')?.rules[0]?.test
  const outcomes = packets.map((bytes) => (test ? evaluate(test, packetWith(bytes), environment) : OUTCOME.no))
  const made = setsOf(environment)
  return { outcomes, after: made === null ? '' : saveSets(made, environment.jiffies()) }
}

describe('-m set', () => {
  const { yes, no, unknown } = OUTCOME
  const inside = udp4({ source: '10.0.0.1' })
  const outside = udp4({ source: '10.0.0.9' })

  it('cannot be evaluated without sets, negated or not', () => {
    expect(ask(null, '-m set --match-set c src', inside).outcomes).toEqual([unknown])
    expect(ask(null, '-m set ! --match-set c src', inside).outcomes).toEqual([unknown])
  })

  it('looks the named side up', () => {
    const sets = 'create c hash:ip\nadd c 10.0.0.1\n'
    expect(ask(sets, '-m set --match-set c src', inside, outside).outcomes).toEqual([yes, no])
    expect(ask(sets, '-m set ! --match-set c src', inside, outside).outcomes).toEqual([no, yes])
    expect(ask(sets, '-m set --match-set c dst', inside).outcomes).toEqual([no])
  })

  it('has nothing in a set with more dimensions than sides, or of the other family', () => {
    expect(ask('create c hash:ip,port\nadd c 10.0.0.1,udp:1\n', '-m set --match-set c src', inside).outcomes).toEqual([
      no,
    ])
    expect(ask('create c hash:ip family inet6\n', '-m set ! --match-set c src', inside).outcomes).toEqual([yes])
  })

  it('counts the packet before it compares', () => {
    const sets = 'create c hash:ip counters\nadd c 10.0.0.1 packets 1 bytes 100\n'
    const { outcomes, after } = ask(sets, '-m set --match-set c src --packets-gt 2', inside, inside, inside)
    expect(outcomes).toEqual([no, yes, yes])
    expect(after).toContain(`add c 10.0.0.1 packets 4 bytes ${100 + 3 * inside.length}\n`)
    const kept = ask(sets, '-m set --match-set c src ! --update-counters ! --packets-eq 1', inside)
    expect(kept.outcomes).toEqual([no])
    expect(kept.after).toContain('packets 1 bytes 100\n')
  })

  it('holds for exceptions only, with --return-nomatch', () => {
    const sets = 'create c hash:net\nadd c 10.0.0.0/24\nadd c 10.0.0.1 nomatch\n'
    expect(ask(sets, '-m set --match-set c src', inside, outside).outcomes).toEqual([no, yes])
    expect(ask(sets, '-m set --match-set c src --return-nomatch', inside, outside).outcomes).toEqual([yes, no])
    const plain = 'create c hash:ip\nadd c 10.0.0.1\n'
    expect(ask(plain, '-m set --match-set c src --return-nomatch', inside, outside).outcomes).toEqual([yes, no])
  })
})
