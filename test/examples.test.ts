import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, describe, expect, it } from 'vitest'
import { main } from '../src/cli/main.ts'

/**
 * What the documents show is what the program prints. Every ```console block of the examples, the READMEs and docs/ is
 * read as a terminal session: `$ npx hookline …` is run, the lines below it must appear in this order in what it prints
 * (stdout and stderr together), `…` or `...` alone on a line stands for lines left out, and inside a line for any text.
 * `$ echo $?` checks the exit code. Other commands are not run. What a session names in /tmp is in a new directory of its own.
 */
const root = fileURLToPath(new URL('../', import.meta.url))

const markdownIn = (directory: string): string[] =>
  existsSync(`${root}${directory}`)
    ? readdirSync(`${root}${directory}`)
        .filter((name) => name.endsWith('.md'))
        .map((name) => `${directory}/${name}`)
    : []

const documents = [
  ...['README.md', 'README.zh-CN.md'].filter((name) => existsSync(`${root}${name}`)),
  ...markdownIn('examples'),
  ...markdownIn('docs'),
]

/** One command of a session and what the document shows below it. */
interface Step {
  readonly line: number
  readonly command: string
  readonly shown: readonly string[]
}

function sessionsOf(text: string): Step[][] {
  const sessions: Step[][] = []
  for (const match of text.matchAll(/^( *)```console\n([\s\S]*?)^ *```$/gm)) {
    const firstLine = text.slice(0, match.index).split('\n').length + 1
    const steps: { line: number; command: string; shown: string[] }[] = []
    const lines = (match[2] as string).replace(/\n$/, '').split('\n')
    for (let at = 0; at < lines.length; at++) {
      const line = (lines[at] as string).slice((match[1] as string).length)
      if (!line.startsWith('$ ')) {
        steps.at(-1)?.shown.push(line)
        continue
      }
      const start = firstLine + at
      let command = line.slice(2)
      while (command.endsWith('\\')) command = command.slice(0, -1) + (lines[++at] ?? '').trimStart()
      steps.push({ line: start, command, shown: [] })
    }
    sessions.push(steps)
  }
  return sessions
}

/** Splits a command as a shell does; null when it needs more of a shell than quotes. */
function shellWords(command: string): string[] | null {
  const words: string[] = []
  let rest = command.trim()
  while (rest !== '') {
    const word = /^(?:'[^']*'|"(?:\\.|[^"\\$`])*"|\\.|[^\s'"\\|&;<>$`()])+/.exec(rest)?.[0]
    if (word === undefined) return null
    words.push(
      word.replace(
        /'([^']*)'|"((?:\\.|[^"\\])*)"|\\(.)/g,
        (_, plain, quoted, escaped) => plain ?? quoted?.replace(/\\(["\\])/g, '$1') ?? escaped,
      ),
    )
    rest = rest.slice(word.length).trimStart()
  }
  return words
}

/** Whether `shown` appears in order in `printed`; else the first line that does not. */
function firstMissing(shown: readonly string[], printed: string): string | null {
  const lines = printed.split('\n').map(normal)
  let at = 0
  let mayskip = true
  for (const line of shown.map(normal)) {
    if (line === '' || line === '…' || line === '...') {
      mayskip ||= line !== ''
      continue
    }
    const pattern = new RegExp(
      `^${line
        .split(/…|\.\.\./)
        .map(escaped)
        .join('.*')}$`,
    )
    const found = lines.findIndex((candidate, index) => index >= at && candidate !== '' && pattern.test(candidate))
    const skipped = lines.slice(at, found).some((candidate) => candidate !== '')
    if (found < 0) return line
    if (skipped && !mayskip) return `${line}   (lines before it are missing in the document; write …)`
    at = found + 1
    mayskip = false
  }
  return null
}

const normal = (line: string): string => line.trim().replace(/\s+/g, ' ')
const escaped = (text: string): string => text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&')

const scratch = mkdtempSync(join(tmpdir(), 'hookline-examples-'))
afterAll(() => rmSync(scratch, { recursive: true }))

async function run(shown: readonly string[], temporary: string): Promise<{ code: number; printed: string }> {
  const words = shown.map((word) => word.replaceAll('/tmp/', `${temporary}/`))
  const environment: Record<string, string> = { NO_COLOR: '1' }
  let at = 0
  for (let match = /^(\w+)=(.*)$/.exec(words[at] ?? ''); match; match = /^(\w+)=(.*)$/.exec(words[at] ?? '')) {
    environment[match[1] as string] = match[2] as string
    at++
  }
  let printed = ''
  const write = (text: string): void => {
    printed += text
  }
  const code = await main(words.slice(at + 2), { out: write, error: write, environment, isTerminal: false })
  return { code, printed: printed.replaceAll(`${temporary}/`, '/tmp/') }
}

const isOurs = (command: string): boolean => /^(?:\w+=\S* )*npx hookline(?: |$)/.test(command)

for (const document of documents) {
  const sessions = sessionsOf(readFileSync(`${root}${document}`, 'utf8')).filter((steps) =>
    steps.some(({ command }) => isOurs(command)),
  )

  for (const steps of sessions) {
    it(`${document}:${steps[0]?.line} shows what hookline prints`, async () => {
      let last = { code: 0, printed: '' }
      const temporary = mkdtempSync(join(scratch, 'session-'))
      for (const { line, command, shown } of steps) {
        if (command === 'echo $?') {
          expect(String(last.code), `exit code at line ${line}`).toBe(shown[0])
          continue
        }
        if (!isOurs(command)) continue
        const words = shellWords(command)
        if (words === null) throw new Error(`line ${line}: this test runs commands without pipes and expansions only`)
        last = await run(words, temporary)
        expect(firstMissing(shown, last.printed), `line ${line}: not in the output:\n${last.printed}`).toBeNull()
      }
    })
  }
}

describe('the reader of documents', () => {
  it('finds commands, continued lines and what is shown', () => {
    const text = 'x\n```console\n$ npx hookline a \\\n    b\none\n…\n$ echo $?\n1\n```\n'
    expect(sessionsOf(text)).toEqual([
      [
        { line: 3, command: 'npx hookline a b', shown: ['one', '…'] },
        { line: 7, command: 'echo $?', shown: ['1'] },
      ],
    ])
  })

  it('splits words as a shell does and refuses what needs more', () => {
    expect(shellWords(`a 'b > c' "d \\" e" f\\ g`)).toEqual(['a', 'b > c', 'd " e', 'f g'])
    expect(shellWords('a | b')).toBeNull()
    expect(shellWords('a "$HOME"')).toBeNull()
  })

  it('wants lines in order and omissions marked', () => {
    expect(firstMissing(['…', 'b', '…', 'd'], 'a\nb\nc\nd')).toBeNull()
    expect(firstMissing(['…', 'd', '…', 'b'], 'a\nb\nc\nd')).toBe('b')
    expect(firstMissing(['a', 'c'], 'a\nb\nc')).toContain('write …')
    expect(firstMissing(['x … z'], '  x  y z ')).toBeNull()
    expect(firstMissing(['x y'], 'x y z')).toBe('x y')
  })
})
