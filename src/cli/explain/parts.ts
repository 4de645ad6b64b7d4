import type { Family } from '../../netfilter/glossary.ts'
import { type GlobalOption, globalByLetter, globalByName, globalsFrom } from '../../xtables/global-options.ts'
import type { AnyMatch, AnyTarget, OptionDefinition, Options, Token } from '../../xtables/index.ts'
import type { Text } from '../iptables/hints/types.ts'
import type { ReadCommand } from './read.ts'
import { ALL_CHAINS, COMMAND_TEXTS, GENERAL_TEXTS, SINGLE_HOST } from './texts/general.ts'
import { MATCH_TEXTS } from './texts/matches.ts'
import { noteOn } from './texts/notes.ts'
import { TARGET_TEXTS } from './texts/targets.ts'
import { both, fill } from './texts/types.ts'

/** What a part of a command is. */
export type PartKind = 'command' | 'table' | 'condition' | 'match' | 'target' | 'option' | 'setting'

/** One option as written, with what it means. */
export interface Part {
  readonly words: string
  /** From 1, in the text as given. */
  readonly column: number
  readonly kind: PartKind
  /** The match or target that it loads or is an option of; null for iptables' own. */
  readonly extension: string | null
  readonly inverted: boolean
  readonly meaning: Text
  /** What the words of its value mean; null where they need none. */
  readonly note: Text | null
}

/** Takes a command apart that was read without an error. */
export function partsOf(read: ReadCommand): Part[] {
  return new PartReader(read).read()
}

class PartReader {
  private readonly tokens: readonly Token[]
  private readonly family: Family
  /** The extensions of the rule, in the order in which their options are looked for. */
  private readonly extensions: (AnyMatch | AnyTarget)[] = []
  private readonly parts: Part[] = []
  private at = 0

  constructor({ tokens, family, command }: ReadCommand) {
    this.tokens = tokens
    this.family = family
    const rule = command.rules[0]
    if (rule === undefined) return
    for (const { definition } of rule.matches) if (definition !== null) this.extensions.unshift(definition)
    if (rule.target?.kind === 'extension') this.extensions.unshift(rule.target.definition)
  }

  read(): Part[] {
    while (this.at < this.tokens.length) {
      const from = this.at
      const inverted = this.tokens[this.at]?.text === '!'
      if (inverted) this.at++
      const token = this.tokens[this.at++]
      if (token === undefined) break
      if (token.text.startsWith('--')) this.readLong(token.text, from, inverted)
      else if (/^-./.test(token.text)) this.readLetters(token.text.slice(1), from, inverted)
    }
    return this.parts
  }

  private readLong(text: string, from: number, inverted: boolean): void {
    const [, name = '', attached] = /^--([^=]+)(?:=(.*))?$/s.exec(text) ?? []
    const exact = globalByName(name, this.family)
    const extension = exact === undefined ? this.optionNamed(name) : null
    if (extension !== null) return this.addOption(extension, attached, from, inverted)
    const option = exact ?? [...globalsFrom(name, this.family)][0]
    if (option !== undefined) this.addGeneral(option, attached, from, inverted)
  }

  private readLetters(letters: string, from: number, inverted: boolean, isFirst = true): void {
    const option = globalByLetter(letters[0] as string)
    if (option === undefined) return
    const rest = letters.slice(1)
    if (option.argument !== 'none') {
      const words = isFirst ? undefined : `-${letters[0]}`
      return this.addGeneral(option, rest === '' ? undefined : rest, from, inverted, words)
    }
    this.addGeneral(option, undefined, from, inverted, `-${letters[0]}`)
    if (rest !== '') this.readLetters(rest, from, inverted, false)
  }

  private optionNamed(
    name: string,
  ): { extension: AnyMatch | AnyTarget; main: string; option: OptionDefinition<unknown> } | null {
    const spellings = this.extensions.flatMap((extension) =>
      Object.entries(extension.options as Options).flatMap(([main, option]) =>
        [main, ...(option.aliases ?? [])].map((spelling) => ({ spelling, extension, main, option })),
      ),
    )
    return (
      spellings.find(({ spelling }) => spelling === name) ??
      spellings.find(({ spelling }) => spelling.startsWith(name)) ??
      null
    )
  }

  /** The next word, where it is no option. */
  private next(): string | null {
    const text = this.tokens[this.at]?.text
    if (text === undefined || /^[-!]/.test(text)) return null
    this.at++
    return text
  }

