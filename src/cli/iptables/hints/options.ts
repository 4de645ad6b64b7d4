import type { Attempt, Case, Hint, Text } from './types.ts'
import {
  FREE_TEXT,
  find,
  GENERAL_OPTIONS,
  loadedMatches,
  matchesOf,
  meantBy,
  numberOf,
  optionNames,
  put,
  SPELLINGS,
  startOf,
  targetsOf,
  valueAt,
  valueFor,
  withOption,
  withValue,
} from './words.ts'

/** Options by names that people expect, where `when` is null or a match that the rule loads. */
const RENAMED: readonly (readonly [written: string, meant: string, when: string | null])[] = [
  ['--days', '--weekdays', 'time'],
  ['--day', '--weekdays', 'time'],
  ['--state', '--ctstate', 'conntrack'],
  ['--ctstate', '--state', 'state'],
  ['--src-port', '--sport', null],
  ['--dst-port', '--dport', null],
  ['--src-ports', '--sports', null],
  ['--dst-ports', '--dports', null],
  ['--destination-ip', '--destination', null],
  ['--source-ip', '--source', null],
  ['--src-ip', '--source', null],
  ['--dst-ip', '--destination', null],
  ['--interface', '--in-interface', null],
  ['--proto', '--protocol', null],
  ['--target', '--jump', null],
  ['--uid', '--uid-owner', 'owner'],
  ['--user', '--uid-owner', 'owner'],
  ['--gid', '--gid-owner', 'owner'],
  ['--mac', '--mac-source', 'mac'],
  ['--src-mac', '--mac-source', 'mac'],
  ['--prefix', '--log-prefix', null],
  ['--with', '--reject-with', null],
  ['--seconds-ago', '--seconds', 'recent'],
  ['--connlimit', '--connlimit-above', 'connlimit'],
  ['--icmp-type', '--icmpv6-type', 'icmp6'],
  ['--icmpv6-type', '--icmp-type', 'icmp'],
  ['--ulog-prefix', '--nflog-prefix', null],
  ['--ulog-nlgroup', '--nflog-group', null],
]

/** Which of several matches with an option of the same name is meant. */
const PREFERRED =
  'conntrack state limit multiport recent string time iprange mac owner set comment connlimit mark statistic icmp icmp6 tcp'.split(
    ' ',
  )

/** What to give where a required option is missing. */
const USUAL: Readonly<Record<string, readonly string[]>> = {
  'string --algo': ['--algo', 'bm'],
  'statistic --mode': ['--mode', 'random'],
}

