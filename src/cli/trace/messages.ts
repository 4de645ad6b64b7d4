import type { FinalVerdict } from '../../trace/verdict.ts'
import type { Language } from '../language.ts'
import { chinese } from './messages-zh.ts'

/** How a packet's way ended, for the last line. */
export interface Ending {
  readonly verdict: FinalVerdict
  /** The device it reached; null when none. */
  readonly reached: string | null
  readonly decidedBy: string | null
  /** The extension that could not be evaluated. */
  readonly unknown: string | null
  /** The error that the sending process got. */
  readonly error: string | null
}

/** The sentences of a trace. Terms are the field's own: 表, 链, 规则, 连接跟踪. */
export interface TraceMessages {
  readonly packet: (number: number, text: string) => string
  readonly arrives: (device: string) => string
  readonly local: string
  readonly emptyHook: (hook: string) => string
  readonly table: (table: string, chain: string) => string
  readonly emptyTable: (table: string, policy: string) => string
  readonly matched: string
  readonly goesTo: (chain: string) => string
  readonly jumps: (chain: string) => string
  readonly missed: (label: string, field: string, value: string) => string
  readonly missedPlain: string
  readonly malformed: string
  readonly unknown: (extension: string) => string
  /** The same where the rule could not have changed the verdict. */
  readonly harmless: (extension: string) => string
  readonly omitted: (count: number) => string
  readonly policy: (policy: string) => string
  /** `caller` is null where the policy of the built-in chain comes next. */
  readonly returns: (chain: string, caller: string | null) => string
  readonly verdict: (verdict: string) => string
  readonly conntrack: (state: string, connection: string | null, reason: string | null) => string
  readonly connectionChanged: (connection: string) => string
  readonly nat: (side: 'source' | 'destination', before: string, after: string) => string
  readonly route: (decision: string, route: string) => string
  readonly reply: (what: string, packet: string) => string
  readonly drop: (where: string, reason: string) => string
  readonly sendError: (error: string) => string
  readonly log: (line: string) => string
  readonly answerSent: (device: string) => string
  readonly sent: (device: string, packet: string) => string
  readonly delivered: (device: string, packet: string) => string
  readonly answer: string
  readonly assumed: string
}

const PLACES: Readonly<Record<string, string>> = {
  receive: 'on receipt',
  routing: 'in the routing decision',
  forward: 'on its way through',
  output: 'on its way out',
  reassembly: 'in reassembly',
}

const ROUTES: Readonly<Record<string, string>> = {
  local: 'for this host',
  forward: 'to be forwarded',
  output: 'sent out',
  reroute: 'routed again, because OUTPUT changed it',
  multicast: 'to a multicast group',
  error: 'refused',
  drop: 'there is no way for received packets',
}

const ERRORS: Readonly<Record<string, string>> = {
  ENETUNREACH: 'network is unreachable',
  EHOSTUNREACH: 'no route to host',
  EACCES: 'permission denied: the route prohibits it, or it is a broadcast',
  EINVAL: 'invalid argument: the header, or the route',
  EMSGSIZE: 'message too long for the device',
  EADDRNOTAVAIL: 'no source address for it',
}

const DEVICES: Readonly<Record<string, string>> = { in: 'the input device', out: 'the output device' }

const english: TraceMessages = {
  packet: (number, text) => `Packet ${number}: ${text}`,
  arrives: (device) => `arrives on ${device}`,
  local: 'sent by a local process',
  emptyHook: (hook) => `${hook}  (no table)`,
  table: (table, chain) => `${table} ${chain}`,
  emptyTable: (table, policy) => `${table}: no rules, policy ${policy}`,
  matched: 'matched',
  goesTo: (chain) => `matched, goes to ${chain}`,
  jumps: (chain) => `matched, jumps to ${chain}`,
  missed: (label, field, value) =>
    field ? `no: ${label}, but ${DEVICES[field] ?? field} is ${value}` : `no: ${label}; here: ${value}`,
  missedPlain: 'no',
  malformed: 'the packet is malformed here: dropped at once',
  unknown: (extension) => `unknown: hookline cannot evaluate ${extension}`,
  harmless: (extension) => `unknown: hookline cannot evaluate ${extension}, but it makes no difference to the packet`,
  omitted: (count) => `… ${count} ${count === 1 ? 'rule' : 'rules'} that did not match (--all shows them)`,
  policy: (policy) => `policy ${policy}`,
  returns: (chain, caller) => `end of ${chain}: ${caller === null ? 'on to the policy' : `back to ${caller}`}`,
  verdict: (verdict) => `→ ${verdict}`,
  conntrack: (state, connection, reason) =>
    `conntrack: ${state}${reason === null ? '' : `, because ${reason}`}${connection === null ? '' : ` (${connection})`}`,
  connectionChanged: (connection) => `conntrack: changed to ${connection}`,
  nat: (side, before, after) => `${side} NAT: ${before}  →  ${after}`,
  route: (decision, route) => `routing: ${ROUTES[decision] ?? decision} (${route})`,
  reply: (what, packet) => `answers with ${what}: ${packet}`,
  drop: (where, reason) => `dropped by the stack ${PLACES[where] ?? `in ${where}`}: ${reason}`,
  sendError: (error) => `never sent: the process gets ${error} (${ERRORS[error] ?? 'an error'})`,
  log: (line) => `log: ${line}`,
  answerSent: (device) => `the answer leaves by ${device}`,
  sent: (device, packet) => `leaves by ${device}: ${packet}`,
  delivered: (device, packet) => `delivered to the host (from ${device}): ${packet}`,
  answer: 'the way of the answer:',
  assumed: 'Assumed:',
}

/** The last line of a trace: the same words in every language, for `grep`. */
export function finalLine({ verdict, reached, decidedBy, unknown, error }: Ending): string {
  const line = `Final verdict: ${verdict}`
  switch (verdict) {
    case 'FORWARDED':
    case 'DELIVERED': {
      const where = reached === null ? '' : ` ${verdict === 'FORWARDED' ? 'to' : 'on'} ${reached}`
      return `${line}${where}${decidedBy === null ? '' : `, accepted by ${decidedBy}`}`
    }
    case 'UNKNOWN':
      return `${line}${decidedBy === null ? '' : ` because of ${decidedBy}`}${unknown === null ? '' : ` (${unknown})`}`
    case 'STOLEN':
      return `${line}${decidedBy === null ? ' (a fragment that waits for the others)' : ` by ${decidedBy}`}`
    default:
      if (error !== null) return `${line} before OUTPUT (${error})`
      return `${line}${decidedBy === null ? '' : ` by ${decidedBy}`}`
  }
}

/** The sentences in a language. */
export function traceMessages(language: Language): TraceMessages {
  return language === 'zh' ? chinese : english
}
