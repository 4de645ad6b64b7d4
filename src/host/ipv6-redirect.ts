/** The bytes of ICMPv6 redirects. */

import type { Packet } from '../packet/packet.ts'
import type { Words } from '../util/words.ts'
import { checksum, pseudoSumAt6 } from '../wire/checksum.ts'

const ICMPV6 = 58
const REDIRECT = 137
/** The header of a redirect: type, code, checksum, reserved, target, destination. */
const MESSAGE = 40
const REDIRECTED_HEADER = 4
const MINIMUM_MTU = 1280

/**
 * A redirect from `source` to the sender of `packet`: its destination is better reached through `target`. It quotes
 * as much of the packet as fits the minimum MTU, in units of 8 bytes.
 *
 * Source: Linux ndisc_send_redirect(), ndisc_fill_redirect_hdr_option(); RFC 4861 sections 4.5 and 4.6.3.
 */
export function redirect6(packet: Packet, source: Words, target: Words): Uint8Array {
  const option = Math.min(MINIMUM_MTU - 40 - MESSAGE, packet.length + 8) & ~7
  const bytes = new Uint8Array(40 + MESSAGE + option)
  const view = new DataView(bytes.buffer)
  view.setUint8(0, 0x60)
  view.setUint16(4, MESSAGE + option)
  view.setUint8(6, ICMPV6)
  view.setUint8(7, 255)
  setWords(view, 8, source)
  bytes.set(packet.bytes.subarray(packet.network + 8, packet.network + 24), 24)
  view.setUint8(40, REDIRECT)
  setWords(view, 48, target)
  bytes.set(packet.bytes.subarray(packet.network + 24, packet.network + 40), 64)
  view.setUint8(80, REDIRECTED_HEADER)
  view.setUint8(81, option >> 3)
  bytes.set(packet.bytes.subarray(packet.network, packet.network + option - 8), 88)
  view.setUint16(42, checksum(bytes, 40, bytes.length, pseudoSumAt6(bytes, 0, ICMPV6, bytes.length - 40)))
  return bytes
}

function setWords(view: DataView, at: number, words: Words): void {
  for (const [i, word] of words.entries()) view.setUint32(at + 4 * i, word)
}
