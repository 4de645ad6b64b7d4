import { UsageError } from '../../util/errors.ts'
import { formatIpv4Address } from '../../wire/address.ts'
import { BitmapSet } from '../bitmap-set.ts'
import { addressOf, parseIpv4Range, parsePrefix } from '../dimensions/ip.ts'
import { formatOptions } from '../extensions.ts'
import { additionError, type CreateOptions, extensionOptions, givenExtensions, type SetType } from '../type.ts'

const MOST_PLACES = 65536

/** The range of IPv4 addresses of a `create` line. Throws UsageError. */
export function addressRange(options: CreateOptions): readonly [number, number] {
  const text = options.get('range')
  if (text === undefined) throw new UsageError('range: a bitmap of addresses needs one')
  return parseIpv4Range(text)
}

/** `bitmap:ip`: IPv4 addresses of one range, or networks in it where `netmask` is given. Source: Linux ip_set_bitmap_ip.c. */
export const bitmapIp: SetType = {
  name: 'bitmap:ip',
  aliases: ['ipmap'],
  options: { range: 1, netmask: 1 },
  create(name, options) {
    const [first, last] = addressRange(options)
    const netmask = parsePrefix(options.get('netmask') ?? '32', 32)
    const step = 2 ** (32 - netmask)
    if ((last - first + 1) / step > MOST_PLACES) throw new UsageError(`range: more than ${MOST_PLACES} elements`)
    const extensions = extensionOptions(options)
    const range = ` range ${formatIpv4Address(first)}-${formatIpv4Address(last)}`
    const set = new BitmapSet({
      ...{ name, type: 'bitmap:ip', family: 4, first, last, step, extensions },
      read: (packet, side) => addressOf(packet, side)[0],
      format: formatIpv4Address,
      words: `${range}${netmask === 32 ? '' : ` netmask ${netmask}`}${formatOptions(extensions)}`,
    })
    return {
      set,
      add(text, given, ticks) {
        const [from, to] = parseIpv4Range(text)
        // Networks are listed by any of their addresses.
        for (let at = from - ((from - first) % step); at <= to; at += step) {
          const result = set.insert(at, givenExtensions(extensions, given, ticks), given.replaces, ticks)
          if (result !== 'added') throw additionError(name, result)
        }
      },
    }
  },
}
