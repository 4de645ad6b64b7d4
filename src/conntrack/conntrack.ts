/**
 * Connection tracking of one host, as the hooks use it.
 *
 * Life-cycle of a packet here: {@link Conntrack.track} in PREROUTING or OUTPUT finds or makes its connection and
 * says how it relates to it; NAT may change an unconfirmed connection; {@link Conntrack.confirm} at the end of
 * INPUT or POSTROUTING puts it into the table. A packet that is dropped before takes its unconfirmed connection
 * with it: the host calls {@link Conntrack.release}.
 *
 * Source: Linux nf_conntrack_in(), nf_conntrack_confirm().
 */

import { VERDICT, type Verdict } from '../expression/action.ts'
import type { Hook } from '../expression/environment.ts'
import { type Connection, type ConnectionTemplate, CT_INFO, CT_STATUS, type Tuple } from '../packet/connection.ts'
import type { Packet } from '../packet/packet.ts'
import { invariant } from '../util/errors.ts'
import { sameWords } from '../util/words.ts'
import { PROTOCOL } from '../wire/protocols.ts'
import { DEFAULT_ZONE, TrackedConnection, type Zone } from './connection.ts'
import { icmpRole } from './icmp-error.ts'
import { trackSctp } from './protocols/sctp.ts'
import { trackGeneric, trackGre, trackIcmp, trackIcmpv6 } from './protocols/simple.ts'
import { trackTcp } from './protocols/tcp.ts'
import type { Tracker, Tracking } from './protocols/tracker.ts'
import { trackUdp, trackUdpLite } from './protocols/udp.ts'
import type { ConntrackSettings } from './settings.ts'
import { ConnectionTable, type Found } from './table.ts'
import { invert, keyOf, tupleOf } from './tuple.ts'

const TRACKERS: ReadonlyMap<number, Tracker> = new Map([
  [PROTOCOL.tcp, trackTcp],
  [PROTOCOL.udp, trackUdp],
  [PROTOCOL.udplite, trackUdpLite],
  [PROTOCOL.icmp, trackIcmp],
  [PROTOCOL.icmpv6, trackIcmpv6],
  [PROTOCOL.sctp, trackSctp],
  [PROTOCOL.gre, trackGre],
])

/** NAT or sequence adjustment changes the connection's packets. */
const TRANSLATED = CT_STATUS.sourceNat | CT_STATUS.destinationNat | CT_STATUS.sequenceAdjust

/** How a {@link Conntrack} is made. */
export interface ConntrackOptions {
  readonly settings: ConntrackSettings
  /** Milliseconds of host time. */
  readonly now: () => number
  /** Told of each connection that ends, confirmed or not. */
  readonly onEnd?: (connection: TrackedConnection) => void
}

/** See the head of this file. */
export class Conntrack {
  readonly table: ConnectionTable
  readonly settings: ConntrackSettings
  private readonly now: () => number

  constructor(options: ConntrackOptions) {
    this.settings = options.settings
    this.now = options.now
    this.table = new ConnectionTable(options.now, options.onEnd ?? (() => undefined))
  }

  /** Finds a packet's connection. Afterwards `ct` and `ctInfo` tell its state; an invalid packet has neither. */
  track(packet: Packet, hook: Hook): Verdict {
    if (packet.ctTemplate !== null) packet.ct = null
    if (packet.ct !== null || packet.ctInfo === CT_INFO.untracked) return VERDICT.accept
    const zone = zoneOf(packet.ctTemplate, packet.mark)
    const seen = packet.ctTemplate === null ? packet.ctInfo : 0
    const helper = packet.ctTemplate?.helper ?? null
    packet.ctTemplate = null
    packet.ctInvalidReason = null
    const tuple = this.tupleFor(packet, hook, zone)
    if (tuple === null) {
      // An answer to an untracked packet came marked as seen, and stays so.
      if (packet.ct === null && packet.ctInfo === 0) packet.ctInfo = seen
      return VERDICT.accept
    }
    for (;;) {
      const found = this.findOrCreate(tuple, zone, packet, helper)
      if (found === null) return packet.ctInvalidReason === null ? VERDICT.drop : VERDICT.accept
      const result = this.ask(found, packet, hook)
      if (result.kind === 'repeat') {
        this.table.end(found.connection)
        continue
      }
      this.settle(found, result, packet)
      return VERDICT.accept
    }
  }

