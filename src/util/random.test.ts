import { describe, expect, it } from 'vitest'
import { Random } from './random.ts'

const first = (random: Random, count: number) => Array.from({ length: count }, () => random.next())

describe('Random', () => {
  it('repeats its numbers for the same seed, and only for that', () => {
    expect(first(new Random('a'), 20)).toEqual(first(new Random('a'), 20))
    expect(first(new Random(1), 20)).toEqual(first(new Random('1'), 20))
    expect(first(new Random('a'), 4)).not.toEqual(first(new Random('b'), 4))
  })

  it('forks by name, whatever was drawn before', () => {
    const one = new Random(7)
    const expected = first(one.fork('x'), 5)
    one.next()
    expect(first(one.fork('x'), 5)).toEqual(expected)
    expect(first(one.fork('y'), 5)).not.toEqual(expected)
  })

  it('stays inside its limits and reaches both ends', () => {
    const random = new Random('limits')
    const drawn = new Set(Array.from({ length: 500 }, () => random.between(3, 7)))
    expect([...drawn].sort()).toEqual([3, 4, 5, 6, 7])
    expect(random.below(1)).toBe(0)
    expect(() => random.below(0)).toThrow(/below\(0\)/)
  })

  it('is even over buckets to within what chance allows', () => {
    const random = new Random('even')
    const buckets = new Array<number>(16).fill(0)
    for (let i = 0; i < 16_000; i++) buckets[random.below(16)]!++
    for (const count of buckets) expect(Math.abs(count - 1000)).toBeLessThan(160)
  })

  it('is true as often as asked', () => {
    const random = new Random('chance')
    const held = Array.from({ length: 10_000 }, () => random.chance(0.25)).filter(Boolean).length
    expect(Math.abs(held - 2500)).toBeLessThan(250)
    expect(random.chance(0)).toBe(false)
    expect(random.chance(1)).toBe(true)
  })

  it('samples different items', () => {
    const random = new Random('sample')
    expect(new Set(random.sample([1, 2, 3, 4], 3)).size).toBe(3)
    expect(random.sample([1, 2], 5).sort()).toEqual([1, 2])
    expect(random.bytes(9)).toHaveLength(9)
  })
})
