import type { Text } from '../../iptables/hints/types.ts'

/**
 * What an option says. In templates `%` is its value, `%r` a range with its ends in words, `%l` a list in words. Words
 * in braces follow a `!`: {is}, {are}, {has}, {does}; {是}, {在}, {有}, {属于}, {等于}.
 */
export type OptionText = Text

/** What a match is for, and what its options say. */
export interface MatchText {
  readonly title: Text
  readonly options: Readonly<Record<string, OptionText>>
}

/** Where a packet goes after a target: on to the next rule, out of the table, or nowhere. */
export type After = 'next rule' | 'next table' | 'end' | 'caller'

/** What a target does, and what its options say. */
export interface TargetText {
  readonly title: Text
  readonly after: After
  readonly options: Readonly<Record<string, OptionText>>
}

/** A sentence in both languages. */
export const both = (en: string, zh: string): Text => ({ en, zh })

/** The template with its value, and inverted where a `!` stands before the option. */
export function fill({ en, zh }: Text, value: string, inverted: boolean): Text {
  return { en: fillEnglish(en, value, inverted), zh: fillChinese(zh, value, inverted) }
}

function fillEnglish(template: string, value: string, inverted: boolean): string {
  const text = template
    .replace(/\{(is|are|has|does)\}/g, (_, word: string) => (inverted ? ENGLISH_NOT[word] : ENGLISH[word]) ?? word)
    .replace(/%[rl]?/g, (how) => written(value, how, ' to ', ' or '))
  return inverted && !/\{/.test(template) ? `not so: ${text}` : text
}

const ENGLISH: Readonly<Record<string, string>> = { is: 'is', are: 'are', has: 'has', does: 'does' }
const ENGLISH_NOT: Readonly<Record<string, string>> = {
  is: 'is not',
  are: 'are not',
  has: 'does not have',
  does: 'does not',
}

function fillChinese(template: string, value: string, inverted: boolean): string {
  const text = template
    .replace(/\{(.+?)\}/g, (_, word: string) => (inverted ? (word === '有' ? '没有' : `不${word}`) : word))
    .replace(/%[rl]?/g, (how) => written(value, how, ' 到 ', ' 或 '))
  return inverted && !/\{/.test(template) ? `不满足：${text}` : text
}

function written(value: string, how: string, to: string, or: string): string {
  if (how === '%') return value
  const list = value
    .split(',')
    .map((part) => part.replace(/^:(?=\d+$)/, '0:').replace(/^(\d+):$/, '$1:65535'))
    .map((part) => part.replace(/^(\d+)[:-](\d+)$/, `$1${to}$2`))
  return list.join(or)
}
