import { extensions } from '../../../host/extensions.ts'
import type { TableName } from '../../../netfilter/glossary.ts'
import {
  type Command,
  type EditedChain,
  EditedTable,
  newRule,
  parseCommand,
  type RuleSpec,
  tokenize,
} from '../../../xtables/index.ts'
import { excerpt } from '../../excerpt.ts'
import type { Language } from '../../language.ts'
import { tokensOf } from '../command.ts'
import type { Program } from '../programs.ts'
import { loadTables, type Trail } from '../session.ts'
import type { RuleStore } from '../store.ts'
import { firstCover, isForAll } from './covers.ts'
import { OLD_TARGETS } from './gone.ts'
import { restoredLine, shellLine } from './lines.ts'
import type { Text } from './types.ts'
import { find, put, SPELLINGS } from './words.ts'

/** Of a restored text only so many remarks are printed. */
const MOST_REMARKS = 3
/** Only the rules of short chains are compared with each other. */
const MOST_COMPARED = 400

/** Something about a rule that was taken and is probably not meant so. */
interface Remark {
  readonly at: number
  readonly text: Text
  readonly fix?: readonly (readonly string[])[]
}

const LABELS = { en: { hint: 'hint: ', try: 'try:  ' }, zh: { hint: '提示：', try: '试试：' } } as const

/** Remarks on a call that succeeded, with carets; empty where there are none. */
export function remarksOn(
  program: Program,
  argv: readonly string[],
  store: RuleStore,
  trail: Trail,
  language: Language,
): string {
  if (program.kind === 'restore') return restoredRemarks(program, trail, language)
  const command = read(program, tokensOf(argv), 'filter', () => true)
  if (command === null || !['append', 'insert'].includes(command.name)) return ''
  const chain = loadTables(store, program.family)
    .get(command.table as TableName)
    ?.chains.get(command.chain ?? '')
  if (chain === undefined) return ''
  const number = command.name === 'append' ? chain.rules.length : command.number
  const remark = remarkOn({ words: argv, command, chain, number, isRestored: false })
  if (remark === null) return ''
  const line = shellLine(program.name, argv)
  const fixes = (remark.fix ?? []).map((words) => `${LABELS[language].try}${shellLine(program.name, words).text}\n`)
  return `${excerpt(line.text, line.columns[remark.at] ?? 1)}\n${LABELS[language].hint}${remark.text[language]}\n${fixes.join('')}`
}

function read(
  { family }: Program,
  tokens: ReturnType<typeof tokensOf>,
  table: string,
  hasChain: (name: string) => boolean,
): Command | null {
  const registry = extensions()
  // Any name that is no target is a chain: the command was taken.
  const isChain = (name: string): boolean =>
    hasChain(name) && registry.target(name, family) === undefined && !STANDARD.includes(name)
  const command = parseCommand(tokens, { family, registry, table, hasChain: isChain, resolve: () => [[0, 0, 0, 1]] })
  return command.kind === 'command' ? command : null
}

const STANDARD = ['ACCEPT', 'DROP', 'RETURN', 'QUEUE']

function restoredRemarks(program: Program, { text = '' }: Trail, language: Language): string {
  let table: EditedTable | null = null
  let count = 0
  let shown = ''
  for (const [index, line] of text.split('\n').entries()) {
    if (line.startsWith('*')) table = new EditedTable(program.family, line.slice(1).trim() as TableName)
    const counters = /^\[[^\]]*\]/.exec(line)?.[0] ?? ''
    if (table === null || !/^\s*-[AI]/.test(line.slice(counters.length))) continue
    const tokens = tokenize(`${' '.repeat(counters.length)}${line.slice(counters.length)}`, true)
    const command = read(program, tokens, table.name, () => true)
    if (command === null || command.chain === null) continue
    if (!table.chains.has(command.chain)) table.create(command.chain)
    const chain = table.chains.get(command.chain) as EditedChain
    const rules = command.rules.map((spec) =>
      newRule(spec, table?.name ?? 'filter', index + 1, { packets: 0, bytes: 0 }),
    )
    const at = command.name === 'insert' ? command.number - 1 : chain.rules.length
    chain.rules.splice(at, 0, ...rules)
    const words = tokens.map((token) => token.text)
    const remark = remarkOn({ words, command, chain, number: at + rules.length, isRestored: true })
    if (remark === null || ++count > MOST_REMARKS) continue
    const fixes = (remark.fix ?? []).map((fixed) => `${LABELS[language].try}${restoredLine(fixed).text}\n`)
    const column = tokens[remark.at]?.column ?? 1
    shown += `${excerpt(line, column)}\n${LABELS[language].hint}${remark.text[language]}\n${fixes.join('')}`
  }
  const more: Text = { en: `${count - MOST_REMARKS} more like these`, zh: `另有 ${count - MOST_REMARKS} 处类似情况` }
  return count > MOST_REMARKS ? `${shown}${LABELS[language].hint}${more[language]}\n` : shown
}

interface Taken {
  readonly words: readonly string[]
  readonly command: Command
  readonly chain: EditedChain
  /** Of the rule in its chain, from 1. */
  readonly number: number
  readonly isRestored: boolean
}

