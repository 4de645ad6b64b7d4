import { ruleState } from '../expression/state.ts'
import { computed, OUTCOME, type Test } from '../expression/test.ts'
import { defineMatch, uint64 } from '../xtables/index.ts'

/** Once a packet does not fit, nothing more does. Source: Linux quota_mt(). */
function within(quota: bigint): Test {
  const stateOf = ruleState(() => ({ left: Number(quota) }))
  return computed(
    'quota',
    true,
    (packet, environment) => {
      const state = stateOf(environment)
      const fits = state.left >= packet.length
      state.left = fits ? state.left - packet.length : 0
      return fits ? OUTCOME.yes : OUTCOME.no
    },
    (_packet, environment) => `${stateOf(environment).left} bytes left`,
  )
}

/**
 * `-m quota`: matches until so many bytes, 0..2^64-1, have been matched; the first packet that does not fit
 * ends it.
 *
 * Source: iptables-extensions(8) "quota"; Linux xt_quota.c quota_mt().
 */
export const quota = defineMatch({
  name: 'quota',
  families: [4, 6],
  options: {
    quota: uint64({
      help: 'bytes that may pass before it stops matching, 0 to 2^64-1',
      invertible: true,
      required: true,
      holds: within,
    }),
  },
  // Without its `!`: so it is printed.
  list: ({ quota: given }) => ` quota: ${given?.value} bytes`,
})
