import type { LogEntry } from '../expression/action.ts'
import type { Packet } from '../packet/packet.ts'
import { writeIpv4 } from './log-ipv4.ts'
import { writeIpv6 } from './log-ipv6.ts'
import { LogText } from './log-text.ts'

const LOOPBACK_FRAME = new Uint8Array(14)

/**
 * The line that LOG writes to the kernel's log about a packet, character for character (it ends with a space).
 *
 * Source: Linux nf_log_syslog.c nf_log_ip_packet(), nf_log_ip6_packet().
 */
export function logLine(packet: Packet, entry: LogEntry): string {
  const out = new LogText(packet, entry)
  out.add(`${entry.prefix}IN=${packet.inDevice?.name ?? ''} OUT=${packet.outDevice?.name ?? ''} `)
  if (packet.inDevice !== null) writeFrame(out)
  if (packet.family === 6) writeIpv6(out, 0, false)
  else writeIpv4(out, 0, false)
  return out.finish()
}

/** The layer 2 header that the packet came with. Source: Linux dump_mac_header(). */
function writeFrame(out: LogText): void {
  const { packet, flags } = out
  const frame = frameOf(packet)
  const digits = [...(frame ?? [])].map((byte) => byte.toString(16).padStart(2, '0'))
  if (flags.macDecode && frame !== null && packet.inDevice?.link === 'ether') {
    const [source, destination] = [digits.slice(6, 12).join(':'), digits.slice(0, 6).join(':')]
    out.add(`MACSRC=${source} MACDST=${destination} MACPROTO=${digits.slice(12).join('')} `)
    return
  }
  out.add(`MAC=${digits.join(':')} `)
}

/** The frame's header; the loopback device makes one of zeros. */
function frameOf({ frame, inDevice, family }: Packet): Uint8Array | null {
  if (frame !== null || inDevice?.link !== 'loopback') return frame
  const made = LOOPBACK_FRAME.slice()
  made.set(family === 6 ? [0x86, 0xdd] : [8, 0], 12)
  return made
}
