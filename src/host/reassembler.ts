/**
 * Reassembly of fragments at one place of a host: in front of connection tracking, or at local delivery.
 *
 * Life-cycle: a queue is made by a datagram's first fragment to come and ends when the datagram is whole, when its
 * fragments contradict each other, or at its deadline. Invariant: `memory` is the sum of the queues' memory.
 */

import type { Packet } from '../packet/packet.ts'
import { queue4, queueKey4, reassemble4 } from './fragment-ipv4.ts'
import { type FragmentPlace, findFragment, isTruncatedFirst, queue6, queueKey6, reassemble6 } from './fragment-ipv6.ts'
import { FragmentQueue } from './fragment-queue.ts'

/** What became of a packet; `notFragment`: it goes on as it is. */
export type ReassemblyResult = 'notFragment' | 'held' | 'complete' | 'dropped'

/** A queue that waited too long. */
export interface ExpiredQueue {
  readonly family: 4 | 6
  /** Who reassembled, as given to `add`. */
  readonly user: string
  /** The device the latest fragment came in on. */
  readonly device: string | null
  /** The first fragment, headers and all, which the ICMP "reassembly time exceeded" quotes; null where it never came. */
  readonly first: Uint8Array | null
}

/** Limits of a {@link Reassembler}; the defaults are Linux's. */
export interface ReassemblyLimits {
  /** Milliseconds, IPv4 (net.ipv4.ipfrag_time). */
  readonly timeout4?: number
  /** Milliseconds, IPv6 (net.netfilter.nf_conntrack_frag6_timeout). */
  readonly timeout6?: number
  /** How many fragments of other datagrams of the same sender may come between (net.ipv4.ipfrag_max_dist); 0: any. */
  readonly maxDistance?: number
  /** Bytes that queues may take per family (ipfrag_high_thresh). */
  readonly memory?: number
}

/** What one waiting fragment costs beside its bytes, as the kernel's buffers do. */
const PIECE_OVERHEAD = 576

interface Sender {
  sequence: number
  queues: number
}

/** See the head of this file. Source: Linux ip_defrag(), nf_ct_frag6_gather(). */
export class Reassembler {
  /** Why the latest fragment was dropped. */
  reason = ''
  private readonly queues = new Map<string, FragmentQueue>()
  private readonly senders = new Map<string, Sender>()
  private readonly memory = { 4: 0, 6: 0 }
  private readonly limits: Required<ReassemblyLimits>

  constructor(limits: ReassemblyLimits = {}) {
    this.limits = { timeout4: 30_000, timeout6: 60_000, maxDistance: 64, memory: 4 << 20, ...limits }
  }

  /** How many datagrams are incomplete. */
  get size(): number {
    return this.queues.size
  }

  /**
   * Takes a packet. `held`: it waits and must be forgotten by the caller. `complete`: `packet` now is the whole
   * datagram. `dropped`: see {@link reason}.
   *
   * `user` tells apart who reassembles (the hook), as the kernel's IP_DEFRAG_* do. `now` in milliseconds; call
   * {@link expire} with it first.
   */
  add(packet: Packet, now: number, user = ''): ReassemblyResult {
    return packet.family === 6 ? this.add6(packet, now, user) : this.add4(packet, now, user)
  }

  /** Gives up the queues whose time is over, oldest first. */
  expire(now: number): ExpiredQueue[] {
    const expired: ExpiredQueue[] = []
    for (const queue of this.queues.values()) {
      if (queue.deadline > now) continue
      const { first } = queue
      const bytes = first === null ? null : new Uint8Array([...first.header, ...first.data])
      expired.push({
        family: queue.family,
        user: queue.key.slice(0, queue.key.indexOf('|')),
        device: queue.device,
        first: bytes,
      })
      this.end(queue)
    }
    return expired
  }

  /** The earliest deadline of a waiting datagram, Infinity without any. */
  get nextDeadline(): number {
    let earliest = Number.POSITIVE_INFINITY
    for (const queue of this.queues.values()) earliest = Math.min(earliest, queue.deadline)
    return earliest
  }

