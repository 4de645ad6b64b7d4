import type { Environment } from '../expression/environment.ts'
import type { Sets } from './sets.ts'

/** A host's sets for its rules; null where nothing is known of them. */
export function setsOf(environment: Pick<Environment, 'shared'>): Sets | null {
  return environment.shared<Sets | null>('ipset', 'sets', () => null)
}

/** Gives a host its sets, before its rules are prepared. */
export function provideSets(environment: Pick<Environment, 'shared'>, sets: Sets): void {
  environment.shared<Sets | null>('ipset', 'sets', () => sets)
}
