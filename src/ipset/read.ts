/** Reading what `ipset save` wrote: the `create` and `add` lines of a host's sets. */

import { type TextPlace, UsageError } from '../util/errors.ts'
import { parseMark } from './dimensions/mark.ts'
import { NO_SKBINFO, type SkbInfo } from './set.ts'
import { type AddOptions, COMMON_OPTIONS, type CreateOptions, parseCount, parseSeconds, type SetType } from './type.ts'
import { setType } from './types/index.ts'
import { splitLine } from './words.ts'

/** Source: Linux ip_set.h IPSET_MAXNAMELEN. */
const LONGEST_NAME = 31

/** One line of the file, read as far as it can be without the set it is about. */
export type SetLine =
  | {
      readonly kind: 'create'
      readonly name: string
      readonly type: SetType
      readonly options: CreateOptions
      readonly replaces: boolean
      readonly place: TextPlace
    }
  | {
      readonly kind: 'add'
      readonly name: string
      readonly element: string
      readonly options: AddOptions
      readonly place: TextPlace
    }

/**
 * The lines of an `ipset save` text; empty lines, comments and `COMMIT` are passed over. Throws UsageError with file
 * and line. Source: ipset(8).
 */
export function readSetLines(text: string, file: string): SetLine[] {
  const lines: SetLine[] = []
  for (const [index, line] of text.split('\n').entries()) {
    const content = line.trim()
    if (content === '' || content.startsWith('#') || content === 'COMMIT') continue
    const place = { file, line: index + 1, column: 1 }
    try {
      lines.push(readLine(content, place))
    } catch (error) {
      throw error instanceof UsageError ? error.at(place) : error
    }
  }
  return lines
}

const COMMANDS: Readonly<Record<string, 'create' | 'add'>> = {
  create: 'create',
  '-N': 'create',
  '--create': 'create',
  add: 'add',
  '-A': 'add',
  '--add': 'add',
}
const EXIST = new Set(['-exist', '--exist', '-!'])

function readLine(line: string, place: TextPlace): SetLine {
  const all = splitLine(line)
  const words = all.filter((word) => !EXIST.has(word))
  const replaces = words.length < all.length
  const [command = '', name = '', third = '', ...rest] = words
  const kind = Object.hasOwn(COMMANDS, command) ? COMMANDS[command] : undefined
  if (kind === undefined) throw new UsageError(`expected create or add, found "${command}"`)
  if (name === '' || name.length > LONGEST_NAME)
    throw new UsageError(`"${name}": a set has a name of 1 to ${LONGEST_NAME} characters`)
  if (kind === 'add') {
    if (third === '') throw new UsageError('add: an element is missing')
    return { kind, name, element: third, options: readAddOptions(rest, replaces), place }
  }
  const type = setType(third)
  if (type === undefined) throw new UsageError(`create: there is no type of sets "${third}"`)
  return { kind, name, type, options: readCreateOptions(type, rest), replaces, place }
}

function readCreateOptions(type: SetType, words: readonly string[]): CreateOptions {
  const known = { ...COMMON_OPTIONS, ...type.options }
  const options = new Map<string, string>()
  for (let at = 0; at < words.length; at++) {
    const word = (words[at] as string).replace(/^--/, '')
    const count = Object.hasOwn(known, word) ? known[word] : undefined
    if (count === undefined) throw new UsageError(`create: ${type.name} has no option "${word}"`)
    if (options.has(word)) throw new UsageError(`create: "${word}" is given twice`)
    options.set(word, count === 0 ? '' : valueBehind(words, at))
    at += count
  }
  return options
}

function valueBehind(words: readonly string[], at: number): string {
  const value = words[at + 1]
  if (value === undefined) throw new UsageError(`"${words[at]}" needs a value`)
  return value
}

const NOTHING: AddOptions = {
  timeout: null,
  packets: null,
  bytes: null,
  comment: null,
  skbinfo: NO_SKBINFO,
  nomatch: false,
  wildcard: false,
  beside: null,
  replaces: false,
}

function readAddOptions(words: readonly string[], replaces: boolean): AddOptions {
  if (words.length === 0) return replaces ? { ...NOTHING, replaces } : NOTHING
  let options: AddOptions = { ...NOTHING, replaces }
  for (let at = 0; at < words.length; at++) {
    const word = (words[at] as string).replace(/^--/, '')
    if (word === 'nomatch' || word === 'wildcard') {
      options = { ...options, [word]: true }
      continue
    }
    options = { ...options, ...readAddOption(word, valueBehind(words, at), options.skbinfo) }
    at++
  }
  return options
}

function readAddOption(word: string, value: string, skbinfo: SkbInfo): Partial<AddOptions> {
  switch (word) {
    case 'timeout':
      return { timeout: parseSeconds(value) }
    case 'packets':
    case 'bytes':
      if (!/^\d{1,20}$/.test(value) || BigInt(value) > 0xffff_ffff_ffff_ffffn) {
        throw new UsageError(`${word} "${value}": expected a number of 64 bits`)
      }
      return { [word]: BigInt(value) }
    case 'comment':
      return { comment: value }
    case 'skbmark': {
      const [mark = '', mask] = value.split('/')
      return { skbinfo: { ...skbinfo, mark: parseMark(mark), mask: mask === undefined ? 0xffffffff : parseMark(mask) } }
    }
    case 'skbprio': {
      const parts = /^([0-9a-f]{1,4}):([0-9a-f]{1,4})$/i.exec(value)
      if (parts === null) throw new UsageError(`skbprio "${value}": expected two hexadecimal numbers with a : between`)
      const [major, minor] = [parts[1] as string, parts[2] as string].map((one) => Number.parseInt(one, 16))
      return { skbinfo: { ...skbinfo, priority: (((major as number) << 16) | (minor as number)) >>> 0 } }
    }
    case 'skbqueue':
      return { skbinfo: { ...skbinfo, queue: parseCount(value, 'skbqueue', 0xffff) } }
    case 'before':
    case 'after':
      return { beside: { place: word, name: value } }
    default:
      throw new UsageError(`add: there is no option "${word}"`)
  }
}
