import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'

const read = (name: string): string => readFileSync(new URL(`../../${name}`, import.meta.url), 'utf8')
const english = read('README.md')
const chinese = read('README.zh-CN.md')

/** Shell commands, in blocks, in terminal sessions and in sentences; the choice of a language set aside. */
function commands(text: string): string[] {
  const blocks = [...text.matchAll(/```sh\n([\s\S]*?)```/g)].flatMap((one) => (one[1] as string).trim().split('\n'))
  const sessions = [...text.matchAll(/^\$ (.*)$/gm)].map((one) => one[1] as string)
  const inline = [...text.matchAll(/`((?:npx |npm |hookline |--)[^`]*)`/g)].map((one) => one[1] as string)
  return [...blocks, ...sessions, ...inline].map((one) =>
    one.replace(' --lang zh', '').replace('HOOKLINE_LANG=zh ', ''),
  )
}

const programs = (text: string): string[] => [...text.matchAll(/```ts\n([\s\S]*?)```/g)].map((one) => one[1] as string)

const links = (text: string): string[] =>
  [...text.matchAll(/\]\(([^)]+)\)/g)].map((one) => one[1] as string).filter((link) => !link.startsWith('README'))

describe('the READMEs agree', () => {
  it('on their commands', () => {
    expect(commands(english).length).toBeGreaterThan(10)
    expect(commands(chinese)).toEqual(commands(english))
  })

  it('on their programs', () => {
    expect(programs(english).length).toBeGreaterThan(0)
    expect(programs(chinese)).toEqual(programs(english))
  })

  it('on where they lead, also to each other', () => {
    expect(links(chinese)).toEqual(links(english))
    expect(english).toContain('(README.zh-CN.md)')
    expect(chinese).toContain('(README.md)')
  })

  it('on their sections', () => {
    const sections = (text: string): number => [...text.matchAll(/^## /gm)].length
    expect(sections(chinese)).toBe(sections(english))
  })
})

describe('the Chinese README', () => {
  it('uses the words of its readers', () => {
    for (const word of ['四表五链', '链', '表', '规则', '连接跟踪', '钩子', '默认策略']) expect(chinese).toContain(word)
  })
})
