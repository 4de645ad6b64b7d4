import type { Connection } from '../packet/connection.ts'
import type { Packet } from '../packet/packet.ts'
import type { Words } from '../util/words.ts'
import type { Environment } from './environment.ts'

/**
 * What a traversal says. Below 0: only inside a table. Source: linux/netfilter.h, x_tables.h.
 */
export const VERDICT = {
  drop: 0,
  accept: 1,
  stolen: 2,
  queue: 3,
  /** The hook is run again with the rest of its functions (nf_reinject); unused by rules. */
  repeat: 4,
  /** The answer depends on an extension that hookline cannot evaluate. */
  unknown: 5,
  /** The rule decides nothing; the next one is asked. */
  continue: -1,
} as const
export type Verdict = (typeof VERDICT)[keyof typeof VERDICT]

/** Addresses and ports that NAT may choose from. Source: Linux struct nf_nat_range2. */
export interface NatRange {
  /** Null: keep the address. */
  readonly addresses: readonly [Words, Words] | null
  /** Null: keep the port where it is free. For ICMP these are identifiers. */
  readonly ports: readonly [number, number] | null
  /** `--to-destination a-b:p-q/base`: ports are shifted by the distance from this one. */
  readonly basePort: number | null
  readonly random: boolean
  readonly randomFully: boolean
  readonly persistent: boolean
  /** NETMAP: only the bits that the two addresses share are replaced. */
  readonly netmap: boolean
}

/** The ICMP error, or TCP RST, that REJECT answers with; names as `--reject-with` saves them. */
export type ReplyKind =
  | 'icmp-net-unreachable'
  | 'icmp-host-unreachable'
  | 'icmp-port-unreachable'
  | 'icmp-proto-unreachable'
  | 'icmp-net-prohibited'
  | 'icmp-host-prohibited'
  | 'icmp-admin-prohibited'
  | 'tcp-reset'
  | 'icmp6-no-route'
  | 'icmp6-adm-prohibited'
  | 'icmp6-addr-unreachable'
  | 'icmp6-port-unreachable'
  | 'icmp6-policy-fail'
  | 'icmp6-reject-route'

/** What LOG and NFLOG write. */
export interface LogEntry {
  readonly kind: 'LOG' | 'NFLOG'
  readonly prefix: string
  /** syslog level 0..7 (LOG). */
  readonly level: number
  /** nflog group (NFLOG). */
  readonly group: number
  readonly tcpSequence: boolean
  readonly tcpOptions: boolean
  readonly ipOptions: boolean
  readonly uid: boolean
  readonly macDecode: boolean
}

/**
 * The closed vocabulary of what a target does. A rule's actions run in order until one gives a verdict
 * other than `continue`.
 */
export type Action =
  | { readonly kind: 'verdict'; readonly verdict: 'accept' | 'drop' }
  | {
      readonly kind: 'queue'
      readonly numbers: readonly [number, number]
      readonly bypass: boolean
      readonly cpuFanout: boolean
    }
  | { readonly kind: 'return' }
  /** `mark = (mark & keep) ^ toggle`. */
  | { readonly kind: 'mark'; readonly keep: number; readonly toggle: number }
  /** CONNMARK: see {@link ConnmarkAction}. */
  | ConnmarkAction
  /** NAT to a given range; the side is the hook's in the case of NETMAP. */
  | { readonly kind: 'nat'; readonly side: 'source' | 'destination'; readonly range: NatRange }
  /** Source NAT to the address of the outgoing device. */
  | { readonly kind: 'masquerade'; readonly range: NatRange }
  /** Destination NAT to the host itself. */
  | { readonly kind: 'redirect'; readonly range: NatRange }
  | { readonly kind: 'reply'; readonly with: ReplyKind }
  | { readonly kind: 'log'; readonly entry: LogEntry }
  | { readonly kind: 'notrack' }
  | {
      readonly kind: 'template'
      /** What the packet has for a connection until it is tracked. */
      readonly connection: Connection
      /** 0..65535. */
      readonly zone: number
      /** The zone is the packet's mark at the moment it is tracked. */
      readonly zoneFromMark: boolean
      readonly zoneDirection: 'both' | 'original' | 'reply'
      readonly helper: string | null
      readonly timeoutPolicy: string | null
    }
  | { readonly kind: 'trace' }
  /** Sets the TCP maximum segment size; null clamps it to the path's MTU. */
  | { readonly kind: 'tcpmss'; readonly mss: number | null }
  | {
      readonly kind: 'tproxy'
      readonly address: Words
      readonly port: number
      readonly mark: number
      readonly mask: number
    }
  | ComputedAction
  /** A target that cannot be evaluated, by name. */
  | { readonly kind: 'unknown'; readonly extension: string }

/**
 * CONNMARK. set: ct = ((ct & ~ctmask) ^ value) shifted; save: ct = (ct & ~ctmask) ^ (mark & nfmask) shifted;
 * restore: mark = (mark & ~nfmask) ^ (ct & ctmask) shifted. Source: Linux connmark_tg_shift().
 */
export interface ConnmarkAction {
  readonly kind: 'connmark'
  readonly mode: 'set' | 'save' | 'restore'
  readonly value: number
  readonly ctmask: number
  readonly nfmask: number
  /** -31..31 bits: to the left where positive, to the right where negative. */
  readonly shift: number
}

/** A target given as a function: what is neither a verdict nor in the list above. */
export interface ComputedAction {
  readonly kind: 'computed'
  readonly name: string
  readonly act: (packet: Packet, environment: Environment) => Verdict
  /** Called once when the rules are loaded into a host: makes the state that exists before any packet. */
  readonly prepare?: (environment: Environment) => void
}