function remarkOn(taken: Taken): Remark | null {
  const { chain, number } = taken
  const rule = chain.rules[number - 1]
  if (rule === undefined) return null
  return withoutTarget(taken, rule.spec) ?? oldTarget(taken, rule.spec) ?? neverMet(taken, rule.spec) ?? covered(taken)
}

/** Matches that do something themselves, for which a rule without a target is usual. */
const WORKING = ['recent', 'nfacct', 'quota', 'rateest', 'hashlimit', 'set']

function withoutTarget({ words }: Taken, spec: RuleSpec): Remark | null {
  if (spec.target !== null || spec.matches.some(({ name }) => WORKING.includes(name))) return null
  return {
    at: words.length - 1,
    text: {
      en: 'a rule without -j counts packets and nothing else; -j ACCEPT, -j DROP, … say what becomes of them',
      zh: '没有 -j 的规则只计数，什么也不做；用 -j ACCEPT、-j DROP 等指明如何处理',
    },
  }
}

function oldTarget({ words, isRestored }: Taken, { target }: RuleSpec): Remark | null {
  const name = target?.kind === 'standard' || target?.kind === 'extension' ? target.name : ''
  const old = OLD_TARGETS[name]
  const jump = find(words, SPELLINGS.jump)
  if (old === undefined || jump < 0 || (isRestored && name === 'NOTRACK')) return null
  return { at: jump + 1, text: old, fix: words.length === jump + 2 ? [put(words, jump + 1, 1, ...old.now)] : [] }
}

/** Devices and protocols that no packet has. */
function neverMet({ words }: Taken, { family, inDevice, outDevice, protocol }: RuleSpec): Remark | null {
  for (const [names, given] of [
    [SPELLINGS.input, inDevice],
    [SPELLINGS.output, outDevice],
  ] as const) {
    const at = find(words, names) + 1
    const name = given?.value ?? ''
    if (at === 0) continue
    if (name.includes('*')) {
      const meant = name.replace(/\*.*$/, '+')
      return {
        at,
        text: {
          en: `* is a character of the name here; ${meant} means every device that begins so`,
          zh: `这里的 * 只是名称中的字符；${meant} 才表示所有以此开头的接口`,
        },
        fix: [put(words, at, 1, meant)],
      }
    }
    if (/^[^:]+:\d+$/.test(name)) {
      const meant = name.replace(/:.*$/, '')
      return {
        at,
        text: {
          en: `${name} is a label of an address, not a device: packets come by ${meant}, and -d tells the address`,
          zh: `${name} 是地址的标签而不是接口：数据包经由 ${meant}，用 -d 区分地址`,
        },
        fix: [put(words, at, 1, meant)],
      }
    }
  }
  const at = find(words, SPELLINGS.protocol) + 1
  const other = family === 6 ? 1 : 58
  if (at === 0 || protocol?.value !== other || protocol.inverted) return null
  const meant = family === 6 ? 'ipv6-icmp' : 'icmp'
  return {
    at,
    text: {
      en: `IPv${family} packets do not carry ${family === 6 ? 'icmp' : 'ipv6-icmp'}: theirs is ${meant}`,
      zh: `IPv${family} 的数据包不使用 ${family === 6 ? 'icmp' : 'ipv6-icmp'}，而是 ${meant}`,
    },
    fix: [put(words, at, 1, meant)],
  }
}

/** A rule that no packet reaches, since one before it decides about all of its packets. */
function covered({ words, command, chain, number, isRestored }: Taken): Remark | null {
  const { rules } = chain
  const before =
    rules.length > MOST_COMPARED
      ? rules.findIndex(
          ({ spec }, at) =>
            at < number - 1 &&
            isForAll(spec) &&
            firstCover([{ spec } as never, rules[number - 1] as never], 2) !== null,
        ) + 1
      : (firstCover(rules, number) ?? 0)
  const first = rules[before - 1]
  if (before === 0 || first === undefined) return null
  const isSame = first.text === rules[number - 1]?.text
  const which =
    isRestored && first.line > 0 ? { en: ` (line ${first.line})`, zh: `（第 ${first.line} 行）` } : { en: '', zh: '' }
  const at = find(words, [...SPELLINGS.append, ...SPELLINGS.insert])
  const isAppended = command.name === 'append' && !isRestored && command.rules.length === 1 && !isSame
  const table = command.table === 'filter' ? [] : ['-t', command.table]
  return {
    at: Math.max(at, 0),
    text: isSame
      ? {
          en: `the same rule is there already, as number ${before} of ${chain.name}${which.en}`,
          zh: `${chain.name} 链中已有同样的规则：第 ${before} 条${which.zh}`,
        }
      : {
          en: `no packet gets here: rule ${before} of ${chain.name}${which.en} decides before it (${first.text})`,
          zh: `没有数据包能到这里：${chain.name} 链的第 ${before} 条规则${which.zh}已先作出决定（${first.text}）`,
        },
    ...(isAppended
      ? {
          fix: [[...table, '-D', chain.name, String(number)], put(words, at, 2, '-I', chain.name, String(before))],
        }
      : {}),
  }
}
