/**
 * Follows TCP connections.
 *
 * A segment first has to be a sane TCP header; the transition table says where it leads; then it has to fit the
 * windows of both sides. What the table ignores is let through but not believed: if the other side's answer
 * shows that it was right after all, tracking follows.
 *
 * Source: Linux nf_conntrack_tcp_packet(); RFC 9293, RFC 5961.
 */

import { CT_STATUS } from '../../packet/connection.ts'
import type { Packet } from '../../packet/packet.ts'
import { PROTOCOL } from '../../wire/protocols.ts'
import type { TrackedConnection } from '../connection.ts'
import { transportChecksumHolds } from './checksums.ts'
import { before, readSegment, readSynOptions, type Segment } from './tcp-segment.ts'
import { newTcpState, resetSide, type TcpState, type TcpStateName, transition } from './tcp-state.ts'
import { checkWindow } from './tcp-window.ts'
import { accept, invalid, type Tracker, type Tracking, type TrackingContext } from './tracker.ts'

/** Flag combinations, without ECE, CWR and PSH, that a sane segment can have. Source: Linux tcp_valid_flags[]. */
const VALID_FLAGS = new Set([0x02, 0x22, 0x12, 0x04, 0x14, 0x11, 0x31, 0x10, 0x30])
const IGNORED_FLAGS = 0x40 | 0x80 | 0x08

/** See the head of this file. */
export const trackTcp: Tracker = (connection, packet, context) => {
  const error = tcpError(packet, context)
  if (error !== null) return invalid(error)
  const segment = readSegment(packet)
  if (!connection.confirmed) {
    const opened = openConnection(segment, packet, context)
    if (typeof opened === 'string') return invalid(opened)
    connection.memory = { kind: 'tcp', tcp: opened }
  }
  const { memory } = connection
  if (memory.kind !== 'tcp') return invalid('the connection has no TCP state')
  return follow(connection, memory.tcp, segment, packet, context)
}

/** Source: Linux tcp_error(). */
function tcpError(packet: Packet, context: TrackingContext): string | null {
  const { view, transport, end } = packet
  const there = end - transport
  if (there < 20) return `the TCP header is cut short (${there} of 20 bytes)`
  const headerLength = (view.getUint8(transport + 12) >> 4) * 4
  if (headerLength < 20 || headerLength > there) return `the TCP header length ${headerLength} is impossible`
  if (context.verifiesChecksums && !transportChecksumHolds(packet, PROTOCOL.tcp)) return 'the TCP checksum is wrong'
  const flags = view.getUint8(transport + 13) & ~IGNORED_FLAGS
  return VALID_FLAGS.has(flags) ? null : 'the combination of TCP flags is impossible'
}

/** The memory for a first segment, or why it cannot open a connection. Source: Linux tcp_new(). */
function openConnection(segment: Segment, packet: Packet, context: TrackingContext): TcpState | string {
  const first = transition(0, segment.kind, 'NONE')
  if (first === 'invalid' || first === 'ignore') return `${nameOf(segment)} cannot open a connection`
  const state = newTcpState()
  const [side, other] = state.sides
  side.end = segment.end
  side.maxWindow = segment.window === 0 ? 1 : segment.window
  if (first === 'SYN_SENT') {
    side.maxEnd = side.end
    readSynOptions(packet, side)
    return state
  }
  if (context.settings.nf_conntrack_tcp_loose === 0) return 'the connection was not seen to begin (tcp_loose is off)'
  // Picked up in the middle: neither scale nor SACK were seen, so windows cannot be checked strictly.
  side.maxEnd = (side.end + side.maxWindow) >>> 0
  for (const one of [side, other]) {
    one.permitsSack = true
    one.isLiberal = true
  }
  return state
}

function nameOf(segment: Segment): string {
  const names = { syn: 'SYN', synack: 'SYN,ACK', fin: 'FIN', ack: 'ACK', rst: 'RST', none: 'a segment without flags' }
  return names[segment.kind]
}

function follow(
  connection: TrackedConnection,
  state: TcpState,
  segment: Segment,
  packet: Packet,
  context: TrackingContext,
): Tracking {
  const { direction } = context
  let from = state.name
  let to = transition(direction, segment.kind, from)
  let skipsWindow = false

  const reopens = to === 'SYN_SENT' && OVER.includes(from)
  if (reopens && mayReopen(state, direction)) return { kind: 'repeat' }
  if (reopens || to === 'ignore') {
    if (!answersIgnoredSyn(state, segment, direction)) {
      noteIgnored(state, from, segment, packet, direction)
      return accept(null)
    }
    followIgnoredSyn(state, direction)
    from = 'SYN_SENT'
    to = 'SYN_RECV'
  } else if (to === 'invalid') {
    return invalid(`${nameOf(segment)} from the ${side(direction)} does not fit the state ${from}`)
  } else if (to === 'TIME_WAIT' && isChallengeAck(state, from, segment, direction)) {
    state.expectsChallengeAck = false
    return accept(null)
  } else if (to === 'SYN_SENT2') state.isSimultaneousOpen = true
  else if (to === 'SYN_RECV' && direction === 1 && segment.kind === 'ack' && state.isSimultaneousOpen)
    to = 'ESTABLISHED'
  else if (to === 'CLOSE' && segment.kind === 'rst') {
    const reset = judgeReset(connection, state, from, segment, context)
    if (typeof reset === 'object') return reset
    if (reset === 'keep') to = from
    skipsWindow = reset === 'in window'
  }

  const target = to as TcpStateName
  if (!skipsWindow) {
    const checked = checkWindow(state, direction, segment, packet, context.settings)
    if (checked.kind === 'ignore') return accept(null)
    if (checked.kind === 'invalid') {
      shortenDeadConnection(connection, state, segment, context)
      return invalid(checked.reason)
    }
  }
  return enter(connection, state, from, target, segment, context)
}

