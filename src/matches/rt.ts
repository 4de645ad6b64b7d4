import { OUTCOME } from '../expression/test.ts'
import type { Packet } from '../packet/packet.ts'
import { UsageError } from '../util/errors.ts'
import { sameWords, type Words } from '../util/words.ts'
import { formatAddress, tryParseAddress } from '../wire/address.ts'
import { PROTOCOL } from '../wire/protocols.ts'
import {
  defineMatch,
  type Given,
  type NumberRange,
  numberRange,
  type OptionContext,
  optionOf,
  uint32,
} from '../xtables/index.ts'
import { ofIpv6Header } from './ipv6-headers.ts'

const MOST_ADDRESSES = 16
/** Bytes of a routing header that every type has, and of type 0 before its addresses. */
const [COMMON, BEFORE_ADDRESSES] = [4, 8]

/** What asks for the addresses of type 0 must stand behind `--rt-type 0`. */
function needType0({ option, given }: OptionContext): void {
  const type = given?.['rt-type']
  if (type?.value !== 0 || type.inverted) throw new UsageError(`\`--rt-type 0' required before \`--${option}'`)
}

const reservedFlag = optionOf<true>({
  words: 0,
  placeholder: '',
  parse: (_words, context) => {
    needType0(context)
    return true
  },
  format: () => '',
})

const notStrictFlag = optionOf<true>({
  words: 0,
  placeholder: '',
  parse: (_words, { given }) => {
    if (given?.['rt-0-addrs'] === undefined)
      throw new UsageError("`--rt-0-addr ...' required before `--rt-0-not-strict'")
    return true
  },
  format: () => '',
})

const addressList = optionOf<readonly Words[]>({
  words: 1,
  placeholder: 'ADDR[,ADDR...]',
  parse: ([word = ''], context) => {
    needType0(context)
    return word.split(',').map((part, index) => {
      if (index >= MOST_ADDRESSES) throw new UsageError('too many addresses specified')
      const address = tryParseAddress(part)
      if (address?.family !== 6) throw new UsageError(`bad address: ${part}`)
      return address.words
    })
  },
  format: formatAddresses,
})

function formatAddresses(addresses: readonly Words[]): string {
  return addresses.map((address) => formatAddress(6, address)).join(',')
}

const ANY_NUMBER = 0xffffffff

function asText({ value: { from, to }, inverted }: Given<NumberRange>): Given<string> {
  return { value: from === to ? String(from) : `${from}:${to}`, inverted }
}

/** Whether the header, `length` bytes from `at` on, has the addresses in that order: no others, or where not strict among others. */
function visits({ view }: Packet, at: number, length: number, wanted: readonly Words[], strict: boolean): boolean {
  const count = Math.floor((length - BEFORE_ADDRESSES) / 16)
  if (strict && wanted.length !== count) return false
  let found = 0
  for (let place = at + BEFORE_ADDRESSES; found < wanted.length && place + 16 <= at + length; place += 16) {
    const word = (part: number): number => view.getUint32(place + 4 * part)
    if (sameWords([word(0), word(1), word(2), word(3)], wanted[found] as Words)) found++
    else if (strict) return false
  }
  return found === wanted.length
}

/**
 * `-m rt`: type, segments left, length in bytes, and of type 0 the reserved field and the addresses (at most 16) of the
 * first IPv6 routing header; without options, that there is one.
 *
 * A header that claims to be longer than the packet drops it; older Linux called it no match.
 *
 * Source: ip6tables-extensions(8) "rt"; RFC 8200 section 4.4, RFC 2460 section 4.4; Linux ip6t_rt.c rt_mt6().
 */
export const rt = defineMatch({
  name: 'rt',
  families: [6],
  options: {
    'rt-type': uint32({ help: 'type of the routing header, a number', invertible: true }),
    'rt-segsleft': numberRange(32)({
      help: 'segments left to visit, or range',
      invertible: true,
      isDefault: ({ from, to }) => from === 0 && to === ANY_NUMBER,
    }),
    'rt-len': uint32({ help: 'bytes of the routing header', invertible: true }),
    'rt-0-res': reservedFlag({ help: 'of type 0: the reserved bits are 0' }),
    'rt-0-addrs': addressList({ help: `of type 0: addresses it lists, in order, up to ${MOST_ADDRESSES}` }),
    'rt-0-not-strict': notStrictFlag({ help: 'others may stand between those of --rt-0-addrs' }),
  },
  list: (values) => {
    const shown = (label: string, given: Given<string> | undefined): string =>
      given ? ` ${label}:${given.inverted ? '!' : ''}${given.value}` : ''
    const { 'rt-type': type, 'rt-segsleft': left, 'rt-len': size, 'rt-0-addrs': addresses } = values
    const isAnyLeft = left === undefined || (left.value.from === 0 && left.value.to === ANY_NUMBER && !left.inverted)
    return [
      ' rt',
      // The type is printed as a number with a sign.
      shown('type', type && { ...type, value: String(type.value | 0) }),
      isAnyLeft ? '' : shown(left.value.from === left.value.to ? 'segsleft' : 'segslefts', asText(left)),
      shown('length', size && { ...size, value: String(size.value) }),
      values['rt-0-res'] ? ' reserved' : '',
      addresses ? ` 0-addrs ${formatAddresses(addresses.value)}` : '',
      values['rt-0-not-strict'] ? ' 0-not-strict' : '',
    ].join('')
  },
  holds: (values) => {
    const {
      'rt-type': type,
      'rt-segsleft': left,
      'rt-len': size,
      'rt-0-res': reserved,
      'rt-0-addrs': addresses,
    } = values
    const strict = values['rt-0-not-strict'] === undefined
    return ofIpv6Header('rt', PROTOCOL.routing, COMMON, (packet, at) => {
      const { view, end } = packet
      const length = (view.getUint8(at + 1) + 1) * 8
      if (length > end - at) return OUTCOME.hotdrop
      const segments = view.getUint8(at + 3)
      if (left && (left.value.from <= segments && segments <= left.value.to) === left.inverted) return false
      if (size && (size.value === length) === size.inverted) return false
      if (type && (type.value === view.getUint8(at + 2)) === type.inverted) return false
      if (reserved && view.getUint32(at + COMMON) !== 0) return false
      return addresses === undefined || visits(packet, at, length, addresses.value, strict)
    })
  },
})
