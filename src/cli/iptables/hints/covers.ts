import { maskWords, sameWords } from '../../../util/words.ts'
import { type EditedRule, type MatchUse, type Options, type RuleSpec, saveRule } from '../../../xtables/index.ts'

/** Matches whose answer depends on the packet and its connection alone, so that the same words say the same again. */
const WITHOUT_STATE = new Set(
  'tcp udp udplite sctp dccp icmp icmp6 ah esp multiport conntrack state mark connmark addrtype iprange length ttl hl pkttype mac tos dscp physdev owner set helper frag ipv6header realm policy devgroup'.split(
    ' ',
  ),
)

/** Targets behind which a packet does not come back to the chain. */
const DECIDING = new Set('REJECT DNAT SNAT MASQUERADE REDIRECT NETMAP NFQUEUE'.split(' '))

/** Whether packets of a rule are done with its chain. */
function decides({ target }: RuleSpec): boolean {
  if (target === null) return false
  if (target.kind === 'standard' || target.kind === 'goto') return true
  return target.kind === 'extension' && DECIDING.has(target.name)
}

/** Whether a rule is for every packet. */
export function isForAll(spec: RuleSpec): boolean {
  const { source, destination, protocol, inDevice, outDevice, fragment } = spec
  const given = [source, destination, protocol, inDevice, outDevice, fragment]
  return given.every((one) => one === null) && realMatches(spec).length === 0
}

function realMatches({ matches }: RuleSpec): MatchUse[] {
  return matches.filter(({ name }) => name !== 'comment')
}

/** Whether each packet of `later` is one of `earlier`, which then decided about it. False where that is not sure. */
function covers(earlier: RuleSpec, later: RuleSpec): boolean {
  if (!decides(earlier)) return false
  return (
    holdsNetwork(earlier.source, later.source) &&
    holdsNetwork(earlier.destination, later.destination) &&
    holdsDevice(earlier.inDevice, later.inDevice) &&
    holdsDevice(earlier.outDevice, later.outDevice) &&
    isSame(earlier.protocol, later.protocol) &&
    (earlier.fragment === null || earlier.fragment.inverted === later.fragment?.inverted) &&
    realMatches(earlier).every((match) => realMatches(later).some((other) => holdsMatch(match, other, later)))
  )
}

function isSame(earlier: RuleSpec['protocol'], later: RuleSpec['protocol']): boolean {
  return earlier === null || (later !== null && earlier.value === later.value && earlier.inverted === later.inverted)
}

function holdsNetwork(earlier: RuleSpec['source'], later: RuleSpec['source']): boolean {
  if (earlier === null) return true
  if (later === null || earlier.inverted !== later.inverted) return false
  const [wide, narrow] = earlier.inverted ? [later.value, earlier.value] : [earlier.value, later.value]
  // Inside: the wide mask keeps nothing that the narrow one does not, and the addresses agree in it.
  const common = maskWords(wide.mask, narrow.mask)
  return sameWords(common, wide.mask) && sameWords(maskWords(narrow.address, wide.mask), wide.address)
}

function holdsDevice(earlier: RuleSpec['inDevice'], later: RuleSpec['inDevice']): boolean {
  if (earlier === null) return true
  if (later === null || earlier.inverted !== later.inverted) return false
  if (earlier.value === later.value) return true
  return !earlier.inverted && earlier.value.endsWith('+') && later.value.startsWith(earlier.value.slice(0, -1))
}

/** Options whose list, or whose range of ports, may be wider. */
const LISTS = ['ctstate', 'state', 'destination-ports', 'source-ports', 'ports']
const RANGES = ['dport', 'sport', 'destination-port', 'source-port']

function holdsMatch(earlier: MatchUse, later: MatchUse, rule: RuleSpec): boolean {
  if (earlier.name !== later.name || !WITHOUT_STATE.has(earlier.name) || earlier.definition === null) return false
  const given = Object.entries(earlier.values).filter(([, one]) => one !== undefined)
  const isWider = given.every(([name, one]) => {
    const other = later.values[name]
    if (one === undefined || other === undefined || one.inverted !== other.inverted) return false
    const [first, second] = [textOf(earlier, name, rule), textOf(later, name, rule)]
    if (first === second) return true
    if (one.inverted) return false
    if (LISTS.includes(name)) return second.split(',').every((part) => first.split(',').includes(part))
    return RANGES.includes(name) && isWithin(second, first)
  })
  return given.length > 0 && isWider ? true : textOfMatch(earlier, rule) === textOfMatch(later, rule)
}

function isWithin(inner: string, outer: string): boolean {
  const ends = (text: string): readonly number[] => {
    const parts = text.split(':').map(Number)
    return [parts[0] as number, parts.at(-1) as number]
  }
  const [from = 0, to = 0] = ends(outer)
  const [low = 0, high = 0] = ends(inner)
  return low >= from && high <= to
}

function textOf({ definition, values }: MatchUse, name: string, { family }: RuleSpec): string {
  const option = (definition?.options as Options | undefined)?.[name]
  const given = values[name]
  if (option === undefined || given === undefined) return ''
  return option.format(given.value, { family, extension: definition?.name ?? '', option: name, protocol: 0 })
}

function textOfMatch(match: MatchUse, { family }: RuleSpec): string {
  const nothing = { source: null, destination: null, protocol: null, inDevice: null, outDevice: null, fragment: null }
  return saveRule({ ...nothing, family, matches: [match], target: null, refused: null }, 'filter')
}

/** The first rule before `number` (from 1) that decides about every packet of the rule of that number; null for none. */
export function firstCover(rules: readonly EditedRule[], number: number): number | null {
  const later = rules[number - 1]
  if (later === undefined) return null
  const at = rules.findIndex((one, index) => index < number - 1 && covers(one.spec, later.spec))
  return at < 0 ? null : at + 1
}
