/** The SYN-ACK with which SYNPROXY answers a SYN in the name of the server. */

import type { SynAnswer } from '../expression/environment.ts'
import { CT_INFO } from '../packet/connection.ts'
import { checksum, pseudoSumAt4, pseudoSumAt6 } from '../wire/checksum.ts'
import { answerOf, refreshHeader, send } from './answers.ts'
import type { Host } from './host.ts'
import { rerouteIpv4 } from './reroute.ts'
import type { Traveller } from './traveller.ts'

const TCP = 6
const TCP_HEADER = 20
const SYN_ACK = 0x12
const ECE = 0x40

/** Source: Linux synproxy_send_client_synack(), synproxy_send_client_synack_ipv6(), synproxy_send_tcp(). */
export function sendSynAnswer(host: Host, packet: Traveller, answer: SynAnswer): void {
  const bytes = packet.family === 4 ? synAck4(host, packet, answer) : synAck6(host, packet, answer)
  const sent = answerOf(bytes)
  sent.checksumPartial = true
  if (packet.family === 4) {
    sent.route = packet.route
    if (!rerouteIpv4(host, sent)) return
  } else {
    const route = host.routing6.output({
      source: packet.destination,
      destination: packet.source,
      oif: 0,
      strict: false,
      mark: 0,
      trafficClass: 0,
      protocol: TCP,
      sport: packet.view.getUint16(packet.transport + 2),
      dport: packet.view.getUint16(packet.transport),
      uid: 0,
    })
    if (route.error !== null) return
    sent.route = route
  }
  if (packet.ct !== null) {
    sent.ct = packet.ct
    sent.ctInfo = CT_INFO.establishedReply
    sent.borrowsConnection = true
  }
  const { hook } = host
  send(host, sent, 'SYN-ACK')
  host.hook = hook
}

function synAck4(host: Host, { view, network, transport }: Traveller, answer: SynAnswer): Uint8Array {
  const bytes = new Uint8Array(20 + TCP_HEADER + answer.options.length)
  const out = new DataView(bytes.buffer)
  out.setUint8(0, 0x45)
  out.setUint16(2, bytes.length)
  out.setUint16(6, 0x4000)
  out.setUint8(8, host.sysctls.number('net.ipv4.ip_default_ttl', 64))
  out.setUint8(9, TCP)
  out.setUint32(12, view.getUint32(network + 16))
  out.setUint32(16, view.getUint32(network + 12))
  refreshHeader(bytes)
  writeTcp(out, 20, view, transport, answer)
  const length = bytes.length - 20
  // The device computes it, and it writes 0xffff for 0.
  out.setUint16(36, checksum(bytes, 20, bytes.length, pseudoSumAt4(bytes, 0, TCP, length)) || 0xffff)
  return bytes
}

function synAck6(host: Host, packet: Traveller, answer: SynAnswer): Uint8Array {
  const { view, network, transport } = packet
  const bytes = new Uint8Array(40 + TCP_HEADER + answer.options.length)
  const out = new DataView(bytes.buffer)
  const length = bytes.length - 40
  out.setUint8(0, 0x60)
  out.setUint16(4, length)
  out.setUint8(6, TCP)
  out.setUint8(7, host.sysctls.number('net.ipv6.conf.all.hop_limit', 64))
  bytes.set(packet.bytes.subarray(network + 24, network + 40), 8)
  bytes.set(packet.bytes.subarray(network + 8, network + 24), 24)
  writeTcp(out, 40, view, transport, answer)
  out.setUint16(56, checksum(bytes, 40, bytes.length, pseudoSumAt6(bytes, 0, TCP, length)) || 0xffff)
  return bytes
}

/** The TCP header with its checksum still 0: the window is closed until the server has answered. */
function writeTcp(out: DataView, at: number, syn: DataView, transport: number, answer: SynAnswer): void {
  const { options } = answer
  out.setUint16(at, syn.getUint16(transport + 2))
  out.setUint16(at + 2, syn.getUint16(transport))
  out.setUint32(at + 4, answer.sequence)
  out.setUint32(at + 8, (syn.getUint32(transport + 4) + 1) >>> 0)
  out.setUint8(at + 12, ((TCP_HEADER + options.length) / 4) << 4)
  out.setUint8(at + 13, SYN_ACK | (answer.ecn ? ECE : 0))
  new Uint8Array(out.buffer).set(options, at + TCP_HEADER)
}
