import { expect, it } from 'vitest'
import { fingerprint } from './fingerprint.ts'

it('tells texts apart that differ in one character, order or length', () => {
  const texts = ['', 'a', 'b', 'ab', 'ba', 'aa', 'é', '-A INPUT -j DROP\n', '-A INPUT -j DROP', '-A OUTPUT -j DROP\n']
  expect(new Set(texts.map(fingerprint)).size).toBe(texts.length)
})

it('is the same for the same text', () => {
  expect(fingerprint('-A INPUT -j DROP\n'.repeat(1000))).toBe(fingerprint('-A INPUT -j DROP\n'.repeat(1000)))
})
