/**
 * Random rulesets through the parser alone: does hookline accept what iptables and the kernel accept, refuse what they
 * refuse, and save the same text? Much cheaper than packets, and able to run before there is an engine.
 */
import { extensions } from '../../src/host/extensions.ts'
import { Random } from '../../src/util/random.ts'
import { restoreRuleset, saveRuleset } from '../../src/xtables/index.ts'
import { Namespace, run } from '../harness/oracle/namespace.ts'
import { conformanceTopology, type Version } from './generate/pools.ts'
import { type RulesetCase, rulesetText, ruleText } from './generate/rule.ts'
import { type RulesetOptions, randomRuleset } from './generate/ruleset.ts'
import { everySet } from './generate/sets.ts'

/** A rule the two sides treat differently. */
interface TextDifference {
  readonly index: number
  readonly rule: string
  readonly kernel: string
  readonly hookline: string
}

/** What a run of texts counts. */
export interface TextTotals {
  rules: number
  refused: number
  /** Extensions hookline does not know yet, by how many rules named them. */
  unknown: Record<string, number>
  readonly differences: TextDifference[]
}

const ruleLines = (text: string) => text.split('\n').filter((line) => line.startsWith('-A'))

/** Compares each rule of the random rulesets by itself. */
export function compareTexts(
  seed: string,
  count: number,
  version: Version | undefined,
  options: RulesetOptions,
): TextTotals {
  const totals: TextTotals = { rules: 0, refused: 0, unknown: {}, differences: [] }
  const namespace = new Namespace(conformanceTopology)
  if (options.all || options.only?.has('set') || options.only?.has('SET'))
    run('ipset', ['restore'], everySet(new Random(seed)))
  for (let index = 0; index < count; index++) {
    const family = version ?? (index % 2 === 0 ? 4 : 6)
    const ruleset = randomRuleset(new Random(seed).fork(index).fork('rules'), family, options)
    const kernel = askTool(namespace, ruleset)
    const own = askParser(ruleset, totals)
    totals.rules += ruleset.tables.reduce((sum, { rules }) => sum + rules.length, 0)
    if (kernel.refused !== undefined) totals.refused++
    // Which sets there are is the host's affair, which the parser alone does not know.
    if (own === undefined || /Set \S+ doesn't exist/.test(kernel.refused ?? '')) continue
    const add = (rule: string, k: string, h: string) => totals.differences.push({ index, rule, kernel: k, hookline: h })
    if (kernel.refused !== undefined || own.refused !== undefined) {
      if (kernel.refused === undefined || own.refused === undefined) {
        add(blame(ruleset, namespace), kernel.refused ?? 'accepted', own.refused ?? 'accepted')
      }
      continue
    }
    const at = kernel.lines.findIndex((line, i) => line !== own.lines[i])
    if (at >= 0) add(kernel.lines[at]!, kernel.lines[at]!, own.lines[at] ?? '(none)')
  }
  namespace.close()
  return totals
}

interface TextAnswer {
  readonly refused?: string
  readonly lines: readonly string[]
}

function askTool(namespace: Namespace, ruleset: RulesetCase): TextAnswer {
  try {
    namespace.load(ruleset.version, rulesetText(ruleset))
  } catch (error) {
    return { refused: (error as Error).message, lines: [] }
  }
  return { lines: ruleset.tables.flatMap(({ name }) => ruleLines(namespace.saveTable(ruleset.version, name))) }
}

function askParser(ruleset: RulesetCase, totals: TextTotals): TextAnswer | undefined {
  try {
    const parsed = restoreRuleset(rulesetText(ruleset), ruleset.version, extensions(), { strict: true })
    for (const name of parsed.unknownExtensions) totals.unknown[name] = (totals.unknown[name] ?? 0) + 1
    if (parsed.unknownExtensions.length > 0) return undefined
    const text = saveRuleset(parsed, { counters: false })
    const tables = new Map(text.split(/^(?=\*)/m).map((part) => [/^\*(\S+)/.exec(part)?.[1], part]))
    return { lines: ruleset.tables.flatMap(({ name }) => ruleLines(tables.get(name) ?? '')) }
  } catch (error) {
    return { refused: (error as Error).message, lines: [] }
  }
}

/** The first rule that, alone in its table, the two sides treat differently; all of them when none does. */
function blame(ruleset: RulesetCase, namespace: Namespace): string {
  for (const table of ruleset.tables) {
    for (const rule of table.rules) {
      const alone = { ...ruleset, tables: [{ ...table, rules: [rule] }] }
      const kernel = askTool(namespace, alone).refused === undefined
      const own = askParser(alone, { rules: 0, refused: 0, unknown: {}, differences: [] })
      if (own && kernel !== (own.refused === undefined)) return `${table.name}: ${ruleText(rule)}`
    }
  }
  return rulesetText(ruleset)
}
