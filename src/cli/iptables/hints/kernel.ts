import { TABLE_HOOKS, TABLE_NAMES, type TableName } from '../../../netfilter/glossary.ts'
import { UsageError } from '../../../util/errors.ts'
import { TableError } from '../../../xtables/index.ts'
import { refusalInChinese } from './reasons-zh.ts'
import type { Attempt, Case } from './types.ts'
import { chainOf, find, matchesOf, orList, put, SPELLINGS, startOf, targetsOf, withTable } from './words.ts'

/** The chain that a target is mostly used in, where it may not stand in the one given. */
const USUAL_CHAIN: Readonly<Record<string, string>> = {
  DNAT: 'PREROUTING',
  REDIRECT: 'PREROUTING',
  SNAT: 'POSTROUTING',
  MASQUERADE: 'POSTROUTING',
  TPROXY: 'PREROUTING',
  CT: 'PREROUTING',
  NOTRACK: 'PREROUTING',
  TRACE: 'PREROUTING',
}

/** Rules that iptables takes and the kernel refuses. */
export const kernelCases: readonly Case[] = [
  {
    says: /^-j (\S+) is only valid in tables? (.+), not in table (\w+)$/,
    hint: (attempt, [, target = '', tables = '', table = '']) => {
      const valid = tables.split(', ')
      const meant = valid[0] as string
      const hooks = hooksOf(attempt, target)
      const place = targetPlace(attempt.words, target)
      const chains = hooks.length > 0 ? hooks : TABLE_HOOKS[meant as TableName]
      const chain = chainOf(attempt.words)
      const isBuiltIn = Object.values(TABLE_HOOKS).some((one) => one.some((hook) => hook === chain?.name))
      // SNAT may stand in INPUT too, which hardly anybody means.
      const fits = chains.some((one) => one === chain?.name) && target !== 'SNAT'
      const better = chain === null || fits ? null : chainFor(target, chains)
      const words =
        better !== null && chain !== null && isBuiltIn ? put(attempt.words, chain.at, 1, better) : attempt.words
      const fixed = chain !== null && !isBuiltIn ? null : withTable(attempt, words, meant)
      return {
        at: place,
        text: {
          en: `${target} works only in table ${orList(valid)} (${chains.join(', ')}), and this is ${table}`,
          zh: `${target} 只能用在 ${valid.join('、')} 表（${chains.join('、')} 链）中，而这是 ${table} 表`,
        },
        ...(fixed ? { fix: [fixed] } : {}),
      }
    },
  },
  {
    says: /^-([jm]) (\S+) is not valid in (\w+)(?:, from which chain (\S+) is reached)?$/,
    hint: (attempt, [, letter = '', name = '', hook = '', through]) => {
      const { words } = attempt
      const chain = chainOf(words)
      const hooks = hooksOf(attempt, name)
      const at = letter === 'j' ? targetPlace(words, name) : Math.max(words.indexOf(name), 0)
      const better = letter === 'j' && through === undefined && chain?.name === hook ? chainFor(name, hooks) : null
      const where =
        hooks.length > 0
          ? { en: `; it works in ${orList(hooks)}`, zh: `；它用于 ${hooks.join('、')}` }
          : { en: '', zh: '' }
      const path =
        through === undefined
          ? { en: '', zh: '' }
          : { en: `, which leads to ${through}`, zh: `（${through} 链由此到达）` }
      return {
        at,
        text: {
          en: `${name} has no place in ${hook}${path.en}${where.en}`,
          zh: `${name} 不能用在 ${hook}${path.zh}${where.zh}`,
        },
        ...(better !== null && chain !== null ? { fix: [put(words, chain.at, 1, better)] } : {}),
      }
    },
  },
  {
    says: /needs `-p (\S+)'$|`-p (tcp)(?: --syn)?' is missing|bits of TCP need -p (tcp)/,
    hint: (attempt, [whole, first, second, third]) => {
      const { words } = attempt
      const protocol = first ?? second ?? third ?? 'tcp'
      const isSyn = whole?.includes('--syn') === true
      const given = find(words, SPELLINGS.protocol)
      const name = /^(?:-[mj] )?(\w+)/.exec(attempt.message)?.[1] ?? ''
      const answer = find(words, ['--reject-with'])
      const at = attempt.message.includes('tcp-reset') && answer >= 0 ? answer : Math.max(words.indexOf(name), 0)
      const place = find(words, [...SPELLINGS.match, ...SPELLINGS.jump])
      const isTcp = given >= 0 && words[given + 1] === 'tcp' && startOf(words, given) === given
      const wanted = isTcp && isSyn ? ['--syn'] : ['-p', protocol, ...(isSyn ? ['--syn'] : [])]
      const fix =
        given >= 0 && !isTcp
          ? undefined
          : put(words, isTcp ? given + 2 : place < 0 ? words.length : place, 0, ...wanted)
      const what = words[at] === '--reject-with' ? '--reject-with tcp-reset' : name
      return {
        at,
        text: {
          en: `${what} needs ${wanted.join(' ')} in its rule`,
          zh: `${what} 需要规则中有 ${wanted.join(' ')}`,
        },
        ...(fix ? { fix: [fix] } : {}),
      }
    },
  },
  {
    says: /^-j (\w+): a built-in chain of table \w+ cannot be jumped to$/,
    hint: ({ words }, [, name = '']) => ({
      at: targetPlace(words, name),
      text: {
        en: `${name} is built in, and only packets come to it: jump to a chain of your own (-N NAME), or name a target such as ACCEPT`,
        zh: `${name} 是内建链，不能作为跳转目标：请跳到自建的链（-N 名称），或写 ACCEPT 等目标`,
      },
    }),
  },
  {
    says: /^loop: chain (\S+) of table (\S+) reaches itself$/,
    hint: ({ words }, [, chain = '', table = '']) => ({
      at: Math.max(find(words, [...SPELLINGS.jump, ...SPELLINGS.goto]) + 1, 0),
      text: {
        en: `with this rule chain ${chain} of table ${table} leads back to itself, and packets would never leave it`,
        zh: `加上这条规则，${table} 表的 ${chain} 链会绕回自身，数据包永远出不来`,
      },
    }),
  },
  {
    says: /^/,
    hint: ({ error, words }) => {
      if (!(error instanceof UsageError) || error.errno === undefined || error instanceof TableError) return null
      const name = /^(?:-[mj] )?([\w-]+)/.exec(error.message)?.[1] ?? ''
      const at = words.findIndex((word) => word === name || word === `--${name}`)
      return {
        at: Math.max(at, 0),
        text: {
          en: `the kernel refuses it: ${error.message}`,
          zh: `内核拒绝这条规则：${refusalInChinese(error.message)}`,
        },
      }
    },
  },
]

