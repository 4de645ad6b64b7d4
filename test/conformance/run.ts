/** One conformance case from its seed, and the counts a run adds up. */
import { Random } from '../../src/util/random.ts'
import type { HostFiles } from '../harness/oracle/hostfiles.ts'
import { compare, type Difference } from './compare.ts'
import { addCoverage, type Coverage, mergeCoverage } from './coverage.ts'
import { filesFor } from './files.ts'
import type { Version } from './generate/pools.ts'
import { type RulesetOptions, randomRuleset } from './generate/ruleset.ts'
import { randomSysctls } from './generate/sysctls.ts'
import { askHookline, type CreateBatch, type HooklineRecord } from './hookline.ts'
import { askKernel, type KernelRecord } from './kernel.ts'
import { type FailingCase, minimise } from './minimise.ts'
import type { RecordedCase } from './recorded.ts'

/** What to run. */
export interface RunOptions {
  readonly seed: string
  readonly packets: number
  /** One version, or both in turn. */
  readonly version: Version | undefined
  readonly minimise: boolean
  /** Compare conntrack listings too; they cost two processes per ruleset. */
  readonly conntrack: boolean
  /** Compare the kernel with itself instead: what differs is chance. */
  readonly kernelTwice: boolean
  /** Hand out every case with the kernel's answers. */
  readonly record: boolean
  /** Draw settings of the namespace too. */
  readonly vary: boolean
  readonly rulesets: RulesetOptions
}

/** Counts over any number of cases. */
export interface Totals {
  rulesets: number
  packets: number
  refused: number
  verdicts: Record<string, number>
  explained: Record<string, number>
  unexplained: number
  coverage: Coverage
}

/** A failing case with the index that replays it. */
export interface Failure extends FailingCase {
  readonly index: number
}

/** What one case adds. */
export interface CaseOutcome {
  readonly totals: Totals
  readonly refusal?: string
  readonly failure?: Failure
  /** The case itself, where it is to be kept. */
  readonly recorded?: RecordedCase
}

/** Zero of everything. */
export function noTotals(): Totals {
  return { rulesets: 0, packets: 0, refused: 0, verdicts: {}, explained: {}, unexplained: 0, coverage: {} }
}

/** Adds one total to another. */
export function addTotals(to: Totals, more: Totals): void {
  to.rulesets += more.rulesets
  to.packets += more.packets
  to.refused += more.refused
  to.unexplained += more.unexplained
  for (const [name, n] of Object.entries(more.verdicts)) to.verdicts[name] = (to.verdicts[name] ?? 0) + n
  for (const [name, n] of Object.entries(more.explained)) to.explained[name] = (to.explained[name] ?? 0) + n
  mergeCoverage(to.coverage, more.coverage)
}

/** Runs case `index`: rules and packets come from the seed and the index alone. Without an engine only the kernel is asked. */
export function runCase(
  options: RunOptions,
  index: number,
  usual: HostFiles,
  createBatch: CreateBatch | undefined,
): CaseOutcome {
  const random = new Random(options.seed).fork(index)
  const version = options.version ?? (index % 2 === 0 ? 4 : 6)
  const drawn = randomRuleset(random.fork('rules'), version, { ...options.rulesets, turn: index })
  const ruleset = options.vary ? { ...drawn, sysctls: randomSysctls(random.fork('sysctls'), version) } : drawn
  const source = { seed: random.fork('packets').seed, count: options.packets }
  const kernel = askKernel(ruleset, source, options.conntrack)
  const totals = noTotals()
  totals.rulesets = 1
  totals.packets = kernel.packets.length
  if (kernel.refused) totals.refused = 1
  for (const { verdict } of kernel.answers) totals.verdicts[verdict] = (totals.verdicts[verdict] ?? 0) + 1
  addCoverage(totals.coverage, ruleset, kernel)
  const more = {
    ...(kernel.refused === undefined ? {} : { refusal: kernel.refused }),
    ...(options.record ? { recorded: { ruleset, kernel } } : {}),
  }
  const files = filesFor(ruleset, usual)
  if (!createBatch && !options.kernelTwice) return { totals, ...more }
  const other = options.kernelTwice
    ? again(askKernel(ruleset, kernel.packets, options.conntrack))
    : askHookline(createBatch!, ruleset, files, kernel.packets, kernel)
  const differences = compare(kernel, other)
  for (const { explainedBy } of differences)
    if (explainedBy) totals.explained[explainedBy] = (totals.explained[explainedBy] ?? 0) + 1
  const open: Difference[] = differences.filter(({ explainedBy }) => !explainedBy)
  totals.unexplained = open.length
  if (open.length === 0) return { totals, ...more }
  const failing = { ruleset, packets: kernel.packets, differences: open }
  return {
    totals,
    ...more,
    failure: {
      index,
      ...(options.minimise && createBatch && !options.kernelTwice ? minimise(createBatch, usual, failing) : failing),
    },
  }
}

function again({ refused, answers, save, conntrack }: KernelRecord): HooklineRecord {
  return { ...(refused === undefined ? {} : { refused }), results: answers, save, conntrack }
}
