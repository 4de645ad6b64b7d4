import type { Packet } from '../../packet/packet.ts'
import type { ConntrackSettings } from '../settings.ts'
import { after, before, highestSack, readSynOptions, type Segment } from './tcp-segment.ts'
import type { TcpSide, TcpState } from './tcp-state.ts'

/** Whether a segment fits the windows: it does; let it through but change nothing; or it is invalid. */
export type WindowCheck =
  | { readonly kind: 'accept' }
  | { readonly kind: 'ignore'; readonly reason: string }
  | { readonly kind: 'invalid'; readonly reason: string }

const ACCEPT: WindowCheck = { kind: 'accept' }
/** An acknowledgment may be at least this far behind, in bytes. Source: Linux MAXACKWINCONST. */
const MIN_ACK_WINDOW = 66_000

const u32 = (value: number): number => value >>> 0

/**
 * Checks a segment against what both sides' windows allow, and updates them.
 *
 * I   data must not be above what the receiver's window allows: seq <= sender.maxEnd
 * II  data must not be below what the receiver acknowledged, less its largest window
 * III an acknowledgment must not be above what the other side sent
 * IV  nor too far below it
 *
 * Source: Linux tcp_in_window(); Guido van Rooij, "Real stateful TCP packet filtering in IP Filter".
 */
export function checkWindow(
  state: TcpState,
  direction: 0 | 1,
  segment: Segment,
  packet: Packet,
  settings: ConntrackSettings,
): WindowCheck {
  const sender = state.sides[direction]
  const receiver = state.sides[direction === 0 ? 1 : 0]
  let { seq, ack, end } = segment
  let sack = receiver.permitsSack ? highestSack(packet, ack) : ack

  const opened = openSender(state, sender, receiver, direction, segment, packet, sack)
  if (opened !== null) return opened

  const brokenReset = segment.hasAck && segment.hasRst && ack === 0
  if (!segment.hasAck || brokenReset) {
    ack = receiver.end
    sack = receiver.end
  }
  if (segment.hasRst && seq === 0 && state.name === 'SYN_SENT') {
    // A reset that answers a SYN has no sequence number of its own.
    seq = sender.end
    end = sender.end
  }

  const failed = findViolation(sender, receiver, seq, end, sack)
  if (failed !== null) {
    return sender.isLiberal || settings.nf_conntrack_tcp_be_liberal !== 0 ? ACCEPT : failed
  }
  updateWindows(sender, receiver, segment, ack, sack, end)
  if (segment.kind === 'ack') noteRetransmission(state, direction, segment, seq, ack, end)
  return ACCEPT
}

/** Learns a side's window from its first segment, or anew from a SYN. A result ends the check. */
function openSender(
  state: TcpState,
  sender: TcpSide,
  receiver: TcpSide,
  direction: 0 | 1,
  segment: Segment,
  packet: Packet,
  sack: number,
): WindowCheck | null {
  const { end, window } = segment
  if (sender.maxWindow === 0) {
    if (segment.hasSyn) {
      initSender(sender, receiver, direction, segment, packet)
      return segment.hasAck ? null : ACCEPT
    }
    const scaled = u32(window << sender.scale)
    sender.end = end
    sender.maxWindow = scaled === 0 ? 1 : scaled
    sender.maxEnd = u32(end + sender.maxWindow)
    if (receiver.maxWindow === 0) {
      receiver.end = sack
      receiver.maxEnd = sack
    } else if (sack === u32(receiver.end + 1)) {
      // An answer to a keepalive.
      receiver.end = u32(receiver.end + 1)
    }
    return null
  }
  const isOpening = state.name === 'SYN_SENT' || state.name === 'SYN_RECV'
  if (segment.hasSyn && isOpening && after(end, sender.end)) {
    initSender(sender, receiver, direction, segment, packet)
    if (direction === 1 && !segment.hasAck) return ACCEPT
  }
  return null
}

