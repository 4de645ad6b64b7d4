import { Packet } from '../packet/packet.ts'
import type { Destination } from '../route/destination.ts'
import type { OptionState } from './ipv4-options.ts'

/**
 * A packet inside a host, with what only the stack knows of it (the control block of the kernel's sk_buff).
 *
 * Source: Linux struct inet_skb_parm, struct inet6_skb_parm.
 */
export class Traveller extends Packet {
  /** Whether this is the packet that was asked about, or a copy of it: not an answer of the host. */
  isOwn = true
  /** The routing decision; null before routing. */
  override route: Destination | null = null
  /** IPv4 options as they were understood; null without any. */
  options: OptionState | null = null
  /** Came back by the loopback of multicasts and broadcasts (PACKET_LOOPBACK). */
  isLoopedBack = false
  /** Forwarded: the route's MTU counts, not what was learnt of the path. */
  isForwarded = false
  /** The connection is another packet's: it does not end with this one. */
  borrowsConnection = false
  /** Interface index the sending socket is bound to; 0 for none. */
  boundTo = 0
  /** The device it was received by first; 0 for packets of the host. IPv6 answers start from it. */
  arrivalIndex = 0

  override load(bytes: Uint8Array, start = 0, end: number = bytes.length): this {
    super.load(bytes, start, end)
    this.isOwn = true
    this.options = null
    this.isLoopedBack = false
    this.isForwarded = false
    this.borrowsConnection = false
    this.boundTo = 0
    this.arrivalIndex = 0
    return this
  }

  /** A packet of its own with a copy of the bytes and of everything that a clone in the kernel shares. */
  clone(): Traveller {
    const copy = new Traveller().load(this.copyBytes())
    copy.parse()
    copy.adopt(this)
    copy.borrowsConnection = true
    return copy
  }

  /** Takes over what the host knows of another packet: for clones and fragments. Source: ip_copy_metadata(). */
  adopt(other: Traveller): void {
    this.isOwn = other.isOwn
    this.pkttype = other.pkttype
    this.mark = other.mark
    this.priority = other.priority
    this.inDevice = other.inDevice
    this.outDevice = other.outDevice
    this.owner = other.owner
    this.ct = other.ct
    this.ctInfo = other.ctInfo
    this.nfTrace = other.nfTrace
    this.checksumPartial = other.checksumPartial
    this.route = other.route
    this.fragMaxSize = other.fragMaxSize
    this.fragDontFragment = other.fragDontFragment
    this.isForwarded = other.isForwarded
    this.boundTo = other.boundTo
    this.arrivalIndex = other.arrivalIndex
  }
}
