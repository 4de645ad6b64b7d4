import { UsageError } from '../util/errors.ts'
import type { Words } from '../util/words.ts'
import type { Dimension, SetFacts } from './dimensions/dimension.ts'
import { formatSetMask, parseSetMask } from './dimensions/ip.ts'
import { parseMark } from './dimensions/mark.ts'
import { formatOptions } from './extensions.ts'
import { HashSet, type HashType, type Values } from './hash-set.ts'
import {
  additionError,
  type CreateOptions,
  extensionOptions,
  givenExtensions,
  parseCount,
  type SetType,
} from './type.ts'

const DEFAULT_MAXELEM = 65536
const MOST = 0xffffffff
/** A text that stands for more elements is refused. */
const MOST_ELEMENTS = 1 << 20

/** What a hash type has beside its dimensions. */
interface HashTypeSettings {
  readonly aliases?: readonly string[]
  /** Default: inet or inet6. */
  readonly hasFamily?: false
  /** Options of its own. */
  readonly options?: Readonly<Record<string, 0 | 1>>
  readonly refuses?: HashType['refuses']
}

/** Options of every hash type; those before `maxelem` shape the kernel's memory and mean nothing here. */
const HASH_OPTIONS: Readonly<Record<string, 0 | 1>> = {
  hashsize: 1,
  bucketsize: 1,
  initval: 1,
  maxelem: 1,
  forceadd: 0,
}

/** Makes a `hash:` type of its dimensions. */
export function hashType(
  name: string,
  dimensions: readonly Dimension<unknown>[],
  settings: HashTypeSettings = {},
): SetType {
  const hasFamily = settings.hasFamily ?? true
  const shape: HashType = {
    name,
    dimensions,
    hasFamily,
    ...(settings.refuses ? { refuses: settings.refuses } : {}),
  }
  return {
    name,
    ...(settings.aliases ? { aliases: settings.aliases } : {}),
    options: { ...HASH_OPTIONS, ...(hasFamily ? { family: 1 } : {}), ...settings.options },
    create(set, options) {
      const facts = factsOf(options)
      const extensions = extensionOptions(options)
      const maxelem = parseCount(options.get('maxelem') ?? String(DEFAULT_MAXELEM), 'maxelem', MOST)
      const words = `${createWords(options, facts, hasFamily, maxelem)}${formatOptions(extensions)}${lastWords(options)}`
      const hash = new HashSet({
        ...{ name: set, type: shape, family: facts.family, facts, extensions, maxelem, words },
        forceadd: options.has('forceadd'),
      })
      return {
        set: hash,
        add(text, given, ticks) {
          if (given.nomatch && !shape.dimensions.some((one) => one.isNet)) {
            throw new UsageError(`nomatch: ${name} lists no networks`)
          }
          for (const values of combinations(shape, text, facts, given.wildcard)) {
            const result = hash.insert(
              values,
              givenExtensions(extensions, given, ticks),
              given.nomatch,
              given.replaces,
              ticks,
            )
            if (result !== 'added') throw additionError(set, result)
          }
        },
      }
    },
  }
}

/** Every element a text stands for: all combinations of what its parts stand for. Throws UsageError. */
function combinations(type: HashType, text: string, facts: SetFacts, wildcard: boolean): readonly Values[] {
  const parts = text.split(',')
  const { dimensions } = type
  if (parts.length !== dimensions.length) {
    throw new UsageError(`"${text}": ${type.name} takes ${dimensions.length} parts between commas`)
  }
  const choices = dimensions.map((one, index) => one.parse(parts[index] as string, facts))
  const count = choices.reduce((product, choice) => product * choice.length, 1)
  if (count > MOST_ELEMENTS) throw new UsageError(`"${text}" stands for too many elements`)
  const marked = wildcard ? choices.map((choice) => choice.map(withWildcard)) : choices
  if (count === 1) return [marked.map((choice) => choice[0])]
  return marked.reduce<readonly Values[]>(
    (begun, choice) => begun.flatMap((values) => choice.map((value) => [...values, value])),
    [[]],
  )
}

function withWildcard(value: unknown): unknown {
  return typeof value === 'object' && value !== null && 'wildcard' in value ? { ...value, wildcard: true } : value
}

function familyOf(options: CreateOptions): 4 | 6 {
  const word = options.get('family') ?? 'inet'
  if (word === 'inet' || word === 'ipv4') return 4
  if (word === 'inet6' || word === 'ipv6') return 6
  throw new UsageError(`family "${word}": expected inet or inet6`)
}

function factsOf(options: CreateOptions): SetFacts {
  const family = familyOf(options)
  const text = options.get('netmask') ?? options.get('bitmask')
  const mask: Words | null = text === undefined ? null : parseSetMask(text, family)
  const markMask = options.get('markmask')
  return { family, mask, markMask: markMask === undefined ? 0xffffffff : parseMark(markMask) }
}

/** As `ipset save` writes them; sizes that mean nothing here are kept as given. */
function createWords(options: CreateOptions, facts: SetFacts, hasFamily: boolean, maxelem: number): string {
  let text = hasFamily ? ` family ${facts.family === 4 ? 'inet' : 'inet6'}` : ''
  if (options.has('markmask')) text += ` markmask 0x${facts.markMask.toString(16).padStart(8, '0')}`
  text += ` hashsize ${options.get('hashsize') ?? '1024'} maxelem ${maxelem}`
  if (facts.mask !== null) {
    text += ` ${options.has('netmask') ? 'netmask' : 'bitmask'} ${formatSetMask(facts.mask, facts.family)}`
  }
  return text
}

function lastWords(options: CreateOptions): string {
  return ['bucketsize', 'initval'].map((one) => (options.has(one) ? ` ${one} ${options.get(one)}` : '')).join('')
}
