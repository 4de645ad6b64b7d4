import type { Attempt, Case, Hint, Text } from './types.ts'
import { chainNames, FREE_TEXT, find, numberOf, put, SPELLINGS, targetsOf } from './words.ts'

/** The option that a word right behind `-m NAME` is the value of. */
const MAIN_OPTION: Readonly<Record<string, string>> = {
  state: '--state',
  conntrack: '--ctstate',
  multiport: '--dports',
  limit: '--limit',
  mac: '--mac-source',
  mark: '--mark',
  comment: '--comment',
  set: '--match-set',
  iprange: '--src-range',
  owner: '--uid-owner',
  string: '--string',
  length: '--length',
  ttl: '--ttl-eq',
  pkttype: '--pkt-type',
}

const BUILT_IN = ['PREROUTING', 'INPUT', 'FORWARD', 'OUTPUT', 'POSTROUTING']

/** Commands that may stand without a chain, so that one further behind is not theirs. */
const CHAIN_LATER = ['-L', '--list', '-S', '--list-rules', '-F', '--flush', '-Z', '--zero', '-X', '--delete-chain']

/** Words that no option takes. */
export const strayWordCases: readonly Case[] = [
  { says: /^Bad argument `(.*)'$/s, hint: (attempt, [, word = '']) => badArgument(attempt, word) },
]

/** A word that no option takes. */
function badArgument(attempt: Attempt, word: string): Hint | null {
  const { words } = attempt
  const at = attempt.at ?? words.indexOf(word)
  if (at < 0) return null
  const before = words[at - 1] ?? ''
  const insert = (option: string, text: Text): Hint => ({ at, text, fix: [put(words, at, 0, option)] })
  const text = words.findLastIndex((one, index) => index < at && FREE_TEXT.includes(one))
  if (text >= 0 && !words.slice(text + 1, at).some((one) => one.startsWith('-'))) {
    const end = words.findIndex((one, index) => index > at && /^-/.test(one))
    const whole = words.slice(text + 1, end < 0 ? words.length : end)
    return {
      at,
      text: {
        en: `a text of several words needs quotes: ${words[text]} "${whole.join(' ')}"`,
        zh: `多个单词的文本要加引号：${words[text]} "${whole.join(' ')}"`,
      },
      fix: [put(words, text + 1, whole.length, whole.join(' '))],
    }
  }
  const loaded = SPELLINGS.match.some((one) => one === words[at - 2]) ? MAIN_OPTION[before] : undefined
  if (loaded !== undefined) {
    return insert(loaded, {
      en: `${loaded} is missing before ${word}`,
      zh: `${word} 之前缺少 ${loaded}`,
    })
  }
  const isPort = /^\d+([:,-]\d+)*$/.test(word)
  if (isPort && SPELLINGS.protocol.some((one) => one === words[at - 2])) {
    return insert('--dport', { en: `--dport is missing before ${word}`, zh: `${word} 之前缺少 --dport` })
  }
  if (isPort && /^--to/.test(words[at - 2] ?? '')) {
    return {
      at,
      text: { en: 'the port follows the address after a colon', zh: '端口写在地址后面，用冒号分隔' },
      fix: [put(words, at - 1, 2, `${before}:${word}`)],
    }
  }
  const targets = ['ACCEPT', 'DROP', 'RETURN', ...targetsOf(attempt.program.family).map(({ name }) => name)]
  const target = targets.find((name) => name === word.toUpperCase())
  if (target !== undefined && find(words, SPELLINGS.jump) < 0) {
    return {
      at,
      text: { en: `-j is missing before ${target}`, zh: `${target} 之前缺少 -j` },
      fix: [put(words, at, 1, '-j', target)],
    }
  }
  if (at === 0 && [...BUILT_IN, ...chainNames(attempt)].includes(word)) {
    return insert('-A', {
      en: `-A is missing before ${word}: append to this chain`,
      zh: `${word} 之前缺少 -A（追加到该链）`,
    })
  }
  const command = find(words, CHAIN_LATER)
  if (command >= 0 && /^-|^$/.test(words[command + 1] ?? '') && [...BUILT_IN, ...chainNames(attempt)].includes(word)) {
    return {
      at,
      text: { en: `the chain stands right behind ${words[command]}`, zh: `链名要紧跟在 ${words[command]} 之后` },
      fix: [put(put(words, at, 1), command + 1, 0, word)],
    }
  }
  if (find(words, SPELLINGS.protocol) < 0 && numberOf(word.toLowerCase()) !== null && !/^\d/.test(word)) {
    return insert('-p', { en: `-p is missing before ${word}`, zh: `${word} 之前缺少 -p` })
  }
  return {
    at,
    text: { en: `no option before ${word} takes it`, zh: `${word} 之前没有接受它的选项` },
  }
}
