import { field } from '../expression/field.ts'
import { allOf, between, equals, type Test } from '../expression/test.ts'
import { UsageError } from '../util/errors.ts'
import type { IcmpName } from '../wire/icmp-names.ts'
import { optionOf, parseNumber } from '../xtables/index.ts'

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
  const slash = word.indexOf('/')
  const type = parseNumber(slash < 0 ? word : word.slice(0, slash))
  if (type === null || type > 255) throw new UsageError(`Unknown ${label} type \`${word}'`)
  if (slash < 0) return { type, codes: EVERY_CODE }
  const [first = '', second = first, ...rest] = word.slice(slash + 1).split(':')
  const codes = [parseNumber(first), parseNumber(second)] as const
  if (codes[0] === null || codes[1] === null || codes[0] > 255 || codes[1] > 255 || rest.length > 0) {
    throw new UsageError(`Unknown ${label} code \`${word}'`)
  }
  return { type, codes: [codes[0], codes[1]] }
}
