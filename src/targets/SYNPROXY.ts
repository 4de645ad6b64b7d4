import { VERDICT, type Verdict } from '../expression/action.ts'
import type { Environment } from '../expression/environment.ts'
import { isChecksumRight } from '../packet/mangle-checksum.ts'
import type { Packet } from '../packet/packet.ts'
import { PROTOCOL } from '../wire/protocols.ts'
import { defineTarget, flag, uint32 } from '../xtables/index.ts'
import { acknowledgesCookie, type CookieKeys, synCookie } from './syn-cookie.ts'

const [FIN, SYN, RST, ACK, ECE, CWR] = [0x01, 0x02, 0x04, 0x10, 0x40, 0x80]
const HZ = 250
const LARGEST_SCALE = 14
/** In a timestamp cookie: no window scale was asked for. */
const NO_SCALE = 15

/** What a SYN asks for, and what the rule offers. Source: Linux struct synproxy_options. */
interface SynOptions {
  readonly mss: number | null
  readonly scale: number | null
  readonly timestamp: number | null
  readonly sack: boolean
  readonly ecn: boolean
}

/** Source: Linux synproxy_parse_options(). Null for a header that is cut short. */
function parseOptions({ view, transport, end }: Packet): SynOptions | null {
  if (transport + 20 > end) return null
  const stop = transport + (view.getUint8(transport + 12) >>> 4) * 4
  if (stop < transport + 20 || stop > end) return null
  const flags = view.getUint8(transport + 13)
  let [mss, scale, timestamp, sack]: [number | null, number | null, number | null, boolean] = [null, null, null, false]
  for (let at = transport + 20; at < stop; ) {
    const kind = view.getUint8(at)
    if (kind === 0) break
    if (kind === 1) {
      at++
      continue
    }
    const size = at + 1 < stop ? view.getUint8(at + 1) : 0
    if (size < 2 || at + size > stop) break
    if (kind === 2 && size === 4) mss = view.getUint16(at + 2)
    else if (kind === 3 && size === 3) scale = Math.min(view.getUint8(at + 2), LARGEST_SCALE)
    else if (kind === 4 && size === 2) sack = true
    else if (kind === 8 && size === 10) timestamp = view.getUint32(at + 2)
    at += size
  }
  return { mss, scale, timestamp, sack, ecn: (flags & ECE) !== 0 && (flags & CWR) !== 0 }
}

/** What both sides want; without timestamps there is no room to remember the rest. Source: Linux synproxy_tg4(). */
function agreed(asked: SynOptions, offer: SynOptions): SynOptions {
  const timestamp = offer.timestamp === null ? null : asked.timestamp
  const hasTime = timestamp !== null
  return {
    mss: asked.mss === null ? null : offer.mss,
    timestamp,
    scale: hasTime && offer.scale !== null ? asked.scale : null,
    sack: hasTime && offer.sack && asked.sack,
    ecn: hasTime && offer.ecn && asked.ecn,
  }
}

/** The time with what the client asked for in its lower bits. Source: Linux synproxy_init_timestamp_cookie(). */
function timestampCookie({ scale, sack, ecn }: SynOptions, milliseconds: number): number {
  const time = Math.floor(milliseconds) & ~0x3f
  return (time | (scale ?? NO_SCALE) | (sack ? 0x10 : 0) | (ecn ? 0x20 : 0)) >>> 0
}

/** Source: Linux synproxy_build_options(). */
function optionBytes({ mss, scale, timestamp, sack }: SynOptions, offer: SynOptions, cookie: number): Uint8Array {
  const words: number[] = []
  if (mss !== null) words.push(0x02040000 | mss)
  if (timestamp !== null) words.push(sack ? 0x0402080a : 0x0101080a, cookie, timestamp)
  if (scale !== null) words.push(0x01030300 | (offer.scale ?? 0))
  const bytes = new Uint8Array(words.length * 4)
  const view = new DataView(bytes.buffer)
  for (const [index, word] of words.entries()) view.setUint32(4 * index, word)
  return bytes
}

function keysOf(environment: Environment): CookieKeys {
  return environment.shared('SYNPROXY', 'keys', () => [environment.random(), environment.random()] as const)
}

