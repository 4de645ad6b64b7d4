/**
 * Follows SCTP associations by their chunks and verification tags.
 *
 * Source: Linux nf_conntrack_sctp_packet(); RFC 9260 sections 8.4 and 8.5.
 */

import { CT_STATUS } from '../../packet/connection.ts'
import { ensureWritable } from '../../packet/mangle-buffer.ts'
import type { Packet } from '../../packet/packet.ts'
import { sctpChecksum } from '../../wire/checksum.ts'
import { CHUNK, type SctpState, type SctpStateName, sctpTransition } from './sctp-state.ts'
import { accept, invalid, type Tracker, type TrackingContext } from './tracker.ts'

interface Chunk {
  readonly type: number
  readonly flags: number
  readonly length: number
  readonly at: number
}

/** See the head of this file. */
export const trackSctp: Tracker = (connection, packet, context) => {
  const error = sctpError(packet, context)
  if (error !== null) return invalid(error)
  const chunks = readChunks(packet)
  const misplaced = checkChunks(chunks)
  if (misplaced !== null) return invalid(misplaced)
  const tag = packet.view.getUint32(packet.transport + 4)
  const has = (...types: number[]): boolean => chunks.some((chunk) => types.includes(chunk.type))
  if (!connection.confirmed) {
    if (has(CHUNK.abort, CHUNK.shutdownComplete, CHUNK.cookieAck)) return invalid('the chunk belongs to no association')
    const opened = openAssociation(chunks, tag, packet)
    if (opened === null) return invalid('the chunk cannot open an association')
    connection.memory = { kind: 'sctp', sctp: opened }
  }
  const { memory } = connection
  if (memory.kind !== 'sctp') return invalid('the connection has no SCTP state')
  const state = memory.sctp
  const checksTagItself = has(
    CHUNK.init,
    CHUNK.shutdownComplete,
    CHUNK.cookieEcho,
    CHUNK.abort,
    CHUNK.shutdownAck,
    CHUNK.heartbeat,
    CHUNK.heartbeatAck,
  )
  if (!checksTagItself && tag !== state.tags[context.direction]) return invalid('the verification tag is wrong')

  const follower = new ChunkFollower(state, tag, packet, context.direction, connection.confirmed, has(CHUNK.data))
  for (const chunk of chunks) {
    const reason = follower.take(chunk)
    if (reason !== null) return invalid(reason)
  }
  connection.protocolState = state.name
  if (follower.ignored) return accept(null)
  const fromOpening = follower.before === 'COOKIE_ECHOED' || follower.before === 'HEARTBEAT_SENT'
  if (fromOpening && follower.after === 'ESTABLISHED') {
    connection.status |= CT_STATUS.assured
  }
  return accept(timeoutOf(follower.after, context))
}

/** Source: Linux sctp_error(). */
function sctpError(packet: Packet, context: TrackingContext): string | null {
  const { bytes, view, transport, end } = packet
  if (end - transport < 12) return `the SCTP header is cut short (${end - transport} of 12 bytes)`
  if (!context.verifiesChecksums) return null
  // The kernel wants the header in one piece: a reassembled packet with a shorter first piece is cut anew when it leaves.
  ensureWritable(packet, transport - packet.network + 12)
  return view.getUint32(transport + 8) === sctpChecksum(bytes, transport, end) ? null : 'the SCTP checksum is wrong'
}

function readChunks({ view, transport, end }: Packet): Chunk[] {
  const chunks: Chunk[] = []
  for (let at = transport + 12; at + 4 <= end; ) {
    const length = view.getUint16(at + 2)
    chunks.push({ type: view.getUint8(at), flags: view.getUint8(at + 1), length, at })
    if (length === 0) break
    at += (length + 3) & ~3
  }
  return chunks
}

/** Chunks that must be alone or first. Source: Linux do_basic_checks(). */
function checkChunks(chunks: Chunk[]): string | null {
  let mustBeAlone = false
  for (const [index, { type, length }] of chunks.entries()) {
    if (type === CHUNK.init || type === CHUNK.initAck || type === CHUNK.shutdownComplete) mustBeAlone = true
    const mustBeFirst = type === CHUNK.cookieAck || type === CHUNK.cookieEcho || mustBeAlone
    if (mustBeFirst && index !== 0) return 'a chunk that must stand first or alone does not'
    if (length === 0) return 'a chunk has no length'
  }
  return chunks.length === 0 ? 'there are no chunks' : null
}

/** Source: Linux sctp_new(). */
function openAssociation(chunks: readonly Chunk[], tag: number, packet: Packet): SctpState | null {
  const state: SctpState = {
    name: 'NONE',
    tags: [0, 0],
    sawInit: [false, false],
    lastDirection: 0,
    heartbeatTagFailed: false,
  }
  for (const chunk of chunks) {
    const next = sctpTransition(0, chunk.type, 'NONE')
    if (next === 'NONE' || next === 'invalid') return null
    if (chunk.type === CHUNK.init) {
      const initTag = readInitTag(chunk, packet)
      if (initTag === null) return null
      state.tags[1] = initTag
    } else if (chunk.type === CHUNK.heartbeat || chunk.type === CHUNK.heartbeatAck) state.tags[0] = tag
    else state.tags[1] = tag
  }
  return state
}

function readInitTag(chunk: Chunk, { view, end }: Packet): number | null {
  return chunk.at + 20 > end ? null : view.getUint32(chunk.at + 4)
}

