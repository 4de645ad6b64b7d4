import type { TraceMessages } from './messages.ts'
import { reasonInChinese } from './reasons-zh.ts'

const PLACES: Readonly<Record<string, string>> = {
  receive: '接收时',
  routing: '路由判决时',
  forward: '转发时',
  output: '发出时',
  reassembly: '分片重组时',
}

const ROUTES: Readonly<Record<string, string>> = {
  local: '目的地是本机',
  forward: '需要转发',
  output: '从本机发出',
  reroute: 'OUTPUT 修改了数据包，重新选路',
  multicast: '发往组播组',
  error: '拒绝',
  drop: '收到的数据包没有可走的路由',
}

const ERRORS: Readonly<Record<string, string>> = {
  ENETUNREACH: '网络不可达',
  EHOSTUNREACH: '没有到主机的路由',
  EACCES: '不允许：路由禁止，或目的地是广播地址',
  EINVAL: '参数无效：报头或路由有误',
  EMSGSIZE: '超过网卡的 MTU',
  EADDRNOTAVAIL: '没有可用的源地址',
}

const DEVICES: Readonly<Record<string, string>> = { in: '入接口', out: '出接口' }

/** The sentences of a trace in Chinese. */
export const chinese: TraceMessages = {
  packet: (number, text) => `数据包 ${number}：${text}`,
  arrives: (device) => `从 ${device} 进入`,
  local: '由本机进程发出',
  emptyHook: (hook) => `${hook}  （没有表）`,
  table: (table, chain) => `${table} 表 ${chain} 链`,
  emptyTable: (table, policy) => `${table}：没有规则，默认策略 ${policy}`,
  matched: '匹配',
  goesTo: (chain) => `匹配，转到 ${chain} 链（goto）`,
  jumps: (chain) => `匹配，跳到 ${chain} 链`,
  missed: (label, field, value) =>
    field
      ? `不匹配：${label}，而${DEVICES[field] ?? ` ${field} `}是 ${reasonInChinese(value)}`
      : `不匹配：${label}；此处：${reasonInChinese(value)}`,
  missedPlain: '不匹配',
  malformed: '数据包在此处格式错误：立即丢弃',
  unknown: (extension) => `未知：hookline 无法判定 ${extension}`,
  harmless: (extension) => `未知：hookline 无法判定 ${extension}，但这条规则不影响数据包的去向`,
  omitted: (count) => `… 另有 ${count} 条规则不匹配（--all 显示全部）`,
  policy: (policy) => `默认策略 ${policy}`,
  returns: (chain, caller) => `${chain} 链结束，${caller === null ? '转入默认策略' : `返回 ${caller} 链`}`,
  verdict: (verdict) => `→ ${verdict}`,
  conntrack: (state, connection, reason) => {
    const because = reason === null ? '' : `，原因：${reasonInChinese(reason)}`
    return `连接跟踪：${state}${because}${connection === null ? '' : `（${inChinese(connection)}）`}`
  },
  connectionChanged: (connection) => `连接跟踪：改为 ${inChinese(connection)}`,
  nat: (side, before, after) => `${side === 'source' ? '源地址转换' : '目的地址转换'}：${before}  →  ${after}`,
  route: (decision, route) => `路由：${ROUTES[decision] ?? decision}（${route}）`,
  reply: (what, packet) => `回应 ${what}：${packet}`,
  drop: (where, reason) => `${PLACES[where] ?? `在 ${where} `}被协议栈丢弃：${reasonInChinese(reason)}`,
  sendError: (error) => `未能发出：进程得到错误 ${error}（${ERRORS[error] ?? '错误'}）`,
  log: (line) => `日志：${line}`,
  answerSent: (device) => `回应从 ${device} 发出`,
  sent: (device, packet) => `从 ${device} 发出：${packet}`,
  delivered: (device, packet) => `交付本机（来自 ${device}）：${packet}`,
  answer: '回应所走的路径：',
  assumed: '假设：',
}

/** A connection as the recorder describes it, with its one English word replaced. */
function inChinese(connection: string): string {
  return connection.replace('; replies ', '；应答方向 ')
}
