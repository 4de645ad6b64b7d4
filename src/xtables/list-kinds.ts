import type { UsageError } from '../util/errors.ts'
import { type OptionContext, optionOf } from './option.ts'

/** How a list of names is read. */
export interface NameListSettings {
  /** The bit of each name, in the order in which they are saved. */
  readonly bits: Readonly<Record<string, number>>
  /** The order in which abbreviations are tried; names may then be cut short. Without it they must be whole. */
  readonly abbreviations?: readonly string[]
  /** What is saved where no bit is set. */
  readonly none?: string
  /** The error for the part of the list from the wrong name on. */
  readonly refuse: (rest: string, context: OptionContext) => UsageError
}

/**
 * `NAME,NAME,…` in any case as a set of bits.
 * Source: the loops over commas in libxt_conntrack.c parse_states() and libxt_addrtype.c parse_types().
 */
export function nameList(settings: NameListSettings): ReturnType<typeof optionOf<number>> {
  const { bits, abbreviations, none } = settings
  const names = Object.keys(bits)
  const find = (part: string): string | undefined => {
    const upper = part.toUpperCase()
    if (abbreviations === undefined) return names.find((name) => name === upper)
    return upper === '' ? undefined : abbreviations.find((name) => name.startsWith(upper))
  }
  return optionOf<number>({
    words: 1,
    placeholder: names.join('|'),
    parse: ([word = ''], context) => {
      let set = 0
      let rest = word
      for (;;) {
        const comma = rest.indexOf(',')
        const name = find(comma < 0 ? rest : rest.slice(0, comma))
        if (name === undefined) throw settings.refuse(rest, context)
        set |= bits[name] ?? 0
        if (comma < 0) return set >>> 0
        rest = rest.slice(comma + 1)
      }
    },
    format: (set) => {
      const held = names.filter((name) => set & (bits[name] as number))
      return held.length === 0 && none !== undefined ? none : held.join(',')
    },
  })
}
