import { PROTOCOL } from '../wire/protocols.ts'
import { defineMatch, flag, numberRange, uint32 } from '../xtables/index.ts'
import { ofIpv6Header } from './ipv6-headers.ts'
import { rangeText, spaced } from './range-text.ts'

const HEADER = 8

/**
 * `-m frag`: id, reserved bits, offset and "more fragments" of the IPv6 fragment header; without options, that there is
 * one. `--fraglen` is kept and saved, and has no effect.
 *
 * Extension headers cut short, or less than 8 bytes of this one, drop the packet. Connection tracking puts fragments
 * together before the rules behind it see them.
 *
 * Source: ip6tables-extensions(8) "frag"; RFC 8200 section 4.5; Linux ip6t_frag.c frag_mt6().
 */
export const frag = defineMatch({
  name: 'frag',
  families: [6],
  options: {
    fragid: numberRange(32)({
      help: 'identification of the fragments, or range, 32 bits',
      invertible: true,
      isDefault: ({ from, to }) => from === 0 && to === 0xffffffff,
    }),
    fraglen: uint32({ help: 'bytes of the fragment header; has no effect', invertible: true }),
    fragres: flag({ help: 'the reserved bits are 0' }),
    fragfirst: flag({ help: 'the offset of the fragment is 0' }),
    fragmore: flag({ help: 'further fragments follow', excludes: ['fraglast'] }),
    fraglast: flag({ help: 'no further fragment follows' }),
  },
  list: ({ fragid, fraglen, fragres, fragfirst, fragmore, fraglast }) => {
    const length = fraglen ? `length:${fraglen.inverted ? '!' : ''}${fraglen.value}` : ''
    const rest = spaced(
      length,
      fragres ? 'reserved' : '',
      fragfirst ? 'first' : '',
      fragmore ? 'more' : '',
      fraglast ? 'last' : '',
    )
    return ` frag ${rangeText('id', fragid)}${rest}`
  },
  holds: ({ fragid, fragres, fragfirst, fragmore, fraglast }) =>
    ofIpv6Header('frag', PROTOCOL.fragment, HEADER, ({ view }, at) => {
      const bits = view.getUint16(at + 2)
      const id = view.getUint32(at + 4)
      if (fragid && (fragid.value.from <= id && id <= fragid.value.to) === fragid.inverted) return false
      if (fragres && (view.getUint8(at + 1) !== 0 || (bits & 6) !== 0)) return false
      if (fragfirst && (bits & 0xfff8) !== 0) return false
      return (bits & 1) === 1 ? !fraglast : !fragmore
    }),
})
