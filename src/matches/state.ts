import { inState } from '../expression/connection.ts'
import { UsageError } from '../util/errors.ts'
import { defineMatch, nameList } from '../xtables/index.ts'
import { STATE_ABBREVIATIONS, STATE_BITS } from './state-names.ts'

const states = nameList({
  bits: STATE_BITS,
  abbreviations: STATE_ABBREVIATIONS,
  refuse: (rest) =>
    new UsageError(
      rest === ''
        ? '"--state" requires a list of states with no spaces, e.g. ESTABLISHED,RELATED'
        : `Bad state "${rest}"`,
    ),
})

const options = {
  state: states({
    help: 'states of the connection, any of which will do',
    invertible: true,
    required: true,
    holds: inState,
  }),
}

/**
 * `-m state`: the old name for the states of `conntrack`, without those of NAT.
 *
 * Source: iptables-extensions(8) "state"; Linux xt_conntrack.c conntrack_mt().
 */
export const state = defineMatch({
  name: 'state',
  families: [4, 6],
  needsConntrack: true,
  options,
  list: ({ state: given }, rule) => {
    if (given === undefined) return ''
    const names = options.state.format(given.value, { ...rule, extension: 'state', option: 'state' })
    return `${given.inverted ? ' !' : ''} state ${names}`
  },
})
