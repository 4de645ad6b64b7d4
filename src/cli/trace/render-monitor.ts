import type { PacketRecord, RuleRecord, StepRecord } from '../../trace/record.ts'
import { fromHex, getU16, getU32 } from '../../util/bytes.ts'
import { formatAddress, getWords } from '../../wire/address.ts'

/** What the rendering needs to know of the rules: handles as `iptables-nft-restore` numbers them. */
export interface Handles {
  /** The handle of rule `number` (1-based) of a chain. */
  rule(table: string, chain: string, number: number): number
}

/**
 * The steps as `xtables-monitor --trace` prints them: a PACKET line before each built-in chain, then its TRACE
 * lines, each with the trailing blanks that the tool has. `id` is the packet's trace id.
 *
 * Only rules that matched are printed; a user chain's end is not. A rule that jumps to RETURN is printed with
 * the number -5, as that tool does.
 *
 * Source: xtables-monitor(8); iptables 1.8.9 xtables-monitor.c.
 */
export function renderMonitor(all: readonly StepRecord[], family: 4 | 6, id: number, handles: Handles): string {
  const steps = all.filter((one) => !one.answer)
  const nfproto = family === 4 ? 2 : 10
  const head = `${nfproto} ${id.toString(16).padStart(8, '0')}`
  let text = ''
  let announced = true
  steps.forEach((step, index) => {
    if (step.step === 'table') announced = false
    const packet = step.step === 'rule' || step.step === 'end' ? step.packet : null
    if (packet === null) return
    const isPolicy = step.step === 'end' && step.policy !== null
    if (step.step === 'end' && !isPolicy) return
    const verdict = step.step === 'rule' ? verdictOf(steps, index) : ''
    const shown = verdict === 'CONTINUE' ? (packetAfter(steps, index) ?? packet) : packet
    if (!announced) text += `PACKET: ${head} ${describe(shown, family)}\n`
    announced = true
    if (step.step === 'rule') text += ruleLine(step, head, family, verdict, handles)
    else if (step.step === 'end') text += ` TRACE: ${head} ${step.table}:${step.chain}:policy:${step.policy} \n`
  })
  return text
}

/** nf_tables tells of a rule when its target has acted: the packet is then as the next step of the table finds it. */
function packetAfter(steps: readonly StepRecord[], index: number): PacketRecord | null {
  for (const step of steps.slice(index + 1)) {
    if (step.step === 'table' || step.step === 'hook') return null
    if ((step.step === 'rule' || step.step === 'end') && step.packet !== null) return step.packet
  }
  return null
}

function verdictOf(steps: readonly StepRecord[], index: number): string {
  const rule = steps[index] as RuleRecord
  if (rule.target === 'jump') return `JUMP:${rule.to}`
  if (rule.target === 'goto') return `GOTO:${rule.to}`
  if (rule.target === 'RETURN') return '0xfffffffb'
  for (const step of steps.slice(index + 1)) {
    if (step.step === 'verdict' && step.chain === rule.chain && step.number === rule.number) return step.verdict
    if (step.step === 'rule' || step.step === 'end' || step.step === 'hook') break
  }
  return 'CONTINUE'
}

function ruleLine(rule: RuleRecord, head: string, family: 4 | 6, verdict: string, handles: Handles): string {
  const handle = handles.rule(rule.table, rule.chain, rule.number).toString(16)
  const words = rule.text === '' ? '' : ` ${rule.text}`
  return ` TRACE: ${head} ${rule.table}:${rule.chain}:rule:0x${handle}:${verdict}  -${family} -t ${rule.table} -A ${rule.chain}${words}\n`
}

/** The packet as the PACKET line writes it, each part with a trailing blank. */
function describe(record: PacketRecord, family: 4 | 6): string {
  const bytes = fromHex(record.hex)
  let text = ''
  if (record.in !== null) text += `IN=${record.in} `
  if (record.out !== null) text += `OUT=${record.out} `
  if (record.in === 'lo') text += 'LOOPBACK '
  if (record.frame !== undefined) text += describeFrame(fromHex(record.frame))
  text += family === 4 ? describeIpv4(bytes) : describeIpv6(bytes)
  if (record.mark !== 0) text += `MARK=0x${record.mark.toString(16)} `
  return text
}

/** Ethernet addresses without the zeros in front of their bytes, and the type of what follows. */
function describeFrame(header: Uint8Array): string {
  const address = (at: number): string => [...header.subarray(at, at + 6)].map((byte) => byte.toString(16)).join(':')
  const type = getU16(header, header.length - 2)
    .toString(16)
    .padStart(4, '0')
  return `MACSRC=${address(6)} MACDST=${address(0)} MACPROTO=${type} `
}

function describeIpv4(bytes: Uint8Array): string {
  const address = (at: number): string => formatAddress(4, [getU32(bytes, at), 0, 0, 0])
  const fragment = getU16(bytes, 6)
  let text = `SRC=${address(12)} DST=${address(16)} `
  text += `LEN=${getU16(bytes, 2)} TOS=0x${(bytes[1] as number).toString(16)} TTL=${bytes[8]} ID=${getU16(bytes, 4)}`
  text += `${fragment & 0x8000 ? ' CE' : ''}${fragment & 0x4000 ? ' DF' : ''}${fragment & 0x2000 ? ' MF' : ''} `
  if (fragment & 0x1fff) text += `FRAG:${fragment & 0x1fff} `
  const headerLength = ((bytes[0] as number) & 15) * 4
  if (headerLength > 20) text += `OPT (${[...bytes.slice(20, headerLength)].map(signedHex).join('')}) `
  return text + describeTransport(bytes, bytes[9] as number, headerLength)
}

/** A byte as C prints a signed char with %02X. */
function signedHex(byte: number): string {
  return (byte > 127 ? byte - 256 + 2 ** 32 : byte).toString(16).toUpperCase().padStart(2, '0')
}

function describeIpv6(bytes: Uint8Array): string {
  const first = getU32(bytes, 0)
  let text = `SRC=${formatAddress(6, getWords(bytes, 8))} DST=${formatAddress(6, getWords(bytes, 24))} `
  // The tool adds the size of an IPv4 header, not of an IPv6 one.
  text += `LEN=${getU16(bytes, 4) + 20} TC=${(first >>> 20) & 0xff} HOPLIMIT=${bytes[7]} FLOWLBL=${first & 0xfffff} `
  return text + describeTransport(bytes, bytes[6] as number, 40)
}

const TCP_FLAGS = [
  [0x02, 'SYN'],
  [0x10, 'ACK'],
  [0x01, 'FIN'],
  [0x04, 'RST'],
  [0x08, 'PSH'],
  [0x20, 'URG'],
] as const

/** Bytes of a transport header that must be there before its ports are printed. */
const PORT_HEADERS: Readonly<Record<number, number>> = { 6: 20, 17: 8, 33: 12, 132: 12, 136: 8 }

function describeTransport(bytes: Uint8Array, protocol: number, at: number): string {
  const length = PORT_HEADERS[protocol]
  if (length === undefined || bytes.length < at + length) return ''
  const text = `SPORT=${getU16(bytes, at)} DPORT=${getU16(bytes, at + 2)} `
  if (protocol !== 6) return text
  const flags = bytes[at + 13] as number
  return text + TCP_FLAGS.map(([bit, name]) => (flags & bit ? `${name} ` : '')).join('')
}
