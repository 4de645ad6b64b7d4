import { PROTOCOL } from '../wire/protocols.ts'
import type { LogText } from './log-text.ts'
import { writeOwnerAndMark, writeTcp, writeUdp } from './log-transport.ts'

const HOP_BY_HOP = 0
const ROUTING = 43
const FRAGMENT = 44
const ESP = 50
const AH = 51
const DESTINATION = 60

const EXTENSIONS: readonly number[] = [HOP_BY_HOP, ROUTING, FRAGMENT, ESP, AH, DESTINATION]

/**
 * An IPv6 packet from its header at `start` on; `isInner` where an ICMPv6 error quotes it.
 * Source: Linux dump_ipv6_packet().
 */
export function writeIpv6(out: LogText, start: number, isInner: boolean): void {
  if (!out.has(start, 40)) {
    out.add('TRUNCATED')
    return
  }
  out.add(`SRC=${fullAddress(out, start + 8)} DST=${fullAddress(out, start + 24)} `)
  const first = out.word(start)
  out.add(`LEN=${out.half(start + 4) + 40} TC=${(first >>> 20) & 255} `)
  out.add(`HOPLIMIT=${out.byte(start + 7)} FLOWLBL=${first & 0xfffff} `)
  const found = walkExtensions(out, start + 40, out.byte(start + 6))
  if (found === null || !writeTransport(out, found, isInner)) return
  if (!isInner) writeOwnerAndMark(out)
}

/** All eight groups with four digits each. Source: Linux %pI6. */
function fullAddress(out: LogText, offset: number): string {
  return out
    .hex(offset, 16)
    .toLowerCase()
    .replace(/(.{4})(?=.)/g, '$1:')
}

interface Transport {
  readonly protocol: number
  readonly offset: number
  readonly isFragment: boolean
}

/** Shows the extension headers and finds what follows them; null: nothing may follow in the line. */
function walkExtensions(out: LogText, first: number, next: number): Transport | null {
  const shows = out.flags.ipOptions
  let offset = first
  let protocol = next
  let isFragment = false
  while (EXTENSIONS.includes(protocol)) {
    if (!out.has(offset, 2)) {
      out.add('TRUNCATED')
      return null
    }
    if (shows) out.add('OPT ( ')
    let length = (out.byte(offset + 1) + 1) * 8
    switch (protocol) {
      case FRAGMENT: {
        out.add('FRAG:')
        if (!out.has(offset, 8)) {
          out.add('TRUNCATED ')
          return null
        }
        const field = out.half(offset + 2)
        out.add(`${field & 0xfff8} `)
        if (field & 1) out.add('INCOMPLETE ')
        out.add(
          `ID:${out
            .word(offset + 4)
            .toString(16)
            .padStart(8, '0')} `,
        )
        if ((field & 0xfff8) !== 0) isFragment = true
        length = 8
        break
      }
      case AH:
        if (shows && !writeSecurity(out, 'AH', offset, offset + 4, 12, isFragment)) return null
        length = (out.byte(offset + 1) + 2) * 4
        break
      case ESP:
        if (shows && writeSecurity(out, 'ESP', offset, offset, 8, isFragment)) out.add(')')
        return null
      default:
        if (!isFragment) break
        if (shows) out.add(')')
        return null
    }
    if (shows) out.add(') ')
    protocol = out.byte(offset)
    offset += length
  }
  return { protocol, offset, isFragment }
}

/** False: nothing may follow in the line. */
function writeSecurity(
  out: LogText,
  name: 'AH' | 'ESP',
  offset: number,
  index: number,
  length: number,
  isFragment: boolean,
): boolean {
  out.add(`${name} `)
  if (isFragment) {
    out.add(')')
    return false
  }
  if (!out.has(offset, length)) {
    out.incomplete(offset)
    out.add(')')
    return false
  }
  out.add(`SPI=0x${out.word(index).toString(16)} `)
  return true
}

/** False: nothing may follow in the line. */
function writeTransport(out: LogText, { protocol, offset, isFragment }: Transport, isInner: boolean): boolean {
  switch (protocol) {
    case PROTOCOL.tcp:
      return writeTcp(out, offset, isFragment)
    case PROTOCOL.udp:
      return writeUdp(out, 'UDP', offset, isFragment)
    case PROTOCOL.udplite:
      return writeUdp(out, 'UDPLITE', offset, isFragment)
    case PROTOCOL.icmpv6:
      out.add('PROTO=ICMPv6 ')
      return isFragment || writeIcmpv6(out, offset, isInner)
    default:
      out.add(`PROTO=${protocol} `)
      return true
  }
}

function writeIcmpv6(out: LogText, offset: number, isInner: boolean): boolean {
  if (!out.has(offset, 8)) {
    out.incomplete(offset)
    return false
  }
  const type = out.byte(offset)
  out.add(`TYPE=${type} CODE=${out.byte(offset + 1)} `)
  if (type === 128 || type === 129) out.add(`ID=${out.half(offset + 4)} SEQ=${out.half(offset + 6)} `)
  if (type === 4)
    out.add(
      `POINTER=${out
        .word(offset + 4)
        .toString(16)
        .padStart(8, '0')} `,
    )
  if (type < 1 || type > 4) return true
  if (!isInner) {
    out.add('[')
    writeIpv6(out, offset + 8, true)
    out.add('] ')
  }
  if (type === 2) out.add(`MTU=${out.word(offset + 4)} `)
  return true
}