  /** The last hook: puts a new connection into the table, or drops the packet that lost a race for its tuples. */
  confirm(packet: Packet): Verdict {
    const { ct } = packet
    if (ct === null || ct.confirmed) return VERDICT.accept
    if (packet.ctInfo === CT_INFO.establishedReply || packet.ctInfo === CT_INFO.relatedReply) return VERDICT.accept
    const connection = own(ct)
    if (connection.status & CT_STATUS.dying) return VERDICT.drop
    return this.table.confirm(connection) ? VERDICT.accept : VERDICT.drop
  }

  /** Ends a connection that was not confirmed when its packet's way ended. */
  release(packet: Packet): void {
    if (packet.ct !== null && !packet.ct.confirmed) this.table.end(own(packet.ct))
  }

  /** A RST was sent in answer to one of its packets. Source: Linux nf_ct_set_closing(). */
  setClosing(connection: Connection): void {
    const tracked = own(connection)
    if (tracked.memory.kind !== 'tcp' || !tracked.confirmed) return
    tracked.memory.tcp.name = 'CLOSE'
    tracked.protocolState = 'CLOSE'
    this.setTimeout(tracked, this.settings.nf_conntrack_tcp_timeout_close)
  }

  /** Changes what replies are expected to look like, before confirmation. Source: Linux nf_conntrack_alter_reply(). */
  alterReply(connection: Connection, reply: Tuple): void {
    invariant(!connection.confirmed, 'the reply of a confirmed connection is changed')
    own(connection).reply = reply
  }

  isTaken(tuple: Tuple, except: Connection): boolean {
    return this.table.isTaken(tuple, own(except))
  }

  isReverseOf(tuple: Tuple, connection: Connection): boolean {
    const found = this.table.find(tuple, own(connection).zoneOf)?.connection
    if (found === undefined || found.status & TRANSLATED) return false
    return keyOf(found.original) === keyOf(connection.reply) && keyOf(found.reply) === keyOf(connection.original)
  }

  /** Ends a connection, counting the packet. Source: Linux nf_ct_kill_acct(). */
  kill(connection: Connection, packet: Packet): void {
    const tracked = own(connection)
    this.count(tracked, packet)
    this.table.end(tracked)
  }

  invert(tuple: Tuple): Tuple | null {
    return invert(tuple)
  }

  /** Milliseconds until a connection expires; for one that is not confirmed, what it will get. */
  expiresIn(connection: Connection): number {
    return connection.confirmed ? Math.max(0, connection.expires - this.now()) : connection.expires
  }

  /** The packet's tuple, after ICMP errors and untracked messages were taken care of; null when that settled it. */
  private tupleFor(packet: Packet, hook: Hook, zone: Zone): Tuple | null {
    if (packet.protocol < 0 || packet.fragmentOffset !== 0) return reject(packet, 'the headers cannot be read')
    const isIcmp = packet.protocol === (packet.family === 4 ? PROTOCOL.icmp : PROTOCOL.icmpv6)
    if (isIcmp) {
      const role = icmpRole(packet, this.verifies(hook))
      switch (role.kind) {
        case 'untracked':
          packet.ctInfo = CT_INFO.untracked
          return null
        case 'invalid':
          return reject(packet, role.reason)
        case 'error':
          this.relate(packet, role.about, zone)
          return null
        case 'query':
      }
    }
    return tupleOf(packet) ?? reject(packet, 'the transport header is cut short or cannot be tracked')
  }

  /** An ICMP error belongs to the connection of the packet that it is about. Source: Linux nf_conntrack_inet_error(). */
  private relate(packet: Packet, about: Tuple, zone: Zone): void {
    const wanted = invert(about)
    const found = wanted && this.table.find(wanted, zone)
    if (!found) return void reject(packet, 'the ICMP error is about no connection that is known')
    const { connection, direction } = found
    const receiver = (direction === 0 ? connection.original : connection.reply).destination
    if (!sameWords(packet.destination, receiver)) {
      return void reject(packet, 'the ICMP error goes to another address than the packet it is about came from')
    }
    packet.ct = connection
    packet.ctInfo = direction === 0 ? CT_INFO.related : CT_INFO.relatedReply
  }

