import { UsageError } from '../util/errors.ts'
import { defineTarget, flag, optionOf, parseNumber } from '../xtables/index.ts'
import { setReference } from '../xtables/set-kind.ts'

const LONGEST_TIMEOUT = 0xfffffffe

const seconds = optionOf<number>({
  words: 1,
  placeholder: 'seconds',
  parse: ([word = '']) => {
    const value = parseNumber(word)
    if (value !== null && value <= LONGEST_TIMEOUT) return value
    throw new UsageError(`Invalid value for option --timeout or out of range 0-${LONGEST_TIMEOUT}`)
  },
  format: String,
})

const MAPPED = ['map-mark', 'map-prio', 'map-queue'] as const

/**
 * `-j SET`: add the packet's addresses or ports to an ipset, take them out of it, or take mark, priority and queue
 * from it; the packet goes on.
 *
 * Sets have no content here, so what asks them (`-m set`, `--map-set`) is unknown, and changing them changes nothing
 * that could be known.
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
  options: {
    'add-set': setReference({ help: 'add src/dst IP/port to the named set' }),
    exist: flag({ help: 'reset the timeout of an entry that is there already' }),
    timeout: seconds({ help: 'timeout of the entry in seconds' }),
    'del-set': setReference({ help: 'delete src/dst IP/port from the named set' }),
    'map-set': setReference({ help: 'take mark, priority and queue from the entry' }),
    'map-mark': flag({ help: 'map the mark' }),
    'map-prio': flag({ help: 'map the priority' }),
    'map-queue': flag({ help: 'map the hardware queue' }),
  },
  check: (values, { table }) => {
    const { 'add-set': add, 'del-set': remove, 'map-set': map } = values
    if (!add && !remove && !map) {
      throw new UsageError("You must specify either `--add-set' or `--del-set' or `--map-set'")
    }
    for (const name of ['exist', 'timeout'] as const) {
      if (values[name] && !add) throw new UsageError(`Flag \`--${name}' can be used with \`--add-set' only`)
    }
    for (const name of MAPPED) {
      if (values[name] && !map) throw new UsageError(`Flag \`--${name}' can be used with \`--map-set' only`)
    }
    if (map && !MAPPED.some((name) => values[name])) {
      throw new UsageError("You must specify flags `--map-mark' or '--map-prio` or `--map-queue'")
    }
    if (map && table !== 'mangle')
      throw new UsageError('SET: --map-set is only valid in table mangle', { exitStatus: 1 })
  },
  act: ({ 'map-set': map }) => (map ? [{ kind: 'unknown', extension: 'SET --map-set' }] : []),
})
