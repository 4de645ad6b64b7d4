import type { Family } from '../netfilter/glossary.ts'
import type { AnyMatch, AnyTarget } from './define.ts'

/** The extensions a parser knows, by family and name. */
export interface Registry {
  match(name: string, family: Family): AnyMatch | undefined
  target(name: string, family: Family): AnyTarget | undefined
  /** The match that `-p number` loads when an option of it is met. */
  matchForProtocol(protocol: number, family: Family): AnyMatch | undefined
}

/** A registry of the given extensions; a later one of the same name and family wins. */
export function createRegistry(matches: readonly AnyMatch[], targets: readonly AnyTarget[]): Registry {
  const matchIndex = new Map<string, AnyMatch>()
  const targetIndex = new Map<string, AnyTarget>()
  const protocolIndex = new Map<string, AnyMatch>()
  for (const match of matches) {
    for (const family of match.families) {
      for (const name of [match.name, ...(match.aliases ?? [])]) matchIndex.set(`${family} ${name}`, match)
      for (const protocol of match.implicitFor ?? []) protocolIndex.set(`${family} ${protocol}`, match)
    }
  }
  for (const target of targets) {
    for (const family of target.families) {
      for (const name of [target.name, ...(target.aliases ?? [])]) targetIndex.set(`${family} ${name}`, target)
    }
  }
  return {
    match: (name, family) => matchIndex.get(`${family} ${name}`),
    target: (name, family) => targetIndex.get(`${family} ${name}`),
    matchForProtocol: (protocol, family) => protocolIndex.get(`${family} ${protocol}`),
  }
}
