/** The options that every rule may have, outside of its extensions. */
export type GeneralOption =
  | 'source'
  | 'destination'
  | 'protocol'
  | 'in-interface'
  | 'out-interface'
  | 'fragment'
  | 'match'
  | 'jump'
  | 'goto'
  | 'set-counters'

interface GeneralOptionFacts {
  readonly short: string
  readonly long: readonly string[]
  readonly words: 0 | 1 | 2
  readonly invertible: boolean
}

/** Their spellings and how many words each takes. Source: iptables(8) "PARAMETERS". */
export const GENERAL_OPTIONS: Readonly<Record<GeneralOption, GeneralOptionFacts>> = {
  source: { short: 's', long: ['source', 'src'], words: 1, invertible: true },
  destination: { short: 'd', long: ['destination', 'dst'], words: 1, invertible: true },
  protocol: { short: 'p', long: ['protocol', 'proto'], words: 1, invertible: true },
  'in-interface': { short: 'i', long: ['in-interface'], words: 1, invertible: true },
  'out-interface': { short: 'o', long: ['out-interface'], words: 1, invertible: true },
  fragment: { short: 'f', long: ['fragments', 'fragment'], words: 0, invertible: true },
  match: { short: 'm', long: ['match'], words: 1, invertible: false },
  jump: { short: 'j', long: ['jump'], words: 1, invertible: false },
  goto: { short: 'g', long: ['goto'], words: 1, invertible: false },
  'set-counters': { short: 'c', long: ['set-counters'], words: 2, invertible: false },
}

const BY_SHORT = new Map<string, GeneralOption>()
const BY_LONG = new Map<string, GeneralOption>()
for (const name of Object.keys(GENERAL_OPTIONS) as GeneralOption[]) {
  BY_SHORT.set(GENERAL_OPTIONS[name].short, name)
  for (const long of GENERAL_OPTIONS[name].long) BY_LONG.set(long, name)
}

/** The general option of a letter such as `s`. */
export function generalByShort(letter: string): GeneralOption | undefined {
  return BY_SHORT.get(letter)
}

/** The general option of an exact long name such as `source`. */
export function generalByLong(name: string): GeneralOption | undefined {
  return BY_LONG.get(name)
}

/** The long names of general options that begin with `prefix`. */
export function generalNamesFrom(prefix: string): string[] {
  return [...BY_LONG.keys()].filter((name) => name.startsWith(prefix))
}
