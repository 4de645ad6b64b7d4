import { spawnSync } from 'node:child_process'
import { describe, expect, it } from 'vitest'
import type { Hook } from '../../src/expression/environment.ts'
import { evaluate } from '../../src/expression/evaluate.ts'
import { OUTCOME, type Test } from '../../src/expression/test.ts'
import { extensions } from '../../src/host/extensions.ts'
import { execute } from '../../src/netfilter/execute.ts'
import { type Family, TABLE_HOOKS, type TableName } from '../../src/netfilter/glossary.ts'
import { Packet } from '../../src/packet/packet.ts'
import { UsageError } from '../../src/util/errors.ts'
import { type AnyMatch, type AnyTarget, restoreRuleset, tokenize } from '../../src/xtables/index.ts'
import { contextOf } from '../../src/xtables/rule.ts'
import type { WrittenRule } from '../../src/xtables/ruleset.ts'
import { TestEnvironment } from './environment.ts'
import { askKernel, kernelMissing, type Row, type RowOutcome } from './kernel-rows.ts'
import { type Answer, askOurs, askReal, type Call, withoutDates } from './real-tool.ts'

/** A packet as bytes from the network header on, or one prepared with marks, devices, a connection. */
type TestPacket = Uint8Array | Packet

interface ExtensionCases {
  /** Default: filter. */
  readonly table?: TableName
  /** The chain the rules are put in. Default: the table's first. */
  readonly chain?: Hook
  /** Default: the extension's first family. */
  readonly family?: Family
  /** False where the kernels of today do not have it, so that the real tool loads no rule with it. */
  readonly loadable?: boolean
  /** What `-L -n` prints of it, with a leading space. */
  readonly lists?: Readonly<Record<string, string>>
  /** What a rule is saved as; `=` for unchanged. Keys and values are what stands behind `-A CHAIN`. */
  readonly saves?: Readonly<Record<string, string>>
  /** Saved rules that the real tool does not find again to delete, since the kernel hands them back changed. Ours does. */
  readonly notFoundAgain?: readonly string[]
  /** Rules that are refused, with what the error says. */
  readonly rejects?: Readonly<Record<string, RegExp>>
  /** Shell commands that make what the rules name, where the real tool is asked. */
  readonly before?: readonly string[]
}

interface MatchCases extends ExtensionCases {
  /** Rules that hold for a packet. */
  readonly matches?: readonly (readonly [rule: string, packet: TestPacket, environment?: TestEnvironment])[]
  readonly misses?: readonly (readonly [rule: string, packet: TestPacket, environment?: TestEnvironment])[]
  /** Rules whose test finds the packet malformed, so that it is dropped. */
  readonly hotdrops?: readonly (readonly [rule: string, packet: TestPacket])[]
  /** False where the kernel cannot be asked about the rows in mangle PREROUTING with packets from a TUN. */
  readonly kernel?: boolean
}

interface TargetCases extends ExtensionCases {
  /** What the target does: run on the packet, then `check` looks at packet, environment and verdict. */
  readonly acts?: readonly (readonly [
    rule: string,
    packet: TestPacket,
    check: (result: { packet: Packet; environment: TestEnvironment; verdict: number }) => void,
  ])[]
}

/** Tests a match: its text against itself and the real iptables, its errors, and what it holds for. */
export function testMatch(definition: AnyMatch, cases: MatchCases): void {
  describe(`-m ${definition.name}`, () => {
    testTexts(definition, cases)
    const check = (rule: string, packet: TestPacket, wanted: number, environment = new TestEnvironment()): void => {
      expect(evaluate(parseOne(rule, definition, cases).test, asPacket(packet), environment), rule).toBe(wanted)
    }
    for (const [rule, packet, environment] of cases.matches ?? []) {
      it(`holds: ${rule}`, () => check(rule, packet, OUTCOME.yes, environment))
    }
    for (const [rule, packet, environment] of cases.misses ?? []) {
      it(`does not hold: ${rule}`, () => check(rule, packet, OUTCOME.no, environment))
    }
    for (const [rule, packet] of cases.hotdrops ?? []) {
      it(`drops the malformed packet: ${rule}`, () => check(rule, packet, OUTCOME.hotdrop))
    }
    if (cases.kernel !== false) testKernel(definition, cases)
  })
}

