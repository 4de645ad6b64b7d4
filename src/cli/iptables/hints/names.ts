import { TABLE_NAMES } from '../../../netfilter/glossary.ts'
import { GONE_MATCHES, GONE_TARGETS } from './gone.ts'
import type { Attempt, Case, Hint, Text } from './types.ts'
import { chainNames, find, matchesOf, meantBy, put, SPELLINGS, targetsOf, valueFor, withValue } from './words.ts'

const VERDICTS = ['ACCEPT', 'DROP', 'RETURN', 'QUEUE']

/** Names of tables, targets and matches that do not exist, or no longer. */
export const nameCases: readonly Case[] = [
  {
    // An option of a target that is not there comes before the target itself.
    says: /^unknown option "/,
    hint: (attempt) => {
      const name = valueFor(attempt.words, SPELLINGS.jump)
      return name !== undefined && isMissingTarget(attempt, name) ? missingTarget(attempt, name) : null
    },
  },
  { says: /^Couldn't load target `(.*)':No such file/, hint: (attempt, [, name = '']) => missingTarget(attempt, name) },
  { says: /^goto '(.*)' is not a chain$/, hint: (attempt, [, name = '']) => missingTarget(attempt, name) },
  {
    says: /^Couldn't load match `(.*)':No such file/,
    hint: ({ words, program }, [, name = '']) => {
      const at = words.findIndex(
        (word, index) => word === name && SPELLINGS.match.some((one) => one === words[index - 1]),
      )
      if (at < 0) return null
      const gone = GONE_MATCHES[name]
      if (gone !== undefined) {
        return {
          at,
          text: { en: `-m ${name}: ${gone.en}`, zh: `-m ${name}：${gone.zh}` },
          ...(gone.now ? { fix: [put(words, at, 1, ...gone.now)] } : {}),
        }
      }
      const other = matchesOf(program.family === 4 ? 6 : 4).some((one) => one.name === name)
      const names = matchesOf(program.family).map((one) => one.name)
      const near = meantBy(name, names)
      if (other) {
        const program6 = program.family === 4 ? 'ip6tables' : 'iptables'
        return { at, text: { en: `-m ${name} is only in ${program6}`, zh: `-m ${name} 只用于 ${program6}` } }
      }
      return {
        at,
        text: near ? didYouMean(near) : { en: `there is no match ${name}`, zh: `没有名为 ${name} 的匹配` },
        ...(near ? { fix: [put(words, at, 1, near)] } : {}),
      }
    },
  },
  {
    says: /can't initialize \S+ table `(.*)': Table does not exist|unable to initialize table '(.*)'/,
    hint: ({ words, isRestored }, [, command, restored]) => {
      const name = command ?? restored ?? ''
      const near = meantBy(name, TABLE_NAMES)
      const at = isRestored ? 0 : find(words, SPELLINGS.table)
      if (at < 0) return null
      const list = TABLE_NAMES.join(', ')
      const fixed = isRestored ? [`*${near}`] : withValue(words, at, near ?? name)
      return {
        at: isRestored ? 0 : at + 1,
        text: {
          en: `there is no table ${name}${near ? `; did you mean ${near}?` : `: the tables are ${list}`}`,
          zh: `没有 ${name} 表${near ? `；是不是想写 ${near}？` : `：表有 ${list}`}`,
        },
        ...(near ? { fix: [fixed] } : {}),
      }
    },
  },
  {
    says: /^unknown reject type "(.*)"$/,
    hint: (attempt, [, value = '']) => {
      const { program } = attempt
      const names =
        program.family === 4
          ? 'icmp-net-unreachable icmp-host-unreachable icmp-proto-unreachable icmp-port-unreachable icmp-net-prohibited icmp-host-prohibited icmp-admin-prohibited tcp-reset'
          : 'icmp6-no-route icmp6-adm-prohibited icmp6-addr-unreachable icmp6-port-unreachable tcp-reset'
      // The other family's answer has the same sense.
      const sibling = program.family === 6 ? value.replace(/^icmp-/, 'icmp6-') : value.replace(/^icmp6-/, 'icmp-')
      return badChoice(attempt, ['--reject-with'], value, sibling, names.split(' '))
    },
  },
  {
    says: /^log level "(.*)" unknown$/,
    hint: (attempt, [, value = '']) =>
      badChoice(attempt, ['--log-level'], value, value, 'emerg alert crit error warning notice info debug'.split(' ')),
  },
  {
    says: /^Unknown TCP flag `(.*)'$/,
    hint: ({ words }, [, value = '']) => {
      const option = find(words, ['--tcp-flags'])
      const at = words.findIndex((word, index) => index > option && word.split(',').includes(value))
      const near = meantBy(value, ['SYN', 'ACK', 'FIN', 'RST', 'URG', 'PSH', 'ALL', 'NONE'])
      if (at < 0) return null
      return {
        at,
        text: near
          ? didYouMean(near)
          : { en: 'TCP flags are SYN ACK FIN RST URG PSH ALL NONE', zh: 'TCP 标志有 SYN ACK FIN RST URG PSH ALL NONE' },
        ...(near ? { fix: [put(words, at, 1, (words[at] as string).replace(value, near))] } : {}),
      }
    },
  },
  {
    says: /^(?:Bad state "|conntrack: Bad value for "--ctstate" option: "|Bad ctstate ")(.*)"$/,
    hint: (attempt, [, value = '']) =>
      badChoice(
        attempt,
        ['--state', '--ctstate'],
        value,
        value,
        'NEW ESTABLISHED RELATED INVALID UNTRACKED SNAT DNAT'.split(' '),
      ),
  },
  {
    says: /^(?:Invalid|Unknown) ICMP(?:v6)? type `(.*)'$/i,
    hint: (attempt, [, value = '']) =>
      badChoice(
        attempt,
        ['--icmp-type', '--icmpv6-type'],
        value,
        { ping: 'echo-request', pong: 'echo-reply' }[value] ?? value,
        [
          'echo-request',
          'echo-reply',
          ...(attempt.program.family === 4
            ? ['source-quench', 'redirect', 'router-advertisement']
            : ['neighbour-solicitation', 'neighbour-advertisement', 'router-advertisement', 'packet-too-big']),
          'destination-unreachable',
          'time-exceeded',
          'parameter-problem',
        ],
      ),
  },
]

