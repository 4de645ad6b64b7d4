import type { AnyMatch, AnyTarget, OptionDefinition, Options } from '../../../xtables/index.ts'
import type { Attempt, Case, Hint } from './types.ts'
import { endOf, find, matchesOf, optionNames, put, startOf, targetsOf, valueAt, withValue } from './words.ts'

/** Values in the wrong form, options that need or exclude each other: what the option takes, from its definition. */
export const valueCases: readonly Case[] = [
  {
    says: /option "--([\w-]+)"(?: near ".*")?, or out of range(?:\.| \((-?\d+)-(\d+)\)\.)$/s,
    hint: (attempt, [, name = '', from, to]) => {
      const option = find(attempt.words, [`--${name}`, ...spellings(attempt, name)])
      if (option < 0) return null
      const range = from === undefined ? both('', '') : both(` from ${from} to ${to}`, `，范围 ${from} 到 ${to}`)
      const form = formOf(attempt, name)
      return {
        at: placeOfValue(attempt.words, option),
        text: both(`--${name} takes ${form}${range.en}`, `--${name} 的值为 ${form}${range.zh}`),
      }
    },
  },
  {
    says: /Bad value for "--([\w-]+)" option: "(.*)"$/s,
    hint: (attempt, [, name = '', value = '']) => {
      const option = find(attempt.words, [`--${name}`, ...spellings(attempt, name)])
      if (option < 0) return null
      const at = placeOfValue(attempt.words, option)
      const reversed = /^(\d+)-(\d+)$/.exec(value)
      const text = both(`--${name} takes ${formOf(attempt, name)}`, `--${name} 的值为 ${formOf(attempt, name)}`)
      const isReversed = reversed !== null && Number(reversed[1]) > Number(reversed[2])
      return isReversed
        ? { at, text, fix: [withValue(attempt.words, option, `${reversed[2]}-${reversed[1]}`)] }
        : { at, text }
    },
  },
  {
    says: /option "--([\w-]+)" also requires "--([\w-]+)"\.$/,
    hint: (attempt, [, name = '', other = '']) => {
      const option = find(attempt.words, [`--${name}`, ...spellings(attempt, name)])
      return option < 0
        ? null
        : {
            at: option,
            text: both(`--${name} means something only with --${other}`, `--${name} 须与 --${other} 一起使用`),
          }
    },
  },
  {
    says: /option "--([\w-]+)" cannot be used together with "--([\w-]+)"\.$/,
    hint: (attempt, [, name = '', other = '']) => {
      const option = find(attempt.words, [`--${name}`, ...spellings(attempt, name)])
      return option < 0
        ? null
        : {
            at: option,
            text: both(`--${name} and --${other} exclude each other`, `--${name} 与 --${other} 不能同时使用`),
          }
    },
  },
  {
    says: /option "--([\w-]+)" cannot be inverted\.$|^cannot have ! before -(\w)$/,
    hint: (attempt, [, long, letter]) => {
      const name = long === undefined ? `-${letter}` : `--${long}`
      const bang = attempt.words.findIndex((word, at) => word === '!' && attempt.words[at + 1]?.startsWith(name))
      return bang < 0
        ? null
        : { at: bang, text: both(`${name} takes no !`, `${name} 之前不能有 !`), fix: [put(attempt.words, bang, 1)] }
    },
  },
  {
    says: /^multiple consecutive ! not allowed$/,
    hint: ({ words }) => {
      const at = words.findIndex((word, index) => word === '!' && words[index + 1] === '!')
      return at < 0 ? null : { at: at + 1, text: both('one ! is enough', '一个 ! 就够了'), fix: [put(words, at, 1)] }
    },
  },
  {
    says: /^Invalid MAC address specified\.$/,
    hint: ({ words }) => {
      const option = find(words, ['--mac-source'])
      const value = (option < 0 ? undefined : valueAt(words, option)) ?? ''
      const digits = value.replace(/[^0-9a-f]/gi, '')
      const meant = digits.length === 12 ? (digits.match(/../g) as string[]).join(':') : value
      return option < 0
        ? null
        : {
            at: placeOfValue(words, option),
            text: both('an Ethernet address is written 02:00:5e:10:00:01', 'MAC 地址写作 02:00:5e:10:00:01'),
            ...(meant === value ? {} : { fix: [withValue(words, option, meant)] }),
          }
    },
  },
  {
    says: /^Invalid rule number `(.*)'$/,
    hint: ({ words }, [, value = '']) => ({
      at: Math.max(words.indexOf(value), 0),
      text: both('rules are numbered from 1', '规则编号从 1 开始'),
    }),
  },
  {
    says: /^rule would never match protocol$/,
    hint: ({ words }) => {
      const at = words.findIndex((word, index) => word === '!' && /^(?:-p|--proto)/.test(words[index + 1] ?? ''))
      return {
        at: Math.max(at, 0),
        text: both('every packet is of some protocol: nothing would match', '任何数据包都有协议，这样什么也不会匹配'),
      }
    },
  },
  {
    says: /^--?\w.*must be specified|[Mm]ust specify|is required$|^Only one of|No operation specified/,
    hint: (attempt) => {
      const { words, program, message } = attempt
      const all = [...matchesOf(program.family), ...targetsOf(program.family)]
      const loaded = all.filter(({ name }) => words.includes(name))
      const isNamed = (name: string): boolean => message.toLowerCase().includes(name.toLowerCase())
      const extension =
        loaded.find(({ name }) => isNamed(name)) ??
        loaded.find((one) => optionNames(one, program.family).some((option) => message.includes(`--${option}`)))
      if (extension === undefined) return null
      const list = Object.keys(extension.options as Options)
        .slice(0, 6)
        .map((option) => `--${option}`)
        .join(', ')
      return {
        at: words.indexOf(extension.name),
        text: both(`the options of ${extension.name} are ${list}`, `${extension.name} 的选项有 ${list}`),
      }
    },
  },
  { says: /^/, hint: formOfOption },
]

const both = (en: string, zh: string): Hint['text'] => ({ en, zh })

type Found = {
  readonly extension: AnyMatch | AnyTarget
  readonly name: string
  readonly option: OptionDefinition<unknown>
}

/** The option of a name, of an extension that the words load before others. */
function optionNamed({ words, program }: Attempt, name: string): Found | null {
  const all = [...matchesOf(program.family), ...targetsOf(program.family)]
  const having = all.filter((one) => optionNames(one, program.family).includes(name))
  const extension = having.find((one) => words.includes(one.name)) ?? having[0]
  if (extension === undefined) return null
  const entry = Object.entries(extension.options as Options).find(([main, { aliases = [] }]) =>
    [main, ...aliases].includes(name),
  )
  return entry === undefined ? null : { extension, name: entry[0], option: entry[1] }
}

function spellings(attempt: Attempt, name: string): string[] {
  const found = optionNamed(attempt, name)
  return found === null ? [] : [found.name, ...(found.option.aliases ?? [])].map((one) => `--${one}`)
}

function formOf(attempt: Attempt, name: string): string {
  const placeholder = optionNamed(attempt, name)?.option.placeholder ?? ''
  return placeholder === '' ? 'value' : placeholder
}

function placeOfValue(words: readonly string[], option: number): number {
  return Math.min(endOf(words, option) - 1, words.length - 1)
}

/** Where reading stopped at an option of an extension: what it takes. */
function formOfOption(attempt: Attempt): Hint | null {
  const { words, at, error } = attempt
  if (at === null || ('errno' in error && error.errno !== undefined)) return null
  const option = words[startOf(words, at)] === '!' ? at + 1 : at
  const name = /^--([\w-]+)/.exec(words[option] ?? '')?.[1]
  const found = name === undefined ? null : optionNamed(attempt, name)
  if (found === null || found.option.words === 0) return null
  const form = found.option.placeholder
  return {
    at: placeOfValue(words, option),
    text: both(`--${name} takes ${form}`, `--${name} 的值写作 ${form}`),
  }
}
