import type { Hook } from '../../expression/environment.ts'
import type { Text } from '../iptables/hints/types.ts'
import type { Part } from './parts.ts'
import type { ReadCommand } from './read.ts'
import { HOOK_TEXTS, TABLE_TEXTS } from './texts/places.ts'
import { TARGET_TEXTS } from './texts/targets.ts'
import { type After, both } from './texts/types.ts'

/** Where a rule stands, which packets it is for and what becomes of them. */
export interface Outcome {
  /** Table and chain, and which packets come there. */
  readonly place: Text
  /** What must hold, all of it; null for commands without a rule. */
  readonly condition: Text | null
  /** What becomes of the packet; null for commands without a rule. */
  readonly effect: Text | null
  /** Where it goes then; null for commands without a rule. */
  readonly after: After | 'chain' | null
}

/** Sums a command up. */
export function outcomeOf(read: ReadCommand, parts: readonly Part[]): Outcome {
  const rule = read.command.rules[0]
  if (rule === undefined) return { place: placeOf(read), condition: null, effect: null, after: null }
  const { target } = rule
  const after =
    target === null ? 'next rule' : 'name' in target ? (TARGET_TEXTS[target.name]?.after ?? 'next rule') : 'chain'
  return { place: placeOf(read), condition: conditionOf(read, parts), effect: effectOf(read, parts, after), after }
}

function placeOf({ family, table, isTableAssumed, isBare, command }: ReadCommand): Text {
  const { chain } = command
  const sees = chain !== null && !isBare && chain in HOOK_TEXTS ? HOOK_TEXTS[chain as Hook] : null
  const where =
    chain === null
      ? both('all chains', '所有链')
      : isBare
        ? both('no chain named', '未指明链')
        : both(`chain ${chain}`, `${chain} 链`)
  const assumed = isTableAssumed ? both(' (assumed)', '（推断）') : both('', '')
  const user =
    chain === null || isBare
      ? both('', '')
      : both('; a chain of the user, for packets that rules send there', '；自建链，由规则跳转而来')
  const packets = sees === null ? user : both(`: ${sees.en}`, `：${sees.zh}`)
  return both(
    `IPv${family}, table ${table}${assumed.en}, ${where.en}${packets.en}\nTable ${table} ${TABLE_TEXTS[table].en}`,
    `IPv${family}，${table} 表${assumed.zh}，${where.zh}${packets.zh}\n${table} 表：${TABLE_TEXTS[table].zh}`,
  )
}

function conditionOf({ command }: ReadCommand, parts: readonly Part[]): Text {
  const ofTarget = command.rules[0]?.target?.kind === 'extension' ? command.rules[0].target.name : null
  const conditions = parts.filter(
    ({ kind, extension }) => kind === 'condition' || (kind === 'option' && extension !== ofTarget),
  )
  const count = command.rules.length
  const several =
    count > 1
      ? both(` (${count} rules are made, one for each address)`, `（会建立 ${count} 条规则，每个地址一条）`)
      : both('', '')
  if (conditions.length === 0)
    return both(`It is for every packet that gets here${several.en}.`, `适用于到达这里的所有数据包${several.zh}。`)
  const en = conditions.map(({ meaning }) => meaning.en).join(', and ')
  const zh = conditions.map(({ meaning }) => meaning.zh).join('，并且')
  return both(
    `It is for packets of which all of this is true: ${en}${several.en}.`,
    `适用于同时满足以下条件的数据包：${zh}${several.zh}。`,
  )
}

function effectOf({ command, table, isBare }: ReadCommand, parts: readonly Part[], after: Outcome['after']): Text {
  const target = command.rules[0]?.target ?? null
  if (target === null) {
    return both('It only counts them; the next rule is looked at.', '它只计数，然后继续检查下一条规则。')
  }
  const main = parts.find(({ kind }) => kind === 'target')?.meaning ?? both('', '')
  if (!('name' in target)) return both(`Then: ${main.en}.`, `然后：${main.zh}。`)
  const details = parts.filter(({ kind, extension }) => kind === 'option' && extension === target.name)
  const en = [main.en, ...details.map(({ meaning }) => meaning.en)].join(', ')
  const zh = [main.zh, ...details.map(({ meaning }) => meaning.zh)].join('，')
  const chain = command.chain !== null && command.chain in HOOK_TEXTS ? command.chain : null
  const next = ((): Text => {
    switch (after) {
      case 'next rule':
        return both('The next rule is looked at.', '随后继续检查下一条规则。')
      case 'next table':
        return both(
          `No further rule of table ${table} is looked at in this hook; the tables and hooks behind it still are.`,
          `本钩子中不再检查 ${table} 表的其他规则；之后的表和钩子仍会检查。`,
        )
      case 'end':
        return target.name === 'NFQUEUE' || target.name === 'QUEUE'
          ? both('Rules wait for its answer.', '规则的检查等待其答复。')
          : both('Its way ends here.', '数据包到此为止。')
      case 'caller':
        if (chain !== null) return both(`The policy of ${chain} decides.`, `由 ${chain} 链的默认策略决定。`)
        return isBare
          ? both('', '')
          : both('The rule behind the jump is looked at next.', '接着检查跳转规则之后的规则。')
      default:
        return both('', '')
    }
  })()
  return both(`Then: ${en}. ${next.en}`.trim(), `然后：${zh}。${next.zh}`.trim())
}