/** Options that nobody knows, that lack something, and words that stand alone. */
export const optionCases: readonly Case[] = [
  {
    says: /^/,
    hint: ({ words, program }) => {
      const at = words.findIndex((word) => /^--[A-Za-z0-9]$/.test(word))
      if (at >= 0) return dashes(words, at, (words[at] as string).slice(1), 'one')
      const all = [
        ...GENERAL_OPTIONS,
        ...[...matchesOf(program.family), ...targetsOf(program.family)].flatMap((one) =>
          optionNames(one, program.family),
        ),
      ]
      const single = words.findIndex((word, index) => {
        const name = /^-([a-z][a-z0-9-]{2,})(?:=|$)/.exec(word)?.[1]
        return name !== undefined && all.includes(name) && !FREE_TEXT.includes(words[index - 1] ?? '')
      })
      return single < 0 ? null : dashes(words, single, `-${words[single]}`, 'two')
    },
  },
  { says: /^unknown option "(--[^"=]*)/, hint: (attempt, [, option = '']) => unknownOption(attempt, option) },
  {
    says: /^unknown option "(-[^"])"$/,
    hint: ({ at }, [, option = '']) =>
      at === null ? null : { at, text: { en: `there is no option ${option}`, zh: `没有选项 ${option}` } },
  },
  {
    says: /^([\w-]+): option "(--[\w-]+)" must be specified$/,
    hint: ({ words }, [, name = '', option = '']) => {
      const loaded = words.findIndex(
        (word, at) => word === name && ['-m', '-j', '--match', '--jump'].includes(words[at - 1] ?? ''),
      )
      const at = loaded < 0 ? words.length - 1 : loaded
      const usual = USUAL[`${name} ${option}`]
      const shown = usual?.join(' ') ?? option
      return {
        at,
        text: { en: `${name} needs ${shown} as well`, zh: `${name} 还需要 ${shown}` },
        ...(usual && loaded >= 0 ? { fix: [put(words, at + 1, 0, ...usual)] } : {}),
      }
    },
  },
  {
    says: /^(?:.*: option "--([\w-]+)" can only be used once\.|Only one `--([\w-]+)' allowed)$/,
    hint: ({ words }, [, one, other]) => {
      const option = `--${one ?? other}`
      const at = find(words, [option], find(words, [option]) + 1)
      return {
        at: Math.max(at, 0),
        text: {
          en: `${option} may stand once in a match; write a second rule`,
          zh: `${option} 在一个匹配中只能出现一次；请另写一条规则`,
        },
      }
    },
  },
  {
    says: /^bad rate "(.*)"'$/,
    hint: ({ words }, [, value = '']) => {
      const at = words.findIndex((word) => word === value || word.endsWith(`=${value}`))
      return {
        at: Math.max(at, 0),
        text: {
          en: 'a rate is a number per second, minute, hour or day, such as 5/minute',
          zh: '速率写成每 second、minute、hour 或 day 的次数，例如 5/minute',
        },
      }
    },
  },
  {
    says: /^--(tcp-flags|match-set) requires two args\.$/,
    hint: ({ words }, [, name = '']) => {
      const at = find(words, [`--${name}`])
      if (at < 0) return null
      const value = valueAt(words, at) ?? ''
      if (name === 'match-set') {
        return {
          at,
          text: {
            en: '--match-set takes a set and what of the packet is looked up: src or dst',
            zh: '--match-set 需要集合名和要查找的内容：src 或 dst',
          },
        }
      }
      return {
        at,
        text: {
          en: `--tcp-flags takes the flags to look at and those of them that must be set: --tcp-flags SYN,ACK,FIN,RST ${value || 'SYN'}`,
          zh: `--tcp-flags 需要两个值：要检查的标志，以及其中必须置位的标志：--tcp-flags SYN,ACK,FIN,RST ${value || 'SYN'}`,
        },
        ...(value === 'SYN' ? { fix: [put(words, at, 2, '--syn')] } : {}),
      }
    },
  },
  {
    says: /^Illegal option `(-.)' with this command$/,
    hint: ({ words }, [, option = '']) => {
      const long: Readonly<Record<string, string>> = {
        '-n': '--numeric',
        '-x': '--exact',
        '-0': '--line-numbers',
        '-v': '--verbose',
      }
      const at = find(words, [option, long[option] ?? option])
      if (at < 0) return null
      return {
        at,
        text: { en: `${words[at]} has no meaning for this command`, zh: `${words[at]} 对这个命令没有意义` },
        ...(long[option] ? { fix: [put(words, at, 1)] } : {}),
      }
    },
  },
  {
    says: /^(?:option "(-\S+)" requires an argument|no command specified)$/,
    hint: ({ words }, [, option]) => {
      const at = Math.max(words.length - 1, 0)
      if (option !== undefined) {
        return { at, text: { en: `${option} needs a value behind it`, zh: `${option} 后面缺少值` } }
      }
      return {
        at: 0,
        text: {
          en: 'say what to do: -A CHAIN appends a rule, -L lists, -h helps',
          zh: '请指明要做什么：-A 链名 追加规则，-L 列出规则，-h 查看帮助',
        },
      }
    },
  },
]

function dashes(words: readonly string[], at: number, meant: string, count: 'one' | 'two'): Hint {
  return {
    at,
    text:
      count === 'one'
        ? { en: `an option of one letter has one dash: ${meant}`, zh: `单字母选项只有一个横线：${meant}` }
        : { en: `a long option has two dashes: ${meant}`, zh: `长选项要用两个横线：${meant}` },
    fix: [put(words, at, 1, meant)],
  }
}

/** The extensions that the words load, by `-m`, `-p` and `-j`. */
function loadedNames(words: readonly string[], family: 4 | 6): string[] {
  const protocol = valueFor(words, SPELLINGS.protocol)?.toLowerCase()
  const number = protocol === undefined ? null : numberOf(protocol)
  const implied = matchesOf(family).filter(({ implicitFor }) => number !== null && implicitFor?.includes(number))
  return [...loadedMatches(words), ...implied.map(({ name }) => name), valueFor(words, SPELLINGS.jump) ?? '']
}

function unknownOption(attempt: Attempt, option: string): Hint | null {
  const { words, program } = attempt
  const { family } = program
  const place = attempt.at ?? find(words, [option])
  if (place < 0) return null
  const loaded = loadedNames(words, family)
  for (const [written, meant, when] of RENAMED) {
    if (written !== option || (when !== null && !loaded.includes(when))) continue
    return { at: place, text: isCalled(meant), fix: [withOption(words, place, meant)] }
  }
  const name = option.slice(2)
  const protocol = find(words, SPELLINGS.protocol)
  if (option === (family === 6 ? '--icmp-type' : '--icmpv6-type')) {
    const [meant, type] = family === 6 ? ['ipv6-icmp', '--icmpv6-type'] : ['icmp', '--icmp-type']
    const renamed = withOption(words, place, type as string)
    return {
      at: place,
      text: {
        en: `in IPv${family} it is -p ${meant} ${type}`,
        zh: `在 IPv${family} 中是 -p ${meant} ${type}`,
      },
      fix: [
        protocol < 0 ? put(renamed, place, 0, '-p', meant as string) : withValue(renamed, protocol, meant as string),
      ],
    }
  }
  const owners = [...matchesOf(family), ...targetsOf(family)].filter((one) => optionNames(one, family).includes(name))
  return owners.length > 0
    ? optionOfOthers(attempt, place, option, owners)
    : (misspelt(attempt, place, option, loaded) ?? {
        at: place,
        text: { en: `no match or target has an option ${option}`, zh: `没有任何匹配或目标有选项 ${option}` },
      })
}

