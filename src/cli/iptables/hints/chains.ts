import { likelyTable, tablesWith } from './kernel.ts'
import type { Attempt, Case, Hint } from './types.ts'
import { chainNames, chainOf, find, meantBy, orList, put, SPELLINGS, withOption, withTable } from './words.ts'

/** Chains that are missing or wrong, rules that are not there, devices that a chain does not know. */
export const chainCases: readonly Case[] = [
  { says: /^No chain\/target\/match by that name$/, hint: missingChain },
  {
    says: /^Can't use -([io]) with (\w+)$/,
    hint: ({ words }, [, letter = '', chain = '']) => {
      const isInput = letter === 'i'
      const at = find(words, isInput ? SPELLINGS.input : SPELLINGS.output)
      if (at < 0) return null
      const other = isInput ? '-o' : '-i'
      return {
        at,
        text: isInput
          ? {
              en: `packets in ${chain} have no incoming device (any more): -o says by which they leave`,
              zh: `${chain} 链中的包没有（或不再有）入接口：离开的接口用 -o`,
            }
          : {
              en: `packets in ${chain} have no outgoing device yet: -i says by which they came`,
              zh: `${chain} 链中的包还没有出接口：进入的接口用 -i`,
            },
        fix: [
          withOption(
            words,
            at,
            (words[at] as string).startsWith('--') ? (isInput ? '--out-interface' : '--in-interface') : other,
          ),
        ],
      }
    },
  },
  {
    says: /^Bad policy name$|^Can't set policy `/,
    hint: ({ words, isRestored }) => {
      const at = isRestored ? 1 : find(words, SPELLINGS.policy) + 2
      const name = words[at] ?? ''
      const chain = isRestored ? (words[0] ?? '').slice(1) : (words[at - 1] ?? '')
      const near = meantBy(name, ['ACCEPT', 'DROP'])
      if (near !== undefined) {
        return { at, text: { en: `did you mean ${near}?`, zh: `是不是想写 ${near}？` }, fix: [put(words, at, 1, near)] }
      }
      const isTarget = /^reject$/i.test(name)
      return {
        at,
        text: {
          en: `a policy is ACCEPT or DROP${isTarget ? '; refuse with a last rule instead' : ''}`,
          zh: `默认策略只能是 ACCEPT 或 DROP${isTarget ? '；要拒绝请在链尾加一条规则' : ''}`,
        },
        ...(isTarget && !isRestored ? { fix: [put(words, at - 2, 3, '-A', chain, '-j', 'REJECT')] } : {}),
      }
    },
  },
  {
    says: /^Bad built-in chain name$/,
    hint: (attempt) => {
      const { words } = attempt
      const at = find(words, SPELLINGS.policy) + 1
      const name = words[at] ?? ''
      const meant = meantBy(name, builtIn(attempt))
      return {
        at,
        text:
          meant === undefined
            ? {
                en: 'only built-in chains have a policy; a chain of your own ends in a last rule, such as -j DROP',
                zh: '只有内建链才有默认策略；自建链请在末尾加一条规则，如 -j DROP',
              }
            : { en: `did you mean ${meant}?`, zh: `是不是想写 ${meant}？` },
        ...(meant === undefined ? {} : { fix: [put(words, at, 1, meant)] }),
      }
    },
  },
  { says: /^Bad rule \(does a matching rule exist in that chain\?\)$/, hint: missingRule },
  {
    says: /^Index of (insertion|replacement|deletion|counter) too big$/,
    hint: (attempt, [, what = '']) => {
      const chain = chainOf(attempt.words)
      if (chain === null) return null
      const count = rulesOf(attempt, chain.name).length
      const at = chain.at + 1
      const isInsertion = what === 'insertion'
      const fixed = put(attempt.words, chain.at - 1, 3, '-A', chain.name)
      return {
        at,
        text: {
          en: `chain ${chain.name} has ${count} ${count === 1 ? 'rule' : 'rules'}${isInsertion ? '; -A appends behind them' : ''}`,
          zh: `${chain.name} 链有 ${count} 条规则${isInsertion ? '；-A 追加在末尾' : ''}`,
        },
        ...(isInsertion ? { fix: [fixed] } : {}),
      }
    },
  },
  {
    says: /^Chain already exists$|^File exists$/,
    hint: ({ words, table }) => {
      const at = find(words, ['-N', '--new-chain', '-E', '--rename-chain'])
      return {
        at: at + 1,
        text: {
          en: `table ${table} has a chain of this name already; -F empties it`,
          zh: `${table} 表中已有这个名字的链；-F 可以清空它`,
        },
      }
    },
  },
  {
    says: /^(Too many links|Directory not empty)$/,
    hint: (attempt, [, what]) => {
      const { words, tables, table } = attempt
      const at = find(words, ['-X', '--delete-chain'])
      const name = words[at + 1]
      if (at < 0 || name === undefined || name.startsWith('-')) return null
      if (what === 'Directory not empty') {
        return {
          at: at + 1,
          text: { en: `chain ${name} has rules: empty it first`, zh: `${name} 链中还有规则：请先清空` },
          fix: [put(words, at, 1, '-F'), [...words]],
        }
      }
      const places = [...tables].flatMap(([one, { chains }]) =>
        one !== table
          ? []
          : [...chains.values()].flatMap((chain) =>
              chain.rules.flatMap((rule, index) => (rule.jump === name ? [`${chain.name}:${index + 1}`] : [])),
            ),
      )
      const shown = places.slice(0, 5).join(', ')
      return {
        at: at + 1,
        text: {
          en: `rules still lead to chain ${name}: ${shown}${places.length > 5 ? ', …' : ''}`,
          zh: `还有规则跳到 ${name} 链：${shown}${places.length > 5 ? ' 等' : ''}`,
        },
      }
    },
  },
  {
    says: /^Invalid argument$/,
    hint: ({ words }) => {
      const at = find(words, ['-X', '--delete-chain'])
      return at < 0
        ? null
        : {
            at: at + 1,
            text: {
              en: 'built-in chains cannot be deleted; -F empties them',
              zh: '内建链不能删除；-F 可以清空它',
            },
            fix: [put(words, at, 1, '-F')],
          }
    },
  },
  {
    says: /^chain name may not clash with target name$/,
    hint: ({ words }) => ({
      at: find(words, ['-N', '--new-chain']) + 1,
      text: { en: 'a target has this name: take another', zh: '已有同名的目标：请换一个名字' },
    }),
  },
]

