/**
 * NAT of one host: which tuple a new connection gets, and what that does to every packet of it.
 *
 * Life-cycle of a connection: in each NAT hook of its first packet either a rule sets its range through {@link Nat.apply},
 * or the null binding keeps what it has; a change is recorded as the connection's reply tuple and as status bits. From
 * then on packets are rewritten from these alone. When the connection ends, {@link Nat.forget} must be told.
 *
 * Invariant: a connection is in `sources` from its source binding until `forget`.
 */

import { type Action, type NatRange, VERDICT, type Verdict } from '../expression/action.ts'
import type { Hook } from '../expression/environment.ts'
import type { Tracer } from '../netfilter/trace.ts'
import { type Connection, CT_INFO, CT_STATUS } from '../packet/connection.ts'
import type { Side } from '../packet/mangle.ts'
import type { Packet } from '../packet/packet.ts'
import { sameWords, type Words } from '../util/words.ts'
import { netmapped, redirectAddress } from './addresses.ts'
import { uniqueTuple } from './choose.ts'
import { SourceIndex } from './sources.ts'
import type { NatOptions } from './table.ts'
import { icmpOffset, isReply, isTranslated, translate, translateIcmpError } from './translate.ts'
import { sameTuple, withEnd } from './tuples.ts'

export type { NatOptions, NatTable, PortChoice } from './table.ts'

const KEEP: Omit<NatRange, 'addresses'> = {
  ports: null,
  basePort: null,
  random: false,
  randomFully: false,
  persistent: false,
  netmap: false,
}

/** See the head of this file. Source: Linux nf_nat_core.c, nf_nat_proto.c. */
export class Nat {
  private readonly options: NatOptions
  private readonly sources = new SourceIndex()
  /** Index of the device that a masqueraded connection left through. */
  private readonly masqueraded = new WeakMap<Connection, number>()

  constructor(options: NatOptions) {
    this.options = options
  }

  /** Carries out a rule's NAT action for the first packet of a connection: accept, or drop where there is no address. */
  apply(packet: Packet, hook: Hook, action: Extract<Action, { kind: 'nat' | 'masquerade' | 'redirect' }>): Verdict {
    const { ct } = packet
    if (ct === null) return VERDICT.drop
    switch (action.kind) {
      case 'masquerade':
        return this.masquerade(packet, ct, action.range)
      case 'redirect': {
        const address = redirectAddress(packet, hook)
        if (address === null) return VERDICT.drop
        return this.setup(ct, 'destination', onlyAddress(action.range, address))
      }
      case 'nat': {
        const { range } = action
        if (!range.netmap || range.addresses === null) return this.setup(ct, action.side, range)
        const side = sideOf(hook)
        const old = side === 'source' ? packet.source : packet.destination
        const address = netmapped(old, range.addresses[0], range.addresses[1])
        return this.setup(ct, side, onlyAddress(range, address))
      }
    }
  }

  /**
   * Binds one side of a connection to the range, unless it is confirmed already.
   *
   * Source: Linux nf_nat_setup_info().
   */
  setup(connection: Connection, side: Side, range: NatRange): Verdict {
    if (connection.confirmed) return VERDICT.accept
    const { table } = this.options
    const done = side === 'source' ? CT_STATUS.sourceNatDone : CT_STATUS.destinationNatDone
    if (connection.status & done) return VERDICT.drop
    const current = table.invert(connection.reply) ?? connection.original
    const chosen = uniqueTuple(this.options, this.sources, connection, current, range, side)
    if (!sameTuple(chosen, current)) {
      const reply = table.invert(chosen)
      if (reply !== null) table.alterReply(connection, reply)
      connection.status |= side === 'source' ? CT_STATUS.sourceNat : CT_STATUS.destinationNat
    }
    if (side === 'source') this.sources.add(connection)
    connection.status |= done
    return VERDICT.accept
  }

