import { spawnSync } from 'node:child_process'
import { expect, it } from 'vitest'
import { TestEnvironment } from '../../test/harness/environment.ts'
import { realToolsMissing } from '../../test/harness/extension-tester.ts'
import { VERDICT } from '../expression/action.ts'
import { extensions } from '../host/extensions.ts'
import { traverse } from '../netfilter/traverse.ts'
import { packet as build } from '../packet/build.ts'
import { Packet } from '../packet/packet.ts'
import { restoreRuleset } from '../xtables/index.ts'

const saves: Readonly<Record<string, string>> = {
  '-j SET --timeout 5 --exist --add-set b src,dst': '-j SET --add-set b src,dst --exist --timeout 5',
  '-j SET --del-set b src --add-set b dst --timeout 0': '-j SET --add-set b dst --timeout 0 --del-set b src',
  '-j SET --map-set c src --map-queue --map-mark': '-j SET --map-set c src --map-mark --map-queue',
}

const rejects: Readonly<Record<string, RegExp>> = {
  '-j SET': /^You must specify either `--add-set' or `--del-set' or `--map-set'$/,
  '-j SET --del-set b src --exist': /^Flag `--exist' can be used with `--add-set' only$/,
  '-j SET --add-set b src --map-mark': /^Flag `--map-mark' can be used with `--map-set' only$/,
  '-j SET --map-set c src': /^You must specify flags/,
  '-j SET --add-set b src,foo': /'src' or 'dst'/,
  '-j SET --add-set b src --timeout 4294967295': /^Invalid value for option --timeout/,
}

/** What the real tool saves; the sets exist. */
function real(rule: string): { readonly ok: boolean; readonly text: string } {
  const script =
    'ipset create b hash:ip timeout 9 && ipset create c hash:ip skbinfo && iptables-legacy-restore && iptables-legacy-save -t mangle'
  const input = `*mangle\n-A FORWARD ${rule}\nCOMMIT\n`
  const ran = spawnSync('unshare', ['-n', 'sh', '-c', script], { input, encoding: 'utf8' })
  return { ok: ran.status === 0, text: ran.stdout }
}

const isMissing = realToolsMissing() !== null || spawnSync('ipset', ['version']).status !== 0
const restore = (rule: string) => restoreRuleset(`*mangle\n-A FORWARD ${rule}\nCOMMIT\n`, 4, extensions())

it.each(Object.entries(saves))('-j SET is saved: %s', (rule, saved) => {
  const text = (written: string) => restore(written).tables.get('mangle')?.chains.get('FORWARD')?.rules[0]?.text
  expect(text(rule)).toBe(saved)
  expect(text(saved)).toBe(saved)
  if (!isMissing) expect(real(rule).text).toContain(`-A FORWARD ${saved}\n`)
})

it.each(Object.entries(rejects))('-j SET is refused: %s', (rule, wanted) => {
  expect(() => restore(rule)).toThrow(wanted)
  if (!isMissing) expect(real(rule).ok).toBe(false)
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
