/** What classic BPF programs load that is not in the packet's bytes. */

import type { Environment } from '../expression/environment.ts'
import type { Device } from '../packet/device.ts'
import type { Packet } from '../packet/packet.ts'
import { ETHERTYPE, PROTOCOL } from '../wire/protocols.ts'

/** Absolute loads from here on are ancillary ones. Source: linux/filter.h SKF_AD_OFF. */
export const ANCILLARY = 0xfffff000

/** Source: linux/filter.h SKF_AD_*. */
const AD = {
  protocol: 0,
  pkttype: 4,
  ifindex: 8,
  nlattr: 12,
  nlattrNest: 16,
  mark: 20,
  queue: 24,
  hatype: 28,
  rxhash: 32,
  cpu: 36,
  xorX: 40,
  vlanTag: 44,
  vlanTagPresent: 48,
  payOffset: 52,
  random: 56,
  vlanTpid: 60,
} as const

const KNOWN: ReadonlySet<number> = new Set(Object.values(AD))

/** Source: linux/if_arp.h ARPHRD_*. */
const HARDWARE: Readonly<Record<Device['link'], number>> = { ether: 1, loopback: 772, none: 0xfffe }

/** Whether an absolute load from `k` is one that the kernel knows. Source: Linux bpf_anc_helper(). */
export function isAncillary(k: number): boolean {
  return KNOWN.has(k - ANCILLARY)
}

/**
 * What an ancillary load puts into A, 0..2^32-1; `returned` where the program ends instead with that result; unknown
 * for what only the machine knows (its CPU, the device's queue and hash), and for what netlink messages have.
 *
 * Source: Linux convert_bpf_extensions().
 */
export function ancillary(
  k: number,
  a: number,
  x: number,
  packet: Packet,
  environment: Environment,
): number | 'unknown' | { readonly returned: number } {
  switch (k - ANCILLARY) {
    case AD.protocol:
      return packet.family === 4 ? ETHERTYPE.ipv4 : ETHERTYPE.ipv6
    case AD.pkttype:
      return packet.pkttype
    case AD.ifindex:
      return deviceOf(packet, environment)?.index ?? { returned: a }
    case AD.hatype: {
      const device = deviceOf(packet, environment)
      return device === null ? { returned: a } : HARDWARE[device.link]
    }
    case AD.mark:
      return packet.mark
    case AD.xorX:
      return (a ^ x) >>> 0
    case AD.vlanTag:
    case AD.vlanTagPresent:
    case AD.vlanTpid:
      // A VLAN's own device has taken the tag out.
      return 0
    case AD.payOffset:
      return payloadOffset(packet)
    case AD.random:
      return environment.random()
    default:
      return 'unknown'
  }
}

/** The device that the packet is at: a packet of the host's own is at none until it is sent, but for copies. */
function deviceOf({ inDevice, outDevice, bufferDevice }: Packet, { hook }: Environment): Device | null {
  return hook === 'OUTPUT' ? bufferDevice : hook === 'POSTROUTING' ? outDevice : inDevice
}

/** The length of the headers that are skipped. Source: Linux __skb_get_poff(). */
const HEADERS: Readonly<Record<number, number>> = {
  [PROTOCOL.udp]: 8,
  [PROTOCOL.udplite]: 8,
  [PROTOCOL.icmp]: 8,
  [PROTOCOL.icmpv6]: 8,
  [PROTOCOL.igmp]: 8,
  [PROTOCOL.dccp]: 12,
  [PROTOCOL.sctp]: 12,
}

/** What the kernel looks into for a further packet; it is not followed here. Source: Linux __skb_flow_dissect(). */
const TUNNELS: readonly number[] = [PROTOCOL.ipencap, PROTOCOL.ipv6, PROTOCOL.gre, 137]

/** Where the data of the transport protocol begins, from the network header on. */
function payloadOffset({
  view,
  network,
  transport,
  end,
  family,
  protocol,
  moreFragments,
  fragmentOffset,
}: Packet): number | 'unknown' {
  const hasExtensions = family === 6 && transport !== network + 40
  if (moreFragments || fragmentOffset !== 0 || hasExtensions || TUNNELS.includes(protocol)) return 'unknown'
  const offset = transport - network
  if (protocol !== PROTOCOL.tcp) return offset + (HEADERS[protocol] ?? 0)
  return transport + 12 < end ? offset + Math.max(20, (view.getUint8(transport + 12) >> 4) * 4) : offset
}