/** Source: Linux synproxy_tg4(), synproxy_tg6(), synproxy_recv_client_ack(). */
function answer(packet: Packet, environment: Environment, offer: SynOptions): Verdict {
  if (!isChecksumGood(packet)) return VERDICT.drop
  const asked = parseOptions(packet)
  if (asked === null) return VERDICT.drop
  const flags = packet.view.getUint8(packet.transport + 13)
  const minute = Math.floor(environment.jiffies() / (60 * HZ))
  switch (flags & (SYN | ACK | FIN | RST)) {
    case SYN: {
      const options = agreed(asked, offer)
      environment.answerSyn(packet, {
        sequence: synCookie(packet, asked.mss ?? 0, minute, keysOf(environment)),
        ecn: options.ecn,
        options: optionBytes(options, offer, timestampCookie(options, environment.now())),
      })
      return VERDICT.stolen
    }
    case ACK:
      return acknowledgesCookie(packet, minute, keysOf(environment)) ? VERDICT.unknown : VERDICT.drop
    default:
      return VERDICT.continue
  }
}

/** A checksum found right before counts only at local delivery, as for REJECT's resets. Source: Linux nf_ip_checksum(). */
function isChecksumGood(packet: Packet): boolean {
  const isDelivered = packet.outDevice === null
  return (packet.checksumValid && isDelivered) || isChecksumRight(packet, packet.transport, PROTOCOL.tcp)
}

/**
 * `-j SYNPROXY`: answer the SYN of a client in the name of the server, and open the connection to the server only when
 * the client has acknowledged the answer.
 *
 * What is done here: a SYN is answered with the SYN-ACK that the kernel would send, but for its sequence number and
 * timestamp, which are cookies of our own ({@link synCookie}), and is stolen; an ACK without a cookie of ours is dropped;
 * other segments go on. An ACK with a good cookie makes the verdict unknown: how the kernel then greets the server and
 * shifts the sequence numbers of the connection is not modelled.
 *
 * Differs: the client is answered as by the kernel; what follows its ACK (the SYN to the server, shifted sequence
 * numbers) is unknown.
 *
 * Source: iptables-extensions(8) "SYNPROXY"; Linux xt_SYNPROXY.c, nf_synproxy_core.c.
 */
export const SYNPROXY = defineTarget({
  name: 'SYNPROXY',
  families: [4, 6],
  hooks: ['INPUT', 'FORWARD'],
  protocols: [PROTOCOL.tcp],
  needsConntrack: true,
  options: {
    'sack-perm': flag({ help: 'offer selective acknowledgement' }),
    timestamp: flag({ help: 'offer timestamps' }),
    wscale: uint32({ help: 'window scale that the server uses' }),
    mss: uint32({ help: 'MSS that the server announces, in bytes' }),
    ecn: flag({ help: 'agree to ECN where the client asks for it' }),
  },
  save: (values) => {
    const { wscale, mss } = values
    return [
      values['sack-perm'] ? ' --sack-perm' : '',
      values.timestamp ? ' --timestamp' : '',
      wscale ? ` --wscale ${wscale.value & 0xff}` : '',
      mss ? ` --mss ${mss.value & 0xffff}` : '',
      values.ecn ? ' --ecn' : '',
    ].join('')
  },
  list: (values) => {
    const { wscale, mss } = values
    return [
      ' SYNPROXY ',
      values['sack-perm'] ? 'sack-perm ' : '',
      values.timestamp ? 'timestamp ' : '',
      wscale ? `wscale ${wscale.value & 0xff} ` : '',
      mss ? `mss ${mss.value & 0xffff} ` : '',
      values.ecn ? 'ecn ' : '',
    ].join('')
  },
  act: (values) => {
    const offer: SynOptions = {
      mss: values.mss ? values.mss.value & 0xffff : null,
      scale: values.wscale ? values.wscale.value & 0xff : null,
      timestamp: values.timestamp ? 0 : null,
      sack: values['sack-perm'] !== undefined,
      ecn: values.ecn !== undefined,
    }
    return [{ kind: 'computed', name: 'SYNPROXY', act: (packet, environment) => answer(packet, environment, offer) }]
  },
})
