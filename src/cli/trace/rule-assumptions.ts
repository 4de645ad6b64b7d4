import type { HostFiles } from '../../host/config.ts'
import { Packet } from '../../packet/packet.ts'
import type { StepRecord } from '../../trace/record.ts'
import type { Assumption } from './assumptions.ts'
import type { TraceOptions } from './options.ts'

/** What rules ask that the command line did not say: the time, who sends, which connections there are. */
export function assumedOfRules(
  { rulesV4 = '', rulesV6 = '', conntrack }: HostFiles,
  options: TraceOptions,
  first: Uint8Array,
  time: string | null,
): Assumption[] {
  const assumed: Assumption[] = []
  const uses = (pattern: RegExp): boolean => pattern.test(rulesV4) || pattern.test(rulesV6)
  if (time !== null && options.time === undefined && uses(/ -m time /)) {
    const shown = time.replace('T', ' ').replace('Z', '')
    assumed.push({
      en: `it is ${shown} UTC (--time says otherwise)`,
      zh: `现在是 UTC ${shown}（可用 --time 另行指定）`,
      family: null,
    })
  }
  if (options.local && options.uid === undefined && options.gid === undefined && uses(/ -m owner /)) {
    assumed.push({
      en: 'the sending process has uid 0 and gid 0 (--uid and --gid say otherwise)',
      zh: '发送进程的 uid 和 gid 为 0（可用 --uid 和 --gid 另行指定）',
      family: null,
    })
  }
  if (conntrack === undefined && !opensConnection(first)) {
    assumed.push({
      en: 'no connection exists before the first packet (a file conntrack, or the packets before it, say otherwise)',
      zh: '第一个数据包之前没有任何连接（可用 conntrack 文件或先行数据包另行指定）',
      family: null,
      matters: (steps) => steps.some((one) => one.step === 'conntrack'),
    })
  }
  return assumed
}

/** Whether a packet can be the first one of its connection; what cannot be told counts as one. */
function opensConnection(bytes: Uint8Array): boolean {
  const packet = new Packet().load(bytes)
  if (!packet.parse() || packet.fragmentOffset !== 0 || packet.transport + 14 > packet.end) return true
  if (packet.protocol === 6) return ((bytes[packet.transport + 13] as number) & 0x17) === 0x02
  const type = bytes[packet.transport] as number
  if (packet.protocol === 1) return ![0, 3, 4, 5, 11, 12, 14].includes(type)
  return packet.protocol !== 58 || (type >= 128 && type !== 129)
}

/** What chance decided on the packets' way. */
export function assumedOfSteps(steps: readonly StepRecord[], options: TraceOptions): Assumption[] {
  const byChance = steps.some((one) => one.step === 'rule' && / --mode random /.test(one.text) && mayHaveDecided(one))
  if (!byChance || options.seed !== undefined) return []
  return [
    {
      en: 'chance decides a rule with --mode random (another --seed may decide otherwise)',
      zh: '带 --mode random 的规则由随机数决定（换一个 --seed 结果可能不同）',
      family: null,
    },
  ]
}

function mayHaveDecided(rule: Extract<StepRecord, { step: 'rule' }>): boolean {
  return rule.matched === 'yes' || (rule.failure?.label.includes('--mode random') ?? false)
}
