import { type Action, VERDICT, type Verdict } from '../expression/action.ts'
import type { Environment } from '../expression/environment.ts'
import type { Test } from '../expression/test.ts'
import { perform, RETURN, type Step } from '../netfilter/execute.ts'
import type { Chain, Rule } from '../netfilter/glossary.ts'
import { isHarmless } from '../netfilter/traverse.ts'
import type { Packet } from '../packet/packet.ts'
import { condition } from './conditions.ts'
import { literal, literal32 } from './constants.ts'
import { extensionHeadersOutcome, headerOutcome, type Place } from './fields.ts'
import { mayBeUnknown, outcomeStatements } from './outcomes.ts'

/** What a rule's code needs to know. */
export interface RulePlace extends Place {
  /** The compiled form of a chain: an object with `run(packet, environment)`. */
  readonly chainFor: (chain: Chain) => unknown
  /** The name of the rule's {@link hitFunction}. */
  readonly hit: (rule: Rule) => string
  /** What is to be asked after a rule that may have changed the packet; null where nothing is. */
  readonly change: Change | null
  /** The rule's index in its chunk. */
  readonly index: number
  readonly isLast: boolean
}

/** For rules that were chosen by something of the packet: what if a rule changes it. */
export interface Change {
  /** Whether the same rules would be chosen for the packet as it is now. */
  readonly isSame: (packet: Packet) => boolean
  /** Runs the rules that follow `rule`, chosen or not. */
  readonly restAfter: (rule: Rule) => (packet: Packet, environment: Environment) => Step
}

/**
 * The code of one rule: leaves it with `break R` when the rule does not hold or decides nothing, returns a verdict
 * otherwise. Answers the depth of the outcome variables that it uses, -1 for none.
 */
export function ruleStatements(rule: Rule, place: RulePlace, out: string[]): number {
  const label = `R${place.index}`
  const writer = new TestWriter(label, isHarmless(rule), out)
  out.push(`${label}:{`)
  writer.write(rule.test, place, true)
  if (writer.tracksUnknown) out.push(`if(u){${writer.unknown()}}`)
  const hit = place.hit(rule)
  const { target } = rule
  if (target.kind === 'actions' && target.actions[0]?.kind === 'verdict') out.push(`return ${hit}(e-n);`)
  else {
    out.push(`${hit}(e-n);`)
    writeTarget(rule, place, out)
  }
  out.push('}\n')
  return writer.deepest
}

/**
 * What every rule that holds does first: count the packet, given its length in bytes. The answer is the verdict of
 * a rule that has one.
 *
 * It is a function of its own since generated functions are optimised the sooner the less code they have that is
 * seldom run.
 */
export function hitFunction({ counters, target }: Rule): (length: number) => Verdict {
  const first = target.kind === 'actions' ? target.actions[0] : undefined
  const verdict = first?.kind === 'verdict' && first.verdict === 'accept' ? VERDICT.accept : VERDICT.drop
  return (length) => {
    counters.packets++
    counters.bytes += length
    return verdict
  }
}

/** Writes a rule's test as statements that leave the rule as soon as it fails. */
class TestWriter {
  tracksUnknown = false
  deepest = -1
  private readonly label: string
  private readonly harmless: boolean
  private readonly out: string[]

  constructor(label: string, harmless: boolean, out: string[]) {
    this.label = label
    this.harmless = harmless
    this.out = out
  }

  /** `top`: the test is the rule's own conjunction and not a part of it. */
  write(test: Test, place: Place, top: boolean): void {
    // Conjunctions are taken apart before anything is generated: what is generated counts as a use of its locals.
    if (test.kind === 'labelled') return this.write(test.test, place, top)
    if (test.kind === 'all' && (top || !mayBeUnknown(test))) {
      for (const part of test.tests) this.write(part, place, false)
      return
    }
    if (test.kind === 'header' && !mayBeUnknown(test)) return this.writeHeader(test, place)
    if (test.kind === 'extensionHeaders') {
      const found = extensionHeadersOutcome(place)
      this.out.push(`if(${found}!==1){if(${found}===2){${this.hotdrop()}}break ${this.label};}`)
      return
    }
    const simple = condition(test, place)
    if (simple !== null) {
      if (simple !== 'true') this.out.push(`if(!${simple})break ${this.label};`)
      return
    }
    this.writeOutcome(test, place)
  }

