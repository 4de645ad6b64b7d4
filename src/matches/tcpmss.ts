import { computed, OUTCOME, type Test } from '../expression/test.ts'
import { UsageError } from '../util/errors.ts'
import { PROTOCOL } from '../wire/protocols.ts'
import { defineMatch, formatRange, type NumberRange, numberRange, optionOf } from '../xtables/index.ts'
import { transportInRules } from './ipv6-headers.ts'

const TCP_HEADER = 20
const MSS_KIND = 2
const MSS_LENGTH = 4

/** Source: Linux tcpmss_mt(). */
function mssBetween(from: number, to: number): Test {
  return computed('tcpmss', false, (packet) => {
    const { view, end } = packet
    const transport = transportInRules(packet)
    if (transport + TCP_HEADER > end) return OUTCOME.hotdrop
    const headerLength = (view.getUint8(transport + 12) >> 4) * 4
    const optionsEnd = transport + headerLength
    if (headerLength < TCP_HEADER || optionsEnd > end) return OUTCOME.hotdrop
    for (let at = transport + TCP_HEADER; at < optionsEnd; ) {
      const kind = view.getUint8(at)
      if (kind === MSS_KIND && at + MSS_LENGTH <= optionsEnd && view.getUint8(at + 1) === MSS_LENGTH) {
        const mss = view.getUint16(at + 2)
        return from <= mss && mss <= to ? OUTCOME.yes : OUTCOME.no
      }
      at += kind < 2 || at + 1 >= optionsEnd ? 1 : view.getUint8(at + 1) || 1
    }
    return OUTCOME.no
  })
}

const anyRange = numberRange(16)()

const mssRange = optionOf<NumberRange>({
  ...anyRange,
  parse: (words, context) => {
    const range = anyRange.parse(words, context)
    if (range.from > range.to) throw new UsageError('tcpmss: invalid range given')
    return range
  },
})

const options = {
  mss: mssRange({
    help: 'bytes that the MSS option announces, or range, 0-65535',
    invertible: true,
    required: true,
    holds: ({ from, to }) => mssBetween(from, to),
  }),
}

/**
 * `-m tcpmss`: the maximum segment size in a TCP header's options, in bytes, 0..65535. A segment without that
 * option does not match, so it matches what is negated; a header cut short drops the packet. Later fragments are
 * read as if they began with a header.
 *
 * Source: iptables-extensions(8) "tcpmss"; RFC 9293 section 3.7.1; Linux xt_tcpmss.c tcpmss_mt().
 */
export const tcpmss = defineMatch({
  name: 'tcpmss',
  families: [4, 6],
  protocols: [PROTOCOL.tcp],
  options,
  list: ({ mss }) => (mss ? ` tcpmss match ${mss.inverted ? '!' : ''}${formatRange(mss.value)}` : ''),
})
