/** One ruleset against the kernel: the packets that were sent, what became of each, and the state at the end. */
import { Random } from '../../src/util/random.ts'
import { Namespace, type OraclePacket, run } from '../harness/oracle/namespace.ts'
import { type Answer, interpret, targetsOf } from '../harness/oracle/verdict.ts'
import { PacketScript } from './generate/packets.ts'
import { conformanceTopology, type Version } from './generate/pools.ts'
import { type RulesetCase, rulesetText } from './generate/rule.ts'
import { createObjects } from './objects.ts'

/** What the kernel did with a ruleset and packets. */
export interface KernelRecord {
  readonly version: Version
  readonly rules: string
  /** The tool's or kernel's words when the ruleset was refused; then nothing else is there. */
  readonly refused?: string
  readonly packets: readonly OraclePacket[]
  readonly answers: readonly Answer[]
  /** `iptables-save -c` of the version at the end. */
  readonly save: string
  /** `conntrack -L -o extended` at the end, empty when it was not asked for. */
  readonly conntrack: string
  /** `ipset save` at the end, where the ruleset has sets. */
  readonly sets?: string
  /** When the packets were sent, in milliseconds since 1970; absent in records where nothing depends on it. */
  readonly wall?: number
  /** Milliseconds between packets, where the answers depend on the kernel's ticks. */
  readonly pace?: number
}

/** More than three ticks, after which what the kernel remembers of a tick is over on every CPU. */
const PACE = 14

/** What to send: given packets, or that many that a script invents while it listens to the kernel. */
export type PacketSource = readonly OraclePacket[] | { readonly seed: string; readonly count: number }

/** Loads the rules into a fresh namespace and sends the packets. */
export function askKernel(ruleset: RulesetCase, source: PacketSource, withConntrack: boolean): KernelRecord {
  const version = ruleset.version
  const rules = rulesetText(ruleset)
  const sysctls = { ...conformanceTopology.sysctls, ...ruleset.sysctls }
  const namespace = new Namespace({ ...conformanceTopology, sysctls })
  const closeObjects = createObjects()
  try {
    if (ruleset.sets !== undefined) run('ipset', ['restore'], ruleset.sets)
    namespace.load(version, rules)
  } catch (error) {
    closeObjects()
    namespace.close()
    return { version, rules, refused: (error as Error).message, packets: [], answers: [], save: '', conntrack: '' }
  }
  const targets = targetsOf(rules)
  const script = 'seed' in source ? new PacketScript(new Random(source.seed), version, ruleset.tries) : undefined
  const count = 'seed' in source ? source.count : source.length
  // -m connlimit looks its list over once a tick.
  const pace = / -m connlimit /.test(rules) ? PACE : undefined
  const wall = Date.now()
  const packets: OraclePacket[] = []
  const answers: Answer[] = []
  for (let n = 0; n < count; n++) {
    const packet = script?.next() ?? (source as readonly OraclePacket[])[n]!
    if (pace !== undefined) Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, pace)
    const seen = namespace.send(packet)
    script?.learn(seen)
    packets.push(packet)
    answers.push(interpret(packet, seen, targets))
  }
  const record = {
    version,
    rules,
    packets,
    answers,
    wall,
    ...(pace === undefined ? {} : { pace }),
    save: namespace.save(version),
    conntrack: withConntrack ? namespace.conntrack(version) : '',
    ...(ruleset.sets === undefined ? {} : { sets: run('ipset', ['save']) }),
  }
  closeObjects()
  namespace.close()
  return record
}
