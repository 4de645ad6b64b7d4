/** The same packets through hookline's own engine, by way of its batch interface. */
import { existsSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { VirtualClock } from '../../src/util/clock.ts'
import type { HostFiles } from '../harness/oracle/hostfiles.ts'
import type { DevicePacket, OraclePacket } from '../harness/oracle/namespace.ts'
import type { Verdict } from '../harness/oracle/verdict.ts'
import { type RulesetCase, rulesetText } from './generate/rule.ts'
import { socketsText } from './objects.ts'

/** One line of the batch format. */
export interface BatchResult {
  readonly verdict: Verdict
  readonly outputs: readonly DevicePacket[]
  readonly delivered: DevicePacket | null
  readonly path: readonly string[]
}

/** The last line of the batch format. */
interface BatchFinal {
  readonly save4?: string
  readonly save6?: string
  readonly conntrack?: string
  readonly ipset?: string
}

interface Batch {
  run(packet: OraclePacket & { readonly n: number; readonly at?: number }): BatchResult
  final(): BatchFinal
}

/** The part of `src/host/batch.ts` the runner uses. */
export type CreateBatch = (
  files: {
    readonly rulesV4?: string
    readonly rulesV6?: string
    readonly addr?: string
    readonly route?: string
    readonly rule?: string
    readonly link?: string
    readonly sysctl?: string
    readonly ipset?: string
    readonly sockets?: string
  },
  options?: { readonly clock?: VirtualClock },
) => Batch

/** What hookline says about a ruleset and packets. */
export interface HooklineRecord {
  /** The message of the error it refused the ruleset with. */
  readonly refused?: string
  readonly results: readonly BatchResult[]
  /** Why no more results follow: a bug, not an answer. */
  readonly crashed?: string
  readonly save: string
  readonly conntrack: string
  readonly sets?: string
}

/** Loads the engine; undefined while there is none. */
export async function loadEngine(): Promise<CreateBatch | undefined> {
  const url = new URL('../../src/host/batch.ts', import.meta.url)
  if (!existsSync(fileURLToPath(url))) return undefined
  return ((await import(url.href)) as { createBatch: CreateBatch }).createBatch
}

/** When packets are sent: what the clock says at the first, and the milliseconds between them. */
interface When {
  readonly wall?: number
  readonly pace?: number
}

/** Runs the packets. An exception while loading is a refusal; one while running is recorded as a crash. */
export function askHookline(
  createBatch: CreateBatch,
  ruleset: RulesetCase,
  files: HostFiles,
  packets: readonly OraclePacket[],
  { wall, pace = 0 }: When = {},
): HooklineRecord {
  const nothing = { results: [], save: '', conntrack: '' }
  const [version, rules] = [ruleset.version, rulesetText(ruleset)]
  const sysctls = Object.entries(ruleset.sysctls ?? {}).map(([key, value]) => `${key} = ${value}\n`)
  let batch: Batch
  try {
    batch = createBatch(
      {
        ...(version === 4 ? { rulesV4: rules } : { rulesV6: rules }),
        addr: files['addr.json'],
        route: files['route.json'],
        rule: files['rule.json'],
        link: files['link.json'],
        sysctl: files['sysctl.conf'] + sysctls.join(''),
        sockets: socketsText,
        ...(ruleset.sets === undefined ? {} : { ipset: ruleset.sets }),
      },
      wall === undefined ? {} : { clock: new VirtualClock(wall) },
    )
  } catch (error) {
    return { ...nothing, refused: (error as Error).message }
  }
  const results: BatchResult[] = []
  try {
    packets.forEach((packet, i) => {
      results.push(batch.run({ n: i + 1, ...(pace > 0 ? { at: (i * pace) / 1000 } : {}), ...packet }))
    })
    const final = batch.final()
    const save = (version === 4 ? final.save4 : final.save6) ?? ''
    return { results, save, conntrack: final.conntrack ?? '', ...(final.ipset ? { sets: final.ipset } : {}) }
  } catch (error) {
    return { ...nothing, results, crashed: (error as Error).stack ?? String(error) }
  }
}
