/**
 * The differences from the kernel that are accepted, each with its line in DIVERGENCES.md: what the kernel chooses at
 * random, and what an observer from outside cannot tell.
 */
import { checksum } from '../harness/oracle/build.ts'
import type { Answer } from '../harness/oracle/verdict.ts'
import type { BatchResult } from './hookline.ts'

/** The name of an accepted difference. */
export type DivergenceId = 'icmp-error-id' | 'v6-fragment-held' | 'refragment-id'

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