/** Source: Linux tcp_init_sender(). */
function initSender(sender: TcpSide, receiver: TcpSide, direction: 0 | 1, segment: Segment, packet: Packet): void {
  sender.end = segment.end
  sender.maxEnd = segment.end
  sender.maxWindow = segment.window === 0 ? 1 : segment.window
  readSynOptions(packet, sender)
  // Scaling holds only where both sides offered it.
  if (direction === 1 && !(sender.hasScale && receiver.hasScale)) {
    sender.scale = 0
    receiver.scale = 0
  }
}

function findViolation(sender: TcpSide, receiver: TcpSide, seq: number, end: number, sack: number): WindowCheck | null {
  const ackWindow = Math.max(sender.maxWindow, MIN_ACK_WINDOW)
  const lowestAck = u32(receiver.end - ackWindow - 1)
  const lowestEnd = u32(sender.end - receiver.maxWindow - 1)
  if (!before(seq, u32(sender.maxEnd + 1))) {
    const overshot = u32(end - sender.maxEnd + 1)
    const endFits = receiver.maxWindow !== 0 && after(end, lowestEnd)
    const ackFits = after(sack, lowestAck) && before(sack, u32(receiver.end + 1))
    if (endFits && ackFits && overshot <= receiver.maxWindow) {
      sender.end = end
      sender.hasUnacknowledgedData = true
      return { kind: 'ignore', reason: `${overshot} bytes more than the receiver's window allows` }
    }
    return { kind: 'invalid', reason: outside(seq, u32(lowestEnd + 1), sender.maxEnd) }
  }
  if (!before(sack, u32(receiver.end + 1))) {
    return { kind: 'invalid', reason: `acknowledgment ${sack} is for data that was not seen (up to ${receiver.end})` }
  }
  if (receiver.maxWindow !== 0 && !after(end, lowestEnd)) {
    return {
      kind: 'ignore',
      reason: `sequence ${seq} repeats data that was acknowledged (below ${u32(lowestEnd + 1)})`,
    }
  }
  if (!after(sack, lowestAck)) {
    return { kind: 'ignore', reason: `acknowledgment ${sack} is long overdue (below ${u32(lowestAck + 1)})` }
  }
  return null
}

/** Windows that reach back over sequence number 0 are told by their end alone. */
function outside(seq: number, from: number, to: number): string {
  return from <= to
    ? `sequence ${seq} is outside the window ${from}–${to}`
    : `sequence ${seq} is beyond the window, which ends at ${to}`
}

function updateWindows(
  sender: TcpSide,
  receiver: TcpSide,
  segment: Segment,
  ack: number,
  sack: number,
  end: number,
): void {
  const window = segment.hasSyn ? segment.window : u32(segment.window << sender.scale)
  const announced = u32(window + (sack - ack))
  if (sender.maxWindow < announced) sender.maxWindow = announced
  if (after(end, sender.end)) {
    sender.end = end
    sender.hasUnacknowledgedData = true
  }
  if (segment.hasAck && (!sender.hasMaxAck || after(ack, sender.maxAck))) {
    sender.maxAck = ack
    sender.hasMaxAck = true
  }
  if (receiver.maxWindow !== 0 && after(end, sender.maxEnd)) {
    receiver.maxWindow = u32(receiver.maxWindow + u32(end - sender.maxEnd))
  }
  if (after(u32(sack + window), u32(receiver.maxEnd - 1))) {
    receiver.maxEnd = u32(sack + window)
    if (window === 0) receiver.maxEnd = u32(receiver.maxEnd + 1)
  }
  if (ack === receiver.end) receiver.hasUnacknowledgedData = false
}

function noteRetransmission(
  state: TcpState,
  direction: 0 | 1,
  segment: Segment,
  seq: number,
  ack: number,
  end: number,
): void {
  const isSame =
    state.lastDirection === direction &&
    state.lastSeq === seq &&
    state.lastAck === ack &&
    state.lastEnd === end &&
    state.lastWindow === segment.window
  if (isSame) {
    state.retransmissions++
    return
  }
  state.lastDirection = direction
  state.lastSeq = seq
  state.lastAck = ack
  state.lastEnd = end
  state.lastWindow = segment.window
  state.retransmissions = 0
}
