import { expect, it } from 'vitest'
import { TestEnvironment } from '../../test/harness/environment.ts'
import { packetWith } from '../../test/harness/packets.ts'
import { evaluate } from '../expression/evaluate.ts'
import { OUTCOME } from '../expression/test.ts'
import { extensions } from '../host/extensions.ts'
import { packet } from '../packet/build.ts'
import { restoreRuleset, saveRuleset } from '../xtables/index.ts'

const text = (rule: string): string => `*filter\n-A INPUT ${rule}\nCOMMIT\n`
const saved = (rule: string): string | undefined =>
  /^-A INPUT (.*)$/m.exec(saveRuleset(restoreRuleset(text(rule), 4, extensions())))?.[1]

it.each([
  ['-m set --match-set blocklist src', undefined],
  ['-m set ! --match-set web dst,dst -j ACCEPT', undefined],
  ['-m set --set blocklist src', '-m set --match-set blocklist src'],
  [
    '-m set --packets-gt 1 ! --update-subcounters ! --bytes-eq 0x5 ! --update-counters --return-nomatch --match-set c src',
    '-m set --match-set c src --return-nomatch ! --update-counters ! --update-subcounters --packets-gt 1 ! --bytes-eq 5',
  ],
  ['-m set --match-set c src --update-counters', '-m set --match-set c src'],
  ['-m set --match-set c src --packets-eq 18446744073709551615', undefined],
])('-m set saves: %s', (rule, wanted) => {
  expect(saved(rule)).toBe(wanted ?? rule)
})

it.each([
  ['-m set', /You must specify `--match-set'/],
  ['-m set --match-set blocklist', /requires an argument|two args/],
  ['-m set --match-set blocklist foo', /'src' or 'dst'/],
  ['-m set --match-set blocklist src,dst,src,dst,src,dst,src', /Can't be more src\/dst options than 6/],
  [`-m set --match-set ${'a'.repeat(32)} src`, /too long, max 31 characters/],
  ['-m set --match-set c src --packets-gt x', /Cannot parse x as a counter value/],
  ['-m set --match-set c src --packets-gt 1 --packets-lt 5', /cannot be used together/],
  ['-m set --match-set c src ! --bytes-lt 5', /cannot be inverted/],
])('-m set refuses: %s', (rule, wanted) => {
  expect(() => restoreRuleset(text(rule), 4, extensions(), { strict: true })).toThrow(wanted)
})

it('-m set cannot be evaluated without sets, negated or not', () => {
  for (const rule of ['-m set --match-set c src', '-m set ! --match-set c src']) {
    const test = restoreRuleset(text(rule), 4, extensions()).tables.get('filter')?.chains.get('INPUT')?.rules[0]?.test
    expect(test && evaluate(test, packetWith(packet.udp()), new TestEnvironment())).toBe(OUTCOME.unknown)
  }
})
