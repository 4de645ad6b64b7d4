import { UsageError } from '../util/errors.ts'
import { serviceNumber } from '../wire/services.ts'
import { type NumberRange, parseNumber } from './kinds.ts'
import { type OptionContext, optionOf } from './option.ts'

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
