import { describe, expect, it } from 'vitest'
import { TestEnvironment } from '../../test/harness/environment.ts'
import { ruleTest, testMatch } from '../../test/harness/extension-tester.ts'
import { listed } from '../../test/harness/listed.ts'
import { packetWith } from '../../test/harness/packets.ts'
import { evaluate } from '../expression/evaluate.ts'
import { OUTCOME } from '../expression/test.ts'
import { extensions } from '../host/extensions.ts'
import { packet } from '../packet/build.ts'
import { restoreRuleset, saveRuleset } from '../xtables/index.ts'
import { nfacct } from './nfacct.ts'

testMatch(nfacct, {
  // The real kernel needs the object first.
  kernel: false,
  rejects: {
    '-m nfacct': /nfacct: option "--nfacct-name" must be specified/,
    '-m nfacct ! --nfacct-name a': /nfacct: option "--nfacct-name" cannot be inverted/,
    '-m nfacct --nfacct-name ""': /Argument must have a minimum length of 1 characters/,
    '-m nfacct --nfacct-name a --nfacct-name a': /can only be used once/,
  },
  matches: [['-m nfacct --nfacct-name a', packet.udp()]],
})

describe('accounting objects', () => {
  it('count for all rules that name them', () => {
    const environment = new TestEnvironment()
    const [one, two] = [ruleTest('-m nfacct --nfacct-name web'), ruleTest('-m nfacct --nfacct-name web')]
    for (const test of [one, two]) {
      const seen = packetWith(packet.udp({ payload: new Uint8Array(72) }))
      expect(evaluate(test, seen, environment)).toBe(OUTCOME.yes)
    }
    const object = environment.shared('nfacct', 'web', () => 'nothing')
    expect(String(object)).toBe('{ pkts = 00000000000000000002, bytes = 00000000000000000200 } = web;\n')
  })

  it('are saved and listed behind two spaces, cut to 31 characters', () => {
    const ruleset = restoreRuleset('*filter\n-A FORWARD -m nfacct --nfacct-name a\nCOMMIT\n', 4, extensions())
    expect(saveRuleset(ruleset)).toContain('-A FORWARD -m nfacct --nfacct-name  a\n')
    expect(listed('-m nfacct --nfacct-name a')).toBe(' nfacct-name  a')
    expect(listed(`-m nfacct --nfacct-name ${'n'.repeat(40)}`)).toBe(` nfacct-name  ${'n'.repeat(31)}`)
  })
})