function builtIn({ tables, table }: Attempt): string[] {
  const one = [...tables].find(([name]) => name === table)?.[1]
  return one === undefined
    ? ['INPUT', 'FORWARD', 'OUTPUT']
    : [...one.chains.values()].flatMap(({ name, policy }) => (policy === null ? [] : [name]))
}

function rulesOf({ tables, table }: Attempt, chain: string): readonly { readonly text: string }[] {
  return [...tables].find(([name]) => name === table)?.[1].chains.get(chain)?.rules ?? []
}

function missingChain(attempt: Attempt): Hint | null {
  const { words, table, isRestored } = attempt
  const chain = chainOf(words)
  if (chain === null) return null
  const { name, at } = chain
  const known = chainNames(attempt)
  const all = known.length > 0 ? known : builtIn(attempt)
  // The words are the same where a rule with an extension as its target, or what a target names, is not there.
  if (all.includes(name)) return find(words, ['-D', '--delete', '-C', '--check']) < 0 ? null : missingRule(attempt)
  const upper = all.find((one) => one.toLowerCase() === name.toLowerCase())
  if (upper !== undefined) {
    return {
      at,
      text: { en: `chain names are case-sensitive: ${upper}`, zh: `链名区分大小写：${upper}` },
      fix: [put(words, at, 1, upper)],
    }
  }
  const others = tablesWith(name.toUpperCase()).filter((one) => one !== table)
  if (others.length > 0) {
    const meant = likelyTable(attempt, name.toUpperCase())
    const fixed = meant === null ? null : withTable(attempt, put(words, at, 1, name.toUpperCase()), meant)
    return {
      at,
      text: {
        en: `table ${table} has no chain ${name}; ${orList(others)} ${others.length === 1 ? 'has' : 'have'} one`,
        zh: `${table} 表没有 ${name} 链；${others.join('、')} 表才有`,
      },
      ...(fixed ? { fix: [fixed] } : {}),
    }
  }
  const near = meantBy(name, all)
  if (near !== undefined) {
    return { at, text: { en: `did you mean ${near}?`, zh: `是不是想写 ${near}？` }, fix: [put(words, at, 1, near)] }
  }
  const adds = ['-A', '--append', '-I', '--insert'].includes(words[at - 1] ?? '')
  const where = isRestored ? `:${name} - [0:0]` : `-N ${name}`
  const create = isRestored || table === 'filter' ? ['-N', name] : ['-t', table, '-N', name]
  return {
    at,
    text: {
      en: `table ${table} has no chain ${name}${adds ? `; make it first: ${where}` : `; it has ${all.slice(0, 8).join(', ')}`}`,
      zh: `${table} 表没有 ${name} 链${adds ? `；请先创建：${where}` : `；有 ${all.slice(0, 8).join('、')}`}`,
    },
    ...(adds ? { fix: [create, [...words]] } : {}),
  }
}

/** `-D` or `-C` of a rule that is not there: the one most like it. */
function missingRule(attempt: Attempt): Hint | null {
  const { words, table } = attempt
  const chain = chainOf(words)
  if (chain === null) return null
  const rules = rulesOf(attempt, chain.name)
  const given = new Set(words.slice(chain.at + 1))
  let best: { readonly text: string; readonly number: number } | null = null
  let most = 0
  for (const [index, { text }] of rules.entries()) {
    const have = text.split(' ')
    const shared = have.filter((word) => given.has(word)).length / Math.max(have.length, given.size)
    if (shared > most) [most, best] = [shared, { text, number: index + 1 }]
  }
  const list = `iptables${attempt.program.family === 6 ? ' (ip6tables)' : ''} ${table === 'filter' ? '' : `-t ${table} `}-S ${chain.name}`
  if (best === null || most < 0.5) {
    return {
      at: chain.at,
      text: {
        en: `chain ${chain.name} of table ${table} has no such rule, word for word (${list} shows them)`,
        zh: `${table} 表的 ${chain.name} 链没有完全相同的规则（用 ${list} 查看）`,
      },
    }
  }
  return {
    at: chain.at,
    text: {
      en: `the nearest rule is number ${best.number}: ${best.text}`,
      zh: `最接近的是第 ${best.number} 条规则：${best.text}`,
    },
    fix: [put(words, chain.at + 1, words.length - chain.at - 1, String(best.number))].filter(() =>
      ['-D', '--delete'].includes(words[chain.at - 1] ?? ''),
    ),
  }
}
