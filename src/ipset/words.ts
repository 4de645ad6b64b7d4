import { UsageError } from '../util/errors.ts'

/** The words of a line as `ipset restore` takes them apart: between blanks, or between double quotes. Throws UsageError. */
export function splitLine(line: string): string[] {
  const words: string[] = []
  let at = 0
  while (at < line.length) {
    if (/\s/.test(line[at] as string)) {
      at++
      continue
    }
    if (line[at] === '"') {
      const end = line.indexOf('"', at + 1)
      if (end < 0) throw new UsageError('a " is missing at the end of the line')
      words.push(line.slice(at + 1, end))
      at = end + 1
      continue
    }
    const start = at
    while (at < line.length && !/\s/.test(line[at] as string)) at++
    words.push(line.slice(start, at))
  }
  return words
}
