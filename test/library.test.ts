import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import * as hookline from '../src/index.ts'

/**
 * The programs in the documents run, and print what the comments behind `console.log(…)`, or on the lines below it, say.
 * They are plain JavaScript, so that they can be run as they stand but for their import.
 */
const read = (path: string): string => readFileSync(new URL(`../${path}`, import.meta.url), 'utf8')

const programs = [
  ...programsOf('README.md', /<!-- test: library -->\n```ts\n([\s\S]*?)^```$/gm),
  ...programsOf('README.zh-CN.md', /<!-- test: library -->\n```ts\n([\s\S]*?)^```$/gm),
  ...programsOf('docs/library.md', /^```ts\n([\s\S]*?)^```$/gm),
]

function programsOf(document: string, pattern: RegExp): { name: string; program: string }[] {
  const text = read(document)
  return [...text.matchAll(pattern)].map((match) => ({
    name: `${document}:${text.slice(0, match.index).split('\n').length}`,
    program: match[1] as string,
  }))
}

/** What the program's comments say that it prints. */
function expected(program: string): string[] {
  return program.split('\n').flatMap((line) => /(?:^|\bconsole\.log\(.*\) )\/\/ (.*)$/.exec(line)?.[1] ?? [])
}

function printed(program: string): string[] {
  const lines: string[] = []
  const log = (...values: unknown[]): void => void lines.push(values.map(String).join(' '))
  const body = program.replace(/^import (\{[^}]*\}) from 'hookline'$/m, 'const $1 = hookline')
  new Function('hookline', 'console', body)(hookline, { log })
  return lines
}

describe('programs in the documents', () => {
  it('are found', () => {
    expect(programs.filter(({ name }) => name.startsWith('README.md'))).toHaveLength(1)
    expect(programs.length).toBeGreaterThan(4)
  })

  it.each(programs)('$name', ({ program }) => {
    expect(expected(program)).not.toEqual([])
    expect(printed(program)).toEqual(expected(program))
  })
})
