import type { FinalVerdict } from '../../trace/verdict.ts'
import type { Language } from '../language.ts'

/** The sentences of a trace. Terms are the field's own: 表, 链, 规则, 连接跟踪. */
export interface TraceMessages {
  readonly packet: (number: number, text: string) => string
  readonly arrives: (device: string) => string
  readonly local: string
  readonly table: (table: string, chain: string) => string
  readonly emptyTable: (policy: string) => string
  readonly matched: string
  readonly goesTo: (chain: string) => string
  readonly jumps: (chain: string) => string
  readonly missed: (label: string, field: string, value: string) => string
  readonly missedPlain: string
  readonly malformed: string
  readonly unknown: (extension: string) => string
  readonly omitted: (count: number) => string
  readonly policy: (policy: string) => string
  readonly returns: (chain: string) => string
  readonly verdict: (verdict: string) => string
  readonly conntrack: (state: string) => string
  readonly nat: (side: 'source' | 'destination', before: string, after: string) => string
  readonly route: (decision: string, detail: string) => string
  readonly reply: (what: string, packet: string) => string
  readonly drop: (where: string, reason: string) => string
  readonly log: (line: string) => string
  readonly sent: (device: string, packet: string) => string
  readonly delivered: (device: string, packet: string) => string
  readonly assumed: string
  readonly final: (verdict: FinalVerdict, where: string | null, decidedBy: string | null) => string
}

const english: TraceMessages = {
  packet: (number, text) => `Packet ${number}: ${text}`,
  arrives: (device) => `arrives on ${device}`,
  local: 'sent by a local process',
  table: (table, chain) => `${table} ${chain}`,
  emptyTable: (policy) => `no rules, policy ${policy}`,
  matched: 'matched',
  goesTo: (chain) => `matched, goes to ${chain}`,
  jumps: (chain) => `matched, jumps to ${chain}`,
  missed: (label, field, value) => `no: ${label}, but ${field ? `${field} is ` : ''}${value}`,
  missedPlain: 'no',
  malformed: 'the packet is malformed here: dropped at once',
  unknown: (extension) => `unknown: hookline cannot evaluate ${extension}`,
  omitted: (count) => `… ${count} rules that did not match (--all shows them)`,
  policy: (policy) => `policy ${policy}`,
  returns: (chain) => `end of ${chain}: back to the caller`,
  verdict: (verdict) => `→ ${verdict}`,
  conntrack: (state) => `conntrack: ${state}`,
  nat: (side, before, after) => `${side === 'source' ? 'source' : 'destination'} NAT: ${before}  →  ${after}`,
  route: (decision, detail) => `routing: ${decision}${detail ? ` (${detail})` : ''}`,
  reply: (what, packet) => `answers with ${what}: ${packet}`,
  drop: (where, reason) => `dropped by the stack in ${where}: ${reason}`,
  log: (line) => `log: ${line}`,
  sent: (device, packet) => `leaves by ${device}: ${packet}`,
  delivered: (device, packet) => `delivered to the host (from ${device}): ${packet}`,
  assumed: 'Assumed:',
  final: (verdict, where, decidedBy) =>
    `Final verdict: ${verdict}${where ? ` ${where}` : ''}${decidedBy ? `${passes(verdict) ? ', accepted' : ''} by ${decidedBy}` : ''}`,
}

const chinese: TraceMessages = {
  packet: (number, text) => `数据包 ${number}：${text}`,
  arrives: (device) => `从 ${device} 进入`,
  local: '由本机进程发出',
  table: (table, chain) => `${table} 表 ${chain} 链`,
  emptyTable: (policy) => `没有规则，默认策略 ${policy}`,
  matched: '匹配',
  goesTo: (chain) => `匹配，转到 ${chain} 链（goto）`,
  jumps: (chain) => `匹配，跳到 ${chain} 链`,
  missed: (label, field, value) => `不匹配：${label}，而${field ? ` ${field} ` : '实际'}是 ${value}`,
  missedPlain: '不匹配',
  malformed: '数据包在此处格式错误：立即丢弃',
  unknown: (extension) => `未知：hookline 无法判定 ${extension}`,
  omitted: (count) => `… 另有 ${count} 条规则不匹配（--all 显示全部）`,
  policy: (policy) => `默认策略 ${policy}`,
  returns: (chain) => `${chain} 链结束，返回上一级链`,
  verdict: (verdict) => `→ ${verdict}`,
  conntrack: (state) => `连接跟踪：${state}`,
  nat: (side, before, after) => `${side === 'source' ? '源地址转换' : '目的地址转换'}：${before}  →  ${after}`,
  route: (decision, detail) => `路由：${decision}${detail ? `（${detail}）` : ''}`,
  reply: (what, packet) => `回应 ${what}：${packet}`,
  drop: (where, reason) => `被协议栈在 ${where} 丢弃：${reason}`,
  log: (line) => `日志：${line}`,
  sent: (device, packet) => `从 ${device} 发出：${packet}`,
  delivered: (device, packet) => `交付本机（来自 ${device}）：${packet}`,
  assumed: '假设：',
  // The last line stays greppable in every language.
  final: english.final,
}

function passes(verdict: FinalVerdict): boolean {
  return verdict === 'FORWARDED' || verdict === 'DELIVERED'
}

/** The sentences in a language. */
export function traceMessages(language: Language): TraceMessages {
  return language === 'zh' ? chinese : english
}
