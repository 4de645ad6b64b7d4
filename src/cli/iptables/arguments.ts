/** What a program takes: letters with `:` where a value follows, and the long names of letters. */
export interface ArgumentSyntax {
  readonly short: string
  readonly long: Readonly<Record<string, string>>
  /** Letters with a value. */
  readonly valued: string
  /** Letters whose value may be missing: attached, or the next word where that is no option. */
  readonly trailing?: string
}

/** Options in the order given, `?` for one that is not known or lacks its value; and the other words. */
export interface ReadArguments {
  readonly options: readonly (readonly [letter: string, value: string])[]
  readonly rest: readonly string[]
}

/** Reads a command line as getopt_long does, options and other words in any order. Source: getopt_long(3). */
export function readArguments(argv: readonly string[], syntax: ArgumentSyntax): ReadArguments {
  const options: [string, string][] = []
  const rest: string[] = []
  const letters = new Set(syntax.short.replaceAll(':', ''))
  for (let at = 0; at < argv.length; at++) {
    const word = argv[at] as string
    const next = (): string => (/^[-!]|^$/.test(argv[at + 1] ?? '') ? '' : (argv[++at] as string))
    if (word === '--') {
      rest.push(...argv.slice(at + 1))
      break
    }
    if (word.startsWith('--')) {
      const [name = '', ...values] = word.slice(2).split('=')
      const letter = longOption(name, syntax)
      const attached = values.length > 0 ? values.join('=') : undefined
      if (letter === undefined) options.push(['?', word])
      else if (syntax.valued.includes(letter)) {
        const value = attached ?? argv[++at]
        options.push(value === undefined ? ['?', word] : [letter, value])
      } else if (syntax.trailing?.includes(letter)) options.push([letter, attached ?? next()])
      else options.push(attached !== undefined ? ['?', word] : [letter, ''])
    } else if (word.startsWith('-') && word.length > 1) {
      for (let position = 1; position < word.length; position++) {
        const letter = word[position] as string
        if (!letters.has(letter)) options.push(['?', `-${letter}`])
        else if (syntax.valued.includes(letter) || syntax.trailing?.includes(letter)) {
          const attached = word.slice(position + 1)
          const value = attached !== '' ? attached : syntax.valued.includes(letter) ? argv[++at] : next()
          options.push(value === undefined ? ['?', `-${letter}`] : [letter, value])
          break
        } else options.push([letter, ''])
      }
    } else rest.push(word)
  }
  return { options, rest }
}

function longOption(name: string, { long }: ArgumentSyntax): string | undefined {
  if (Object.hasOwn(long, name)) return long[name]
  const letters = new Set(Object.keys(long).flatMap((one) => (one.startsWith(name) ? [long[one] as string] : [])))
  return letters.size === 1 ? [...letters][0] : undefined
}

/** What getopt_long says of a word that {@link readArguments} gives as `?`; the syntax tells what is wrong with it. */
export function badOption(program: string, word: string, syntax?: ArgumentSyntax): string {
  return `${program}: ${problemOf(word, syntax)}\n`
}

function problemOf(word: string, syntax: ArgumentSyntax | undefined): string {
  if (!word.startsWith('--')) {
    const letter = word.slice(1)
    return syntax?.valued.includes(letter)
      ? `option requires an argument -- '${letter}'`
      : `invalid option -- '${letter}'`
  }
  const [name = ''] = word.slice(2).split('=')
  const fitting = Object.keys(syntax?.long ?? {}).filter((one) => one === name || one.startsWith(name))
  const [only] = fitting.includes(name) ? [name] : fitting
  if (only === undefined) return `unrecognized option '${word}'`
  if (fitting.length > 1 && !fitting.includes(name)) {
    return `option '${word}' is ambiguous; possibilities:${fitting.map((one) => ` '--${one}'`).join('')}`
  }
  return word.includes('=') ? `option '--${only}' doesn't allow an argument` : `option '--${only}' requires an argument`
}
