import { VERDICT } from '../expression/action.ts'
import { UsageError } from '../util/errors.ts'
import { type Words, ZERO_WORDS } from '../util/words.ts'
import { formatAddress, prefixLength } from '../wire/address.ts'
import {
  addressMask,
  defineTarget,
  numberBetween,
  optionOf,
  type RuleContext,
  uint16,
  uint32,
} from '../xtables/index.ts'
import { hashedMark, type MarkHash } from './mark-hash.ts'

const ALL_BITS = 0xffffffff
const WHOLE_ADDRESS: Words = [ALL_BITS, ALL_BITS, ALL_BITS, ALL_BITS]
/** In the order in which abbreviations are tried. */
const PARTS = ['ct', 'src', 'dst', 'sport', 'dport', 'spi', 'proto'] as const
type Part = (typeof PARTS)[number]
/** The option that a part of `--hmark-tuple` stands for. */
const OPTION_OF: Readonly<Record<Part, string | null>> = {
  ct: null,
  src: 'hmark-src-prefix',
  dst: 'hmark-dst-prefix',
  sport: 'hmark-sport-mask',
  dport: 'hmark-dport-mask',
  spi: 'hmark-spi-mask',
  proto: 'hmark-proto-mask',
}

/** Names in any case, which may be cut short. Source: libxt_HMARK.c hmark_parse_type(). */
const tuple = optionOf<readonly Part[]>({
  words: 1,
  placeholder: 'part[,part]',
  parse: ([word = '']) => {
    const parts: Part[] = []
    for (let rest = word; ; ) {
      if (rest === '') {
        throw new UsageError('"--hmark-tuple" requires a list of types with no spaces, e.g. src,dst,sport,dport,proto')
      }
      const comma = rest.indexOf(',')
      const name = (comma < 0 ? rest : rest.slice(0, comma)).toLowerCase()
      const found = name === '' ? undefined : PARTS.find((part) => part.startsWith(name))
      if (found === undefined) throw new UsageError(`Bad type "${rest}"`)
      parts.push(found)
      if (comma < 0) return parts
      rest = rest.slice(comma + 1)
    }
  },
  format: (parts) => parts.join(','),
})

interface HmarkValues {
  readonly 'hmark-tuple'?: { readonly value: readonly Part[] }
  readonly 'hmark-src-prefix'?: { readonly value: Words }
  readonly 'hmark-dst-prefix'?: { readonly value: Words }
  readonly 'hmark-sport-mask'?: { readonly value: number }
  readonly 'hmark-dport-mask'?: { readonly value: number }
  readonly 'hmark-spi-mask'?: { readonly value: number }
  readonly 'hmark-sport'?: { readonly value: number }
  readonly 'hmark-dport'?: { readonly value: number }
  readonly 'hmark-spi'?: { readonly value: number }
  readonly 'hmark-proto-mask'?: { readonly value: number }
  readonly 'hmark-rnd'?: { readonly value: number }
  readonly 'hmark-mod'?: { readonly value: number }
  readonly 'hmark-offset'?: { readonly value: number }
}

/** What the options come to, and which of them count as given: those that `--hmark-tuple` stands for as well. */
interface Resolved extends MarkHash {
  readonly given: ReadonlySet<string>
}

/** The options overwrite each other in the order in which they were written. */
function resolve(values: HmarkValues): Resolved {
  const given = new Set<string>()
  let [sourceMask, destinationMask] = [ZERO_WORDS, ZERO_WORDS]
  let [portMask, portSet, protocolMask] = [0, 0, 0]
  const high = (bits: number, port: number): number => ((bits & 0xffff) | (port << 16)) >>> 0
  const low = (bits: number, port: number): number => ((bits & 0xffff0000) | port) >>> 0
  const take = (name: string, value: unknown): void => {
    given.add(name)
    if (name === 'hmark-src-prefix') sourceMask = value as Words
    else if (name === 'hmark-dst-prefix') destinationMask = value as Words
    else if (name === 'hmark-sport-mask') portMask = high(portMask, value as number)
    else if (name === 'hmark-dport-mask') portMask = low(portMask, value as number)
    else if (name === 'hmark-spi-mask') portMask = value as number
    else if (name === 'hmark-sport') portSet = high(portSet, value as number)
    else if (name === 'hmark-dport') portSet = low(portSet, value as number)
    else if (name === 'hmark-spi') portSet = value as number
    else if (name === 'hmark-proto-mask') protocolMask = value as number
  }
  for (const [name, one] of Object.entries(values)) {
    if (name !== 'hmark-tuple') take(name, one?.value)
    else for (const part of values[name]?.value ?? []) takePart(part, take)
  }
  return {
    given,
    sourceMask,
    destinationMask,
    portMask,
    portSet,
    protocolMask,
    seed: values['hmark-rnd']?.value ?? 0,
    modulus: values['hmark-mod']?.value ?? 1,
    offset: values['hmark-offset']?.value ?? 0,
    byConnection: values['hmark-tuple']?.value.includes('ct') ?? false,
  }
}

function takePart(part: Part, take: (name: string, value: unknown) => void): void {
  const option = OPTION_OF[part]
  if (option === null) return
  if (part === 'src' || part === 'dst') take(option, WHOLE_ADDRESS)
  else take(option, part === 'spi' ? ALL_BITS : 0xffff)
}

