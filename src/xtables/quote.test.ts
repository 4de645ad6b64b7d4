import { expect, it } from 'vitest'
import { quote } from './quote.ts'
import { tokenize } from './tokens.ts'

it('leaves letters, digits, _ and - bare', () => {
  expect(quote('a-Z_09')).toBe('a-Z_09')
})

it('quotes everything else, also the empty text', () => {
  expect(quote('')).toBe('""')
  expect(quote('a.b')).toBe('"a.b"')
  expect(quote('naïve')).toBe('"naïve"')
  expect(quote('"\\\'')).toBe('"\\"\\\\\\\'"')
})

it('is undone by reading', () => {
  for (const text of ['', 'a b', '"', '\\', "it's", '\\"', '防火墙', ' x ']) {
    expect(tokenize(quote(text)).map((token) => token.text)).toEqual([text])
  }
})
