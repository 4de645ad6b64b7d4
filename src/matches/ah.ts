import { field } from '../expression/field.ts'
import { allOf, between, header, OUTCOME, type Test } from '../expression/test.ts'
import type { Packet } from '../packet/packet.ts'
import { PROTOCOL } from '../wire/protocols.ts'
import { defineMatch, flag, formatRange, type Given, numberRange, saveOption, uint32 } from '../xtables/index.ts'
import { ofIpv6Header } from './ipv6-headers.ts'
import { rangeText } from './range-text.ts'

const HEADER = 12

function isEverySpi({ from, to }: { readonly from: number; readonly to: number }): boolean {
  return from === 0 && to === 0xffffffff
}

/**
 * `-m ah`: the Security Parameter Index of an IPv4 authentication header, 0..2^32-1; loaded by `-p ah` itself.
 * IPv6 has a match of the same name with more options.
 *
 * Later fragments do not match; less than 12 bytes of header drop the packet.
 *
 * Source: iptables-extensions(8) "ah"; RFC 4302 section 2; Linux ipt_ah.c ah_mt().
 */
export const ah = defineMatch({
  name: 'ah',
  families: [4],
  protocols: [PROTOCOL.ah],
  implicitFor: [PROTOCOL.ah],
  options: {
    ahspi: numberRange(32)({
      help: 'SPI, or range of SPIs, 32 bits',
      invertible: true,
      isDefault: isEverySpi,
      holds: ({ from, to }) => between(field.ah.spi, from, to),
    }),
  },
  list: ({ ahspi }) => ` ah ${rangeText('spi', ahspi)}`,
  guard: (test) => header(HEADER, test),
})

/** A test of the authentication header that begins at `at`; without one it does not hold. */
function ofHeader(holds: (packet: Packet, at: number) => boolean): Test {
  return ofIpv6Header('ah', PROTOCOL.ah, HEADER, (packet, at) =>
    at + lengthAt(packet, at) > packet.end ? OUTCOME.hotdrop : holds(packet, at),
  )
}

/** Bytes that the header says it has. */
const lengthAt = ({ view }: Packet, at: number): number => (view.getUint8(at + 1) + 2) * 4

/** Whether a length is shown: 0 is as if none was given, unless it is inverted. */
function isGivenLength({ value, inverted }: Given<number>): boolean {
  return value !== 0 || inverted
}

const hasHeader = ofHeader(() => true)

/**
 * `-m ah` for IPv6: Security Parameter Index, length in bytes and reserved field of the authentication header,
 * wherever it stands among the extension headers; without options, that there is one.
 *
 * Extension headers cut short, less than 12 bytes of this one, or less than it says it has drop the packet.
 *
 * Source: ip6tables-extensions(8) "ah"; RFC 4302 section 2; Linux ip6t_ah.c ah_mt6().
 */
export const ah6 = defineMatch({
  name: 'ah',
  families: [6],
  implicitFor: [PROTOCOL.ah],
  options: {
    ahspi: numberRange(32)({
      help: 'SPI, or range of SPIs, 32 bits',
      invertible: true,
      isDefault: isEverySpi,
      holds: ({ from, to }) =>
        ofHeader(({ view }, at) => from <= view.getUint32(at + 4) && view.getUint32(at + 4) <= to),
    }),
    ahlen: uint32({
      help: 'bytes of the AH header',
      invertible: true,
      holds: (length) => ofHeader((packet, at) => lengthAt(packet, at) === length),
    }),
    ahres: flag({
      help: 'the reserved bits are 0',
      holds: () => ofHeader(({ view }, at) => view.getUint16(at + 2) === 0),
    }),
  },
  save: ({ ahspi, ahlen, ahres }) => {
    const spis = ahspi && !isEverySpi(ahspi.value) ? saveOption('ahspi', formatRange(ahspi.value), ahspi.inverted) : ''
    const length = ahlen && isGivenLength(ahlen) ? saveOption('ahlen', String(ahlen.value), ahlen.inverted) : ''
    return `${spis}${length}${ahres ? ' --ahres' : ''}`
  },
  list: ({ ahspi, ahlen, ahres }) => {
    const length = ahlen && isGivenLength(ahlen) ? `length:${ahlen.inverted ? '!' : ''}${ahlen.value}` : ''
    // The tool puts no space between the index and the length.
    return ` ah ${rangeText('spi', ahspi)}${length}${ahres ? ' reserved' : ''}`
  },
  guard: (test) => allOf(hasHeader, test),
})
