/**
 * The differences from the kernel that are accepted, each with its line in DIVERGENCES.md: what the kernel chooses at
 * random, and what an observer from outside cannot tell.
 */

import { checksum } from '../harness/oracle/build.ts'
import type { Answer } from '../harness/oracle/verdict.ts'
import { readTuple } from './generate/headers.ts'
import type { BatchResult } from './hookline.ts'

/** The name of an accepted difference. */
export type DivergenceId =
  | 'icmp-error-id'
  | 'v6-fragment-held'
  | 'refragment-id'
  | 'nat-port'
  | 'copy-verdict'
  | 'syn-cookie'
  | 'negated-search'

/** A packet, both answers to it, and its bytes. */
export interface Compared {
  readonly sent: Buffer
  readonly kernel: Answer
  readonly hookline: BatchResult
}

/**
 * The bytes of an answer with what is random replaced: the identification of an ICMPv4 error the host itself made
 * (ip_select_ident: a counter with a random start), and the header checksum over it.
 */
export function withoutErrorId(hex: string): string {
  const bytes = Buffer.from(hex, 'hex')
  if (bytes.length < 28 || bytes[0]! >> 4 !== 4 || bytes[9] !== 1) return hex
  const header = (bytes[0]! & 15) * 4
  if (bytes.length < header + 8 || ![3, 4, 5, 11, 12].includes(bytes[header]!)) return hex
  // A wrong header checksum must stay a difference: only a right one is taken out.
  if (checksum(bytes.subarray(0, header)) !== 0) return hex
  bytes.writeUInt16BE(0, 4)
  bytes.writeUInt16BE(0, 10)
  return bytes.toString('hex')
}

/** An IPv6 fragment without the identification, which the kernel draws anew when it fragments. */
export function withoutFragmentId(hex: string): string {
  const bytes = Buffer.from(hex, 'hex')
  if (bytes.length < 48 || bytes[0]! >> 4 !== 6 || bytes[6] !== 44) return hex
  bytes.writeUInt32BE(0, 44)
  return bytes.toString('hex')
}

/** Whether the packet is an IPv6 fragment that both sides let vanish: from outside, held and dropped look the same. */
export function isHeldFragment({ sent, kernel, hookline }: Compared): boolean {
  const vanished = (verdict: string) => verdict === 'DROPPED' || verdict === 'STOLEN'
  const silent = (one: Answer | BatchResult) => one.outputs.length === 0 && !one.delivered && one.path.length === 0
  return (
    sent[0]! >> 4 === 6 && vanished(kernel.verdict) && vanished(hookline.verdict) && silent(kernel) && silent(hookline)
  )
}

/**
 * Whether the last rule of the kernel's path is one that hookline takes for the packet's end: `! --dccp-option` or
 * `! --chunk-types` of a header cut short holds, and its target acts, before the kernel drops the packet.
 */
export function isNegatedSearch({ kernel, hookline }: Compared, rules: string): boolean {
  const [step = ''] = kernel.path.slice(hookline.path.length)
  const [table, chain, , number] = step.split(':')
  const isLonger = hookline.path.every((one, i) => one === kernel.path[i])
  const lines = rules.split('\n')
  const own = lines.slice(lines.indexOf(`*${table}`)).filter((line) => line.startsWith(`-A ${chain} `))
  return isLonger && / ! --(dccp-option|chunk-types) /.test(`${own[Number(number) - 1] ?? ''} `)
}

/** Whether save texts differ in how often rules with such a search held alone: for copies and answers, which have no path. */
export function isNegatedCount(kernel: string, hookline: string): boolean {
  const rules = (text: string) => text.split('\n').map((line) => line.replace(/ \[\d+:\d+\] /, ' '))
  const [k, h] = [rules(kernel), rules(hookline)]
  return k.join() === h.join() && k.every((line) => / ! --(dccp-option|chunk-types) /.test(`${line} `))
}

/** A packet without the ports (or ICMP identifier) and the checksum over them; as it is where it has none. */
function withoutPorts(hex: string): string {
  const bytes = Buffer.from(hex, 'hex')
  const seen = readTuple(bytes)
  const fields = seen && portFields[seen.protocol]
  if (!seen || !fields) return hex
  for (const [at, size] of fields) bytes.fill(0, Math.min(bytes.length, seen.offset + at), seen.offset + at + size)
  return bytes.toString('hex')
}

