import { VERDICT } from '../expression/action.ts'
import type { Environment } from '../expression/environment.ts'
import type { Step } from '../netfilter/execute.ts'
import type { Chain, Family, Rule } from '../netfilter/glossary.ts'
import type { Packet } from '../packet/packet.ts'
import { type ChunkFunction, chunkLength, compileChunk } from './chunk.ts'
import { type Key, type KeyReader, keysOf } from './key.ts'

/** Fewer rules are asked one by one as fast. */
const FEWEST_RULES = 16
/** More are divided, so that a change touches no more than this. */
const MOST_RULES = 2048
/** So many rules may share a key: they go into one function. */
const MOST_SHARING = 16

const cache = new WeakMap<Rule, readonly Key[]>()

function cachedKeys(rule: Rule, family: Family): readonly Key[] {
  let keys = cache.get(rule)
  if (keys === undefined) {
    keys = keysOf(rule, family)
    cache.set(rule, keys)
  }
  return keys
}

/** Which rules from some point on can be found by a kind of key that they have in common. */
export interface KeyedRules {
  readonly length: number
  readonly kind: string
}

/** The most rules from `start` on that have a kind of key in common; null where that is not worth it. */
export function findKeyed(rules: readonly Rule[], start: number, end: number, family: Family): KeyedRules | null {
  let best: KeyedRules | null = null
  for (const { kind } of cachedKeys(rules[start] as Rule, family)) {
    const sharing = new Map<number, number>()
    let length = 0
    for (; start + length < end && length < MOST_RULES; length++) {
      const key = cachedKeys(rules[start + length] as Rule, family).find((one) => one.kind === kind)
      if (key === undefined) break
      const count = (sharing.get(key.value) ?? 0) + 1
      if (count > MOST_SHARING) break
      sharing.set(key.value, count)
    }
    if (length >= FEWEST_RULES && (best === null || length > best.length)) best = { length, kind }
  }
  return best
}

/** The rules with one key, and their function once a packet has come. */
interface Bucket {
  readonly rules: Rule[]
  run: ChunkFunction | null
}

/**
 * Rules in a row of which a packet is asked only those with its own key, in their order: of the others it is certain
 * that they do not hold.
 *
 * A packet that has no such key, such as a fragment, is asked all of them one by one; so is a packet whose key one of
 * the rules changes, from the next rule on. Functions are made when a packet first needs them.
 */
export class KeyedChunk {
  readonly rules: readonly Rule[]
  private readonly kind: string
  private readonly family: Family
  private readonly chainFor: (chain: Chain) => unknown
  private readonly reader: KeyReader
  private readonly buckets = new Map<number, Bucket>()
  private readonly rests = new Map<number, readonly ChunkFunction[]>()
  /** What the buckets' functions ask for the following rules; passed on when another list of rules replaces this. */
  private owner: { chunk: KeyedChunk } | null = { chunk: this }

  /** `replaced`: chunks whose functions are taken over where their rules are still the same. */
  constructor(
    rules: readonly Rule[],
    kind: string,
    family: Family,
    chainFor: (chain: Chain) => unknown,
    replaced: readonly KeyedChunk[],
  ) {
    this.rules = rules
    this.kind = kind
    this.family = family
    this.chainFor = chainFor
    this.reader = this.keyOf(rules[0] as Rule).reader
    for (const rule of rules) {
      const { value } = this.keyOf(rule)
      const bucket = this.buckets.get(value)
      if (bucket === undefined) this.buckets.set(value, { rules: [rule], run: null })
      else bucket.rules.push(rule)
    }
    const old = replaced.find((one) => one.kind === kind && one.owner !== null)
    if (old !== undefined) this.takeOver(old)
  }

  readonly run: ChunkFunction = (packet, environment) => {
    const { reader } = this
    if (reader.passes(packet)) return VERDICT.continue
    if (!reader.applies(packet)) return this.runFrom(0, packet, environment)
    const value = reader.read(packet)
    const bucket = this.buckets.get(value)
    if (bucket === undefined) return VERDICT.continue
    return (bucket.run ?? this.compile(bucket, value))(packet, environment)
  }

  private keyOf(rule: Rule): Key {
    return cachedKeys(rule, this.family).find((one) => one.kind === this.kind) as Key
  }

  private compile(bucket: Bucket, value: number): ChunkFunction {
    const { reader } = this
    const owner = this.owner as { chunk: KeyedChunk }
    bucket.run = compileChunk(bucket.rules, this.family, this.chainFor, {
      isSame: (packet) => !reader.passes(packet) && reader.applies(packet) && reader.read(packet) === value,
      restAfter: (rule) => (packet, environment) => {
        const { chunk } = owner
        return chunk.runFrom(chunk.rules.indexOf(rule) + 1, packet, environment)
      },
    })
    return bucket.run
  }

  /** The rules from `start` on, one by one. */
  private runFrom(start: number, packet: Packet, environment: Environment): Step {
    let functions = this.rests.get(start)
    if (functions === undefined) {
      functions = this.compileFrom(start)
      this.rests.set(start, functions)
    }
    for (let index = 0; index < functions.length; index++) {
      const step = (functions[index] as ChunkFunction)(packet, environment)
      if (step !== VERDICT.continue) return step
    }
    return VERDICT.continue
  }

  private compileFrom(start: number): ChunkFunction[] {
    const { rules } = this
    const functions: ChunkFunction[] = []
    for (let at = start; at < rules.length; ) {
      const length = chunkLength(rules, at, rules.length)
      functions.push(compileChunk(rules.slice(at, at + length), this.family, this.chainFor))
      at += length
    }
    return functions
  }

  private takeOver(old: KeyedChunk): void {
    this.owner = old.owner as { chunk: KeyedChunk }
    this.owner.chunk = this
    old.owner = null
    for (const [value, bucket] of this.buckets) {
      const before = old.buckets.get(value)
      if (before === undefined || before.rules.length !== bucket.rules.length) continue
      if (bucket.rules.every((rule, index) => rule === before.rules[index])) bucket.run = before.run
    }
  }
}