/** A word that an option does not know, and the near ones that it does. */
function badChoice(
  { words }: Attempt,
  options: readonly string[],
  value: string,
  meant: string,
  names: readonly string[],
): Hint | null {
  const option = find(words, options)
  if (option < 0) return null
  const near = meantBy(meant, names)
  const whole = (words[option + 1] ?? '').replace(value, near ?? value)
  return {
    at: option + 1,
    text: near
      ? didYouMean(near)
      : { en: `${words[option]} takes ${names.join(', ')}`, zh: `${words[option]} 可以是 ${names.join('、')}` },
    ...(near ? { fix: [put(words, option + 1, 1, whole)] } : {}),
  }
}

const didYouMean = (name: string): Text => ({ en: `did you mean ${name}?`, zh: `是不是想写 ${name}？` })

function isMissingTarget(attempt: Attempt, name: string): boolean {
  const known = targetsOf(attempt.program.family).some((one) => one.name === name)
  return !known && !VERDICTS.includes(name) && !chainNames(attempt).includes(name)
}

function missingTarget(attempt: Attempt, name: string): Hint | null {
  const { words, program } = attempt
  const option = find(words, [...SPELLINGS.jump, ...SPELLINGS.goto])
  if (option < 0) return null
  const at = option + 1
  const gone = GONE_TARGETS[name] ?? GONE_TARGETS[name.toUpperCase()]
  if (gone !== undefined) {
    return {
      at,
      text: { en: `${name}: ${gone.en}`, zh: `${name}：${gone.zh}` },
      ...(gone.now ? { fix: [withValue(words, option, gone.now)] } : {}),
    }
  }
  const names = [...VERDICTS, ...targetsOf(program.family).map((one) => one.name), ...chainNames(attempt)]
  const upper = names.find((one) => one === name.toUpperCase())
  if (upper !== undefined && upper !== name) {
    return {
      at,
      text: {
        en: `targets are written in capitals: ${upper}`,
        zh: `目标要用大写字母：${upper}`,
      },
      fix: [withValue(words, option, upper)],
    }
  }
  const near = meantBy(name, names)
  if (near !== undefined && near !== name) {
    return { at, text: didYouMean(near), fix: [withValue(words, option, near)] }
  }
  const elsewhere = [...attempt.tables].find(([table, { chains }]) => table !== attempt.table && chains.has(name))
  if (elsewhere !== undefined) {
    return {
      at,
      text: {
        en: `chain ${name} is in table ${elsewhere[0]}, and a rule jumps only within its table`,
        zh: `${name} 链在 ${elsewhere[0]} 表中，规则只能跳到本表的链`,
      },
    }
  }
  const where = attempt.isRestored ? `:${name} - [0:0]` : `-N ${name}`
  const create = attempt.isRestored || attempt.table === 'filter' ? ['-N', name] : ['-t', attempt.table, '-N', name]
  return {
    at,
    text: {
      en: `there is no target and no chain ${name}; a chain is made first: ${where}`,
      zh: `没有叫 ${name} 的目标或链；链要先创建：${where}`,
    },
    fix: [create, [...words]],
  }
}
