import { type Words, ZERO_WORDS } from '../util/words.ts'

/**
 * What identifies one direction of a flow: addresses, protocol and the protocol's own key.
 *
 * `sport`/`dport` are ports for TCP, UDP, UDP-Lite, SCTP and DCCP. For ICMP and ICMPv6 `sport` is the
 * identifier and `dport` is `type << 8 | code`. For GRE they are the keys. Otherwise 0.
 *
 * Source: Linux struct nf_conntrack_tuple.
 */
export interface Tuple {
  readonly family: 4 | 6
  readonly protocol: number
  readonly source: Words
  readonly destination: Words
  readonly sport: number
  readonly dport: number
}

/** `ctinfo`: how a packet relates to its connection. Source: Linux enum ip_conntrack_info. */
export const CT_INFO = {
  established: 0,
  related: 1,
  new: 2,
  establishedReply: 3,
  relatedReply: 4,
  untracked: 7,
} as const

/** Bits of {@link Connection.status}. Source: Linux enum ip_conntrack_status. */
export const CT_STATUS = {
  expected: 1 << 0,
  seenReply: 1 << 1,
  assured: 1 << 2,
  confirmed: 1 << 3,
  sourceNat: 1 << 4,
  destinationNat: 1 << 5,
  sequenceAdjust: 1 << 6,
  sourceNatDone: 1 << 7,
  destinationNatDone: 1 << 8,
  dying: 1 << 9,
  fixedTimeout: 1 << 10,
  template: 1 << 11,
  untracked: 1 << 12,
  helper: 1 << 13,
} as const

/** Packets and bytes counted in one direction. */
export interface Accounting {
  packets: number
  bytes: number
}

/**
 * A tracked flow, as rules, NAT and traces see it. The table that owns it lives in `conntrack/`.
 *
 * Source: Linux struct nf_conn.
 */
export interface Connection {
  readonly id: number
  readonly original: Tuple
  /** The tuple replies are expected to have; NAT changes it before the connection is confirmed. */
  reply: Tuple
  /** {@link CT_STATUS} bits. */
  status: number
  /** 32-bit unsigned connection mark. */
  mark: number
  /** Zone 0..65535; per-direction zones differ only with `CT --zone-orig/--zone-reply`. */
  readonly zone: number
  /** Milliseconds (host time) when it expires. */
  expires: number
  /** Whether the connection is in the table (confirmed) and may be found by other packets. */
  readonly confirmed: boolean
  readonly master: Connection | null
  readonly accounting: readonly [Accounting, Accounting]
  /** The name of the protocol's state, such as `SYN_SENT`; `NONE` where the protocol has none. */
  readonly protocolState: string
  /** The name of the helper that follows it, such as `ftp`; null or absent for none. Source: Linux nfct_help(). */
  readonly helper?: string | null
  /** Label bits 0..127 (`-m connlabel`); absent where a connection cannot have labels, as a template. */
  labels?: bigint
}

/** What `CT` (the target) attaches before tracking. Source: Linux struct nf_conn with IPS_TEMPLATE, xt_ct_tg. */
export interface ConnectionTemplate {
  /** The zone; where {@link zoneFromMark}, what it would be with the mark that the packet had at the target. */
  readonly zone: number
  /** The zone is the low 16 bits of the mark that the packet has when it is tracked. Source: nf_ct_zone_tmpl(). */
  readonly zoneFromMark?: boolean
  readonly zoneDirection: 'both' | 'original' | 'reply'
  readonly helper: string | null
  readonly timeoutPolicy: string | null
}

/**
 * What `packet.ct` is while only a template is attached: rules before tracking see a new connection without tuple.
 * One object serves all packets of its rule, as in the kernel. Source: Linux nf_ct_tmpl_alloc(), xt_ct_tg_check().
 */
export function templateConnection(zone: number): Connection {
  const nowhere: Tuple = { family: 4, protocol: 0, source: ZERO_WORDS, destination: ZERO_WORDS, sport: 0, dport: 0 }
  const nothing = (): Accounting => ({ packets: 0, bytes: 0 })
  return {
    id: 0,
    original: nowhere,
    reply: nowhere,
    status: CT_STATUS.template | CT_STATUS.confirmed,
    mark: 0,
    zone,
    expires: 0,
    confirmed: true,
    master: null,
    accounting: [nothing(), nothing()],
    protocolState: 'NONE',
  }
}
