import { describe, expect, it } from 'vitest'
import { Random } from '../util/random.ts'
import type { Words } from '../util/words.ts'
import { PrefixMap, prefixMask } from './prefix-map.ts'

/** All values of an address, longest prefix first. */
function lookup(map: PrefixMap<string>, [a, b, c, d]: Words): string[] {
  const found: string[] = []
  for (let level = 0; level < map.levelCount; level++) found.push(...(map.at(level, a, b, c, d) ?? []))
  return found
}

describe('a prefix map', () => {
  it('gives the longest prefix first and keeps the order within one', () => {
    const map = new PrefixMap<string>()
    map.entriesFor([0, 0, 0, 0], 0).push('default')
    map.entriesFor([0x0a000000, 0, 0, 0], 8).push('ten', 'ten again')
    map.entriesFor([0x0a000100, 0, 0, 0], 24).push('net')
    expect(lookup(map, [0x0a000105, 0, 0, 0])).toEqual(['net', 'ten', 'ten again', 'default'])
    expect(lookup(map, [0x0b000105, 0, 0, 0])).toEqual(['default'])
  })

  it('ignores bits behind the prefix when a value is put', () => {
    const map = new PrefixMap<string>()
    map.entriesFor([0x20010db8, 0, 0, 5], 64).push('net')
    expect(lookup(map, [0x20010db8, 0, 99, 1])).toEqual(['net'])
    expect(map.lengthOf(0)).toBe(64)
  })

  it('agrees with comparing every prefix', () => {
    const random = new Random('prefix-map')
    for (let round = 0; round < 20; round++) {
      const map = new PrefixMap<string>()
      const prefixes = Array.from({ length: 40 }, (_, i) => {
        const words: Words = [random.next() & 0xf00000ff, random.below(3), random.next() & 1, random.below(4)]
        return { words: words.map((word) => word >>> 0) as unknown as Words, length: random.below(129), name: `${i}` }
      })
      for (const { words, length, name } of prefixes) map.entriesFor(words, length).push(name)
      for (const { words } of prefixes) {
        const wanted = prefixes
          .filter((one) =>
            prefixMask(one.length).every((mask, i) => (((words[i] ?? 0) ^ (one.words[i] ?? 0)) & mask) === 0),
          )
          .sort((a, b) => b.length - a.length)
        expect(lookup(map, words).length).toBe(wanted.length)
        expect(lookup(map, words)[0]).toBe(wanted[0]?.name)
      }
    }
  })
})

it('makes masks of any length', () => {
  expect(prefixMask(0)).toEqual([0, 0, 0, 0])
  expect(prefixMask(20)).toEqual([0xfffff000, 0, 0, 0])
  expect(prefixMask(65)).toEqual([0xffffffff, 0xffffffff, 0x80000000, 0])
  expect(prefixMask(128)).toEqual([0xffffffff, 0xffffffff, 0xffffffff, 0xffffffff])
})
