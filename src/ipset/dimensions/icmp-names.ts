import { ICMP_NAMES } from '../../wire/icmp.ts'
import { findName, type IcmpName } from '../../wire/icmp-names.ts'
import { ICMPV6_NAMES } from '../../wire/icmpv6.ts'
import { PROTOCOL } from '../../wire/protocols.ts'

/** Names of ip6tables that ipset does not have. */
const NOT_IN_SETS: ReadonlySet<string> = new Set(['beyond-scope', 'failed-policy', 'reject-route'])
const NAMES6: readonly IcmpName[] = ICMPV6_NAMES.filter(({ name }) => !NOT_IN_SETS.has(name))

function namesOf(protocol: number): readonly IcmpName[] {
  return protocol === PROTOCOL.icmp ? ICMP_NAMES : NAMES6
}

/** A type whose codes have names of their own stands for none of them. */
function hasCodes(names: readonly IcmpName[], type: number): boolean {
  return names.some((one) => one.type === type && one.code !== undefined)
}

/** `type * 256 + code` of a name; undefined for none. Source: ipset 7.17 icmp.c, icmpv6.c. */
export function icmpCodeNumber(protocol: number, name: string): number | undefined {
  const names = namesOf(protocol)
  const found = findName(names, name)
  if (found === undefined || (found.code === undefined && hasCodes(names, found.type))) return undefined
  return (found.type << 8) | (found.code ?? 0)
}

/** The name of `type * 256 + code`; undefined for none. */
export function icmpCodeName(protocol: number, number: number): string | undefined {
  const names = namesOf(protocol)
  const [type, code] = [number >> 8, number & 0xff]
  const exact = names.find((one) => one.type === type && one.code === code)
  if (exact !== undefined) return exact.name
  if (code !== 0 || hasCodes(names, type)) return undefined
  return names.find((one) => one.type === type)?.name
}