/** Takes the chunks of one packet in order. */
class ChunkFollower {
  before: SctpStateName = 'NONE'
  after: SctpStateName = 'NONE'
  /** The packet is let through without lengthening the association's life. */
  ignored = false
  private readonly state: SctpState
  private readonly tag: number
  private readonly packet: Packet
  private readonly direction: 0 | 1
  private readonly confirmed: boolean
  private readonly hasData: boolean

  constructor(state: SctpState, tag: number, packet: Packet, direction: 0 | 1, confirmed: boolean, hasData: boolean) {
    this.state = state
    this.tag = tag
    this.packet = packet
    this.direction = direction
    this.confirmed = confirmed
    this.hasData = hasData
  }

  /** Null when the chunk fits, else why not. */
  take(chunk: Chunk): string | null {
    const { state, direction } = this
    const verdict = this.checkTag(chunk)
    if (verdict === 'skip') return null
    if (verdict === 'wrong') return 'the verification tag is wrong'
    this.before = state.name
    const next = sctpTransition(direction, chunk.type, this.before)
    if (next === 'invalid') return `chunk ${chunk.type} does not fit the state ${this.before}`
    this.after = next
    if (chunk.type === CHUNK.init || chunk.type === CHUNK.initAck) {
      const initTag = readInitTag(chunk, this.packet)
      if (initTag === null) return 'the INIT chunk is cut short'
      if (!this.noteInit(chunk, initTag)) return 'the INIT ACK carries another tag than is known'
      const isRepeated = chunk.type === CHUNK.init && this.before === 'CLOSED' && next === 'CLOSED'
      if (isRepeated && this.confirmed) this.ignored = true
    }
    state.name = next
    return null
  }

  /** Notes the tag that an INIT or INIT ACK asks for; false where an INIT ACK contradicts what is known. */
  private noteInit(chunk: Chunk, initTag: number): boolean {
    const { state, direction } = this
    const other = direction === 0 ? 1 : 0
    const { sawInit, tags } = state
    if (chunk.type === CHUNK.init) {
      // Crossing INITs, or a restart: what was learned of the other side is void.
      if (sawInit[direction] && sawInit[other]) sawInit[other] = false
      sawInit[direction] = true
    } else {
      const answersOnlyOther = sawInit[other] && !sawInit[direction]
      if (tags[other] !== 0 && tags[other] !== initTag && !answersOnlyOther) return false
    }
    tags[other] = initTag
    return true
  }

  /** Source: RFC 9260 section 8.5.1. */
  private checkTag(chunk: Chunk): 'right' | 'wrong' | 'skip' {
    const { state, tag, direction } = this
    const own = state.tags[direction]
    const other = state.tags[direction === 0 ? 1 : 0]
    switch (chunk.type) {
      case CHUNK.init:
        return tag === 0 ? 'right' : 'wrong'
      case CHUNK.abort:
      case CHUNK.shutdownComplete:
        // The T bit says that the sender had only the other side's tag to reflect.
        return tag === ((chunk.flags & 1) === 0 ? own : other) ? 'right' : 'wrong'
      case CHUNK.cookieEcho:
        return tag === own ? 'right' : 'wrong'
      case CHUNK.heartbeat:
        return this.checkHeartbeat()
      case CHUNK.heartbeatAck:
        return this.checkHeartbeatAck()
      default:
        return 'right'
    }
  }

  private checkHeartbeat(): 'right' | 'wrong' | 'skip' {
    const { state, tag, direction } = this
    if (state.tags[direction] === 0) state.tags[direction] = tag
    else if (tag !== state.tags[direction]) {
      if (this.hasData || this.ignored) return 'wrong'
      state.heartbeatTagFailed = true
      state.lastDirection = direction
      this.ignored = true
      return 'skip'
    } else state.heartbeatTagFailed = false
    return 'right'
  }

  private checkHeartbeatAck(): 'right' | 'wrong' {
    const { state, tag, direction } = this
    if (state.tags[direction] === 0) state.tags[direction] = tag
    else if (tag !== state.tags[direction]) {
      if (this.hasData || this.ignored) return 'wrong'
      if (!state.heartbeatTagFailed || state.lastDirection === direction) return 'wrong'
      state.heartbeatTagFailed = false
      state.tags[direction] = tag
      state.tags[direction === 0 ? 1 : 0] = 0
    } else state.heartbeatTagFailed = false
    return 'right'
  }
}

function timeoutOf(state: SctpStateName, { settings }: TrackingContext): number {
  switch (state) {
    case 'NONE':
    case 'CLOSED':
      return settings.nf_conntrack_sctp_timeout_closed
    case 'COOKIE_WAIT':
      return settings.nf_conntrack_sctp_timeout_cookie_wait
    case 'COOKIE_ECHOED':
      return settings.nf_conntrack_sctp_timeout_cookie_echoed
    case 'ESTABLISHED':
      return settings.nf_conntrack_sctp_timeout_established
    case 'SHUTDOWN_SENT':
      return settings.nf_conntrack_sctp_timeout_shutdown_sent
    case 'SHUTDOWN_RECD':
      return settings.nf_conntrack_sctp_timeout_shutdown_recd
    case 'SHUTDOWN_ACK_SENT':
      return settings.nf_conntrack_sctp_timeout_shutdown_ack_sent
    case 'HEARTBEAT_SENT':
      return settings.nf_conntrack_sctp_timeout_heartbeat_sent
  }
}