  /** What is done where the outcome is unknown. */
  unknown(): string {
    return this.harmless ? `break ${this.label};` : `return ${VERDICT.unknown};`
  }

  private hotdrop(): string {
    const drop = `return ${VERDICT.drop};`
    return this.tracksUnknown ? `if(u){${this.unknown()}}${drop}` : drop
  }

  private writeHeader(test: Extract<Test, { kind: 'header' }>, place: Place): void {
    const kept = headerOutcome(test.length, test.dropsOverlap, place)
    if (kept !== null) {
      this.out.push(`if(${kept}!==1){if(${kept}===2){${this.hotdrop()}}break ${this.label};}`)
    } else {
      const overlap = test.dropsOverlap ? `if(p.fragmentOffset===1){${this.hotdrop()}}` : ''
      this.out.push(`if(p.fragmentOffset!==0){${overlap}break ${this.label};}`)
      this.out.push(`if(t+${literal(test.length)}>e){${this.hotdrop()}}`)
    }
    this.write(test.test, { ...place, proven: Math.max(place.proven, test.length) }, false)
  }

  private writeOutcome(test: Test, place: Place): void {
    this.deepest = Math.max(this.deepest, outcomeStatements(test, place, 0, this.out))
    const hotdrop = this.hotdrop()
    if (!mayBeUnknown(test)) {
      this.out.push(`if(o0!==1){if(o0===2){${hotdrop}}break ${this.label};}`)
      return
    }
    if (!this.tracksUnknown) this.out.push('u=false;')
    this.tracksUnknown = true
    this.out.push(`if(o0!==1){if(o0===0)break ${this.label};if(o0===2){${hotdrop}}u=true;}`)
  }
}

function writeTarget(rule: Rule, place: RulePlace, out: string[]): void {
  const { target } = rule
  switch (target.kind) {
    case 'none':
      return
    case 'goto':
    case 'jump': {
      const chain = place.constants.name(place.chainFor(target.chain))
      out.push(`s=${chain}.run(p,env);if(s!==${RETURN}&&s!==${VERDICT.continue})return s;`)
      if (target.kind === 'goto') out.push(`return ${RETURN};`)
      else writeReload(rule, place, out)
      return
    }
    case 'actions': {
      let changes = false
      for (const action of target.actions) changes = writeAction(action, place, out) || changes
      if (changes) writeReload(rule, place, out)
    }
  }
}

function writeReload(rule: Rule, { change, constants, locals, index, isLast }: RulePlace, out: string[]): void {
  if (change !== null) {
    const rest = constants.name(change.restAfter(rule))
    out.push(`if(!${constants.name(change.isSame)}(p))return ${rest}(p,env);`)
  }
  if (!isLast) out.push(locals.reload(index))
}

/**
 * The common actions in place; the others through the reference engine. Answers whether the action may change what
 * locals and keys were read from.
 */
function writeAction(action: Action, place: RulePlace, out: string[]): boolean {
  const constant = (value: unknown): string => place.constants.name(value)
  switch (action.kind) {
    case 'verdict':
      out.push(`return ${action.verdict === 'accept' ? VERDICT.accept : VERDICT.drop};`)
      return false
    case 'return':
      out.push(`return ${RETURN};`)
      return false
    case 'queue':
      out.push(action.bypass ? `p.queueBypassed=true;return ${VERDICT.accept};` : `return ${VERDICT.queue};`)
      return false
    case 'unknown':
      out.push(`return ${VERDICT.unknown};`)
      return false
    case 'mark':
      out.push(`p.mark=(p.mark&${literal32(action.keep)}^${literal32(action.toggle)})>>>0;`)
      return false
    case 'reply':
      out.push(`env.reply(p,${constant(action.with)});`)
      return false
    case 'log':
      out.push(`env.log(p,${constant(action.entry)});`)
      return false
    case 'trace':
      out.push('p.nfTrace=true;')
      return false
    case 'connmark':
    case 'notrack':
    case 'template':
    case 'nat':
    case 'masquerade':
    case 'redirect':
    case 'tcpmss':
    case 'tproxy':
    case 'computed':
      out.push(`s=${constant(perform)}(${constant(action)},p,env);if(s!==${VERDICT.continue})return s;`)
      return action.kind !== 'connmark' && action.kind !== 'notrack' && action.kind !== 'template'
  }
}
