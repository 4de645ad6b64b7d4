import type { Family } from '../../netfilter/glossary.ts'

/** Where the compatible programs keep the rules of a host. */
export interface RuleStore {
  /** The text of the family's rules; null where there is none yet. */
  read(family: Family): string | null
  /** Replaces it, all or nothing. */
  write(family: Family, text: string): void
  /** Runs `change` while nobody else changes the store. Throws LockBusy where the lock is not free for so long. */
  locked<T>(change: () => T): T
}

/** A store without files, for tests and for trying commands. */
export function memoryStore(texts: Partial<Record<Family, string>> = {}): RuleStore {
  const held = { ...texts }
  return {
    read: (family) => held[family] ?? null,
    write: (family, text) => {
      held[family] = text
    },
    locked: (change) => change(),
  }
}