  /**
   * The NAT hook of PREROUTING, INPUT, OUTPUT or POSTROUTING: `traverse` runs the nat table for packets that may still
   * be bound, then the packet is rewritten. After OUTPUT ask {@link needsReroute}.
   *
   * Source: Linux nf_nat_ipv4_fn(), nf_nat_ipv6_fn(), nf_nat_inet_fn().
   */
  run(packet: Packet, hook: Hook, traverse: () => Verdict, tracer: Tracer | null): Verdict {
    const { ct, ctInfo } = packet
    if (ct === null || ctInfo === CT_INFO.untracked) return VERDICT.accept
    const side = sideOf(hook)
    const isRelated = ctInfo === CT_INFO.related || ctInfo === CT_INFO.relatedReply
    if (isRelated) {
      const icmp = icmpOffset(packet)
      if (icmp >= 0) return translateIcmpError(packet, ct, side, icmp) ? VERDICT.accept : VERDICT.drop
    }
    const done = side === 'source' ? CT_STATUS.sourceNatDone : CT_STATUS.destinationNatDone
    if ((isRelated || ctInfo === CT_INFO.new) && (ct.status & done) === 0) {
      packet.queueBypassed = false
      const verdict = traverse()
      // The hook's verdict was to queue: what comes behind the table is left out.
      if (verdict !== VERDICT.accept || packet.queueBypassed) return verdict
      if ((ct.status & done) === 0) {
        const bound = this.bindNull(ct, side)
        if (bound !== VERDICT.accept) return bound
      }
    } else if (this.leftThroughOtherDevice(packet, ct, hook)) {
      this.options.table.kill(ct, packet)
      return VERDICT.drop
    }
    if (!isTranslated(packet, ct, side)) return VERDICT.accept
    if (!translate(packet, ct, side)) return VERDICT.drop
    if (tracer !== null) report(tracer, packet, ct, side)
    return VERDICT.accept
  }

  /** Must be called when a connection leaves the table, or is given up before it was confirmed. */
  forget(connection: Connection): void {
    if (connection.status & CT_STATUS.sourceNatDone) this.sources.remove(connection)
  }

  /** Keeps the side as it is, but makes the tuple unique. Source: Linux __nf_nat_alloc_null_binding(). */
  private bindNull(connection: Connection, side: Side): Verdict {
    const { destination, source } = connection.reply
    const address = side === 'source' ? destination : source
    return this.setup(connection, side, { ...KEEP, addresses: [address, address] })
  }

  /** Source: Linux nf_nat_masquerade_ipv4(), nf_nat_masquerade_ipv6(). */
  private masquerade(packet: Packet, connection: Connection, range: NatRange): Verdict {
    if (packet.family === 4 && connection.original.source[0] === 0) return VERDICT.accept
    const source = this.options.masqueradeSource(packet)
    if (source === null) return VERDICT.drop
    if (packet.outDevice !== null) this.masqueraded.set(connection, packet.outDevice.index)
    return this.setup(connection, 'source', onlyAddress(range, source))
  }

  /** Source: Linux nf_nat_oif_changed(). */
  private leftThroughOtherDevice(packet: Packet, connection: Connection, hook: Hook): boolean {
    if (hook !== 'POSTROUTING' || isReply(packet)) return false
    const device = this.masqueraded.get(connection)
    return device !== undefined && device !== packet.outDevice?.index
  }
}

/**
 * Whether OUTPUT must route the packet again after its NAT hook accepted it: its destination is rewritten in this
 * direction. (After PREROUTING the packet is routed anyway.)
 *
 * Source: Linux nf_nat_ipv4_local_fn(), nf_nat_ipv6_local_fn().
 */
export function needsReroute(packet: Packet): boolean {
  const { ct } = packet
  if (ct === null) return false
  const reply = isReply(packet)
  const mine = reply ? ct.reply : ct.original
  const other = reply ? ct.original : ct.reply
  return !sameWords(mine.destination, other.source)
}

/** Which end a hook's NAT rewrites. Source: Linux HOOK2MANIP(). */
function sideOf(hook: Hook): Side {
  return hook === 'POSTROUTING' || hook === 'INPUT' ? 'source' : 'destination'
}

function onlyAddress(range: NatRange, address: Words): NatRange {
  return { ...range, addresses: [address, address], netmap: false }
}

/** Tells the tracer what changed: destinations are rewritten before sources. */
function report(tracer: Tracer, packet: Packet, connection: Connection, side: Side): void {
  const reply = isReply(packet)
  const mine = reply ? connection.reply : connection.original
  const other = reply ? connection.original : connection.reply
  const identifier = other.family === 4 ? other.protocol === 1 : other.protocol === 58
  const routed = withEnd(mine, 'destination', other.source, identifier ? mine.dport : other.sport)
  const after =
    side === 'destination'
      ? routed
      : withEnd(routed, 'source', other.destination, identifier ? other.sport : other.dport)
  tracer({ kind: 'nat', side, before: side === 'destination' ? mine : routed, after, packet })
}
