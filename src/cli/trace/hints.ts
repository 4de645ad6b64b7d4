import { matches } from '../../matches/index.ts'
import { TABLE_NAMES } from '../../netfilter/glossary.ts'
import { suggestion } from '../../packet/language-lexer.ts'
import { targets } from '../../targets/index.ts'
import { GLOBAL_OPTIONS } from '../../xtables/global-options.ts'

/** What the user may have meant instead of a word that the grammar of rules does not know; empty for no idea. */
export function hintFor(message: string, line: string): string {
  const option = /^unknown option "--([^"=]+)"/.exec(message)?.[1]
  if (option !== undefined) return optionHint(option, line)
  const table = /^there is no table "([^"]*)"/.exec(message)?.[1]
  if (table !== undefined) return suggestion(table, TABLE_NAMES)
  const target = /^Couldn't load target `([^']+)'/.exec(message)?.[1]
  return target === undefined
    ? ''
    : suggestion(target, ['ACCEPT', 'DROP', 'RETURN', ...targets.map(({ name }) => name)])
}

function optionHint(option: string, line: string): string {
  const owners = matches.filter((one) => optionsOf(one).includes(option))
  if (owners.length > 0) {
    const names = [...new Set(owners.map(({ name }) => `-m ${name}`))]
    return `; it is an option of ${names.slice(0, 4).join(', ')}${names.length > 4 ? ', …' : ''}`
  }
  const loaded = new Set(
    [...line.matchAll(/(?:^|\s)(?:-m|-p|-j|--match|--protocol|--jump)\s+(\S+)/g)].map((one) => one[1]),
  )
  const general = GLOBAL_OPTIONS.flatMap(({ long }) => long)
  const near = [...matches, ...targets].filter(({ name }) => loaded.has(name)).flatMap(optionsOf)
  // Of equally near names the one that the rule has loaded is meant.
  const names = [...near, ...general, ...[...matches, ...targets].flatMap(optionsOf)]
  return suggestion(
    `--${option}`,
    names.map((name) => `--${name}`),
  )
}

/** The names of an extension's options, with their other spellings. */
function optionsOf({ options }: (typeof matches)[number] | (typeof targets)[number]): string[] {
  const named = Object.entries(options) as [string, { readonly aliases?: readonly string[] }][]
  return named.flatMap(([name, { aliases = [] }]) => [name, ...aliases])
}
