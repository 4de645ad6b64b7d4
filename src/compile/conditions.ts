import type { Range, Test } from '../expression/test.ts'
import type { Words } from '../util/words.ts'
import { literal, literal32 } from './constants.ts'
import { addressWords, deviceExpression, type NumberExpression, numberExpression, type Place } from './fields.ts'

/** More ranges than this are asked in a loop instead of one by one. */
const INLINE_RANGES = 32

/**
 * A test as a condition, where it can only hold or not hold and changes nothing; null for the others: tests of
 * headers, computed and unknown ones.
 */
export function condition(test: Test, place: Place): string | null {
  switch (test.kind) {
    case 'always':
      return 'true'
    case 'never':
      return 'false'
    case 'labelled':
      return condition(test.test, place)
    case 'not': {
      const inner = condition(test.test, place)
      return inner === null ? null : `!${inner}`
    }
    case 'all':
    case 'any': {
      const parts = test.tests.map((part) => condition(part, place))
      if (parts.includes(null)) return null
      if (parts.length === 0) return test.kind === 'all' ? 'true' : 'false'
      return `(${parts.join(test.kind === 'all' ? '&&' : '||')})`
    }
    case 'masked': {
      if (test.value !== test.value >>> 0) return 'false'
      const { text } = numberExpression(test.field, place)
      return `((${text}&${literal32(test.mask)})===${literal32(test.value)})`
    }
    case 'within':
      return withinCondition(test, place)
    case 'address':
      return networkCondition(test, place)
    case 'addressRange':
      return rangeCondition(test, place)
    case 'device':
      return deviceExpression(test.field, test.device, test.prefix, place)
    case 'header':
    case 'extensionHeaders':
    case 'computed':
    case 'unknown':
      return null
  }
}

function withinCondition(test: Extract<Test, { kind: 'within' }>, place: Place): string {
  const value = numberExpression(test.field, place)
  if (test.ranges.length > INLINE_RANGES) {
    const ranges = place.constants.name(test.ranges)
    const number = value.signed ? `${value.text}>>>0` : value.text
    return `${place.constants.name(isInRanges)}(${ranges},${number})`
  }
  const parts = test.ranges.map((range) => oneRange(value, range)).filter((part) => part !== 'false')
  if (parts.includes('true')) return 'true'
  return parts.length === 0 ? 'false' : `(${parts.join('||')})`
}

function isInRanges(ranges: readonly Range[], value: number): boolean {
  for (let index = 0; index < ranges.length; index++) {
    const range = ranges[index] as Range
    if (range[0] <= value && value <= range[1]) return true
  }
  return false
}

function oneRange({ text, signed, isCount }: NumberExpression, range: Range): string {
  const from = Math.ceil(range[0])
  const to = Math.floor(range[1])
  if (!(from <= to)) return 'false'
  if (signed) {
    if (from > 0xffffffff || to < 0) return 'false'
    if (from === to) return `${text}===${literal32(from)}`
    const parts: string[] = []
    const keeps = from > 0 && to < 0xffffffff && !/^x\d+$/.test(text)
    const again = keeps ? 'y' : text
    if (from > 0) parts.push(`(${keeps ? `(y=${text})` : text}^-2147483648)>=${literal32(from ^ 0x80000000)}`)
    if (to < 0xffffffff) parts.push(`(${again}^-2147483648)<=${literal32(to ^ 0x80000000)}`)
    return parts.length === 0 ? 'true' : `(${parts.join('&&')})`
  }
  if (from > Number.MAX_SAFE_INTEGER || to < Number.MIN_SAFE_INTEGER) return 'false'
  if (from === to) return `${text}===${literal(from)}`
  const hasLower = from >= (isCount ? 1 : Number.MIN_SAFE_INTEGER)
  const hasUpper = to <= Number.MAX_SAFE_INTEGER
  // A value that is computed on the spot is computed once.
  const keeps = hasLower && hasUpper && !/^x\d+$/.test(text)
  const parts: string[] = []
  if (hasLower) parts.push(`${keeps ? `(y=${text})` : text}>=${literal(from)}`)
  if (hasUpper) parts.push(`${keeps ? 'y' : text}<=${literal(to)}`)
  return parts.length === 0 ? 'true' : `(${parts.join('&&')})`
}

/** Source: evaluate.ts sameMasked(). */
function networkCondition(test: Extract<Test, { kind: 'address' }>, place: Place): string {
  const { words, condition } = addressWords(test.field, place)
  const parts = condition === null ? [] : [condition]
  for (let index = 0; index < 4; index++) {
    const mask = test.mask[index as 0] | 0
    const network = test.network[index as 0] | 0
    const word = words[index] as string
    if (word === '0' || mask === 0) {
      if (network !== 0) return 'false'
    } else if (mask === -1) parts.push(`${word}===${literal(network)}`)
    else parts.push(`(${word}&${literal(mask)})===${literal(network)}`)
  }
  return parts.length === 0 ? 'true' : `(${parts.join('&&')})`
}

function rangeCondition(test: Extract<Test, { kind: 'addressRange' }>, place: Place): string {
  const { words, condition } = addressWords(test.field, place)
  const inRange = `(${compare(words, test.from, '>')}&&${compare(words, test.to, '<')})`
  if (condition === null) return inRange
  // Where there is no connection, the address with every bit 0 is asked.
  const zero = test.from.every((word) => word >>> 0 === 0)
  return `(${condition}?${inRange}:${zero})`
}

/** `words > limit` or `words < limit` as unsigned numbers of 128 bits, or equal. */
function compare(words: readonly string[], limit: Words, sign: '>' | '<', index = 0): string {
  if (index === 4) return 'true'
  const word = words[index] as string
  const rest = compare(words, limit, sign, index + 1)
  const bound = literal32((limit[index as 0] | 0) ^ 0x80000000)
  if (word === '0') {
    const edge = limit[index as 0] >>> 0
    if (edge === 0) return rest
    return sign === '<' ? 'true' : 'false'
  }
  const flipped = `(${word}^-2147483648)`
  if (rest === 'true') return `${flipped}${sign}=${bound}`
  return `(${flipped}${sign}${bound}||${flipped}===${bound}&&${rest})`
}