/** Asks the real kernel about the rows with bytes that do not depend on an environment. */
function testKernel(definition: AnyMatch, cases: MatchCases): void {
  const rowsOf = (rows: MatchCases['matches']): Row[] =>
    (rows ?? []).flatMap(([rule, packet, environment]) =>
      packet instanceof Uint8Array && environment === undefined ? [{ rule, packet }] : [],
    )
  const [holds, misses, drops] = [rowsOf(cases.matches), rowsOf(cases.misses), rowsOf(cases.hotdrops)]
  const rows = [...holds, ...misses, ...drops]
  if (rows.length === 0) return
  const missing = kernelMissing() ?? realToolLacks(definition, facts(definition, cases).family)
  it.skipIf(missing !== null)(`the kernel agrees${missing ? ` (skipped: ${missing})` : ''}`, async () => {
    const { family } = facts(definition, cases)
    const wanted = rows.map((_, row): RowOutcome => {
      return row < holds.length ? 'holds' : row < holds.length + misses.length ? 'does not hold' : 'drops'
    })
    const said = await askKernel(rows, family, holds.length + misses.length)
    expect(rows.map(({ rule }, row) => `${rule}: ${said[row]}`)).toEqual(
      rows.map(({ rule }, row) => `${rule}: ${wanted[row]}`),
    )
  })
}

/** Tests a target: its text, its errors, and what it does. */
export function testTarget(definition: AnyTarget, cases: TargetCases): void {
  describe(`-j ${definition.name}`, () => {
    testTexts(definition, cases)
    for (const [rule, bytes, check] of cases.acts ?? []) {
      it(`acts: ${rule}`, () => {
        const { target } = parseOne(rule, definition, cases)
        const packet = asPacket(bytes)
        const environment = new TestEnvironment()
        const verdict = target.kind === 'actions' ? execute(target.actions, packet, environment) : Number.NaN
        check({ packet, environment, verdict })
      })
    }
  })
}

function asPacket(packet: TestPacket): Packet {
  if (packet instanceof Packet) return packet
  const loaded = new Packet().load(packet)
  loaded.parse()
  return loaded
}

function facts(
  definition: AnyMatch | AnyTarget,
  cases: ExtensionCases,
): { family: Family; table: TableName; chain: string } {
  const table = cases.table ?? definition.tables?.[0] ?? 'filter'
  const hooks = TABLE_HOOKS[table]
  const allowed = Array.isArray(definition.hooks) ? definition.hooks : hooks
  return {
    family: cases.family ?? (definition.families[0] as Family),
    table,
    chain: cases.chain ?? (hooks.find((hook) => allowed.includes(hook)) as string),
  }
}

function rulesText(rule: string, definition: AnyMatch | AnyTarget, cases: ExtensionCases): string {
  const { table, chain } = facts(definition, cases)
  return `*${table}\n-A ${chain} ${rule}\nCOMMIT\n`
}

function parseOne(rule: string, definition: AnyMatch | AnyTarget, cases: ExtensionCases): WrittenRule {
  const { family, table, chain } = facts(definition, cases)
  const ruleset = restoreRuleset(rulesText(rule, definition, cases), family, extensions())
  return ruleset.tables.get(table)?.chains.get(chain)?.rules[0] as WrittenRule
}

/** The test of one rule (what stands behind `-A CHAIN`), with state of its own. */
export function ruleTest(rule: string, table: TableName = 'filter', chain: Hook = 'FORWARD', family: Family = 4): Test {
  const ruleset = restoreRuleset(`*${table}\n-A ${chain} ${rule}\nCOMMIT\n`, family, extensions())
  const written = ruleset.tables.get(table)?.chains.get(chain)?.rules[0] as WrittenRule
  return written.test
}

function testTexts(definition: AnyMatch | AnyTarget, cases: ExtensionCases): void {
  const { family } = facts(definition, cases)
  const saves = Object.entries(cases.saves ?? {})
  for (const [rule, wanted] of saves) {
    it(`saves: ${rule}`, () => {
      const saved = parseOne(rule, definition, cases).text
      expect(saved).toBe(wanted === '=' ? rule : wanted)
      expect(parseOne(saved, definition, cases).text).toBe(saved)
    })
  }
  for (const [rule, wanted] of Object.entries(cases.rejects ?? {})) {
    it(`refuses: ${rule}`, () => {
      expect(() => restoreRuleset(rulesText(rule, definition, cases), family, extensions(), { strict: true })).toThrow(
        UsageError,
      )
      expect(() => restoreRuleset(rulesText(rule, definition, cases), family, extensions(), { strict: true })).toThrow(
        wanted,
      )
    })
  }
  for (const [rule, wanted] of Object.entries(cases.lists ?? {})) {
    it(`lists: ${rule}`, () => {
      const { table } = facts(definition, cases)
      const { spec } = parseOne(rule, definition, cases)
      const { target, matches } = spec
      const use = definition.kind === 'match' ? matches.find((one) => one.definition === definition) : target
      const values = use !== null && use !== undefined && 'values' in use ? use.values : {}
      expect(definition.list?.(values, contextOf(spec, table), { numeric: true }) ?? '').toBe(wanted)
    })
  }
  const missing = realToolLacks(definition, family) ?? toolMissing(cases.before)
  const skipped = missing ? ` (skipped: ${missing})` : ''
  const tool = family === 4 ? 'iptables' : 'ip6tables'
  const { table, chain } = facts(definition, cases)
  if (saves.length > 0 && cases.loadable !== false) {
    it.skipIf(missing !== null)(`saves and lists as the real ${tool} does${skipped}`, () => {
      compareCalls(
        [
          ...saves.map(([rule]): Call => command(tool, table, chain, rule)),
          { program: `${tool}-save`, argv: ['-t', table] },
          ...['-nL', '-L', '-nvL'].map((list): Call => ({ program: tool, argv: ['-t', table, list, chain] })),
          ...saves
            .filter(([rule]) => !cases.notFoundAgain?.includes(rule))
            .map(([rule]): Call => command(tool, table, chain, rule, '-D')),
        ],
        cases.before,
      )
    })
  }
  const rejects = Object.keys(cases.rejects ?? {})
  if (rejects.length > 0 && cases.loadable !== false) {
    it.skipIf(missing !== null)(`refuses in the words of the real ${tool}${skipped}`, () => {
      compareCalls(
        rejects.map((rule) => command(tool, table, chain, rule)),
        cases.before,
      )
    })
  }
}

