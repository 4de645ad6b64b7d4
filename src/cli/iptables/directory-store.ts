import { mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { HOST_FILE_NAMES } from '../../host/file-names.ts'
import type { Family } from '../../netfilter/glossary.ts'
import { isSystemError } from '../io.ts'
import { lockDirectory } from './lock.ts'
import type { RuleStore } from './store.ts'

const FILES: Readonly<Record<Family, string>> = { 4: HOST_FILE_NAMES.rulesV4, 6: HOST_FILE_NAMES.rulesV6 }

/**
 * The rules in a host directory: `rules.v4` and `rules.v6`, replaced as a whole by renaming, under a lock.
 * The directory is made where it does not exist.
 */
export function directoryStore(directory: string): RuleStore {
  const readOrNull = (name: string): string | null => {
    try {
      return readFileSync(join(directory, name), 'utf8')
    } catch (error) {
      if (isSystemError(error) && error.code === 'ENOENT') return null
      throw error
    }
  }
  return {
    read: (family) => readOrNull(FILES[family]),
    readSets: () => readOrNull(HOST_FILE_NAMES.ipset),
    write(family, text) {
      const file = join(directory, FILES[family])
      if (text === null) return rmSync(file, { force: true })
      const next = `${file}.${process.pid}.${Math.random().toString(36).slice(2)}`
      try {
        writeFileSync(next, text)
        renameSync(next, file)
      } catch (error) {
        rmSync(next, { force: true })
        throw error
      }
    },
    locked(change) {
      mkdirSync(directory, { recursive: true })
      const release = lockDirectory(directory)
      try {
        return change()
      } finally {
        release()
      }
    },
  }
}
