import { existsSync, statSync } from 'node:fs'
import { join } from 'node:path'
import type { HostFiles } from '../../host/config.ts'
import { HOST_FILE_NAMES } from '../../host/file-names.ts'
import { UsageError } from '../../util/errors.ts'
import { type CommandIo, EnvironmentError, readText } from '../io.ts'

/** Reads a host directory. Throws EnvironmentError when it cannot be read, UsageError when it holds nothing of a host. */
export function readHostDirectory(directory: string, io: CommandIo): HostFiles {
  const info = statSync(directory, { throwIfNoEntry: false })
  if (info === undefined) throw new EnvironmentError(`cannot read ${directory}: no such directory`)
  if (!info.isDirectory()) throw new UsageError(`--host ${directory}: not a directory (-r reads a single rules file)`)
  const files: Partial<Record<keyof HostFiles, string>> = {}
  for (const [part, name] of Object.entries(HOST_FILE_NAMES) as [keyof HostFiles, string][]) {
    const path = join(directory, name)
    if (existsSync(path)) files[part] = readText(path, io)
  }
  if (Object.keys(files).length === 0) {
    throw new UsageError(`--host ${directory}: holds none of ${Object.values(HOST_FILE_NAMES).join(', ')}`)
  }
  return files
}
