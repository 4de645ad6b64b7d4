import type { Family } from '../netfilter/glossary.ts'

/** Whether an option of the command line takes a value: never, always, or only one attached to it (`-Lname`, `--list=name`). */
type Argument = 'none' | 'required' | 'optional'

/** An option of iptables itself, outside of the extensions. */
export interface GlobalOption {
  /** The letter of its short form; some have none that may be typed. */
  readonly letter: string
  readonly long: readonly string[]
  readonly argument: Argument
  readonly families?: readonly Family[]
}

/** The options of iptables itself, in the order in which names are looked up. Source: iptables(8); iptables xshared.h OPTSTRING_COMMON, IPT_OPTSTRING. */
export const GLOBAL_OPTIONS: readonly GlobalOption[] = [
  { letter: 'A', long: ['append'], argument: 'required' },
  { letter: 'D', long: ['delete'], argument: 'required' },
  { letter: 'C', long: ['check'], argument: 'required' },
  { letter: 'I', long: ['insert'], argument: 'required' },
  { letter: 'R', long: ['replace'], argument: 'required' },
  { letter: 'L', long: ['list'], argument: 'optional' },
  { letter: 'S', long: ['list-rules'], argument: 'optional' },
  { letter: 'F', long: ['flush'], argument: 'optional' },
  { letter: 'Z', long: ['zero'], argument: 'optional' },
  { letter: 'N', long: ['new-chain'], argument: 'required' },
  { letter: 'X', long: ['delete-chain'], argument: 'optional' },
  { letter: 'E', long: ['rename-chain'], argument: 'required' },
  { letter: 'P', long: ['policy'], argument: 'required' },
  { letter: 's', long: ['source', 'src'], argument: 'required' },
  { letter: 'd', long: ['destination', 'dst'], argument: 'required' },
  { letter: 'p', long: ['protocol'], argument: 'required' },
  { letter: 'i', long: ['in-interface'], argument: 'required' },
  { letter: 'j', long: ['jump'], argument: 'required' },
  { letter: 't', long: ['table'], argument: 'required' },
  { letter: 'm', long: ['match'], argument: 'required' },
  { letter: 'n', long: ['numeric'], argument: 'none' },
  { letter: 'o', long: ['out-interface'], argument: 'required' },
  { letter: 'v', long: ['verbose'], argument: 'none' },
  { letter: 'w', long: ['wait'], argument: 'optional' },
  { letter: 'W', long: ['wait-interval'], argument: 'optional' },
  { letter: 'x', long: ['exact'], argument: 'none' },
  { letter: 'f', long: ['fragments'], argument: 'none', families: [4] },
  { letter: 'V', long: ['version'], argument: 'none' },
  { letter: 'h', long: ['help'], argument: 'optional' },
  { letter: '0', long: ['line-numbers'], argument: 'none' },
  { letter: 'M', long: ['modprobe'], argument: 'required' },
  { letter: 'c', long: ['set-counters'], argument: 'required' },
  { letter: 'g', long: ['goto'], argument: 'required' },
  { letter: '4', long: ['ipv4'], argument: 'none' },
  { letter: '6', long: ['ipv6'], argument: 'none' },
]

/** Letters that have no long form, or that a short form may not use. Source: iptables xshared.h IPT_OPTSTRING. */
const LONG_ONLY = ['0']
const ONLY_SHORT: GlobalOption = { letter: 'b', long: [], argument: 'none' }
const BY_LETTER = new Map([...GLOBAL_OPTIONS, ONLY_SHORT].map((one) => [one.letter, one]))
for (const letter of LONG_ONLY) BY_LETTER.delete(letter)
const BY_NAME = new Map(GLOBAL_OPTIONS.flatMap((one) => one.long.map((name) => [name, one] as const)))

/** The option of a letter such as `s`. */
export function globalByLetter(letter: string): GlobalOption | undefined {
  return BY_LETTER.get(letter)
}

/** The option of an exact long name such as `source`. */
export function globalByName(name: string, family: Family): GlobalOption | undefined {
  const option = BY_NAME.get(name)
  return option?.families && !option.families.includes(family) ? undefined : option
}

/** The options with a long name that begins with `prefix`. */
export function globalsFrom(prefix: string, family: Family): Set<GlobalOption> {
  const found = new Set<GlobalOption>()
  for (const [name, option] of BY_NAME) if (name.startsWith(prefix) && globalByName(name, family)) found.add(option)
  return found
}
