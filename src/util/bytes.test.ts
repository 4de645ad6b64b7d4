import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import * as bytes from './bytes.ts'
import { concat, equalBytes, fromHex, toHex } from './bytes.ts'
import { UsageError } from './errors.ts'

describe('hexadecimal text', () => {
  it('reads plain, prefixed and separated text', () => {
    const wanted = new Uint8Array([0x45, 0x00, 0xff])
    for (const text of ['4500ff', '0x4500FF', '45:00:ff', '45-00-ff', ' 45 00\nff '])
      expect(fromHex(text)).toEqual(wanted)
    expect(fromHex('')).toEqual(new Uint8Array(0))
  })

  it('says where the text is bad', () => {
    const problem = (text: string) => {
      try {
        fromHex(text)
      } catch (error) {
        if (error instanceof UsageError) return { message: error.message, ...error.place }
      }
      return undefined
    }
    expect(problem('45 0g')).toMatchObject({ message: 'expected a hexadecimal digit, found "g"', line: 1, column: 5 })
    expect(problem('4500\n1')).toMatchObject({ message: expect.stringContaining('even number'), line: 2, column: 1 })
    expect(problem('4 5')).toMatchObject({ column: 2 })
  })

  it('is the inverse of writing it', () => {
    fc.assert(
      fc.property(fc.uint8Array(), (b) => equalBytes(fromHex(toHex(b, ':')), b) && equalBytes(fromHex(toHex(b)), b)),
    )
  })
})

it('joins parts into a fresh array', () => {
  const one = new Uint8Array([1])
  const whole = concat(one, new Uint8Array(0), new Uint8Array([2, 3]))
  one[0] = 9
  expect([...whole]).toEqual([1, 2, 3])
})

it('tells byte strings apart by length and content', () => {
  expect(equalBytes(new Uint8Array([1]), new Uint8Array([1, 0]))).toBe(false)
  expect(equalBytes(new Uint8Array([1, 2]), new Uint8Array([1, 3]))).toBe(false)
  expect(equalBytes(new Uint8Array([1, 2]), new Uint8Array([1, 2]))).toBe(true)
})

describe('big-endian numbers', () => {
  const b = fromHex('f1 f2 f3 f4 f5 f6')

  it('are read unsigned', () => {
    expect(bytes.getU8(b, 0)).toBe(0xf1)
    expect(bytes.getU16(b, 1)).toBe(0xf2f3)
    expect(bytes.getU24(b, 0)).toBe(0xf1f2f3)
    expect(bytes.getU32(b, 0)).toBe(0xf1f2f3f4)
    expect(bytes.getU48(b, 0)).toBe(0xf1f2f3f4f5f6)
  })

  it('read as zero past the end', () => {
    expect(bytes.getU8(b, 6)).toBe(0)
    expect(bytes.getU16(b, 5)).toBe(0xf600)
    expect(bytes.getU32(b, 4)).toBe(0xf5f60000)
  })

  it('are written where they are read', () => {
    const pairs = [
      [bytes.getU8, bytes.setU8, 0xff],
      [bytes.getU16, bytes.setU16, 0xffff],
      [bytes.getU24, bytes.setU24, 0xffffff],
      [bytes.getU32, bytes.setU32, 0xffffffff],
      [bytes.getU48, bytes.setU48, 0xffffffffffff],
    ] as const
    for (const [get, set, max] of pairs) {
      fc.assert(
        fc.property(fc.integer({ min: 0, max }), fc.nat(3), (value, at) => {
          const room = new Uint8Array(10)
          set(room, at, value)
          return get(room, at) === value
        }),
      )
    }
  })
})
