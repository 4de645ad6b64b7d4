import { readdirSync, readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { extensionFiles, shortList, supportPage, withShortList } from '../scripts/support-text.ts'
import { parsePacketText } from '../src/packet/language.ts'

const root = new URL('../', import.meta.url)
const read = (path: string): string => readFileSync(new URL(path, root), 'utf8')

const all = extensionFiles((folder) =>
  readdirSync(new URL(`src/${folder}/`, root))
    .filter((name) => name.endsWith('.ts') && !name.endsWith('.test.ts'))
    .map((name) => ({ name, text: read(`src/${folder}/${name}`) })),
)

describe('the generated documents are up to date (npm run support)', () => {
  it('docs/support.md', () => {
    expect(read('docs/support.md')).toBe(supportPage(all))
  })

  it.each([
    ['README.md', 'en'],
    ['README.zh-CN.md', 'zh'],
  ] as const)('%s', (path, language) => {
    const text = read(path)
    expect(text).toBe(withShortList(text, shortList(all, language)))
  })

  it('replaces what is between the markers, and wants them', () => {
    const before = 'a\n<!-- generated: extensions -->\nold\n<!-- end generated -->\nb\n'
    expect(withShortList(before, 'new')).toBe('a\n<!-- generated: extensions -->\nnew\n<!-- end generated -->\nb\n')
    expect(() => withShortList('a', 'new')).toThrow('markers')
  })
})

describe('the packet lines of docs/packets.md', () => {
  const blocks = [...read('docs/packets.md').matchAll(/^```packet\n([\s\S]*?)^```$/gm)]
  const lines = blocks.flatMap((block) => (block[1] as string).split('\n')).filter((line) => line !== '')

  it('are there', () => expect(lines.length).toBeGreaterThan(20))

  it.each(lines)('%s', (line) => {
    expect(parsePacketText(line).bytes.length).toBeGreaterThan(0)
  })
})
