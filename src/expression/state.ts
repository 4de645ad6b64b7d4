import type { Environment } from './environment.ts'

/**
 * State that one rule has for itself, such as a token bucket: made when the rule is first asked on a host, and
 * kept as long as the host. Two hosts that share a ruleset do not share it.
 */
export function ruleState<T>(create: (environment: Environment) => T): (environment: Environment) => T {
  const states = new WeakMap<Environment, T>()
  return (environment) => {
    let state = states.get(environment)
    if (state === undefined) {
      state = create(environment)
      states.set(environment, state)
    }
    return state
  }
}