  private add4(packet: Packet, now: number, user: string): ReassemblyResult {
    if (packet.fragmentOffset === 0 && !packet.moreFragments) return 'notFragment'
    const queue = this.find(`${user}|${queueKey4(packet)}`, String(packet.view.getUint32(packet.network + 12)), 4, now)
    if (queue === null) return this.drop('too many fragments wait')
    if (this.isTooFar(queue)) {
      this.account(queue, -queue.memory)
      queue.restart(now + this.limits.timeout4)
    }
    const before = queue.meat
    const result = queue4(queue, packet)
    if (result === 'duplicate') return this.drop('duplicate fragment')
    if (result !== 'queued') {
      this.end(queue)
      return this.drop(result === 'overlap' ? 'overlapping fragments' : 'fragments contradict each other')
    }
    this.account(queue, queue.meat - before + PIECE_OVERHEAD)
    if (!queue.isWhole) return 'held'
    this.end(queue)
    return reassemble4(queue, packet) ? 'complete' : this.drop('the fragments make no valid packet')
  }

  private add6(packet: Packet, now: number, user: string): ReassemblyResult {
    const place = findFragment(packet)
    if (place === null || isTruncatedFirst(packet, place)) return 'notFragment'
    if (place.at + 8 > packet.length) return this.drop('cut short in the fragment header')
    const queue = this.find(`${user}|${queueKey6(packet, place)}`, '', 6, now)
    if (queue === null) return this.drop('too many fragments wait')
    return this.insert6(queue, packet, place)
  }

  private insert6(queue: FragmentQueue, packet: Packet, place: FragmentPlace): ReassemblyResult {
    const before = queue.meat
    switch (queue6(queue, packet, place)) {
      case 'duplicate':
        return 'held'
      case 'refused':
        return this.drop('fragments contradict each other')
      case 'overlap':
        this.end(queue)
        return this.drop('overlapping fragments')
      case 'unaligned':
        this.end(queue)
        return 'notFragment'
      case 'queued':
    }
    this.account(queue, queue.meat - before + PIECE_OVERHEAD)
    if (!queue.isWhole) return 'held'
    this.end(queue)
    if (reassemble6(queue, packet)) return 'complete'
    // The kernel reports this one as still waiting: nothing is answered, nothing goes on.
    return 'held'
  }

  /** The datagram's queue, made when new; null when there is no memory left. Source: Linux inet_frag_find(). */
  private find(key: string, source: string, family: 4 | 6, now: number): FragmentQueue | null {
    if (this.memory[family] > this.limits.memory) return null
    const found = this.queues.get(key)
    if (found !== undefined) return found
    const timeout = family === 4 ? this.limits.timeout4 : this.limits.timeout6
    const queue = new FragmentQueue(key, source, family, now + timeout)
    this.queues.set(key, queue)
    if (family === 4) {
      const sender = this.senders.get(source)
      if (sender === undefined) this.senders.set(source, { sequence: 0, queues: 1 })
      else sender.queues++
    }
    return queue
  }

  /** Counts the sender's fragments; true when too many others came in between. Source: Linux ip_frag_too_far(). */
  private isTooFar(queue: FragmentQueue): boolean {
    const sender = this.senders.get(queue.source)
    if (sender === undefined || this.limits.maxDistance === 0) return false
    const previous = queue.sequence
    queue.sequence = ++sender.sequence
    return !queue.isEmpty && queue.sequence - previous > this.limits.maxDistance
  }

  private account(queue: FragmentQueue, bytes: number): void {
    queue.memory += bytes
    this.memory[queue.family] += bytes
  }

  private end(queue: FragmentQueue): void {
    this.queues.delete(queue.key)
    this.account(queue, -queue.memory)
    const sender = this.senders.get(queue.source)
    if (queue.family === 4 && sender !== undefined && --sender.queues === 0) this.senders.delete(queue.source)
  }

  private drop(reason: string): 'dropped' {
    this.reason = reason
    return 'dropped'
  }
}
