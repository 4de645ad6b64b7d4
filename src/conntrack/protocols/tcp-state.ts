/**
 * The states of a tracked TCP connection and how segments move it between them.
 *
 * Source: Linux enum tcp_conntrack, tcp_conntracks[][][] of nf_conntrack_proto_tcp.c.
 */

/** States in the order of the transition table. `SYN_SENT2`: both sides sent a SYN (simultaneous open). */
export const TCP_STATES = [
  'NONE',
  'SYN_SENT',
  'SYN_RECV',
  'ESTABLISHED',
  'FIN_WAIT',
  'CLOSE_WAIT',
  'LAST_ACK',
  'TIME_WAIT',
  'CLOSE',
  'SYN_SENT2',
] as const
export type TcpStateName = (typeof TCP_STATES)[number]

/** What a segment is to the table: the first of its flags that counts. */
export type SegmentKind = 'syn' | 'synack' | 'fin' | 'ack' | 'rst' | 'none'

/** Where a segment leads: a state, out of any connection, or let through without believing it. */
export type Transition = TcpStateName | 'invalid' | 'ignore'

const LETTERS: Readonly<Record<string, Transition>> = {
  SS: 'SYN_SENT',
  SR: 'SYN_RECV',
  ES: 'ESTABLISHED',
  FW: 'FIN_WAIT',
  CW: 'CLOSE_WAIT',
  LA: 'LAST_ACK',
  TW: 'TIME_WAIT',
  CL: 'CLOSE',
  S2: 'SYN_SENT2',
  '--': 'invalid',
  ig: 'ignore',
}

function row(text: string): readonly Transition[] {
  return text.split(' ').map((letters) => LETTERS[letters] as Transition)
}

/** By direction (0 original, 1 reply) and segment: the transition from each of {@link TCP_STATES}. */
const TABLE: readonly Readonly<Record<SegmentKind, readonly Transition[]>>[] = [
  {
    //          NO SS SR ES FW CW LA TW CL S2
    syn: row('SS SS ig ig ig ig ig SS SS S2'),
    synack: row('-- -- SR -- -- -- -- -- -- SR'),
    fin: row('-- -- FW FW LA LA LA TW CL --'),
    ack: row('ES -- ES ES CW CW TW TW CL --'),
    rst: row('-- CL CL CL CL CL CL CL CL CL'),
    none: row('-- -- -- -- -- -- -- -- -- --'),
  },
  {
    syn: row('-- S2 -- -- -- -- -- SS -- S2'),
    synack: row('-- SR ig ig ig ig ig ig ig SR'),
    fin: row('-- -- FW FW LA LA LA TW CL --'),
    ack: row('-- ig SR ES CW CW TW TW CL ig'),
    rst: row('-- CL CL CL CL CL CL CL CL CL'),
    none: row('-- -- -- -- -- -- -- -- -- --'),
  },
]

/** Where a segment leads from a state. */
export function transition(direction: 0 | 1, segment: SegmentKind, from: TcpStateName): Transition {
  return TABLE[direction]?.[segment][TCP_STATES.indexOf(from)] ?? 'invalid'
}

/** What the flags of a TCP header make of it. Source: Linux get_conntrack_index(). */
export function segmentKind(flags: number): SegmentKind {
  if (flags & 0x04) return 'rst'
  if (flags & 0x02) return flags & 0x10 ? 'synack' : 'syn'
  if (flags & 0x01) return 'fin'
  return flags & 0x10 ? 'ack' : 'none'
}

/** One side's window, all numbers modulo 2^32. Source: Linux struct ip_ct_tcp_state. */
export interface TcpSide {
  /** Sequence number behind the last byte it sent. */
  end: number
  /** The largest sequence number + 1 that the other side's window lets it send. */
  maxEnd: number
  /** The largest window it announced, scaled; 0 before its first segment. */
  maxWindow: number
  /** The highest acknowledgment it sent. */
  maxAck: number
  /** Window scale 0..14. */
  scale: number
  hasScale: boolean
  permitsSack: boolean
  /** It sent the first FIN. */
  startedClose: boolean
  /** Its window is not checked: the connection was picked up in the middle. */
  isLiberal: boolean
  hasUnacknowledgedData: boolean
  hasMaxAck: boolean
}

/** What is remembered of a TCP connection. Source: Linux struct ip_ct_tcp. */
export interface TcpState {
  name: TcpStateName
  readonly sides: readonly [TcpSide, TcpSide]
  lastDirection: 0 | 1
  lastSegment: SegmentKind
  lastSeq: number
  lastAck: number
  lastEnd: number
  lastWindow: number
  /** Same segment seen again and again. */
  retransmissions: number
  /** Of a SYN that was let through without being believed. */
  lastScale: number
  lastHasScale: boolean
  lastPermitsSack: boolean
  expectsChallengeAck: boolean
  isSimultaneousOpen: boolean
}

/** A side of which nothing was seen. */
function newSide(): TcpSide {
  return {
    end: 0,
    maxEnd: 0,
    maxWindow: 0,
    maxAck: 0,
    scale: 0,
    hasScale: false,
    permitsSack: false,
    startedClose: false,
    isLiberal: false,
    hasUnacknowledgedData: false,
    hasMaxAck: false,
  }
}

/** Forgets a side but for its being liberal. Source: Linux nf_ct_tcp_state_reset(). */
export function resetSide(side: TcpSide): void {
  Object.assign(side, newSide(), { isLiberal: side.isLiberal })
}

/** The memory of a connection whose first segment is being looked at. */
export function newTcpState(): TcpState {
  return {
    name: 'NONE',
    sides: [newSide(), newSide()],
    lastDirection: 0,
    lastSegment: 'none',
    lastSeq: 0,
    lastAck: 0,
    lastEnd: 0,
    lastWindow: 0,
    retransmissions: 0,
    lastScale: 0,
    lastHasScale: false,
    lastPermitsSack: false,
    expectsChallengeAck: false,
    isSimultaneousOpen: false,
  }
}
