/**
 * The differences from the kernel that are accepted, each with its line in DIVERGENCES.md: what the kernel chooses at
 * random, and what an observer from outside cannot tell.
 */

import { checksum } from '../harness/oracle/build.ts'
import type { Answer } from '../harness/oracle/verdict.ts'
import { readTuple } from './generate/headers.ts'
import type { BatchResult } from './hookline.ts'

/** The name of an accepted difference. */
export type DivergenceId = 'icmp-error-id' | 'v6-fragment-held' | 'refragment-id' | 'nat-port'

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

/** A packet without the ports (or ICMP identifier) and the checksum over them; as it is where it has none. */
function withoutPorts(hex: string): string {
  const bytes = Buffer.from(hex, 'hex')
  const seen = readTuple(bytes)
  const fields = seen && portFields[seen.protocol]
  if (!seen || !fields) return hex
  for (const [at, size] of fields) bytes.fill(0, Math.min(bytes.length, seen.offset + at), seen.offset + at + size)
  return bytes.toString('hex')
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
  const end = (one: Answer | BatchResult) => (one.outputs.length === 1 ? one.outputs[0] : one.delivered)
  const [k, h] = [end(kernel), end(hookline)]
  if (!k || !h || k.dev !== h.dev) return false
  const ports = [sent, Buffer.from(k.hex, 'hex'), Buffer.from(h.hex, 'hex')].map((bytes) => readTuple(bytes)?.sport)
  return ports[0] !== ports[1] && ports[0] !== ports[2] && withoutPorts(k.hex) === withoutPorts(h.hex)
}