function hooksOf({ program }: Attempt, name: string): readonly string[] {
  const all = [...targetsOf(program.family), ...matchesOf(program.family)]
  const hooks = all.find((one) => one.name === name)?.hooks
  return Array.isArray(hooks) ? hooks : []
}

function chainFor(target: string, chains: readonly string[]): string | null {
  const usual = USUAL_CHAIN[target]
  if (usual !== undefined && chains.includes(usual)) return usual
  return chains.length === 1 ? (chains[0] as string) : null
}

function targetPlace(words: readonly string[], name: string): number {
  const at = words.findIndex((word, index) => word === name && SPELLINGS.jump.some((one) => one === words[index - 1]))
  return at < 0 ? Math.max(words.indexOf(name), 0) : at
}

/** The tables with a built-in chain of this name. */
export function tablesWith(chain: string): TableName[] {
  return TABLE_NAMES.filter((table) => TABLE_HOOKS[table].some((hook) => hook === chain))
}

/** The table that a rule for a chain of other tables is most likely for, by its target. */
export function likelyTable(attempt: Attempt, chain: string): TableName | null {
  const tables = tablesWith(chain)
  const jump = find(attempt.words, SPELLINGS.jump)
  const target = targetsOf(attempt.program.family).find((one) => one.name === attempt.words[jump + 1])
  const fitting = target?.tables?.filter((table) => tables.includes(table)) ?? []
  return fitting[0] ?? (tables.length === 1 ? (tables[0] as TableName) : null)
}
