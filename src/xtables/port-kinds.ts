import { UsageError } from '../util/errors.ts'
import { serviceNumber } from '../wire/services.ts'
import { type NumberRange, parseNumber } from './kinds.ts'
import { type OptionContext, optionOf, tooManyParts } from './option.ts'

/** A port by number or service name. Throws iptables' text. Source: libxtables xtables_parse_port(). */
export function parsePort(word: string, context: OptionContext): number {
  const number = parseNumber(word) ?? serviceNumber(word, context.protocol)
  if (number === undefined || number > 65535) throw new UsageError(`invalid port/service \`${word}' specified`)
  return number
}

/** `port[:port]`, either end may be missing. Source: libxtables XTTYPE_PORTRC. */
export const portRange = optionOf<NumberRange>({
  words: 1,
  placeholder: 'port[:port]',
  parse: ([word = ''], context) => {
    const colon = word.indexOf(':')
    if (colon < 0) {
      const port = parsePort(word, context)
      return { from: port, to: port }
    }
    const [first, second] = [word.slice(0, colon), word.slice(colon + 1)]
    const from = first === '' ? 0 : parsePort(first, context)
    const to = second === '' ? 65535 : parsePort(second, context)
    if (from > to) throw new UsageError(`invalid portrange (min > max)`)
    return { from, to }
  },
  format: ({ from, to }) => (from === to ? String(from) : `${from}:${to}`),
})

/**
 * A port by decimal number, of which the low 16 bits count, or service name; nothing is port 0. Throws iptables' text.
 * Source: getaddrinfo(3), xtables_getportbyname().
 */
export function resolvePort(word: string): number {
  if (word === '') return 0
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
