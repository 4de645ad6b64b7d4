import { VERDICT } from '../expression/action.ts'
import type { Environment } from '../expression/environment.ts'
import type { Step } from '../netfilter/execute.ts'
import type { Chain, Family, Rule } from '../netfilter/glossary.ts'
import type { Packet } from '../packet/packet.ts'
import { type ChunkFunction, chunkLength, compileChunk } from './chunk.ts'
import { findKeyed, KeyedChunk } from './keyed.ts'

/** Some rules of a chain in a row, as a function. */
interface Chunk {
  readonly rules: readonly Rule[]
  readonly run: ChunkFunction
}

/** A chunk with fewer rules is joined with its neighbour when something beside it changes. */
const FEW_RULES = 125

/**
 * One chain as generated functions.
 *
 * Life-cycle: made when a rule first refers to the chain, compiled when a packet first enters it. After
 * {@link changed} the next packet finds the chunks whose rules are still the same kept, and only what lies
 * between them compiled again. Code that jumps here refers to this object, so it stays as it is.
 */
export class CompiledChain {
  readonly chain: Chain
  private readonly family: Family
  private readonly chainFor: (chain: Chain) => CompiledChain
  private chunks: readonly Chunk[] = []
  private functions: readonly ChunkFunction[] = []
  private isStale = true

  constructor(chain: Chain, family: Family, chainFor: (chain: Chain) => CompiledChain) {
    this.chain = chain
    this.family = family
    this.chainFor = chainFor
  }

  /** Tells that the chain's list of rules is another one now. */
  changed(): void {
    this.isStale = true
  }

  /** The whole chain over one packet; `continue` and RETURN both mean: back to the caller. */
  run(packet: Packet, environment: Environment): Step {
    if (this.isStale) this.compile()
    const { functions } = this
    for (let index = 0; index < functions.length; index++) {
      const step = (functions[index] as ChunkFunction)(packet, environment)
      if (step !== VERDICT.continue) return step
    }
    const { chain } = this
    if (chain.policy === null) {
      chain.counters.packets++
      chain.counters.bytes += packet.end - packet.network
    }
    return VERDICT.continue
  }

  /** Compiles what is not compiled yet; answers how many rules were looked at for it. */
  compile(): number {
    const { rules } = this.chain
    const old = this.chunks
    let first = 0
    let start = 0
    while (first < old.length && isAt(rules, start, (old[first] as Chunk).rules)) {
      start += (old[first] as Chunk).rules.length
      first++
    }
    let last = old.length
    let end = rules.length
    while (last > first) {
      const { rules: same } = old[last - 1] as Chunk
      if (end - same.length < start || !isAt(rules, end - same.length, same)) break
      end -= same.length
      last--
    }
    // Without joining, adding rules one after the other would leave a chunk for each.
    if (start < end && first > 0 && (old[first - 1] as Chunk).rules.length < FEW_RULES) {
      first--
      start -= (old[first] as Chunk).rules.length
    }
    if (start < end && last < old.length && (old[last] as Chunk).rules.length < FEW_RULES) {
      end += (old[last] as Chunk).rules.length
      last++
    }
    const replaced = old.slice(first, last)
    this.chunks = [...old.slice(0, first), ...this.compileBetween(start, end, replaced), ...old.slice(last)]
    this.functions = this.chunks.map((chunk) => chunk.run)
    this.isStale = false
    return end - start
  }

  private compileBetween(start: number, end: number, replaced: readonly Chunk[]): Chunk[] {
    const { rules } = this.chain
    const keyed = replaced.filter((chunk) => chunk instanceof KeyedChunk)
    const made: Chunk[] = []
    let waiting = start
    const flush = (until: number): void => {
      while (waiting < until) {
        const some = rules.slice(waiting, waiting + chunkLength(rules, waiting, until))
        made.push({ rules: some, run: compileChunk(some, this.family, this.chainFor) })
        waiting += some.length
      }
    }
    for (let at = start; at < end; ) {
      const found = findKeyed(rules, at, end, this.family)
      if (found === null) {
        at++
        continue
      }
      flush(at)
      const some = rules.slice(at, at + found.length)
      made.push(new KeyedChunk(some, found.kind, this.family, this.chainFor, keyed))
      at += found.length
      waiting = at
    }
    flush(end)
    return made
  }
}

/** Whether the list has exactly these rules from `start` on. */
function isAt(rules: readonly Rule[], start: number, some: readonly Rule[]): boolean {
  return start + some.length <= rules.length && some.every((rule, index) => rules[start + index] === rule)
}
