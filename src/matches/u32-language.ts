/**
 * The language of `-m u32`: `start [op number]… = from[:to],… && …`, as in `0>>22&0x3C@0>>16=53`.
 *
 * Source: iptables-extensions(8) "u32"; libxt_u32.c u32_parse().
 */

import type { Range } from '../expression/test.ts'
import { UsageError } from '../util/errors.ts'
import { leadingNumber } from '../xtables/index.ts'

/** Source: linux/netfilter/xt_u32.h XT_U32_MAXSIZE. */
const MOST = 10

/** One comparison: where it starts, what is done with the four bytes, and the ranges. */
export interface U32Test {
  readonly start: number
  readonly operations: readonly { readonly operator: '&' | '<<' | '>>' | '@'; readonly operand: number }[]
  readonly ranges: readonly Range[]
}

/** The tests in the text. Throws UsageError with iptables' text and place. */
export function parseU32(text: string): U32Test[] {
  return new U32Parser(text).parse()
}

class U32Parser {
  private readonly text: string
  private at = 0

  constructor(text: string) {
    this.text = text
  }

  parse(): U32Test[] {
    const tests: U32Test[] = []
    for (;;) {
      const { start, operations } = this.location()
      const ranges = this.ranges()
      tests.push({ start, operations, ranges })
      const isLast = this.at >= this.text.length
      if (tests.length > MOST) this.fail('too many "&&"s')
      if (isLast) return tests
      // Behind the second `&`.
      this.at++
    }
  }

  private location(): Pick<U32Test, 'start' | 'operations'> {
    const operations: { operator: '&' | '<<' | '>>' | '@'; operand: number }[] = []
    let start: number | null = null
    for (;;) {
      this.skipSpace()
      if (this.at >= this.text.length) throw new UsageError('u32: abrupt end of input after location specifier')
      if (this.peek() === '=') {
        if (start === null) return this.fail('location spec missing')
        this.at++
        return { start, operations }
      }
      if (start === null) start = this.number()
      else {
        const operator = this.operator()
        const operand = this.number()
        if ((operator === '<<' || operator === '>>') && operand > 31) {
          throw new UsageError(`u32: a shift by ${operand} bits`, { errno: 'EINVAL' })
        }
        operations.push({ operator, operand })
        if (operations.length === MOST) this.fail('too many operators')
      }
    }
  }

  private operator(): '&' | '<<' | '>>' | '@' {
    const character = this.peek()
    if (character === '&' || character === '@') {
      this.at++
      return character
    }
    if (character !== '<' && character !== '>') return this.fail('operator expected')
    this.at++
    if (this.peek() !== character) return this.fail(`a second '${character}' was expected`)
    this.at++
    return character === '<' ? '<<' : '>>'
  }

  /** Up to the end or the second `&` of `&&`. */
  private ranges(): Range[] {
    const ranges: Range[] = []
    for (;;) {
      this.skipSpace()
      const character = this.peek()
      if (character === '&') {
        this.at++
        if (this.peek() !== '&') return this.fail("a second '&' was expected")
        if (ranges.length === 0) return this.fail('value spec missing')
        return ranges
      }
      if (this.at >= this.text.length) {
        if (ranges.length === 0) throw new UsageError('u32: test ended with no value specified')
        return ranges
      }
      if (ranges.length > 0) {
        if (character !== ',') return this.fail('expected "," or "&&"')
        this.at++
      }
      const from = this.number()
      this.skipSpace()
      let to = from
      if (this.peek() === ':') {
        this.at++
        to = this.number()
      }
      ranges.push([from, to])
      if (ranges.length > MOST) return this.fail('too many ","s')
    }
  }

  private number(): number {
    const found = leadingNumber(this.text.slice(this.at), 0xffff_ffffn)
    if (found === null) return this.fail('not a number or out of range')
    this.at = this.text.length - found.rest.length
    return Number(found.value)
  }

  private peek(): string {
    return this.text[this.at] ?? ''
  }

  private skipSpace(): void {
    while (/\s/.test(this.peek())) this.at++
  }

  private fail(problem: string): never {
    throw new UsageError(`u32: at char ${this.at}: ${problem}`)
  }
}

function hex(number: number): string {
  return `0x${number.toString(16)}`
}

/** The tests as iptables-save writes them, all numbers in hexadecimal. */
export function formatU32(tests: readonly U32Test[]): string {
  return tests
    .map(({ start, operations, ranges }) => {
      const steps = operations.map(({ operator, operand }) => operator + hex(operand)).join('')
      const values = ranges.map(([from, to]) => (from === to ? hex(from) : `${hex(from)}:${hex(to)}`))
      return `${hex(start)}${steps}=${values.join(',')}`
    })
    .join('&&')
}
