import { UsageError } from '../util/errors.ts'
import { PROTOCOL } from '../wire/protocols.ts'
import { serviceNumber } from '../wire/services.ts'
import { type NumberRange, parseNumber } from './kinds.ts'
import { type OptionContext, optionOf, tooManyParts } from './option.ts'

/** Protocols with names in `/etc/services`; 0 where the rule has none. */
const HAVE_SERVICES: readonly number[] = [0, PROTOCOL.tcp, PROTOCOL.udp]

/** A port by number or service name. Throws iptables' text. Source: libxtables xtables_parse_port(). */
export function parsePort(word: string, context: OptionContext): number {
  const named = HAVE_SERVICES.includes(context.protocol) ? serviceNumber(word, context.protocol) : undefined
  const number = parseNumber(word) ?? named
  if (number === undefined || number > 65535) throw new UsageError(`invalid port/service \`${word}' specified`)
  return number
}

/** `port[:port]`, either end may be missing. Source: libxtables XTTYPE_PORTRC. */
export const portRange = optionOf<NumberRange>({
  words: 1,
  placeholder: 'port[:port]',
  parse: ([word = ''], context) => {
    const parts = word.split(':')
    if (parts.length > 2) throw new UsageError(`invalid port/service \`${word}' specified`)
    const read = (part: string, absent: number): number =>
      part === '' && parts.length === 2 ? absent : parsePort(part, context)
    const from = read(parts[0] as string, 0)
    const to = parts.length === 1 ? from : read(parts[1] as string, 65535)
    if (from > to) throw new UsageError(`invalid portrange (min > max)`)
    return { from, to }
  },
  format: ({ from, to }) => (from === to ? String(from) : `${from}:${to}`),
})

/**
 * A port by decimal number, of which the low 16 bits count, or service name. Throws iptables' text.
 * Source: getaddrinfo(3), xtables_getportbyname().
 */
export function resolvePort(word: string): number {
  const digits = /^[ \t]*\+?(\d+)$/.exec(word)?.[1]
  // What does not fit in 32 bits is cut; what is then negative is no port.
  const number = digits === undefined ? serviceNumber(word, 0) : Number(BigInt(digits) & 0xffffffffn)
  if (number === undefined || number > 0x7fffffff)
    throw new UsageError(`Port "${word}" does not resolve to anything.\n`)
  return number & 0xffff
}

/**
 * `port[:port]` where either end may be missing and the order is not checked.
 * Source: libxtables XTTYPE_PORTRC, xtopt_parse_mport().
 */
export const resolvedPortRange = optionOf<NumberRange>({
  words: 1,
  placeholder: 'port[:port]',
  parse: ([word = ''], context) => {
    const [first = '', second, third] = word.split(':')
    const from = first === '' ? 0 : resolvePort(first)
    const to = second === undefined ? from : second === '' ? 65535 : resolvePort(second)
    if (third !== undefined) throw tooManyParts(context, 2)
    return { from, to }
  },
  format: ({ from, to }) => (from === to ? String(from) : `${from}:${to}`),
})

/** Whether a range holds every port, which is what is not saved. */
export function isAnyPort({ from, to }: NumberRange): boolean {
  return from === 0 && to === 65535
}
