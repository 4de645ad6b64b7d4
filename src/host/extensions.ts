import { matches } from '../matches/index.ts'
import { targets } from '../targets/index.ts'
import { createRegistry, type Registry } from '../xtables/index.ts'

let registry: Registry | undefined

/** The registry of every match and target that hookline knows; made when first asked for. */
export function extensions(): Registry {
  registry ??= createRegistry(matches, targets)
  return registry
}
