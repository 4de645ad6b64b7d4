import type { Case } from './types.ts'
import { put } from './words.ts'

/** `!` anywhere but before the option, with a space on both sides. */
export const inversionCases: readonly Case[] = [
  {
    says: /^/,
    hint: ({ words }) => {
      const at = words.findIndex(
        (word, index) => /^![^=\s]/.test(word) || (word === '!' && isBehindOption(words, index)),
      )
      if (at < 0) return null
      const word = words[at] as string
      const text = {
        en: '! stands before the option, with a space behind it',
        zh: '! 要写在选项之前，后面加空格',
      }
      if (word === '!') {
        // `-s ! 10.0.0.0/8`: files of iptables before 1.4.3 have it so.
        const option = words[at - 1] as string
        return { at, text, fix: [put(words, at - 1, 2, '!', option)] }
      }
      if (/^!-/.test(word)) return { at, text, fix: [put(words, at, 1, '!', word.slice(1))] }
      const option = words[at - 1]
      if (!option?.startsWith('-')) return null
      return { at, text, fix: [put(words, at - 1, 2, '!', option, word.slice(1))] }
    },
  },
]

function isBehindOption(words: readonly string[], at: number): boolean {
  const before = words[at - 1]
  const after = words[at + 1]
  return before !== undefined && /^-/.test(before) && after !== undefined && !after.startsWith('-')
}
