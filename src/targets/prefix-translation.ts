import { VERDICT } from '../expression/action.ts'
import type { Side } from '../packet/mangle.ts'
import type { Packet } from '../packet/packet.ts'
import { UsageError } from '../util/errors.ts'
import { maskWords, sameWords, type Words, ZERO_WORDS } from '../util/words.ts'
import { formatAddress, prefixLength, prefixMask } from '../wire/address.ts'
import { fold } from '../wire/checksum.ts'
import { hostMask, type Network, type TargetDefinition } from '../xtables/index.ts'

const LONGEST_PREFIX = 64
const PARAMETER_PROBLEM = 4
const ICMPV6 = 58
/** Types that quote a packet. Source: Linux icmpv6_is_err(). */
const ICMPV6_ERRORS = [1, 2, 3, 4]
/** Where the addresses stand in an IPv6 header. */
const OFFSET: Readonly<Record<Side, number>> = { source: 8, destination: 24 }

/** A prefix to replace by another, and what the checksum of the address must make up for. */
interface PrefixPair {
  readonly from: Network
  readonly to: Network
  /** One's complement sum of `from` less that of `to`, 16 bits. */
  readonly adjustment: number
}

/**
 * Two prefixes with what they differ in. Source: Linux ip6t_npt_checkentry(): ~csum_fold(csum_sub(from, to)).
 */
function prefixPair(from: Network, to: Network): PrefixPair {
  const sum = (address: Words): number => address.reduce((total, word) => total + (word >>> 16) + (word & 0xffff), 0)
  // One's complement: to take away is to add the complement.
  return { from, to, adjustment: fold(sum(from.address) + (~fold(sum(to.address)) & 0xffff)) }
}

/**
 * Replaces the prefix of the address at `at` so that the sum over the address stays the same: by the bits 48..63 where
 * the prefixes leave them free, else by the first of the last four words that is not 0xffff. False where there is none;
 * the prefix is replaced all the same.
 *
 * Source: RFC 6296 sections 3.4, 3.5; Linux ip6t_npt_map_pfx().
 */
function mapPrefix(view: DataView, at: number, { from, to, adjustment }: PrefixPair): boolean {
  const length = Math.max(lengthOf(from), lengthOf(to))
  const mask = prefixMask(6, length)
  for (let i = 0; i < 4; i++) {
    const kept = view.getUint32(at + 4 * i) & ~mask[i]!
    view.setUint32(at + 4 * i, (kept | (to.address[i]! & mask[i]!)) >>> 0)
  }
  let word = 3
  if (length > 48) {
    word = 4
    while (word < 8 && view.getUint16(at + 2 * word) === 0xffff) word++
    if (word === 8) return false
  }
  const sum = fold(view.getUint16(at + 2 * word) + adjustment)
  view.setUint16(at + 2 * word, sum === 0xffff ? 0 : sum)
  return true
}

function lengthOf({ mask }: Network): number {
  return prefixLength(6, mask) ?? 128
}

/**
 * The address that is translated in the packet quoted by an ICMPv6 error, where it stands in `view`; null for other
 * packets. The kernel looks only right behind the IPv6 header, and in packets of a raw socket not even there, because
 * it takes their IPv6 header for the transport header.
 *
 * Source: Linux icmpv6_bounced_ipv6hdr(), rawv6_send_hdrinc().
 */
function quotedAddress({ view, network, end, owner }: Packet, side: Side): number | null {
  if (view.getUint8(network + 6) !== ICMPV6 || (owner !== null && owner.uid >= 0)) return null
  if (end - network < 88 || !ICMPV6_ERRORS.includes(view.getUint8(network + 40))) return null
  return network + 48 + OFFSET[side]
}

function wordsAt(view: DataView, at: number): Words {
  return [view.getUint32(at), view.getUint32(at + 4), view.getUint32(at + 8), view.getUint32(at + 12)]
}

/**
 * Translates the address of one side of a packet, and that of the other side in the packet quoted by an ICMPv6 error.
 *
 * Source: Linux ip6t_snpt_tg(), ip6t_dnpt_tg().
 */
function translate(packet: Packet, side: Side, pair: PrefixPair): boolean {
  const { view, network } = packet
  if (!mapPrefix(view, network + OFFSET[side], pair)) return false
  const quoted = quotedAddress(packet, side === 'source' ? 'destination' : 'source')
  if (quoted !== null && sameWords(maskWords(wordsAt(view, quoted), pair.from.mask), pair.from.address)) {
    mapPrefix(view, quoted, pair)
  }
  return true
}

const EVERYTHING: Network = { address: ZERO_WORDS, mask: ZERO_WORDS }

/**
 * The options and the action of a target that translates the prefix of one side's address.
 *
 * Source: iptables 1.8.9 libip6t_SNPT.c, libip6t_DNPT.c; Linux ip6t_NPT.c.
 */
export function prefixTranslation(
  name: 'SNPT' | 'DNPT',
  side: Side,
): Pick<TargetDefinition, 'tables' | 'options' | 'check' | 'save' | 'list' | 'act'> {
  const isEverything = ({ address, mask }: Network): boolean =>
    sameWords(address, ZERO_WORDS) && sameWords(mask, ZERO_WORDS)
  const shown = ({ address, mask }: Network): string => `${formatAddress(6, address)}/${prefixLength(6, mask) ?? 128}`
  return {
    tables: ['mangle'],
    options: {
      'src-pfx': hostMask({ help: 'prefix to replace', required: true }),
      'dst-pfx': hostMask({ help: 'prefix to put in its place', required: true }),
    },
    check: (values) => {
      for (const option of ['src-pfx', 'dst-pfx']) {
        const { address, mask }: Network = values[option]?.value ?? EVERYTHING
        if (lengthOf({ address, mask }) > LONGEST_PREFIX) {
          throw new UsageError(`${name}: --${option} is longer than ${LONGEST_PREFIX} bits`, { errno: 'EINVAL' })
        }
        if (!sameWords(maskWords(address, mask), address)) {
          throw new UsageError(`${name}: --${option} has bits behind its prefix`, { errno: 'EINVAL' })
        }
      }
    },
    save: (values) => {
      const option = (key: string): string => {
        const prefix: Network = values[key]?.value ?? EVERYTHING
        return isEverything(prefix) ? '' : ` --${key} ${shown(prefix)}`
      }
      return option('src-pfx') + option('dst-pfx')
    },
    list: (values) =>
      ` ${name} src-pfx ${shown(values['src-pfx']?.value ?? EVERYTHING)} dst-pfx ${shown(values['dst-pfx']?.value ?? EVERYTHING)}`,
    act: (values) => {
      const pair = prefixPair(values['src-pfx']?.value ?? EVERYTHING, values['dst-pfx']?.value ?? EVERYTHING)
      return [
        {
          kind: 'computed',
          name,
          act: (packet, environment) => {
            if (translate(packet, side, pair)) return VERDICT.continue
            environment.icmpError(packet, PARAMETER_PROBLEM, 0, OFFSET[side])
            return VERDICT.drop
          },
        },
      ]
    },
  }
}
