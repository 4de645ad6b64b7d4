import { HOST_FILE_NAMES } from '../../host/file-names.ts'
import type { StepRecord } from '../../trace/record.ts'

/** Something that was taken to be so because nobody said. */
export interface Assumption {
  readonly en: string
  readonly zh: string
  /** The IP version it is about; null for both. */
  readonly family: 4 | 6 | null
  /** Whether it can have mattered for these steps; absent where it always can. */
  readonly matters?: (steps: readonly StepRecord[]) => boolean
}

interface Pattern {
  readonly sentence: RegExp
  readonly zh: (...parts: string[]) => string
  readonly family: (...parts: string[]) => 4 | 6 | null
  readonly matters?: (steps: readonly StepRecord[]) => boolean
}

const familyOfFile = (file: string): 4 | 6 => (file === HOST_FILE_NAMES.rulesV6 ? 6 : 4)

/** The sentences of the host, which it writes in English; a test holds this list against its source. */
const PATTERNS: readonly Pattern[] = [
  {
    sentence: /^addr\.json is missing: only lo has addresses\.$/,
    zh: () => '缺少 addr.json：只有 lo 有地址。',
    family: () => null,
  },
  {
    sentence: /^IPv([46]) forwarding is taken to be on: sysctl\.conf does not say \((.*)\)\.$/,
    zh: (family, name) => `认为 IPv${family} 转发已开启：sysctl.conf 没有说明（${name}）。`,
    family: (family) => (family === '6' ? 6 : 4),
    matters: (steps) =>
      steps.some((one) => one.step === 'route' && one.decision !== 'local' && one.decision !== 'output'),
  },
  {
    sentence: /^(rules\.v[46]) uses (.*), which hookline does not know: verdicts that depend on it are UNKNOWN\.$/,
    zh: (file, name) => `${file} 使用了 hookline 不认识的 ${name}：依赖它的判定为 UNKNOWN。`,
    family: (file) => familyOfFile(file as string),
  },
  {
    sentence: /^route\.json is missing: only the networks of the addresses have routes\.$/,
    zh: () => '缺少 route.json：只有各地址所在的网络有路由。',
    family: () => null,
  },
  {
    sentence: /^route\.json has no table local for IPv([46]): it is derived from the addresses\.$/,
    zh: (family) => `route.json 没有 IPv${family} 的 local 路由表：由地址推导得出。`,
    family: (family) => (family === '6' ? 6 : 4),
  },
  {
    sentence: /^no process listens where TPROXY sends the packet: it is dropped$/,
    zh: () => 'TPROXY 所指的端口没有进程监听：数据包被丢弃',
    family: () => null,
  },
]

/** An assumption by a sentence of the host. A sentence that is not known stays English. */
export function assumptionOf(sentence: string): Assumption {
  for (const { sentence: pattern, zh, family, matters } of PATTERNS) {
    const parts = pattern.exec(sentence)?.slice(1)
    if (parts) return { en: sentence, zh: zh(...parts), family: family(...parts), ...(matters ? { matters } : {}) }
  }
  return { en: sentence, zh: sentence, family: null }
}

/** The assumptions that concern these packets' IP versions and steps, each once. */
export function relevant(
  assumptions: readonly Assumption[],
  families: ReadonlySet<4 | 6>,
  steps: readonly StepRecord[],
): Assumption[] {
  const seen = new Set<string>()
  return assumptions.filter(({ en, family, matters }) => {
    if (seen.has(en) || (family !== null && !families.has(family)) || matters?.(steps) === false) return false
    seen.add(en)
    return true
  })
}
