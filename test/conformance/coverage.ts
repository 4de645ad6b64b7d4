/**
 * Which options were really tried, as far as the kernel's trace shows it.
 *
 * A rule that held: every option in it held. A rule that was reached and did not hold says nothing of its parts, so it
 * counts in two cases only: its sole condition is one extension of whose options at most one is a test (the others say
 * how it is done), and a `-p` beside it names the packet's protocol; or the rule right before it held, and is the same
 * but for one test, which then is the one that failed. Rules count once per packet and passage. How often an option was
 * asked with `!` is counted besides. Of targets only how often they were taken can be told.
 */
import { analysed, type Use } from './analyse.ts'
import { readTuple } from './generate/headers.ts'
import type { RulesetCase } from './generate/rule.ts'
import type { KernelRecord } from './kernel.ts'

/** How often rules with an option held and did not, over packets; and how often it was asked with `!`. */
export interface Tried {
  held: number
  missed: number
  inverted: number
}

/** Counters by `match NAME`, `match NAME --option`, `target NAME`, `target NAME --option`. */
export type Coverage = Record<string, Tried>

function note(coverage: Coverage, name: string, outcome: 'held' | 'missed', inverted = false): void {
  coverage[name] ??= { held: 0, missed: 0, inverted: 0 }
  coverage[name][outcome]++
  if (inverted) coverage[name].inverted++
}

function noteUse(coverage: Coverage, use: Use, outcome: 'held' | 'missed'): void {
  note(coverage, use.name, outcome)
  for (const { name, inverted } of use.options) note(coverage, `${use.name} ${name}`, outcome, inverted)
}

type Analysed = ReturnType<typeof analysed>

/** Counts a rule that did not hold, where that tells something. */
function noteMissed(coverage: Coverage, rule: Analysed, before: Analysed | undefined, protocol: number): void {
  const [use] = rule.uses
  if (use === undefined || rule.uses.length > 1) return
  const isSole = rule.general.length === 0 && (rule.protocol === undefined || rule.protocol === protocol)
  const tests = use.options.filter(({ isTest }) => isTest)
  if (isSole && tests.length <= 1) return noteUse(coverage, use, 'missed')
  if (before === undefined || before.uses.length > 1) return
  // What the rule before it, which held, has not.
  const known = new Set([...before.general, ...(before.uses[0]?.options ?? []).map(({ text }) => text)])
  const isSame =
    rule.protocol === before.protocol &&
    rule.general.every((text) => known.has(text)) &&
    (before.uses[0]?.name ?? use.name) === use.name
  const more = use.options.filter(({ text }) => !known.has(text))
  if (isSame && more.filter(({ isTest }) => isTest).length === 1)
    for (const { name, inverted } of more) note(coverage, `${use.name} ${name}`, 'missed', inverted)
}

/**
 * Adds what a record shows. A TRACE has only the rules that held; those of the same chain before one that held, since
 * the chain was entered or last left off, were reached and did not hold.
 */
export function addCoverage(coverage: Coverage, ruleset: RulesetCase, record: KernelRecord): void {
  const rules = new Map<string, Analysed[]>(
    ruleset.tables.flatMap((table) =>
      table.chains.map(
        ({ name }) =>
          [
            `${table.name}:${name}`,
            table.rules.filter(({ chain }) => chain === name).map((rule) => analysed(rule, ruleset.version)),
          ] as const,
      ),
    ),
  )
  record.answers.forEach(({ path }, i) => {
    const protocol = readTuple(Buffer.from(record.packets[i]!.hex, 'hex'))?.protocol ?? -1
    const reached = new Map<string, number>()
    for (const step of path) {
      const [table = '', chain = '', , number = ''] = step.split(':')
      const key = `${table}:${chain}`
      const at = Number(number)
      const from = at > (reached.get(key) ?? 0) ? (reached.get(key) ?? 0) : 0
      const list = rules.get(key) ?? []
      for (let missed = from; missed < at - 1; missed++) {
        const before = missed === from && from > 0 ? list[from - 1] : undefined
        const rule = list[missed]
        if (rule) noteMissed(coverage, rule, before, protocol)
      }
      const held = list[at - 1]
      if (held) {
        for (const text of held.general)
          note(coverage, `match ${text.replace(/^! /, '').slice(0, 2)}`, 'held', text.startsWith('!'))
        for (const use of held.uses) noteUse(coverage, use, 'held')
        noteUse(coverage, held.target, 'held')
      }
      reached.set(key, at)
    }
  })
}

/** Adds the counters of `more` to `coverage`. */
export function mergeCoverage(coverage: Coverage, more: Coverage): void {
  for (const [name, { held, missed, inverted }] of Object.entries(more)) {
    coverage[name] ??= { held: 0, missed: 0, inverted: 0 }
    const own = coverage[name]
    own.held += held
    own.missed += missed
    own.inverted += inverted
  }
}
