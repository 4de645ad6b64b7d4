import { VERDICT } from '../expression/action.ts'
import type { Environment } from '../expression/environment.ts'
import type { Step } from '../netfilter/execute.ts'
import type { Chain, Family, Rule } from '../netfilter/glossary.ts'
import type { Packet } from '../packet/packet.ts'
import { type ChunkFunction, chunkLength, compileChunk } from './chunk.ts'

interface Chunk {
  readonly rules: readonly Rule[]
  readonly run: ChunkFunction
}

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

  /** Compiles what is not compiled yet; answers how many rules that were. */
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
    const between: Chunk[] = []
    for (let at = start; at < end; ) {
      const some = rules.slice(at, at + chunkLength(rules, at, end))
      between.push({ rules: some, run: compileChunk(some, this.family, this.chainFor) })
      at += some.length
    }
    this.chunks = [...old.slice(0, first), ...between, ...old.slice(last)]
    this.functions = this.chunks.map((chunk) => chunk.run)
    this.isStale = false
    return end - start
  }
}

/** Whether the list has exactly these rules from `start` on. */
function isAt(rules: readonly Rule[], start: number, some: readonly Rule[]): boolean {
  return start + some.length <= rules.length && some.every((rule, index) => rules[start + index] === rule)
}
