import { computed, OUTCOME } from '../expression/test.ts'
import type { Packet } from '../packet/packet.ts'
import type { Destination } from '../route/destination.ts'
import { UsageError } from '../util/errors.ts'
import {
  defineMatch,
  formatMarkMask,
  type Masked,
  type OptionContext,
  optionOf,
  parseNumber,
} from '../xtables/index.ts'

const ALL = 0xffffffff

/** The names that `/etc/iproute2/rt_realms` has where nobody added to it. */
const NAMES: readonly (readonly [name: string, realm: number])[] = [['cosmos', 0]]

function parseRealm(word: string, context: OptionContext): Masked {
  const [first = '', second, ...rest] = word.split('/')
  const value = parseNumber(first)
  const wrong = (what: string): UsageError => new UsageError(`${context.extension}: ${what}\n`)
  if (value === null || value > ALL) {
    const named = NAMES.find(([name]) => name === word)
    if (named) return { value: named[1], mask: ALL }
    throw wrong(`could not map name ${word} to an integer value for option "--${context.option}".`)
  }
  const mask = second === undefined ? ALL : parseNumber(second)
  if (mask === null || mask > ALL) throw wrong(`bad integer value for option "--${context.option}", or out of range.`)
  if (rest.length > 0) throw wrong(`trailing garbage after value for option "--${context.option}".`)
  return { value, mask }
}

function nameOrNumber(realm: Masked): string {
  const name = realm.mask === ALL ? NAMES.find(([, number]) => number === realm.value)?.[0] : undefined
  return name ?? formatMarkMask(realm)
}

/** A realm by number, or by a name of `/etc/iproute2/rt_realms` without a mask. Source: libxt_realm.c realm_parse(). */
const realmValue = optionOf<Masked>({
  words: 1,
  placeholder: 'value[/mask]',
  parse: ([word = ''], context) => parseRealm(word, context),
  format: nameOrNumber,
})

function realmOf({ route }: Packet): number {
  return (route as Destination | null)?.realm ?? 0
}

/**
 * `-m realm`: the realm of the packet's route, as `ip route … realms from/to` and policy rules give it: `to` in the
 * lower 16 bits, `from` in the upper. A packet for this host has only the one of the route back to its source.
 *
 * Source: iptables-extensions(8) "realm"; ip-route(8); Linux xt_realm.c realm_mt().
 */
export const realm = defineMatch({
  name: 'realm',
  families: [4],
  hooks: ['INPUT', 'FORWARD', 'OUTPUT', 'POSTROUTING'],
  options: {
    realm: realmValue({
      help: 'the realm of the route',
      invertible: true,
      required: true,
      holds: ({ value, mask }) =>
        computed(
          'realm',
          false,
          (packet) => ((realmOf(packet) & mask) >>> 0 === value ? OUTCOME.yes : OUTCOME.no),
          (packet) => formatMarkMask({ value: realmOf(packet), mask: ALL }),
        ),
    }),
  },
  list: ({ realm: given }, _rule, { numeric }) => {
    if (given === undefined) return ''
    const { value, inverted } = given
    return `${inverted ? ' !' : ''} realm ${numeric ? formatMarkMask(value) : nameOrNumber(value)}`
  },
})
