import type { Environment } from '../expression/environment.ts'
import type { Test } from '../expression/test.ts'
import type { Step } from '../netfilter/execute.ts'
import type { Chain, Family, Rule } from '../netfilter/glossary.ts'
import type { Packet } from '../packet/packet.ts'
import { Constants } from './constants.ts'
import { Locals } from './locals.ts'
import { type Change, hitFunction, type RulePlace, ruleStatements } from './rules.ts'

/** Runs some rules of a chain: a verdict, RETURN, or `continue` when none decided. */
export type ChunkFunction = (packet: Packet, environment: Environment) => Step

/** The text of a chunk's function and the objects it refers to. */
export interface ChunkSource {
  readonly text: string
  readonly constants: readonly unknown[]
}

/** The most rules in one function: beyond, the JavaScript engine gives up optimising it. */
const MOST_RULES = 250
const MOST_TESTS = 1500

/** How many of the rules from `start` on go into one chunk: at least one. */
export function chunkLength(rules: readonly Rule[], start: number, end: number): number {
  let tests = 0
  for (let index = start; index < end; index++) {
    tests += countTests((rules[index] as Rule).test) + 2
    const length = index - start
    if (length > 0 && (length >= MOST_RULES || tests > MOST_TESTS)) return length
  }
  return end - start
}

function countTests(test: Test): number {
  switch (test.kind) {
    case 'all':
    case 'any':
      return test.tests.reduce((sum, part) => sum + countTests(part), 0)
    case 'not':
    case 'header':
    case 'labelled':
      return countTests(test.test)
    case 'within':
      return test.ranges.length
    default:
      return 1
  }
}

/** The function of some rules as text. It contains numbers and names of our own only. */
export function chunkSource(
  rules: readonly Rule[],
  family: Family,
  chainFor: (chain: Chain) => unknown,
  change: Change | null = null,
): ChunkSource {
  const constants = new Constants()
  const locals = new Locals(family)
  const hits = new Map(rules.map((rule) => [rule, hitFunction(rule)]))
  const place = { constants, locals, chainFor, change, hit: (rule: Rule) => constants.name(hits.get(rule)) }
  writeRules(rules, place)
  locals.settle()
  const { text, deepest } = writeRules(rules, place)
  const variables = ['s=0', 'y=0', 'c=null', 'd=null', 'u=false']
  for (let depth = 0; depth <= deepest; depth++) variables.push(`o${depth}=0`, `u${depth}=false`)
  const names = constants.values.map((_, index) => `k${index}=K[${index}]`)
  const head = names.length === 0 ? '' : `const ${names.join(',')};\n`
  const body = `let ${variables.join(',')};\n${locals.declare()}${text}return -1;`
  return { text: `${head}return function(p,env){\n${body}\n}`, constants: constants.values }
}

function writeRules(
  rules: readonly Rule[],
  place: Pick<RulePlace, 'constants' | 'locals' | 'chainFor' | 'change' | 'hit'>,
): { readonly text: string; readonly deepest: number } {
  const out: string[] = []
  let deepest = -1
  for (const [index, rule] of rules.entries()) {
    place.locals.enter(index)
    const isLast = index === rules.length - 1
    deepest = Math.max(deepest, ruleStatements(rule, { ...place, proven: 0, index, isLast }, out))
  }
  return { text: out.join(''), deepest }
}

/** Makes the function of some rules. Throws EvalError where the platform forbids generated code. */
export function compileChunk(
  rules: readonly Rule[],
  family: Family,
  chainFor: (chain: Chain) => unknown,
  change: Change | null = null,
): ChunkFunction {
  const { text, constants } = chunkSource(rules, family, chainFor, change)
  return new Function('K', text)(constants) as ChunkFunction
}
