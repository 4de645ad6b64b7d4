/** All sets of a host. */

import { UsageError } from '../util/errors.ts'
import type { SetLine } from './read.ts'
import type { NamedSet } from './set.ts'
import type { SetBuilder } from './type.ts'

/** The sets of one host by name, in the order in which they were created. */
export type Sets = ReadonlyMap<string, NamedSet>

/** Makes the sets that a file tells of, at a time in kernel ticks. Throws UsageError with file and line. */
export function createSets(lines: readonly SetLine[], ticks: number): Sets {
  const builders = new Map<string, SetBuilder>()
  const sets = new Map<string, NamedSet>()
  for (const line of lines) {
    try {
      const builder = builders.get(line.name)
      if (line.kind === 'add') {
        if (builder === undefined) throw new UsageError(`there is no set ${line.name} above this line`)
        builder.add(line.element, line.options, ticks)
      } else if (builder === undefined) {
        const made = line.type.create(line.name, line.options, (name) => sets.get(name) ?? null)
        builders.set(line.name, made)
        sets.set(line.name, made.set)
      } else if (!line.replaces) throw new UsageError(`there is a set ${line.name} already`)
    } catch (error) {
      throw error instanceof UsageError ? error.at(line.place) : error
    }
  }
  return sets
}

/** The text of `ipset save`: sets in the order in which they were created, lists of sets last. */
export function saveSets(sets: Sets, ticks: number): string {
  const texts = [...sets.values()].map((set) => set.lines(ticks))
  const isList = (lines: readonly string[]): boolean => / list:set /.test(lines[0] ?? '')
  return [...texts.filter((lines) => !isList(lines)), ...texts.filter(isList)]
    .flat()
    .map((line) => `${line}\n`)
    .join('')
}
