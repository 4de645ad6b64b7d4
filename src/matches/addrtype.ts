import { ADDRESS_TYPES, type AddressType, type Hook } from '../expression/environment.ts'
import { allOf, computed, not, OUTCOME, type Test } from '../expression/test.ts'
import type { Packet } from '../packet/packet.ts'
import { UsageError } from '../util/errors.ts'
import type { Words } from '../util/words.ts'
import { defineMatch, flag, type Given, nameList } from '../xtables/index.ts'

/** The bit of each type, in the order of their numbers. Source: linux/netfilter/xt_addrtype.h XT_ADDRTYPE_*. */
const BITS = Object.fromEntries(ADDRESS_TYPES.map((name, number) => [name, 1 << number])) as Record<AddressType, number>

/** Types that IPv6 addresses are looked up for; the others are told from their bits. */
const LOOKED_UP = BITS.ANYCAST | BITS.LOCAL | BITS.UNREACHABLE
const NOT_IN_IPV6 = BITS.BLACKHOLE | BITS.BROADCAST | BITS.PROHIBIT | BITS.THROW | BITS.NAT | BITS.XRESOLVE

const types = nameList({
  bits: BITS,
  abbreviations: ADDRESS_TYPES,
  refuse: (rest) =>
    new UsageError(rest.includes(',') ? `addrtype: bad type \`${rest}'` : `addrtype: bad type "${rest}"`),
})

function formatTypes(bits: number): string {
  return ADDRESS_TYPES.filter((name) => bits & BITS[name]).join(',')
}

/** Which device the types are those of: any, the incoming, the outgoing one. */
type Limit = 'none' | 'in' | 'out'

function typeTest(side: 'source' | 'destination', bits: number, limit: Limit): Test {
  return computed(
    'addrtype',
    false,
    (packet, environment) => {
      const device = deviceOf(packet, limit)
      const address = packet[side]
      const lookup = (): number => BITS[environment.addressType(packet.family as 4 | 6, address, device)]
      const holds = packet.family === 4 ? (bits & lookup()) !== 0 : holdsForIpv6(address, bits, lookup)
      return holds ? OUTCOME.yes : OUTCOME.no
    },
    (packet, environment) => environment.addressType(packet.family as 4 | 6, packet[side], deviceOf(packet, limit)),
  )
}

function deviceOf(packet: Packet, limit: Limit): string | null {
  const device = limit === 'in' ? packet.inDevice : limit === 'out' ? packet.outDevice : null
  return device?.name ?? null
}

/**
 * In IPv6 the listed types are not alternatives: MULTICAST, UNICAST and UNSPEC must all hold if they are
 * listed, and then at least one of those that are looked up. Source: Linux match_type6().
 */
function holdsForIpv6(address: Words, bits: number, lookup: () => number): boolean {
  const kind = ipv6Kind(address)
  if (bits & BITS.MULTICAST && kind !== 'multicast') return false
  if (bits & BITS.UNICAST && kind !== 'unicast') return false
  if (bits & BITS.UNSPEC && kind !== 'unspecified') return false
  return (bits & LOOKED_UP) === 0 || (bits & LOOKED_UP & lookup()) !== 0
}

/** Source: Linux __ipv6_addr_type(). IPv4-mapped addresses are of no kind. */
function ipv6Kind([a, b, c, d]: Words): 'multicast' | 'unicast' | 'unspecified' | 'mapped' {
  if (a >>> 24 === 0xff) return 'multicast'
  if (a !== 0 || b !== 0) return 'unicast'
  if (c === 0 && d === 0) return 'unspecified'
  return c === 0xffff ? 'mapped' : 'unicast'
}

/**
 * `-m addrtype`: what the host's routing says that an address is: its own, broadcast, multicast, …; with
 * `--limit-iface-in` or `-out`, only as seen from that device.
 *
 * In IPv4 each address has one type and any listed one will do. In IPv6 UNICAST, MULTICAST and UNSPEC are told
 * from the address alone.
 *
 * Source: iptables-extensions(8) "addrtype"; Linux xt_addrtype.c addrtype_mt_v1(), match_type6().
 */
export const addrtype = defineMatch({
  name: 'addrtype',
  families: [4, 6],
  options: {
    'src-type': types({ help: 'types of the source address, any of which will do', invertible: true }),
    'dst-type': types({ help: 'types of the destination address, any of which will do', invertible: true }),
    'limit-iface-in': flag({
      help: 'types as seen from the device that the packet came in by',
      excludes: ['limit-iface-out'],
    }),
    'limit-iface-out': flag({ help: 'types as seen from the device that the packet leaves by' }),
  },
  hooks: (values): readonly Hook[] => {
    if (values['limit-iface-in']) return ['PREROUTING', 'INPUT', 'FORWARD']
    if (values['limit-iface-out']) return ['FORWARD', 'OUTPUT', 'POSTROUTING']
    return ['PREROUTING', 'INPUT', 'FORWARD', 'OUTPUT', 'POSTROUTING']
  },
  check: ({ 'src-type': source, 'dst-type': destination }, { family }) => {
    if (!source && !destination) throw new UsageError('addrtype: you must specify --src-type or --dst-type')
    const bits = (source?.value ?? 0) | (destination?.value ?? 0)
    if (family === 6 && bits & NOT_IN_IPV6) {
      const name = ADDRESS_TYPES.find((one) => bits & NOT_IN_IPV6 & BITS[one])
      throw new UsageError(`addrtype: there is no type ${name} in IPv6`, { errno: 'EINVAL' })
    }
  },
  list: ({ 'src-type': source, 'dst-type': destination, 'limit-iface-in': limitIn, 'limit-iface-out': limitOut }) => {
    const shown = (name: string, given: Given<number> | undefined): string =>
      given === undefined ? '' : ` ${name} ${given.inverted ? '!' : ''}${formatTypes(given.value)}`
    const limits = `${limitIn ? ' limit-in' : ''}${limitOut ? ' limit-out' : ''}`
    return ` ADDRTYPE match${shown('src-type', source)}${shown('dst-type', destination)}${limits}`
  },
  holds: (values) => {
    const limit = values['limit-iface-in'] ? 'in' : values['limit-iface-out'] ? 'out' : 'none'
    const tests: Test[] = []
    for (const [option, side] of [
      ['src-type', 'source'],
      ['dst-type', 'destination'],
    ] as const) {
      const given = values[option]
      if (given === undefined) continue
      const test = typeTest(side, given.value, limit)
      tests.push(given.inverted ? not(test) : test)
    }
    return allOf(...tests)
  },
})