function side(direction: 0 | 1): string {
  return direction === 0 ? 'client' : 'server'
}

/** States from TIME_WAIT on, in the table's order. */
const OVER: readonly TcpStateName[] = ['TIME_WAIT', 'CLOSE', 'SYN_SENT2']

/** The old connection was closed by one side, or reset from here: a new one may take its place. */
function mayReopen(state: TcpState, direction: 0 | 1): boolean {
  const closed = state.sides[0].startedClose || state.sides[1].startedClose
  return closed || (state.lastDirection === direction && state.lastSegment === 'rst')
}

/** A SYN,ACK for a SYN that was ignored: both ends agree, only we were wrong. */
function answersIgnoredSyn(state: TcpState, segment: Segment, direction: 0 | 1): boolean {
  return (
    segment.kind === 'synack' &&
    state.lastSegment === 'syn' &&
    state.lastDirection !== direction &&
    segment.ack === state.lastEnd
  )
}

function followIgnoredSyn(state: TcpState, direction: 0 | 1): void {
  const opener = state.sides[state.lastDirection]
  opener.end = state.lastEnd
  opener.maxEnd = state.lastEnd
  opener.maxWindow = state.lastWindow === 0 ? 1 : state.lastWindow
  opener.scale = state.lastScale
  state.expectsChallengeAck = false
  opener.hasScale = state.lastHasScale
  opener.permitsSack = state.lastPermitsSack
  opener.startedClose = false
  opener.isLiberal = false
  opener.hasUnacknowledgedData = false
  opener.hasMaxAck = false
  resetSide(state.sides[direction])
}

/** Remembers a segment that is let through without being believed. */
function noteIgnored(state: TcpState, from: TcpStateName, segment: Segment, packet: Packet, direction: 0 | 1): void {
  state.lastSegment = segment.kind
  state.lastDirection = direction
  state.lastSeq = segment.seq
  state.lastEnd = segment.end
  state.lastWindow = segment.window
  if (segment.kind === 'syn' && direction === 0) {
    const seen = { scale: 0, hasScale: false, permitsSack: false }
    readSynOptions(packet, seen)
    state.lastScale = seen.hasScale ? seen.scale : 0
    state.lastHasScale = seen.hasScale
    state.lastPermitsSack = seen.permitsSack
    state.expectsChallengeAck = from === 'LAST_ACK'
    state.isSimultaneousOpen = false
  }
  if (from === 'SYN_SENT' && segment.kind === 'ack' && direction === 1) state.lastAck = segment.ack
}

/** RFC 5961: the answer to a stray SYN must not be taken for the acknowledgment of the last FIN. */
function isChallengeAck(state: TcpState, from: TcpStateName, segment: Segment, direction: 0 | 1): boolean {
  return (
    from === 'LAST_ACK' &&
    segment.kind === 'ack' &&
    state.lastDirection !== direction &&
    state.lastSegment === 'syn' &&
    state.expectsChallengeAck
  )
}

const EARLY_DROP: readonly TcpStateName[] = ['FIN_WAIT', 'LAST_ACK', 'TIME_WAIT', 'CLOSE', 'CLOSE_WAIT']

/**
 * A reset: refused where its sequence number lies before what was acknowledged; without effect (`keep`) where it
 * does not match exactly; `in window` where it answers something that was let through unbelieved.
 */