  private add(
    kind: PartKind,
    from: number,
    meaning: Text,
    extension: string | null,
    inverted: boolean,
    more: { readonly words?: string | undefined; readonly note?: Text | null } = {},
  ): void {
    const written = this.tokens.slice(from, this.at).map(({ text }) => quoted(text))
    const column = this.tokens[from]?.column ?? 1
    const { words = written.join(' '), note = null } = more
    this.parts.push({ words, column, kind, extension, inverted, meaning, note })
  }

  private addOption(
    found: NonNullable<ReturnType<PartReader['optionNamed']>>,
    attached: string | undefined,
    from: number,
    inverted: boolean,
  ): void {
    const { extension, main, option } = found
    const values = attached === undefined ? [] : [attached]
    while (values.length < option.words) {
      const isRequired = values.length === 0 && !option.optional
      const value = isRequired ? (this.tokens[this.at++]?.text ?? '') : this.next()
      if (value === null) break
      values.push(value)
    }
    const texts = extension.kind === 'match' ? MATCH_TEXTS[extension.name] : TARGET_TEXTS[extension.name]
    const text = texts?.options[main]
    const value = values.map(quoted).join(' ')
    const help = option.help === undefined ? value : `${option.help}${value === '' ? '' : `: ${value}`}`
    const meaning =
      text === undefined
        ? both(inverted ? `not so: ${help}` : help, inverted ? `不满足：${help}` : help)
        : fill(text, value, inverted)
    this.add('option', from, meaning, extension.name, inverted, { note: noteOn(main, value) })
  }

  private addGeneral(
    { letter, argument }: GlobalOption,
    attached: string | undefined,
    from: number,
    inverted: boolean,
    words?: string,
  ): void {
    const needs = argument === 'required' && attached === undefined
    const value = attached ?? (needs ? (this.tokens[this.at++]?.text ?? '') : '')
    if (COMMAND_TEXTS[letter] !== undefined) return this.addCommand(letter, value, from, words)
    if (letter === 'm') return this.add('match', from, MATCH_TEXTS[value]?.title ?? both('', ''), value, inverted)
    if (letter === 'j') return this.addTarget(value, from)
    const second = (letter === 'c' && !value.includes(',')) || letter === 'w' ? (this.next() ?? '') : ''
    const isHost = (letter === 's' || letter === 'd') && !/,|\/(?!32$|128$)/.test(value)
    const text = (isHost ? SINGLE_HOST[letter] : GENERAL_TEXTS[letter]) ?? both('', '')
    const shown = letter === 'p' ? protocol(value) : `${value.replace(/\/(?:32|128)$/, '')} ${second}`.trim()
    this.add(kindOf(letter), from, fill(text, shown, inverted), null, inverted, { words })
  }

  private addCommand(letter: string, given: string, from: number, words?: string): void {
    const chain = given === '' ? (this.next() ?? '') : given
    const extra = 'DIRLSZEP'.includes(letter) ? this.next() : null
    const isOfAll = chain === '' && ALL_CHAINS[letter] !== undefined
    const text = isOfAll ? (ALL_CHAINS[letter] as Text) : fill(COMMAND_TEXTS[letter] ?? both('', ''), chain, false)
    const isName = letter === 'P' || letter === 'E'
    const more =
      extra === null
        ? both('', '')
        : isName
          ? both(`: ${extra}`, `：${extra}`)
          : both(` (number ${extra})`, `（编号 ${extra}）`)
    const meaning = both(`${text.en}${more.en}`, `${text.zh}${more.zh}`)
    const written = words === undefined ? undefined : [words, chain, extra ?? ''].join(' ').trim()
    this.add('command', from, meaning, null, false, { words: written })
  }

  private addTarget(name: string, from: number): void {
    const text = TARGET_TEXTS[name]
    const jump = both(
      `goes through chain ${name}; where that decides nothing the packet comes back here`,
      `进入 ${name} 链；若其中没有作出决定，再返回这里`,
    )
    this.add('target', from, text?.title ?? jump, text === undefined ? null : name, false)
  }
}

function quoted(text: string): string {
  return /\s/.test(text) || text === '' ? `"${text}"` : text
}

function kindOf(letter: string): PartKind {
  if (letter === 't') return 'table'
  if (letter === 'g') return 'target'
  return 'sdpiof'.includes(letter) ? 'condition' : 'setting'
}

/** A protocol as people write it. */
function protocol(value: string): string {
  return /^(?:all|ip|0)$/i.test(value) ? 'any' : value.toUpperCase()
}
