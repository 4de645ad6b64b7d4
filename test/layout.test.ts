import { execFileSync } from 'node:child_process'
import { readdirSync, readFileSync } from 'node:fs'
import { dirname, join, relative, resolve } from 'node:path'
import { describe, expect, it } from 'vitest'

const SOURCE = resolve(import.meta.dirname, '../src')

/** The folders in the order of the packet's way: a file may import from its own folder and from those before. */
const ORDER = [
  ['util'],
  ['wire'],
  ['packet'],
  ['expression'],
  ['netfilter'],
  ['xtables', 'route', 'ipset'],
  ['conntrack'],
  ['nat'],
  ['matches', 'targets'],
  ['host'],
  ['compile'],
  ['trace'],
  ['cli'],
]

/** Folders that may use Node's own modules; everything else runs in a browser. */
const NODE_FOLDERS = ['cli', 'live', 'kernel']

function sourceFiles(): string[] {
  return readdirSync(SOURCE, { recursive: true, encoding: 'utf8' })
    .filter((file) => file.endsWith('.ts') && !file.endsWith('.test.ts'))
    .map((file) => join(SOURCE, file))
}

function importsOf(file: string): string[] {
  const text = readFileSync(file, 'utf8')
  return [
    ...text.matchAll(
      /(?:^|\n)\s*(?:import|export)[^'"\n]*?(?:\{[^}]*\}[^'"\n]*?)?from\s+'([^']+)'|import\('([^']+)'\)/g,
    ),
  ].map((match) => (match[1] ?? match[2]) as string)
}

const folderOf = (file: string): string => relative(SOURCE, file).split('/')[0] as string
const rankOf = (folder: string): number => ORDER.findIndex((group) => group.includes(folder))

describe('the layout', () => {
  it('knows every folder of src/', () => {
    const folders = readdirSync(SOURCE, { withFileTypes: true }).filter((entry) => entry.isDirectory())
    expect(folders.map((entry) => entry.name).filter((name) => rankOf(name) < 0)).toEqual([])
  })

  it('has imports in one direction only', () => {
    const back: string[] = []
    let edges = 0
    for (const file of sourceFiles()) {
      for (const target of importsOf(file).filter((name) => name.startsWith('.'))) {
        const from = folderOf(file)
        const to = folderOf(resolve(dirname(file), target))
        edges++
        if (from === 'index.ts') continue
        if (from !== to && rankOf(to) >= rankOf(from)) back.push(`${relative(SOURCE, file)} imports ${target}`)
      }
    }
    expect(edges).toBeGreaterThan(100)
    expect(back).toEqual([])
  })

  it('uses the modules of Node only in the command line and the live parts', () => {
    const found = sourceFiles()
      .filter((file) => !NODE_FOLDERS.includes(folderOf(file)))
      .flatMap((file) =>
        importsOf(file)
          .filter((name) => !name.startsWith('.'))
          .map((name) => `${relative(SOURCE, file)}: ${name}`),
      )
    expect(found).toEqual([])
  })

  it('has index files of the extensions that are not stale', () => {
    const script = resolve(SOURCE, '../scripts/index-extensions.mjs')
    expect(() => execFileSync(process.execPath, [script, '--check'], { stdio: 'pipe' })).not.toThrow()
  })

  it('has a test beside every match and target', () => {
    const missing = sourceFiles()
      .filter((file) => ['matches', 'targets'].includes(folderOf(file)) && !file.endsWith('index.ts'))
      .filter((file) => /^export const \w+ = define(Match|Target)\(/m.test(readFileSync(file, 'utf8')))
      .filter((file) => !readdirSync(dirname(file)).includes(`${file.split('/').at(-1)?.replace(/\.ts$/, '')}.test.ts`))
      .map((file) => relative(SOURCE, file))
    expect(missing).toEqual([])
  })
})