  /** Null with a reason on the packet: invalid; without: the table is full. Source: Linux resolve_normal_ct(). */
  private findOrCreate(tuple: Tuple, zone: Zone, packet: Packet, helper: string | null): Found | null {
    const found = this.table.find(tuple, zone)
    if (found !== null) return found
    if (this.table.size >= this.settings.nf_conntrack_max && !this.table.dropEarly()) return null
    const connection = this.table.create(tuple, zone)
    if (connection === null) return reject(packet, 'a message of this type opens no connection')
    connection.helper = helper
    return { connection, direction: 0 }
  }

  private ask({ connection, direction }: Found, packet: Packet, hook: Hook): Tracking {
    const tracker = TRACKERS.get(packet.protocol) ?? trackGeneric
    return tracker(connection, packet, {
      direction,
      now: this.now(),
      settings: this.settings,
      verifiesChecksums: this.verifies(hook),
      remaining: this.expiresIn(connection) / 1000,
      setTimeout: (seconds) => this.setTimeout(connection, seconds),
    })
  }

  private settle(
    { connection, direction }: Found,
    result: Exclude<Tracking, { kind: 'repeat' }>,
    packet: Packet,
  ): void {
    if (result.kind === 'invalid') {
      if (!connection.confirmed) this.table.end(connection)
      return void reject(packet, result.reason)
    }
    packet.ct = connection
    packet.ctInfo = infoOf(connection, direction)
    if (result.kind === 'kill') {
      this.count(connection, packet)
      this.table.end(connection)
    } else if (result.timeout !== null) {
      this.setTimeout(connection, result.timeout)
      this.count(connection, packet)
    }
    if (packet.ctInfo === CT_INFO.establishedReply) connection.status |= CT_STATUS.seenReply
  }

  private count(connection: TrackedConnection, packet: Packet): void {
    if (this.settings.nf_conntrack_acct === 0) return
    const isReply = packet.ctInfo === CT_INFO.establishedReply || packet.ctInfo === CT_INFO.relatedReply
    connection.count(isReply ? 1 : 0, packet)
  }

  private setTimeout(connection: TrackedConnection, seconds: number): void {
    if (connection.status & CT_STATUS.fixedTimeout) return
    connection.expires = seconds * 1000 + (connection.confirmed ? this.now() : 0)
  }

  private verifies(hook: Hook): boolean {
    return hook === 'PREROUTING' && this.settings.nf_conntrack_checksum !== 0
  }
}

/** How a packet of a direction relates to its connection. */
function infoOf(connection: TrackedConnection, direction: 0 | 1): number {
  if (direction === 1) return CT_INFO.establishedReply
  if (connection.status & CT_STATUS.seenReply) return CT_INFO.established
  return connection.status & CT_STATUS.expected ? CT_INFO.related : CT_INFO.new
}

function reject(packet: Packet, reason: string): null {
  packet.ct = null
  packet.ctInfo = 0
  packet.ctInvalidReason = reason
  return null
}

function zoneOf(template: ConnectionTemplate | null, mark: number): Zone {
  if (template === null) return DEFAULT_ZONE
  return { id: template.zoneFromMark ? mark & 0xffff : template.zone, direction: template.zoneDirection }
}

function own(connection: Connection): TrackedConnection {
  invariant(connection instanceof TrackedConnection, 'a connection of another table')
  return connection
}

/** The state as `-m conntrack --ctstate` names it. */
export function stateOf(packet: Packet): 'NEW' | 'ESTABLISHED' | 'RELATED' | 'INVALID' | 'UNTRACKED' {
  if (packet.ct === null) return packet.ctInfo === CT_INFO.untracked ? 'UNTRACKED' : 'INVALID'
  switch (packet.ctInfo) {
    case CT_INFO.new:
      return 'NEW'
    case CT_INFO.related:
    case CT_INFO.relatedReply:
      return 'RELATED'
    default:
      return 'ESTABLISHED'
  }
}
