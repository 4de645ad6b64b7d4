import type { Verdict } from '../expression/action.ts'
import type { Hook } from '../expression/environment.ts'
import type { Connection, Tuple } from '../packet/connection.ts'
import type { Packet } from '../packet/packet.ts'
import type { Chain, Family, Rule, TableName } from './glossary.ts'

/** Why a rule did not match: the first failing test as the user wrote it, and what the packet has. */
export interface Failure {
  /** `--dport 80`, `! -s 10.0.0.0/8`, … */
  readonly label: string
  /** The field's name, such as `tcp.dstport`; empty for computed tests. */
  readonly field: string
  /** The packet's value as people read it. */
  readonly value: string
}

/**
 * What the engine reports, in order, to an optional tracer. Renderers make text, JSON, TRACE lines or pictures of it.
 * `packet` is the live object: copy what must outlive the call.
 */
export type TraceEvent =
  | { readonly kind: 'hook'; readonly family: Family; readonly hook: Hook; readonly packet: Packet }
  | { readonly kind: 'table'; readonly table: TableName; readonly hook: Hook; readonly chain: Chain }
  | {
      readonly kind: 'rule'
      readonly table: TableName
      readonly chain: Chain
      /** 1-based. */
      readonly number: number
      readonly rule: Rule
      readonly matched: 'yes' | 'no' | 'hotdrop' | 'unknown'
      readonly failure: Failure | null
      readonly packet: Packet
    }
  /** The end of a chain: of a base chain (its policy applies) or of a user chain (return). */
  | {
      readonly kind: 'end'
      readonly table: TableName
      readonly chain: Chain
      readonly number: number
      readonly packet: Packet
    }
  | {
      readonly kind: 'verdict'
      readonly table: TableName
      readonly chain: Chain
      readonly number: number
      readonly verdict: Verdict
    }
  | {
      readonly kind: 'unknown'
      readonly extension: string
      readonly table: TableName
      readonly chain: Chain
      readonly number: number
    }
  | {
      readonly kind: 'conntrack'
      readonly packet: Packet
      readonly state: string
      readonly connection: Connection | null
      readonly reason: string | null
    }
  | {
      readonly kind: 'nat'
      readonly side: 'source' | 'destination'
      readonly before: Tuple
      readonly after: Tuple
      readonly packet: Packet
    }
  | { readonly kind: 'route'; readonly decision: string; readonly detail: string; readonly packet: Packet }
  /** A packet that the host itself sends because of this one (REJECT, ICMP error). */
  | { readonly kind: 'reply'; readonly bytes: Uint8Array; readonly what: string }
  /** The stack (not a rule) ended the packet's way. */
  | { readonly kind: 'drop'; readonly where: string; readonly reason: string; readonly packet: Packet }
  | { readonly kind: 'log'; readonly line: string }
  | { readonly kind: 'assumption'; readonly text: string }
  | { readonly kind: 'sent'; readonly device: string; readonly packet: Packet }
  | { readonly kind: 'delivered'; readonly device: string; readonly packet: Packet }

/** Receives trace events synchronously. */
export interface Tracer {
  (event: TraceEvent): void
  /** Rules that did not match are not reported: nothing need be found out about them. */
  readonly matchesOnly?: boolean
}
