import { UsageError } from '../util/errors.ts'
import { optionOf } from './option.ts'

const LONGEST_NAME = 31
/** Source: linux/netfilter/ipset/ip_set.h IPSET_DIM_MAX. */
const MOST_SIDES = 6

/** A set's name, and for each of its dimensions the packet's side that is looked up. */
export interface SetReference {
  readonly name: string
  readonly sides: readonly ('src' | 'dst')[]
}

const reference = optionOf<SetReference>({
  words: 2,
  placeholder: 'name flags',
  parse: ([name = '', flags = ''], { family, familyOfSet }) => {
    if (name.length > LONGEST_NAME) {
      throw new UsageError(`setname \`${name}' too long, max ${LONGEST_NAME} characters.`)
    }
    const sides = flags.split(',').map((side) => {
      if (side === 'src' || side === 'dst') return side
      throw new UsageError("You must spefify (the comma separated list of) 'src' or 'dst'.")
    })
    if (sides.length > MOST_SIDES) throw new UsageError(`Can't be more src/dst options than ${MOST_SIDES}.`)
    const known = familyOfSet?.(name)
    if (familyOfSet !== undefined && known === undefined) throw noSuchSet(name)
    if (known !== undefined && known !== null && known !== family) throw setOfOtherFamily(name, known)
    return { name, sides }
  },
  format: formatSetReference,
})

/** `name flags`, such as `blocklist src,dst`. Source: iptables 1.8.9 libxt_set.h parse_dirs(). */
export const setReference: typeof reference = (settings = {}) =>
  reference({
    repeated: ({ option }) => new UsageError(`--${option} can be specified only once`),
    ...settings,
  })

/** `blocklist src,dst`. */
export function formatSetReference({ name, sides }: SetReference): string {
  return `${name} ${sides.join(',')}`
}

/** The error for a set that the host does not have. Source: iptables 1.8.9 libxt_set.h get_set_byname(). */
export function noSuchSet(name: string): UsageError {
  return new UsageError(`Set ${name} doesn't exist.\n`)
}

/** The error for a set of the other family. Source: iptables 1.8.9 libxt_set.h get_set_byname(). */
export function setOfOtherFamily(name: string, family: 4 | 6): UsageError {
  return new UsageError(
    `The protocol family of set ${name} is ${family === 4 ? 'IPv4' : 'IPv6'}, which is not applicable.\n`,
  )
}