const isCalled = (name: string): Text => ({ en: `the option is called ${name}`, zh: `该选项叫 ${name}` })

/** An option of an extension that is not loaded, or not yet. */
function optionOfOthers(
  { words, program }: Attempt,
  place: number,
  option: string,
  owners:
    | readonly ReturnType<typeof matchesOf>[number][]
    | readonly (ReturnType<typeof matchesOf>[number] | ReturnType<typeof targetsOf>[number])[],
): Hint {
  const start = startOf(words, place)
  const names = owners.map(({ name }) => name)
  const later = words.findIndex(
    (word, at) => at > place && names.includes(word) && ['-m', '-j', '--match', '--jump'].includes(words[at - 1] ?? ''),
  )
  if (later > 0) {
    const moved = [words[later - 1] as string, words[later] as string]
    return {
      at: place,
      text: {
        en: `${moved.join(' ')} stands before its options`,
        zh: `${moved.join(' ')} 要写在它的选项之前`,
      },
      fix: [put(put(words, later - 1, 2), start, 0, ...moved)],
    }
  }
  const match = [...owners].filter(({ kind }) => kind === 'match').sort((a, b) => rank(a.name) - rank(b.name))[0]
  if (match === undefined) {
    const list = names.map((name) => `-j ${name}`)
    const hasTarget = find(words, SPELLINGS.jump) >= 0
    return {
      at: place,
      text: {
        en: `${option} is an option of ${list.slice(0, 4).join(', ')}`,
        zh: `${option} 是 ${list.slice(0, 4).join('、')} 的选项`,
      },
      ...(names.length === 1 && !hasTarget ? { fix: [put(words, start, 0, '-j', names[0] as string)] } : {}),
    }
  }
  if ('implicitFor' in match && match.implicitFor !== undefined && find(words, SPELLINGS.protocol) < 0) {
    const protocol = match.name === 'icmp6' ? 'ipv6-icmp' : match.name
    return {
      at: place,
      text: { en: `${option} needs -p ${protocol} before it`, zh: `${option} 之前需要 -p ${protocol}` },
      fix: [put(words, start, 0, '-p', protocol)],
    }
  }
  if (option === '--state') {
    return {
      at: place,
      text: {
        en: '--state is an option of -m state; the form of today is -m conntrack --ctstate',
        zh: '--state 是 -m state 的选项；现在的写法是 -m conntrack --ctstate',
      },
      fix: [withOption(put(words, start, 0, '-m', 'conntrack'), place + 2, '--ctstate')],
    }
  }
  const list = [...new Set(owners.filter(({ kind }) => kind === 'match').map(({ name }) => `-m ${name}`))]
  const isClear = list.length === 1 || PREFERRED.includes(match.name)
  const isOther = program.family === 6 && match.name === 'icmp'
  return {
    at: place,
    text: {
      en: `${option} is an option of ${list.slice(0, 4).join(', ')}${list.length > 4 ? ', …' : ''}, which comes before it`,
      zh: `${option} 是 ${list.slice(0, 4).join('、')}${list.length > 4 ? ' 等' : ''} 的选项，须先写出`,
    },
    ...(isClear && !isOther ? { fix: [put(words, start, 0, '-m', match.name)] } : {}),
  }
}

function rank(name: string): number {
  const at = PREFERRED.indexOf(name)
  return at < 0 ? PREFERRED.length : at
}

function misspelt({ words, program }: Attempt, place: number, option: string, loaded: readonly string[]): Hint | null {
  const { family } = program
  const extensions = [...matchesOf(family), ...targetsOf(family)]
  const near = extensions.filter(({ name }) => loaded.includes(name)).flatMap((one) => optionNames(one, family))
  // Of equally near names the one that the rule has loaded is meant.
  const all = [...near, ...GENERAL_OPTIONS, ...extensions.flatMap((one) => optionNames(one, family))]
  const found = meantBy(
    option,
    all.map((name) => `--${name}`),
  )
  if (found === undefined) return null
  return {
    at: place,
    text: { en: `did you mean ${found}?`, zh: `是不是想写 ${found}？` },
    fix: [withOption(words, place, found)],
  }
}
