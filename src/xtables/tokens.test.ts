import { expect, it } from 'vitest'
import { tokenize } from './tokens.ts'

const words = (line: string): string[] => tokenize(line).map(({ text }) => text)

it('splits at spaces and tabs', () => {
  expect(words('  -A INPUT\t-j   ACCEPT ')).toEqual(['-A', 'INPUT', '-j', 'ACCEPT'])
  expect(words('')).toEqual([])
})

it('keeps quoted words together, with backslashes taken away', () => {
  expect(words('--comment "two words" x')).toEqual(['--comment', 'two words', 'x'])
  expect(words('"say \\"hi\\" \\\\ \\n"')).toEqual(['say "hi" \\ n'])
  expect(words('""')).toEqual([''])
})

it('ends a word at the closing quote, as iptables-restore does', () => {
  expect(words('"a""b"')).toEqual(['a', 'b'])
  expect(words('a"b c"d')).toEqual(['ab c', 'd'])
})

it('does not know single quotes or backslashes outside of quotes', () => {
  expect(words("'a b' \\n")).toEqual(["'a", "b'", '\\n'])
})

it('tells columns from 1, and what was quoted', () => {
  expect(tokenize('-m "!" !')).toEqual([
    { text: '-m', column: 1, quoted: false },
    { text: '!', column: 4, quoted: true },
    { text: '!', column: 8, quoted: false },
  ])
})

it('refuses a quote that is not closed', () => {
  expect(() => tokenize('-m "x')).toThrow(expect.objectContaining({ place: { line: 1, column: 4 } }))
})
