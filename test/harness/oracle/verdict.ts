/**
 * From what the kernel did to what became of the packet: its own path, apart from the paths of answers it provoked, and
 * one word for its end.
 */
import type { DevicePacket, Observation, OraclePacket, TraceStep } from './namespace.ts'

/** One word for the end of a packet, as hookline's batch format has it. */
export type Verdict = 'FORWARDED' | 'DELIVERED' | 'DROPPED' | 'REJECTED' | 'QUEUED' | 'STOLEN' | 'UNKNOWN'

/** What became of one packet. */
export interface Answer {
  readonly verdict: Verdict
  /** Everything that left by a device: the packet itself, or the answers to it. */
  readonly outputs: readonly DevicePacket[]
  /** The bytes the local stack would get, and the device they came by; for a packet that is a datagram's last fragment, the whole. */
  readonly delivered: DevicePacket | null
  /** The steps of this packet only: `table:chain:rule|return|policy:N`. */
  readonly path: readonly string[]
  /** The steps of the answers it provoked (ICMP errors, resets). */
  readonly answerPath: readonly string[]
  readonly error?: string
  /** TEE sent copies, which from outside look like the packet itself, or answers to it. */
  readonly copied?: true
}

/** The target of rule `number` (counted from 1) of a chain; undefined for a policy or where the rule has none. */
export type TargetOf = (table: string, chain: string, number: number) => string | undefined

/** Reads the targets of an iptables-save text, to look them up by the numbers a TRACE has. */
export function targetsOf(text: string): TargetOf {
  const targets = new Map<string, (string | undefined)[]>()
  let table = ''
  for (const line of text.split('\n')) {
    if (line.startsWith('*')) table = line.slice(1).trim()
    const rule = /^(?:\[\d+:\d+\] )?-A (\S+)/.exec(line)
    if (!rule) continue
    const key = `${table}:${rule[1]}`
    const name = / -[jg] (\S+)/.exec(line)?.[1]
    // Nobody listens: the packet goes on.
    const target = line.includes(' --queue-bypass') ? 'bypass' : name
    targets.set(key, [...(targets.get(key) ?? []), target])
  }
  return (tableName, chain, number) => targets.get(`${tableName}:${chain}`)?.[number - 1]
}

/** Tells the packet's own steps from those of its answers and names its end. */
export function interpret(packet: OraclePacket, seen: Observation, targetOf: TargetOf): Answer {
  const { own, rest, last, copied } = separate(packet, seen.steps, targetOf)
  const answers = seen.generated.length - (packet.local ? 1 : 0)
  const rejected = last === 'REJECT' || last === 'SYNPROXY'
  const delivered = rejected ? undefined : seen.delivered.find(({ dev }) => dev !== 'lo' || packet.local)
  return {
    verdict: verdictOf(seen, { answers: Math.max(0, answers), last, delivered }),
    outputs: seen.outputs,
    delivered: delivered ?? null,
    path: own.map(({ text }) => text),
    answerPath: rest.map(({ text }) => text),
    ...(seen.error === undefined ? {} : { error: seen.error }),
    ...(copied ? { copied } : {}),
  }
}

function separate(packet: OraclePacket, steps: readonly TraceStep[], targetOf: TargetOf) {
  const own: TraceStep[] = []
  const rest: TraceStep[] = []
  let last: string | undefined
  let copied = false
  // The chain in which TEE made a copy whose own way is being told; the packet's goes on there.
  let copying: string | null = null
  // A local packet that SYNPROXY answered in INPUT does not begin again: what does is the answer.
  let isAnswered = false
  for (const step of steps) {
    // An arrived packet has its arrival device at every hook; what the host itself sends has none, or comes by lo.
    // A local packet passes lo itself, but never after a REJECT, which always ends it.
    isAnswered ||= last === 'SYNPROXY' && /:(OUTPUT|POSTROUTING|PREROUTING):/.test(step.text)
    const mine = last !== 'REJECT' && !isAnswered && (packet.local === true || step.in === packet.in)
    // A copy has its new device as arrival device in POSTROUTING, which may be the packet's own.
    const isCopy = copying !== null && !step.text.startsWith(copying)
    if (!isCopy) copying = null
    const [table = '', chain = '', , number = ''] = step.text.split(':')
    const target = targetOf(table, chain, Number(number))
    if (!isCopy && target === 'TEE') {
      copied = true
      copying = `${table}:${chain}:`
    }
    if (isCopy || !mine) rest.push(step)
    else {
      own.push(step)
      last = target
    }
  }
  return { own, rest, last, copied }
}

function verdictOf(
  seen: Observation,
  { answers, last, delivered }: { answers: number; last: string | undefined; delivered: DevicePacket | undefined },
): Verdict {
  if (delivered) return 'DELIVERED'
  if (answers > 0) {
    if (seen.outputs.length > 0 || seen.delivered.length > 0) return 'REJECTED'
    return last === 'SYNPROXY' ? 'STOLEN' : 'DROPPED'
  }
  if (seen.outputs.length > 0) return 'FORWARDED'
  if (last === 'QUEUE' || last === 'NFQUEUE') return 'QUEUED'
  return seen.fragmentMemory > 0 ? 'STOLEN' : 'DROPPED'
}