/** A SYN-ACK of SYNPROXY without its cookies: the sequence number, and the value of the timestamp. */
export function withoutCookies(hex: string): string {
  const bytes = Buffer.from(hex, 'hex')
  const seen = readTuple(bytes)
  if (seen?.protocol !== 6 || bytes.length < seen.offset + 20 || bytes[seen.offset + 13]! & 0x2d) return hex
  bytes.fill(0, seen.offset + 4, seen.offset + 8)
  bytes.fill(0, seen.offset + 16, seen.offset + 18)
  const options = seen.offset + 20
  for (const at of [options, options + 4]) {
    if (bytes.length >= at + 12 && bytes.readUInt16BE(at + 2) === 0x080a) {
      // The lower bits say what the client asked for, and must agree.
      bytes.writeUInt32BE(bytes.readUInt32BE(at + 4) & 0x3f, at + 4)
    }
  }
  return bytes.toString('hex')
}

/** An ICMP error about such a SYN-ACK, without the cookie it quotes and the checksums over that. */
export function withoutQuotedCookie(hex: string): string {
  const bytes = Buffer.from(withoutErrorId(hex), 'hex')
  const seen = readTuple(bytes)
  if ((seen?.protocol !== 1 && seen?.protocol !== 58) || bytes.length < seen.offset + 8) return hex
  const quote = bytes.subarray(seen.offset + 8)
  const quoted = readTuple(quote)
  if (quoted?.protocol !== 6 || quote.length < quoted.offset + 20 || (quote[quoted.offset + 13]! & 0x17) !== 0x12)
    return hex
  quote.fill(0, quoted.offset + 4, quoted.offset + 8)
  quote.fill(0, quoted.offset + 16, quoted.offset + 18)
  bytes.fill(0, seen.offset + 2, seen.offset + 4)
  return bytes.toString('hex')
}

/** Whether the kernel took an acknowledgement for a cookie of its own, which hookline cannot know, and greeted the server. */
export function isKernelsCookie({ sent, kernel, hookline }: Compared): boolean {
  const isSyn = (hex: string): boolean => {
    const bytes = Buffer.from(hex, 'hex')
    const seen = readTuple(bytes)
    return seen?.protocol === 6 && bytes.length > seen.offset + 13 && (bytes[seen.offset + 13]! & 0x17) === 2
  }
  const seen = readTuple(sent)
  const isAck = seen?.protocol === 6 && sent.length > seen.offset + 13 && (sent[seen.offset + 13]! & 0x17) === 0x10
  const ends = [...kernel.outputs, ...(kernel.delivered ? [kernel.delivered] : [])]
  return isAck && hookline.verdict === 'DROPPED' && (ends.length === 0 || ends.some(({ hex }) => isSyn(hex)))
}

/** Offset and size of what NAT may choose, and of the checksum that follows from it, by protocol. */
const portFields: Readonly<Record<number, readonly (readonly [number, number])[]>> = {
  1: [[2, 4]],
  6: [
    [0, 4],
    [16, 2],
  ],
  17: [
    [0, 4],
    [6, 2],
  ],
  33: [
    [0, 4],
    [6, 2],
  ],
  58: [[2, 4]],
  132: [
    [0, 4],
    [8, 4],
  ],
  136: [
    [0, 4],
    [6, 2],
  ],
}

/** Whether both sides gave the packet a new source port, and differ in that alone: the kernel draws it at random. */
export function isDrawnPort({ sent, kernel, hookline }: Compared): boolean {
  // Copies that leave beside it are the same on both sides.
  const differing = (one: Answer | BatchResult, other: Answer | BatchResult) =>
    one.outputs.filter(({ dev, hex }) => !other.outputs.some((out) => out.dev === dev && out.hex === hex))
  const end = (one: Answer | BatchResult, other: Answer | BatchResult) => {
    const outputs = differing(one, other)
    return outputs.length === 1 ? outputs[0] : one.delivered
  }
  const [k, h] = [end(kernel, hookline), end(hookline, kernel)]
  if (!k || !h || k.dev !== h.dev) return false
  const ports = [sent, Buffer.from(k.hex, 'hex'), Buffer.from(h.hex, 'hex')].map((bytes) => readTuple(bytes)?.sport)
  return ports[0] !== ports[1] && ports[0] !== ports[2] && withoutPorts(k.hex) === withoutPorts(h.hex)
}