function command(tool: string, table: string, chain: string, rule: string, what = '-A'): Call {
  return { program: tool, argv: ['-t', table, what, chain, ...tokenize(rule, true).map(({ text }) => text)] }
}

/** The real tool misses a file of its machine, which ours never reads. */
const NO_LABEL_FILE = /^Warning: cannot open \/etc\/xtables\/connlabel\.conf: .*\n/gm

/** The same calls of the real tool and of ours: same words, same exit status. */
function compareCalls(calls: readonly Call[], before: readonly string[] = []): void {
  const shown = (answers: readonly Answer[]): string[] =>
    answers.map(withoutDates).map(({ status, stdout, stderr }, at) => {
      const { program, argv } = calls[at] as Call
      return `${program} ${argv.join(' ')}\n${stdout}${stderr.replace(NO_LABEL_FILE, '')}[${status}]`
    })
  expect(shown(askOurs(calls))).toEqual(shown(askReal(calls, before)))
}

let missingReason: string | null | undefined

/** Why the real tools cannot be asked here; null when they can. */
export function realToolsMissing(family: Family = 4): string | null {
  if (missingReason === undefined) {
    const tool = family === 4 ? 'iptables-legacy-save' : 'ip6tables-legacy-save'
    const tried = spawnSync('unshare', ['-n', tool], { encoding: 'utf8' })
    missingReason = tried.status === 0 ? null : `needs root and ${tool}`
  }
  return missingReason
}

/** Why the commands that go before cannot be run. */
function toolMissing(before: readonly string[] = []): string | null {
  const tools = [...new Set(before.map((line) => line.split(' ')[0] as string))]
  const absent = tools.find((tool) => spawnSync(tool, ['version']).error !== undefined)
  return absent === undefined ? null : `needs ${absent}`
}

/** Why the real tools cannot be asked about this extension; null when they can. */
function realToolLacks(definition: AnyMatch | AnyTarget, family: Family): string | null {
  const missing = realToolsMissing(family)
  if (missing !== null) return missing
  const tool = family === 4 ? 'iptables-legacy' : 'ip6tables-legacy'
  // Help for an extension that is not there: a match is an error, a target prints no options of its own.
  const flag = definition.kind === 'match' ? '-m' : '-j'
  const asked = spawnSync('unshare', ['-n', tool, flag, definition.name, '-h'], { encoding: 'utf8' })
  const knows = asked.status === 0 && (flag === '-m' || new RegExp(`\\b${definition.name}\\b`).test(asked.stdout))
  if (!knows) return `${tool} has no ${flag} ${definition.name}`
  return asked.stderr.includes('missing kernel module') ? `the kernel has no ${flag} ${definition.name}` : null
}

/** What the real iptables saves after a restore in a network namespace of its own; throws with its error text. */
export function realSave(text: string, family: Family, table: string): string {
  const tool = family === 4 ? 'iptables-legacy' : 'ip6tables-legacy'
  const script = `${tool}-restore && ${tool}-save -t ${table}`
  const ran = spawnSync('unshare', ['-n', 'sh', '-c', script], { input: text, encoding: 'utf8' })
  if (ran.status !== 0) throw new Error(ran.stderr)
  return `${ran.stdout
    .split('\n')
    .filter((line) => line !== '' && !line.startsWith('#'))
    .join('\n')}\n`
}