function check(values: HmarkValues): void {
  const written = Object.keys(values)
  const stoodFor = (values['hmark-tuple']?.value ?? []).map((part) => OPTION_OF[part])
  for (const name of written.slice(written.indexOf('hmark-tuple') + 1)) {
    if (stoodFor.includes(name)) throw new UsageError(`HMARK: option "--${name}" can only be used once.\n`)
  }
  if (!values['hmark-mod']) throw new UsageError('--hmark-mod is mandatory')
  if (!values['hmark-rnd']) throw new UsageError('--hmark-rnd is mandatory')
  const { given } = resolve(values)
  if (given.has('hmark-spi-mask') && (given.has('hmark-sport-mask') || given.has('hmark-dport-mask'))) {
    throw new UsageError('you cannot use --hmark-spi-mask and --hmark-?port-mask,at the same time')
  }
  const chosen = written.some((name) => !['hmark-mod', 'hmark-rnd', 'hmark-offset'].includes(name))
  if (!chosen) throw new UsageError('you have to specify --hmark-tuple at least')
  if (given.has('hmark-spi') && (given.has('hmark-sport') || given.has('hmark-dport'))) {
    throw new UsageError('HMARK: --hmark-spi cannot stand with ports', { errno: 'EINVAL' })
  }
}

const hex = (value: number, digits = 0): string => `0x${value.toString(16).padStart(digits, '0')}`

/** The parts that count, each with the text of its value; `digits` as iptables-save pads them, else as -L prints them. */
function texts(values: HmarkValues, { family }: RuleContext, saves: boolean): (readonly [string, string])[] {
  const { given, sourceMask, destinationMask, portMask, portSet, protocolMask } = resolve(values)
  const number = (value: number, digits: number): string => hex(value, saves ? digits : 0)
  const prefix = (mask: Words): string => {
    const length = prefixLength(family, family === 4 ? [mask[0], 0, 0, 0] : mask)
    if (length === undefined) return formatAddress(family, mask)
    // The list leaves the length of a whole IPv6 address out.
    return length === 128 && !saves ? '' : String(length)
  }
  const all = [
    ['src-prefix', prefix(sourceMask)],
    ['dst-prefix', prefix(destinationMask)],
    ['sport-mask', number(portMask >>> 16, 4)],
    ['dport-mask', number(portMask & 0xffff, 4)],
    ['spi-mask', number(portMask, 8)],
    ['sport', number(portSet >>> 16, 4)],
    ['dport', number(portSet & 0xffff, 4)],
    ['spi', number(portSet, 8)],
    ['proto-mask', number(protocolMask, 2)],
  ] as const
  return all.filter(([name]) => given.has(`hmark-${name}`))
}

/**
 * `-j HMARK`: mark a packet with a hash over its addresses, ports or SPI, and protocol, so that a flow has one mark in
 * both directions. ICMP errors take the mark of the packet that they quote.
 *
 * Source: iptables-extensions(8) "HMARK"; Linux xt_HMARK.c hmark_tg_v4(), hmark_tg_v6(), hmark_tg_check().
 */
export const HMARK = defineTarget({
  name: 'HMARK',
  families: [4, 6],
  options: {
    'hmark-tuple': tuple({ help: 'parts that count as a whole; ct: take the addresses of the connection' }),
    'hmark-mod': numberBetween(1, ALL_BITS)({ help: 'how many marks there are' }),
    'hmark-offset': uint32({ help: 'the least mark' }),
    'hmark-rnd': uint32({ help: 'number that the hash begins with, 32 bits' }),
    'hmark-src-prefix': addressMask({ help: 'bits of the source address that count' }),
    'hmark-dst-prefix': addressMask({ help: 'bits of the destination address that count' }),
    'hmark-sport-mask': uint16({ help: 'bits of the source port that count' }),
    'hmark-dport-mask': uint16({ help: 'bits of the destination port that count' }),
    'hmark-spi-mask': uint32({ help: 'bits of the SPI of ESP or AH that count' }),
    'hmark-sport': uint16({ help: 'bits of the source port to set' }),
    'hmark-dport': uint16({ help: 'bits of the destination port to set' }),
    'hmark-spi': uint32({ help: 'bits of the SPI to set' }),
    'hmark-proto-mask': uint16({ help: 'bits of the protocol number that count' }),
  },
  check,
  save: (values, rule) => {
    const { given, seed, modulus, offset, byConnection } = resolve(values)
    return [
      ...texts(values, rule, true).map(([name, text]) => ` --hmark-${name} ${text}`),
      ` --hmark-rnd ${hex(seed, 8)} --hmark-mod ${modulus}`,
      given.has('hmark-offset') ? ` --hmark-offset ${offset}` : '',
      byConnection ? ' --hmark-tuple ct' : '',
    ].join('')
  },
  list: (values, rule) => {
    const { given, seed, modulus, offset, byConnection } = resolve(values)
    return [
      ` HMARK mod ${modulus} `,
      given.has('hmark-offset') ? `+ ${hex(offset)} ` : '',
      byConnection ? 'ct, ' : '',
      ...texts(values, rule, false).map(([name, text]) => `${name} ${text} `),
      `rnd ${hex(seed)} `,
    ].join('')
  },
  act: (values) => {
    const hash = resolve(values)
    return [
      {
        kind: 'computed',
        name: 'HMARK',
        act: (packet) => {
          packet.mark = hashedMark(packet, hash) ?? packet.mark
          return VERDICT.continue
        },
      },
    ]
  },
})
