import { VERDICT, type Verdict } from '../expression/action.ts'
import type { Environment } from '../expression/environment.ts'
import { addTo, type Lookup, type NamedSet, NO_SKBINFO, removeFrom, setsOf, testIn } from '../ipset/index.ts'
import type { Packet } from '../packet/packet.ts'
import { UsageError } from '../util/errors.ts'
import { defineTarget, flag, optionOf, parseNumber, type Values } from '../xtables/index.ts'
import { formatSetReference, setReference } from '../xtables/set-kind.ts'

const MOST_SECONDS = 0xfffffffe
/** Source: Linux ip_set_timeout.h IPSET_MAX_TIMEOUT. */
const MOST_KEPT_SECONDS = 2147483

const seconds = optionOf<number>({
  words: 1,
  placeholder: 'n',
  parse: ([word = '']) => {
    const number = parseNumber(word)
    if (number !== null && number <= MOST_SECONDS) return number
    throw new UsageError(`Invalid value for option --timeout or out of range 0-${MOST_SECONDS}`)
  },
  format: String,
})

/** A `!` before an option of this target means nothing. */
const LOOSE = { invertible: true, repeated: 'last wins' } as const

const options = {
  'add-set': setReference({ help: 'set to enter the packet in, and its sides that count: src, dst', invertible: true }),
  exist: flag({ help: 'reset the timeout of an entry that is there already', ...LOOSE }),
  timeout: seconds({ help: 'timeout of the entry in seconds', ...LOOSE }),
  'del-set': setReference({
    help: 'set to take the packet out of, and its sides that count: src, dst',
    invertible: true,
  }),
  'map-set': setReference({ help: 'take mark, priority and queue from the entry', invertible: true }),
  'map-mark': flag({ help: 'map the mark', ...LOOSE }),
  'map-prio': flag({ help: 'map the priority', ...LOOSE }),
  'map-queue': flag({ help: 'map the hardware queue', ...LOOSE }),
}
type SetValues = Values<typeof options>

const MAPPED = ['map-mark', 'map-prio', 'map-queue'] as const

/** The words of both listings; `dashes` stand before each. */
function write(values: SetValues, dashes: string): string {
  const { 'add-set': add, 'del-set': remove, 'map-set': map } = values
  let text = ''
  if (add) text += ` ${dashes}add-set ${formatSetReference(add.value)}`
  if (values.exist) text += ` ${dashes}exist`
  if (values.timeout) text += ` ${dashes}timeout ${values.timeout.value}`
  if (remove) text += ` ${dashes}del-set ${formatSetReference(remove.value)}`
  if (map) text += ` ${dashes}map-set ${formatSetReference(map.value)}`
  for (const name of MAPPED) if (values[name]) text += ` ${dashes}${name}`
  return text
}

/** Gives the packet what the element has. A set without such data has zeros. Source: Linux set_target_v3(). */
function mapFrom(set: NamedSet, packet: Packet, environment: Environment, values: SetValues): void {
  const question: Lookup = {
    sides: values['map-set']?.value.sides ?? [],
    ...{ returnNomatch: false, updatesCounters: true, updatesSubcounters: true },
    ...{ packets: null, bytes: null, skbinfo: NO_SKBINFO },
  }
  if (!testIn(set, packet, question, environment.jiffies())) return
  const { mark, mask, priority } = question.skbinfo
  if (values['map-mark']) packet.mark = ((packet.mark & ~mask) ^ mark) >>> 0
  if (values['map-prio']) packet.priority = priority
}

function change(values: SetValues, packet: Packet, environment: Environment): Verdict {
  const { 'add-set': add, 'del-set': remove, 'map-set': map } = values
  const sets = setsOf(environment)
  // Without sets nothing that a rule could ask is changed.
  if (sets === null) return map ? VERDICT.unknown : VERDICT.continue
  const ticks = environment.jiffies()
  const timeout = values.timeout ? Math.min(values.timeout.value, MOST_KEPT_SECONDS) : null
  const added = add && sets.get(add.value.name)
  if (added) addTo(added, packet, { sides: add.value.sides, timeout, replaces: values.exist !== undefined }, ticks)
  const removed = remove && sets.get(remove.value.name)
  if (removed) removeFrom(removed, packet, { sides: remove.value.sides, timeout: null, replaces: false }, ticks)
  const mapped = map && sets.get(map.value.name)
  if (mapped) mapFrom(mapped, packet, environment, values)
  return VERDICT.continue
}

/**
 * `-j SET`: add the packet's addresses or ports to an ipset, take them out of it, or take mark, priority and queue
 * from it; the packet goes on. The hardware queue changes nothing here.
 *
 * Where nothing is known of the host's sets (no `ipset.save` in its directory), `--map-set` makes the packet's fate
 * unknown; adding and deleting then change nothing that could be asked.
 *
 * Source: iptables-extensions(8) "SET"; ipset(8); Linux xt_set.c set_target_v3().
 */
export const SET = defineTarget({
  name: 'SET',
  families: [4, 6],
  hooks: (values) =>
    values['map-prio'] || values['map-queue']
      ? ['FORWARD', 'OUTPUT', 'POSTROUTING']
      : ['PREROUTING', 'INPUT', 'FORWARD', 'OUTPUT', 'POSTROUTING'],
  options,
  check: (values, { table }) => {
    const { 'add-set': add, 'del-set': remove, 'map-set': map } = values
    if (!add && !remove && !map) {
      throw new UsageError("You must specify either `--add-set' or `--del-set' or `--map-set'")
    }
    if (!add && values.exist) throw new UsageError("Flag `--exist' can be used with `--add-set' only")
    if (!add && values.timeout) throw new UsageError("Option `--timeout' can be used with `--add-set' only")
    for (const name of MAPPED) {
      if (values[name] && !map) throw new UsageError(`Flag \`--${name}' can be used with \`--map-set' only`)
    }
    if (map && !MAPPED.some((name) => values[name])) {
      throw new UsageError("You must specify flags `--map-mark' or '--map-prio` or `--map-queue'")
    }
    if (map && table !== 'mangle') {
      throw new UsageError('SET: --map-set is only valid in table mangle', { errno: 'EINVAL' })
    }
  },
  save: (values) => write(values, '--'),
  list: (values) => write(values, ''),
  act: (values) => [
    { kind: 'computed', name: 'SET', act: (packet, environment) => change(values, packet, environment) },
  ],
})
