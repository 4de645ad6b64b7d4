import type { Case } from './types.ts'
import { put } from './words.ts'

/** A list that a space takes apart: `80, 443`. */
export const listCases: readonly Case[] = [
  {
    says: /^/,
    hint: ({ words }) => {
      const isPart = (word: string | undefined): boolean => word !== undefined && /^[^-!]/.test(word)
      const at = words.findIndex((word, index) => {
        const next = words[index + 1]
        return isPart(word) && isPart(next) && (/^[^ ]+,$/.test(word) || /^,[^ ]*$/.test(next as string))
      })
      if (at < 0) return null
      return {
        at: at + 1,
        text: { en: 'a list has commas without spaces', zh: '列表中逗号旁边不加空格' },
        fix: [put(words, at, 2, `${words[at]}${words[at + 1]}`)],
      }
    },
  },
]
