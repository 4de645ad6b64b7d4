import type { Family } from '../../netfilter/glossary.ts'

/** Where the compatible programs keep the rules of a host. */
export interface RuleStore {
  /** The text of the family's rules; null where there is none yet. */
  read(family: Family): string | null
  /** What `ipset save` printed of the host; null where nothing is known of its sets. */
  readSets(): string | null
  /** Replaces the rules, all or nothing; null: there are none any more. */
  write(family: Family, text: string | null): void
  /** Runs `change` while nobody else changes the store. Throws LockBusy where the lock is not free for so long. */
  locked<T>(change: () => T): T
}

/** A store without files, for tests and for trying commands. */
export function memoryStore(texts: Partial<Record<Family, string>> = {}, sets: string | null = null): RuleStore {
  const held = { ...texts }
  return {
    read: (family) => held[family] ?? null,
    readSets: () => sets,
    write: (family, text) => {
      if (text === null) delete held[family]
      else held[family] = text
    },
    locked: (change) => change(),
  }
}
