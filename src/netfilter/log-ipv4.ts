import { formatIpv4Address } from '../wire/address.ts'
import { PROTOCOL } from '../wire/protocols.ts'
import type { LogText } from './log-text.ts'
import { writeOwnerAndMark, writeTcp, writeUdp } from './log-transport.ts'

/** An ICMP message about another packet quotes its IP header behind its own eight bytes. */
const QUOTING = 8 + 20

/** What each ICMP type needs to be shown. Source: Linux dump_ipv4_packet() required_len. */
const REQUIRED: Readonly<Record<number, number>> = {
  0: 4,
  3: QUOTING,
  4: QUOTING,
  5: QUOTING,
  8: 4,
  11: QUOTING,
  12: QUOTING,
  13: 20,
  14: 20,
  17: 12,
  18: 12,
}

/**
 * An IPv4 packet from its header at `start` on; `isInner` where an ICMP error quotes it.
 * Source: Linux dump_ipv4_packet().
 */
export function writeIpv4(out: LogText, start: number, isInner: boolean): void {
  if (!out.has(start, 20)) {
    out.add('TRUNCATED')
    return
  }
  out.add(`SRC=${formatIpv4Address(out.word(start + 12))} DST=${formatIpv4Address(out.word(start + 16))} `)
  const tos = out.byte(start + 1)
  out.add(`LEN=${out.half(start + 2)} TOS=0x${hex2(tos & 0x1e)} PREC=0x${hex2(tos & 0xe0)} `)
  out.add(`TTL=${out.byte(start + 8)} ID=${out.half(start + 4)} `)
  const fragment = out.half(start + 6)
  if (fragment & 0x8000) out.add('CE ')
  if (fragment & 0x4000) out.add('DF ')
  if (fragment & 0x2000) out.add('MF ')
  const fragmentOffset = fragment & 0x1fff
  if (fragmentOffset !== 0) out.add(`FRAG:${fragmentOffset} `)
  const headerLength = (out.byte(start) & 15) * 4
  if (out.flags.ipOptions && headerLength > 20) {
    if (!out.has(start + 20, headerLength - 20)) {
      out.add('TRUNCATED')
      return
    }
    out.add(`OPT (${out.hex(start + 20, headerLength - 20)}) `)
  }
  if (!writeTransport(out, start, start + headerLength, fragmentOffset !== 0, isInner)) return
  if (!isInner) writeOwnerAndMark(out)
}

function hex2(value: number): string {
  return value.toString(16).toUpperCase().padStart(2, '0')
}

/** False: nothing may follow in the line. */
function writeTransport(out: LogText, start: number, offset: number, isFragment: boolean, isInner: boolean): boolean {
  const protocol = out.byte(start + 9)
  switch (protocol) {
    case PROTOCOL.tcp:
      return writeTcp(out, offset, isFragment)
    case PROTOCOL.udp:
      return writeUdp(out, 'UDP', offset, isFragment)
    case PROTOCOL.udplite:
      return writeUdp(out, 'UDPLITE', offset, isFragment)
    case PROTOCOL.icmp:
      out.add('PROTO=ICMP ')
      if (!isFragment) writeIcmp(out, offset, isInner)
      return true
    case PROTOCOL.ah:
      if (isFragment) return true
      out.add('PROTO=AH ')
      if (out.has(offset, 12)) out.add(`SPI=0x${out.word(offset + 4).toString(16)} `)
      else out.incomplete(offset)
      return true
    case PROTOCOL.esp:
      out.add('PROTO=ESP ')
      if (isFragment) return true
      if (out.has(offset, 8)) out.add(`SPI=0x${out.word(offset).toString(16)} `)
      else out.incomplete(offset)
      return true
    default:
      out.add(`PROTO=${protocol} `)
      return true
  }
}

function writeIcmp(out: LogText, offset: number, isInner: boolean): void {
  if (!out.has(offset, 8)) return out.incomplete(offset)
  const type = out.byte(offset)
  const code = out.byte(offset + 1)
  out.add(`TYPE=${type} CODE=${code} `)
  const required = REQUIRED[type]
  if (required !== undefined && !out.has(offset, required)) return out.incomplete(offset)
  switch (type) {
    case 0:
    case 8:
      out.add(`ID=${out.half(offset + 4)} SEQ=${out.half(offset + 6)} `)
      return
    case 12:
      out.add(`PARAMETER=${out.byte(offset + 4)} `)
      return
    case 5:
      out.add(`GATEWAY=${formatIpv4Address(out.word(offset + 4))} `)
      break
    case 3:
    case 4:
    case 11:
      break
    default:
      return
  }
  if (!isInner) {
    out.add('[')
    writeIpv4(out, offset + 8, true)
    out.add('] ')
  }
  if (type === 3 && code === 4) out.add(`MTU=${out.half(offset + 6)} `)
}
