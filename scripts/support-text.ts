import { matches } from '../src/matches/index.ts'
import { targets } from '../src/targets/index.ts'
import { protocolName } from '../src/wire/protocols.ts'
import type { AnyMatch, AnyTarget } from '../src/xtables/define.ts'
import type { OptionDefinition, Options } from '../src/xtables/option.ts'

type Extension = AnyMatch | AnyTarget

/** A source file of an extension folder. */
export interface SourceFile {
  readonly name: string
  readonly text: string
}

/** What the source of an extension says beyond its definition. */
export interface Documented {
  readonly extension: Extension
  readonly path: string
  /** The doc comment's `Source:` line, in one line; empty without one. */
  readonly source: string
  /** The sentences before it; empty without any. */
  readonly about: string
  /** Its `Differs:` sentences: what is not as with iptables and the kernel; empty without any. */
  readonly differs: string
  /** Whether verdicts that depend on it are UNKNOWN. */
  readonly unknown: 'never' | 'in some cases' | 'always'
}

/** Every extension with the doc comment of its file, by kind and name. */
export function extensionFiles(read: (folder: 'matches' | 'targets') => readonly SourceFile[]): Documented[] {
  return [...documented(matches, 'matches', read('matches')), ...documented(targets, 'targets', read('targets'))]
}

function documented(
  extensions: readonly Extension[],
  folder: 'matches' | 'targets',
  files: readonly SourceFile[],
): Documented[] {
  return extensions.map((extension) => {
    for (const { name, text } of files) {
      const at = definitionOf(extension, text)
      if (at < 0) continue
      const comment = /\/\*\*((?:(?!\*\/)[\s\S])*)\*\/\s*$/.exec(text.slice(0, at))?.[1] ?? ''
      const words = comment
        .split('\n')
        .map((line) => line.replace(/^\s*\*\s?/, '').trim())
        .join(' ')
        .replace(/\s+/g, ' ')
        .replace(/\{@link (\w+)\}/g, '$1')
        .trim()
      const [said = '', source = ''] = words.split(/\s*\bSource: /)
      const [about = '', differs = ''] = said.split(/\s*\bDiffers: /)
      return { extension, path: `src/${folder}/${name}`, source, about, differs, unknown: unknownIn(text) }
    }
    throw new Error(`no file of src/${folder} defines ${extension.name}`)
  })
}

