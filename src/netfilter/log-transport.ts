import type { LogText } from './log-text.ts'

const TCP_FLAGS = [
  ['CWR', 0x80],
  ['ECE', 0x40],
  ['URG', 0x20],
  ['ACK', 0x10],
  ['PSH', 0x08],
  ['RST', 0x04],
  ['SYN', 0x02],
  ['FIN', 0x01],
] as const

/** A TCP header. False: nothing may follow it in the line. Source: Linux nf_log_dump_tcp_header(). */
export function writeTcp(out: LogText, offset: number, isFragment: boolean): boolean {
  out.add('PROTO=TCP ')
  if (isFragment) return true
  if (!out.has(offset, 20)) {
    out.incomplete(offset)
    return false
  }
  out.add(`SPT=${out.half(offset)} DPT=${out.half(offset + 2)} `)
  if (out.flags.tcpSequence) out.add(`SEQ=${out.word(offset + 4)} ACK=${out.word(offset + 8)} `)
  out.add(`WINDOW=${out.half(offset + 14)} `)
  const reserved = (out.byte(offset + 12) & 0x0e) << 2
  out.add(`RES=0x${reserved.toString(16).padStart(2, '0')} `)
  if (out.byte(offset + 12) & 1) out.add('AE ')
  const flags = out.byte(offset + 13)
  for (const [name, bit] of TCP_FLAGS) if (flags & bit) out.add(`${name} `)
  out.add(`URGP=${out.half(offset + 18)} `)
  const length = (out.byte(offset + 12) >>> 4) * 4 - 20
  if (!out.flags.tcpOptions || length <= 0) return true
  if (!out.has(offset + 20, length)) {
    out.add('OPT (TRUNCATED)')
    return false
  }
  out.add(`OPT (${out.hex(offset + 20, length)}) `)
  return true
}

/** A header of UDP or UDP-Lite. False: nothing may follow it in the line. Source: Linux nf_log_dump_udp_header(). */
export function writeUdp(out: LogText, name: 'UDP' | 'UDPLITE', offset: number, isFragment: boolean): boolean {
  out.add(`PROTO=${name} `)
  if (isFragment) return true
  if (!out.has(offset, 8)) {
    out.incomplete(offset)
    return false
  }
  out.add(`SPT=${out.half(offset)} DPT=${out.half(offset + 2)} LEN=${out.half(offset + 4)} `)
  return true
}

/** Who sent the packet, and its mark. Source: Linux nf_log_dump_sk_uid_gid(). */
export function writeOwnerAndMark(out: LogText): void {
  const { owner, mark } = out.packet
  if (out.flags.uid && owner !== null) out.add(`UID=${owner.uid} GID=${owner.gid} `)
  if (mark !== 0) out.add(`MARK=0x${mark.toString(16)} `)
}