function judgeReset(
  connection: TrackedConnection,
  state: TcpState,
  from: TcpStateName,
  segment: Segment,
  context: TrackingContext,
): Tracking | 'keep' | 'check' | 'in window' {
  if (EARLY_DROP.includes(from)) return 'in window'
  const { direction, settings } = context
  const receiver = state.sides[direction === 0 ? 1 : 0]
  const isEstablished = state.name === 'ESTABLISHED' && (connection.status & CT_STATUS.assured) !== 0
  if (receiver.hasMaxAck && state.lastSegment !== 'syn') {
    const { seq } = segment
    if (seq === 0 && !isEstablished) return 'check'
    if (before(seq, receiver.maxAck) && settings.nf_conntrack_tcp_ignore_invalid_rst === 0) {
      return invalid(`the reset's sequence ${seq} is below ${receiver.maxAck}, which was acknowledged`)
    }
    if (!isEstablished || seq === receiver.maxAck) return 'check'
    const followsOwnData = state.lastSegment === 'ack' && state.lastDirection === direction && seq === state.lastEnd
    return followsOwnData ? 'check' : 'keep'
  }
  const seenReply = (connection.status & CT_STATUS.seenReply) !== 0
  const assured = (connection.status & CT_STATUS.assured) !== 0
  const answersUnbelieved = (seenReply && state.lastSegment === 'syn') || (!assured && state.lastSegment === 'ack')
  if (answersUnbelieved && segment.ack === state.lastEnd) return 'in window'
  const answersChallenge =
    from === 'SYN_SENT' && state.lastSegment === 'ack' && state.lastDirection === 1 && segment.seq === state.lastAck
  return answersChallenge ? 'in window' : 'check'
}

/** A dead connection whose FIN or RST is out of the window does not live on for days. Source: Linux nf_tcp_handle_invalid(). */
function shortenDeadConnection(
  connection: TrackedConnection,
  state: TcpState,
  segment: Segment,
  context: TrackingContext,
): void {
  if ((connection.status & CT_STATUS.assured) === 0 || (connection.status & CT_STATUS.fixedTimeout) !== 0) return
  if (segment.kind !== 'rst' && segment.kind !== 'fin') return
  const otherEnded =
    state.lastDirection !== context.direction && (state.lastSegment === 'fin' || state.lastSegment === 'rst')
  if (!otherEnded) {
    state.lastSegment = segment.kind
    state.lastDirection = context.direction
    return
  }
  const short = context.settings.nf_conntrack_tcp_timeout_unacknowledged
  if (context.remaining >= 120 && context.remaining > short) context.setTimeout(short)
}

/** The segment is believed: the state changes, and with it the time the connection is kept. */
function enter(
  connection: TrackedConnection,
  state: TcpState,
  from: TcpStateName,
  to: TcpStateName,
  segment: Segment,
  context: TrackingContext,
): Tracking {
  const { direction, settings } = context
  state.lastSegment = segment.kind
  state.lastDirection = direction
  state.name = to
  connection.protocolState = to
  if (from !== to && to === 'FIN_WAIT') state.sides[direction].startedClose = true

  let timeout = chooseTimeout(state, to, segment, context)
  if ((connection.status & CT_STATUS.seenReply) === 0) {
    if (segment.hasRst) return { kind: 'kill' }
    // A repeated SYN must not keep an unanswered connection, and its ports, forever.
    if (segment.kind === 'syn' && from === 'SYN_SENT') return accept(null)
    if (to === 'ESTABLISHED') timeout = Math.min(timeout, settings.nf_conntrack_tcp_timeout_unacknowledged)
  } else if (to === 'ESTABLISHED' && (from === 'SYN_RECV' || from === 'ESTABLISHED')) {
    connection.status |= CT_STATUS.assured
  }
  return accept(timeout)
}

function chooseTimeout(state: TcpState, to: TcpStateName, segment: Segment, { settings }: TrackingContext): number {
  const normal = timeoutOf(to, settings)
  const [a, b] = state.sides
  if (state.retransmissions >= settings.nf_conntrack_tcp_max_retrans) {
    if (normal > settings.nf_conntrack_tcp_timeout_max_retrans) return settings.nf_conntrack_tcp_timeout_max_retrans
  }
  if (segment.kind === 'rst') return settings.nf_conntrack_tcp_timeout_close
  if (a.hasUnacknowledgedData || b.hasUnacknowledgedData) {
    const unacknowledged = settings.nf_conntrack_tcp_timeout_unacknowledged
    if (normal > unacknowledged) return unacknowledged
  }
  if (state.lastWindow === 0 && normal > settings.nf_conntrack_tcp_timeout_max_retrans) {
    return settings.nf_conntrack_tcp_timeout_max_retrans
  }
  return normal
}

function timeoutOf(state: TcpStateName, settings: TrackingContext['settings']): number {
  switch (state) {
    case 'NONE':
    case 'SYN_SENT':
    case 'SYN_SENT2':
      return settings.nf_conntrack_tcp_timeout_syn_sent
    case 'SYN_RECV':
      return settings.nf_conntrack_tcp_timeout_syn_recv
    case 'ESTABLISHED':
      return settings.nf_conntrack_tcp_timeout_established
    case 'FIN_WAIT':
      return settings.nf_conntrack_tcp_timeout_fin_wait
    case 'CLOSE_WAIT':
      return settings.nf_conntrack_tcp_timeout_close_wait
    case 'LAST_ACK':
      return settings.nf_conntrack_tcp_timeout_last_ack
    case 'TIME_WAIT':
      return settings.nf_conntrack_tcp_timeout_time_wait
    case 'CLOSE':
      return settings.nf_conntrack_tcp_timeout_close
  }
}