function unknownIn(text: string): Documented['unknown'] {
  if (!/kind: 'unknown'|OUTCOME\.unknown|VERDICT\.unknown/.test(text)) return 'never'
  return /holds: \(\) => \(\{ kind: 'unknown'/.test(text) ? 'always' : 'in some cases'
}

/** Where the file defines it; -1 where it does not. Two families may share a name: then the families tell them apart. */
function definitionOf({ kind, name, families }: Extension, text: string): number {
  const define = kind === 'match' ? 'defineMatch' : 'defineTarget'
  const pattern = new RegExp(
    `^export const \\w+ = ${define}\\(\\{\\s*name: '${name}',[\\s\\S]*?families: \\[([^\\]]*)\\]`,
    'gm',
  )
  for (const found of text.matchAll(pattern)) if (found[1] === families.join(', ')) return found.index
  return -1
}

/** The text of docs/support.md. */
export function supportPage(all: readonly Documented[]): string {
  const section = (title: string, kind: Extension['kind']) => [
    `## ${title}`,
    '',
    ...all.filter(({ extension }) => extension.kind === kind).flatMap(entry),
  ]
  return [
    '<!-- Written by scripts/support.ts (npm run support): do not edit. -->',
    '# What is supported',
    '',
    'Every match and target that hookline reads, with its options. Beside them every rule may have `-s`, `-d`, `-p`, `-i`, `-o`,',
    '`-f`, `-j` and `-g`, and end in ACCEPT, DROP, QUEUE, RETURN or a user chain. An extension that is not here is kept',
    'and printed unchanged, and verdicts that depend on it are UNKNOWN. `[!]` marks an option that `!` may stand before.',
    'What conformance runs may find different whatever the extension is in test/DIVERGENCES.md.',
    '',
    ...section('Matches', 'match'),
    ...section('Targets', 'target'),
  ]
    .join('\n')
    .replace(/\n+$/, '\n')
}

const STATUS: Readonly<Record<Documented['unknown'], string>> = {
  never: 'read, printed and evaluated',
  'in some cases': 'read and printed; **not evaluated in every case**: verdicts are then UNKNOWN',
  always: 'read and printed; **not evaluated**: verdicts that depend on it are UNKNOWN',
}

function entry({ extension, path, source, about, differs, unknown }: Documented): string[] {
  const { name, kind, options, aliases = [] } = extension
  const only = extension.families.length === 1 ? ` (IPv${extension.families[0]})` : ''
  const title = `### ${kind === 'match' ? '-m' : '-j'} ${name}${only}`
  const facts = [`- Families: ${extension.families.map((one: number) => `IPv${one}`).join(', ')}`]
  if (aliases.length > 0) facts.push(`- Also called: ${aliases.map(code).join(', ')}`)
  facts.push(`- Status: ${STATUS[unknown]}`)
  if (differs !== '') facts.push(`- Differs: ${escaped(differs)}`)
  if (extension.protocols) facts.push(`- Needs \`-p\` ${extension.protocols.map(protocolWord).join(' or ')}`)
  if (extension.tables) facts.push(`- Tables: ${extension.tables.join(', ')}`)
  if (extension.hooks) facts.push(`- Hooks: ${hooksOf(extension)}`)
  if (extension.count && extension.count !== 'any') facts.push(`- Options in a rule: ${extension.count}`)
  if (source !== '') facts.push(`- Source: ${source.replace(/\.$/, '')}`)
  facts.push(`- Code: [${path}](../${path})`)
  return [title, '', ...(about === '' ? [] : [escaped(about), '']), ...facts, '', ...optionTable(options)]
}

function optionTable(options: Options): string[] {
  const names = Object.keys(options)
  if (names.length === 0) return []
  const rows = names.map((name) => row(name, options[name] as OptionDefinition<unknown>))
  return ['| option | meaning |', '|---|---|', ...rows, '']
}

function row(name: string, option: OptionDefinition<unknown>): string {
  const { placeholder, words, optional, invertible, required, aliases = [], families, help = '' } = option
  const value = words === 0 || placeholder === '' ? '' : optional ? ` [${placeholder}]` : ` ${placeholder}`
  const notes = [
    ...(aliases.length > 0 ? [`also ${aliases.map((one) => code(`--${one}`)).join(', ')}`] : []),
    ...(families ? [`IPv${families.join(' and IPv')} only`] : []),
    ...(required ? ['required'] : []),
  ]
  const meaning = [help === '' ? '' : escaped(help), notes.length === 0 ? '' : `(${notes.join('; ')})`]
  return `| ${code(`${invertible ? '[!] ' : ''}--${name}${value}`.replaceAll('|', '\\|'))} | ${meaning.filter(Boolean).join(' ')} |`
}

function hooksOf({ hooks }: Extension): string {
  return typeof hooks === 'function' ? 'depend on the options' : (hooks ?? []).join(', ')
}

function protocolWord(number: number): string {
  return protocolName(number) ?? String(number)
}

const code = (text: string): string => `\`${text}\``

/** Plain text inside a Markdown table; code spans stay as they are. */
const escaped = (text: string): string => text.replaceAll('|', '\\|').replace(/(?<!`)<(?=\w)/g, '&lt;')

const BUILT_IN = ['ACCEPT', 'DROP', 'QUEUE', 'RETURN']

const WORDS = {
  en: {
    matches: 'Matches',
    targets: 'Targets',
    kept: '°: read and printed, but not evaluated, or not in every case.',
    more: 'Options and restrictions: ',
    end: '.',
  },
  zh: {
    matches: '匹配',
    targets: '目标',
    kept: '°：可解析、可打印，但不求值，或并非在所有情况下求值。',
    more: '选项与限制见 ',
    end: '。',
  },
} as const

/** The short list of a README. */
export function shortList(all: readonly Documented[], language: keyof typeof WORDS): string {
  const words = WORDS[language]
  const colon = language === 'en' ? ': ' : '：'
  const names = (kind: Extension['kind']) => {
    const own = all.filter(({ extension }) => extension.kind === kind)
    const labels = own.map(({ extension, unknown }) => `${code(extension.name)}${unknown !== 'never' ? '°' : ''}`)
    return [...new Set([...(kind === 'target' ? BUILT_IN : []).map(code), ...labels])].join(
      language === 'en' ? ', ' : '、',
    )
  }
  return [
    `- **${words.matches}**${colon}${names('match')}`,
    `- **${words.targets}**${colon}${names('target')}`,
    '',
    `${words.kept}${language === 'en' ? ' ' : ''}${words.more}[docs/support.md](docs/support.md)${words.end}`,
  ].join('\n')
}

/** A README with the list between its markers. */
export function withShortList(readme: string, list: string): string {
  const pattern = /(<!-- generated: extensions -->\n)[\s\S]*?(<!-- end generated -->)/
  if (!pattern.test(readme)) throw new Error('the markers of the generated list are missing')
  return readme.replace(pattern, (_, begin: string, end: string) => `${begin}${list}\n${end}`)
}
