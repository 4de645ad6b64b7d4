import type { Case, Text } from './types.ts'
import { put } from './words.ts'

const DASHES = '‐‑‒–—―−﹣－'
const QUOTES = '“”„‟‘’‚‛〝〞＂＇「」«»'
const SPACES = '\u00a0\u2002\u2003\u2009\u202f\u3000'
const INVISIBLE = '\u200b\u200c\u200d\u2060\ufeff\u00ad'
const PUNCTUATION: Readonly<Record<string, string>> = {
  '、': ',',
  '。': '.',
  '．': '.',
  '…': '...',
  '∶': ':',
  '⁄': '/',
}

/** Options whose value is the user's own text. */
const FREE_TEXT = ['--comment', '--log-prefix', '--nflog-prefix', '--ulog-prefix', '--string', '--hex-string']

const ODD = new RegExp(`[${DASHES}${QUOTES}${SPACES}${INVISIBLE}、。…∶⁄\uff01-\uff5e]`)

/** What is wrong with a character, and what is meant. */
function describe(character: string, isOption: boolean): Text {
  const code = `U+${(character.codePointAt(0) as number).toString(16).toUpperCase().padStart(4, '0')}`
  if (DASHES.includes(character)) {
    return {
      en: `${character} (${code}) is a typographic dash; ${isOption ? 'options begin with' : 'rules are written with'} the plain - of the keyboard`,
      zh: `${character}（${code}）是排版用的破折号；${isOption ? '选项以' : '规则应使用'}键盘上的半角 -${isOption ? ' 开头' : ''}`,
    }
  }
  if (QUOTES.includes(character)) {
    return {
      en: `${character} (${code}) is a typographic quote, which holds no words together; use the plain " of the keyboard`,
      zh: `${character}（${code}）是排版用的引号，不能把单词括在一起；请使用半角引号 "`,
    }
  }
  if (SPACES.includes(character)) {
    return {
      en: `here is a space that separates no words (${code}), as copied from web pages; use a plain one`,
      zh: `这里的空格（${code}）不能分隔单词，多半是从网页复制来的；请使用半角空格`,
    }
  }
  if (INVISIBLE.includes(character)) {
    return {
      en: `here is an invisible character (${code}), as copied from web pages; delete it`,
      zh: `这里有一个看不见的字符（${code}），多半是从网页复制来的；请删除它`,
    }
  }
  return {
    en: `${character} (${code}) is a full-width character; rules are written in ASCII: ${plain(character)}`,
    zh: `${character}（${code}）是全角字符；规则须使用半角字符：${plain(character)}`,
  }
}

/** The plain form of punctuation, digits and letters. */
function plain(text: string): string {
  return [...text]
    .map((one) => {
      const code = one.codePointAt(0) as number
      if (PUNCTUATION[one] !== undefined) return PUNCTUATION[one]
      if (DASHES.includes(one)) return '-'
      if (SPACES.includes(one)) return ' '
      if (INVISIBLE.includes(one)) return ''
      return code >= 0xff01 && code <= 0xff5e ? String.fromCodePoint(code - 0xfee0) : one
    })
    .join('')
}

/** A word that begins with dashes of any kind, as an option. */
function plainOption(word: string): string {
  const [, dashes = '', rest = ''] = new RegExp(`^([-${DASHES}]+)(.*)$`, 's').exec(word) ?? []
  if (dashes === '' || !ODD.test(dashes)) return plain(word)
  const body = plain(rest)
  return /^[a-z][\w-]+/.test(body) ? `--${body}` : `-${body}`
}

/** Words between typographic quotes as one. */
function joinQuoted(words: readonly string[]): string[] {
  const joined: string[] = []
  const [opening, closing] = [/^[“„‟‘‚‛〝「«]/, /[”’〞」»“]$/]
  for (let at = 0; at < words.length; at++) {
    const word = words[at] as string
    const end = opening.test(word)
      ? words.findIndex((one, index) => closing.test(one) && (index > at || (index === at && one.length > 1)))
      : -1
    if (end < 0) joined.push(word)
    else {
      joined.push(
        words
          .slice(at, end + 1)
          .join(' ')
          .slice(1, -1),
      )
      at = end
    }
  }
  return joined
}

/** Typographic dashes and quotes, full-width characters, odd spaces. */
export const characterCases: readonly Case[] = [
  {
    says: /^/,
    hint: ({ words }) => {
      const isFree = (at: number): boolean =>
        FREE_TEXT.includes(words[at - 1] ?? '') && !/^[“‘「«]/.test(words[at] ?? '')
      const at = words.findIndex((word, index) => ODD.test(word) && !isFree(index))
      if (at < 0) return null
      const character = ODD.exec(words[at] as string)?.[0] as string
      const isOption = DASHES.includes((words[at] as string).charAt(0))
      let fixed: string[] = []
      for (const [index, word] of joinQuoted(words).entries()) {
        const isText = FREE_TEXT.includes(fixed.at(-1) ?? '')
        if (isText) fixed.push(word)
        else {
          const parts = plainOption(word).replace(new RegExp(`[${QUOTES}]`, 'g'), '')
          fixed = put(fixed, fixed.length, 0, ...parts.split(' ').filter((part) => part !== '' || index === 0))
        }
      }
      return { at, text: describe(character, isOption), fix: [separated(fixed)] }
    },
  },
]

/** `!` that a full-width one stuck to its word is taken apart. */
function separated(words: readonly string[]): string[] {
  return words.flatMap((word) => (/^!-/.test(word) ? ['!', word.slice(1)] : [word]))
}
