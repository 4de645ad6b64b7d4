/** The copies that TEE sends. */

import { CT_INFO } from '../packet/connection.ts'
import type { Destination } from '../route/destination.ts'
import type { Words } from '../util/words.ts'
import { refreshHeader } from './answers.ts'
import type { Host } from './host.ts'
import { sendGenerated } from './path.ts'
import type { Traveller } from './traveller.ts'

const DONT_FRAGMENT = 0x4000
/** Copies sent to the host itself are copied again; the kernel goes on for ever. */
const MOST_COPIES = 1000

/**
 * Sends a copy of the packet to `gateway` as if the host had made it: untracked, of no socket, not to be fragmented, and
 * with one hop less where the packet has just arrived. Nothing happens while a copy is on its way, or without a route.
 *
 * Source: Linux nf_dup_ipv4(), nf_dup_ipv6().
 */
export function duplicate(host: Host, packet: Traveller, gateway: Words, device: string): void {
  if (host.isDuplicating || host.report.copies > MOST_COPIES) return
  const oif = [...host.devices.values()].find((one) => one.name === device)?.index ?? 0
  const route = routeTo(host, packet, gateway, oif)
  if (route === null) return
  const copy = packet.clone()
  copy.isOwn = false
  copy.owner = null
  copy.boundTo = 0
  copy.bufferDevice = route.device
  copy.ct = null
  copy.ctInfo = CT_INFO.untracked
  copy.options = packet.options
  // The pieces of a reassembled packet are shared with it, and are not sent on as they came.
  copy.pieces = null
  // A checksum found wrong in PREROUTING is not asked again either. Source: nf_ip_checksum() with CHECKSUM_COMPLETE.
  copy.checksumValid =
    packet.checksumValid || (isArriving(host) && packet.ctInvalidReason?.includes('checksum') === true)
  copy.route = route
  const { view, network, family } = copy
  const hops = network + (family === 4 ? 8 : 7)
  if (isArriving(host)) view.setUint8(hops, view.getUint8(hops) - 1)
  if (family === 4) {
    // What conntrack put together may be cut again in spite of it; what local delivery put together may not.
    if (copy.fragMaxSize !== 0 && !host.hooks[4].PREROUTING.includes('defrag')) copy.fragMaxSize = 0xffff
    view.setUint16(network + 6, view.getUint16(network + 6) | DONT_FRAGMENT)
    refreshHeader(copy.bytes)
  }
  const { hook, report, tracer } = host
  if (++report.copies > MOST_COPIES) {
    tracer?.({
      kind: 'assumption',
      text: `TEE makes copies of copies without end: after ${MOST_COPIES} no more are made`,
    })
    return
  }
  if (tracer !== null) tracer({ kind: 'reply', bytes: copy.copyBytes(), what: 'copy for TEE' })
  host.isDuplicating = true
  host.aside(() => sendGenerated(host, copy, route.device))
  host.isDuplicating = false
  host.hook = hook
}

function isArriving({ hook }: Host): boolean {
  return hook === 'PREROUTING' || hook === 'INPUT'
}

/** Source: Linux nf_dup_ipv4_route(), nf_dup_ipv6_route(). */
function routeTo(host: Host, packet: Traveller, gateway: Words, oif: number): Destination | null {
  const common = { oif, mark: 0, protocol: 0, uid: 0 }
  if (packet.family === 6) {
    const found = host.routing6.output({
      ...common,
      source: null,
      destination: gateway,
      strict: oif !== 0,
      trafficClass: 0,
    })
    return found.error === null ? found : null
  }
  const tos = packet.view.getUint8(packet.network + 1)
  const found = host.routing4.output({ ...common, source: 0, destination: gateway[0], tos, anySource: false })
  return typeof found === 'string' || found.destination.error !== null ? null : found.destination
}
