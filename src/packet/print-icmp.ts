/** What the packet language says about ICMP and ICMPv6. */

import { getU16 } from '../util/bytes.ts'
import { formatIpv4Address, formatIpv6Address, getWords } from '../wire/address.ts'
import { checksumFor, pseudoSum } from '../wire/checksum.ts'
import { findIcmpName, ICMP, ICMP_TYPE, icmp, icmpName, isIcmpError, isIcmpQuery } from '../wire/icmp.ts'
import {
  findIcmpv6Name,
  ICMPV6_TYPE,
  icmpv6Name,
  isIcmpv6Error,
  isIcmpv6Query,
  isNeighbourDiscovery,
} from '../wire/icmpv6.ts'
import { PROTOCOL } from '../wire/protocols.ts'
import { type Malformed, malformed } from '../wire/result.ts'
import { checksumWord, hexWord, type Shape, type Upper, word } from './print-shape.ts'

/** The shape of a message of either version. */
export function icmpShape({ bytes, at, end, family, addresses }: Upper): Shape | Malformed {
  const kind = family === 4 ? 'icmp' : 'icmp6'
  if (end - at < ICMP.headerLength) return malformed(`${kind}: ${end - at} bytes, at least 8 expected`)
  const type = icmp.type(bytes, at)
  const code = icmp.code(bytes, at)
  const pseudo = family === 4 ? 0 : pseudoSum(addresses, PROTOCOL.icmpv6, end - at)
  const header = at + ICMP.headerLength
  const hasTarget = family === 6 && asksForTarget(type) && end - header >= 16
  const words = [
    ...nameWords(family, type, code),
    ...restWords(family, type, code, icmp.rest(bytes, at)),
    ...(hasTarget ? [`target ${formatIpv6Address(getWords(bytes, header))}`] : []),
    ...checksumWord(getU16(bytes, at + ICMP.checksum), checksumFor(bytes, at, end, at + ICMP.checksum, pseudo)),
  ]
  const isError = family === 4 ? isIcmpError(type) : isIcmpv6Error(type)
  return {
    kind,
    words,
    payload: hasTarget ? header + 16 : header,
    ...(isError && header < end ? { inner: header } : {}),
    ...(family === 6 && isNeighbourDiscovery(type) ? { ttl: 255 } : {}),
  }
}

function asksForTarget(type: number): boolean {
  return (
    (type >= ICMPV6_TYPE.listenerQuery && type <= ICMPV6_TYPE.listenerDone) ||
    type === ICMPV6_TYPE.neighbourSolicitation ||
    type === ICMPV6_TYPE.neighbourAdvertisement
  )
}

function nameWords(family: 4 | 6, type: number, code: number): string[] {
  const name = family === 4 ? icmpName(type, code) : icmpv6Name(type, code)
  if (name === undefined) return [`type ${type}`, ...word('code', code)]
  const said = family === 4 ? findIcmpName(name) : findIcmpv6Name(name)
  return [name, ...word('code', code, said?.code ?? 0)]
}

function restWords(family: 4 | 6, type: number, code: number, rest: number): string[] {
  const isQuery = family === 4 ? isIcmpQuery(type) : isIcmpv6Query(type)
  if (isQuery) return [`id ${rest >>> 16}`, `seq ${rest & 0xffff}`]
  if (rest === 0) return []
  if (family === 6) {
    if (type === ICMPV6_TYPE.packetTooBig) return [`mtu ${rest}`]
    return type === ICMPV6_TYPE.parameterProblem ? [`pointer ${rest}`] : hexWord('rest', rest)
  }
  if (type === ICMP_TYPE.redirect) return [`gateway ${formatIpv4Address(rest)}`]
  if (type === ICMP_TYPE.destinationUnreachable && code === 4 && rest <= 0xffff) return [`mtu ${rest}`]
  if (type === ICMP_TYPE.parameterProblem && (rest & 0xffffff) === 0) return [`pointer ${rest >>> 24}`]
  return hexWord('rest', rest)
}
