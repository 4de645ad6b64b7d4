import { field } from '../expression/field.ts'
import { allOf, between, equals, type Test } from '../expression/test.ts'
import { UsageError } from '../util/errors.ts'
import type { IcmpName } from '../wire/icmp-names.ts'
import { type Given, leadingNumber, type NumberRange, optionOf } from '../xtables/index.ts'

/** An ICMP type and an inclusive range of its codes, each 0..255. */
export interface IcmpTypeRange {
  readonly type: number
  readonly codes: readonly [number, number]
}

const EVERY_CODE = [0, 255] as const

/** The type and the codes in it, as compared by the kernel. Source: Linux icmp_type_code_match(). */
export function icmpTypeTest({ type, codes: [from, to] }: IcmpTypeRange): Test {
  const isType = equals(field.icmp.type, type)
  return from === 0 && to === 255 ? isType : allOf(isType, between(field.icmp.code, from, to))
}

/** `3`, `3/1`; a range of codes is saved as its first one. */
export function formatIcmpType({ type, codes: [from, to] }: IcmpTypeRange): string {
  return from === 0 && to === 255 ? String(type) : `${type}/${from}`
}

/** Every name with its entry: each alias behind its name, in the order in which the tool tries them. */
function spellings(names: readonly IcmpName[]): (readonly [string, IcmpName])[] {
  return names.flatMap((entry) => [entry.name, ...(entry.aliases ?? [])].map((name) => [name, entry] as const))
}

/** The names of types, each with its codes' below it, as `-h` prints them and firewalld reads them there. */
export function icmpTypeList(label: 'ICMP' | 'ICMPv6', names: readonly IcmpName[]): string {
  const lines = names.map(({ name, aliases = [], code }) => {
    const also = aliases.length === 0 ? '' : ` (${aliases.join(', ')})`
    return `${code === undefined ? '' : '   '}${name}${also}\n`
  })
  return `Valid ${label} Types:\n${lines.join('')}`
}

/**
 * `name` (which may be cut short), `type` or `type/code`.
 * Source: iptables libxt_icmp.h ipt_parse_icmp().
 */
export function icmpTypeOf(
  label: 'ICMP' | 'ICMPv6',
  names: readonly IcmpName[],
  format: (value: IcmpTypeRange) => string = formatIcmpType,
): ReturnType<typeof optionOf<IcmpTypeRange>> {
  const all = spellings(names)
  return optionOf<IcmpTypeRange>({
    words: 1,
    placeholder: 'typename',
    parse: ([word = '']) => {
      const lower = word.toLowerCase()
      const found = all.filter(([name]) => name.toLowerCase().startsWith(lower))
      if (found.length > 1) {
        throw new UsageError(`Ambiguous ${label} type \`${word}': \`${found[0]?.[0]}' or \`${found[1]?.[0]}'?`)
      }
      const entry = found[0]?.[1]
      if (entry) return { type: entry.type, codes: entry.code === undefined ? EVERY_CODE : [entry.code, entry.code] }
      return parseNumbers(word, label)
    },
    format,
  })
}

function parseNumbers(word: string, label: string): IcmpTypeRange {
  const types = readBytes(word)
  if (types === null) throw new UsageError(`Unknown ${label} type \`${word}'`)
  const codes = types.rest.startsWith('/') ? readBytes(types.rest.slice(1)) : null
  if (types.rest.startsWith('/') && codes === null) throw new UsageError(`Unknown ${label} code \`${word}'`)
  const { rest } = codes ?? types
  if (rest !== '') throw new UsageError(`unknown character ${rest[0]}`)
  if (types.from !== types.to) throw new UsageError(`${label} type range not supported`)
  return { type: types.from, codes: codes ? [codes.from, codes.to] : EVERY_CODE }
}

/** The number or range `from:to` of 0..255 that a text begins with; null where it begins with none. */
function readBytes(text: string): (NumberRange & { readonly rest: string }) | null {
  const first = leadingNumber(text, 255n)
  if (first === null) return null
  const from = Number(first.value)
  if (!first.rest.startsWith(':')) return { from, to: from, rest: first.rest }
  const second = leadingNumber(first.rest.slice(1), 255n)
  return second && { from, to: Number(second.value), rest: second.rest }
}

/**
 * `type 3 code 1` and so on, or the name, each behind what the match puts before it, as `iptables -L` prints it; `names`
 * is absent where none are looked up. Source: iptables 1.8.9 libxt_icmp.h print_icmptype(), libipt_icmp.c print_icmptype().
 */
export function listIcmpType({ value, inverted }: Given<IcmpTypeRange>, names: readonly IcmpName[] | null): string {
  const [from, to] = value.codes
  const isNamed = ({ type, code }: IcmpName): boolean =>
    type === value.type && (code ?? 0) === from && (code ?? 255) === to
  const entry = names?.find(isNamed)
  if (entry) return ` ${inverted ? '!' : ''}${entry.name}`
  const codes = from === to ? ` code ${from}` : from === 0 && to === 255 ? '' : ` codes ${from}-${to}`
  return `${inverted ? ' !' : ''}type ${value.type}${codes}`
}
